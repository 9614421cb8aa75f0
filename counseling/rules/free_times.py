"""What can be booked, computed from hours, calendar, closures and what is taken. Pure.

A day is a number of 1440 bits, one a minute: free starts of a length are found by a few operations on it, so that the
weeks of a whole center are computed anew at each look and never stored."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from counseling.rules.kinds import Channel, HoursUse, SessionKind, Weeks
from counseling.rules.timetable import Calendar, Day, runs_in
from kernel.periods import TZ

DAY = 1440
ALL_DAY = (1 << DAY) - 1
MINUTE = timedelta(minutes=1)

Key = Hashable
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class HoursLine:
    """Hours of a counselor; `room`: the only room they are held in."""

    weekday: int
    starts: time
    ends: time
    use: HoursUse | str
    weeks: Weeks | str
    valid_from: date
    valid_until: date | None = None
    room: Key | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A counselor as the rule sees them. `length` and `pause` in minutes. `taken`: spans with their pauses; `closed`:
    closures of the counselor and of the center; `full_weeks`: Mondays of weeks in which nothing more is offered."""

    key: Key
    length: int
    pause: int
    hours: Sequence[HoursLine]
    taken: Sequence[Span] = ()
    closed: Sequence[Span] = ()
    full_weeks: frozenset[date] = frozenset()
    kinds: frozenset[str] = frozenset(SessionKind)
    channels: frozenset[str] = frozenset(Channel)
    campus: str = ""


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A counseling room; `taken` holds its sessions and closures."""

    key: Key
    campus: str = ""
    taken: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """What is looked for: the kind and way of a session from `first` to `last`, by somebody who asks at `at`. Minutes:
    `grid` between starts from the beginning of hours on, `notice` from now on; urgent hours open at `urgent_opens`."""

    kind: SessionKind | str
    channel: Channel | str
    first: date
    last: date
    at: datetime
    grid: int = 15
    notice: int = 120
    urgent_opens: time = time(8)


class FreeTime(NamedTuple):
    """A time that can be booked; `rooms`: the keys of rooms that are free then, empty by phone and online."""

    counselor: Key
    starts_at: datetime
    ends_at: datetime
    use: str
    rooms: tuple[Key, ...] = ()


def serves(use: HoursUse | str, kind: SessionKind | str, channel: Channel | str) -> bool:
    """Whether hours of this use take such a session."""
    if kind not in (SessionKind.FIRST_TALK, SessionKind.INDIVIDUAL):
        return False
    if use == HoursUse.FIRST_TALK:
        return kind == SessionKind.FIRST_TALK
    if use == HoursUse.PHONE:
        return channel == Channel.PHONE
    if use == HoursUse.ONLINE:
        return channel == Channel.ONLINE
    return True


def free_times(
    counselors: Iterable[Offered], rooms: Sequence[RoomLine], ask: Ask, calendar: Calendar
) -> list[FreeTime]:
    """All free times, by start and then in the order of the counselors."""
    days = [_Today(ask.first + timedelta(days=n), calendar) for n in range((ask.last - ask.first).days + 1)]
    house = _Rooms(rooms) if ask.channel == Channel.IN_PERSON else None
    found: list[FreeTime] = []
    for offered in counselors:
        if ask.kind in offered.kinds and ask.channel in offered.channels:
            found += _of_counselor(offered, house, ask, days)
    return sorted(found, key=itemgetter(1))


class _Moments(dict[int, datetime]):
    """The moments of a day by minute, each made once."""

    def __init__(self, midnight: datetime) -> None:
        super().__init__()
        self._midnight = midnight

    def __missing__(self, minute: int) -> datetime:
        moment = self._midnight + minute * MINUTE
        self[minute] = moment
        return moment


class _Today:
    """One day, and what all counselors share of it."""

    def __init__(self, day: date, calendar: Calendar) -> None:
        self.day, self.monday = day, monday_of(day)
        self.tomorrow = day + timedelta(days=1)
        self.midnight = datetime.combine(day, time(), TZ)
        self.moments = _Moments(self.midnight)
        self._calendar = calendar
        self._timetables: dict[str, Day] = {}

    def timetable(self, campus: str) -> Day:
        """As which weekday the day runs at a campus."""
        if campus not in self._timetables:
            self._timetables[campus] = self._calendar(self.day, campus)
        return self._timetables[campus]

    def lines(self, offered: Offered, ask: Ask) -> list[HoursLine]:
        """The hours that hold on this day and take such a session."""
        timetable = self.timetable(offered.campus)
        return [
            line
            for line in offered.hours
            if line.weekday == timetable.weekday
            and runs_in(line.weeks, timetable.week)
            and line.valid_from <= self.day
            and (line.valid_until is None or self.day <= line.valid_until)
            and serves(line.use, ask.kind, ask.channel)
        ]


class _FreeRooms(dict[int, tuple[Key, ...]]):
    """Rooms that are free for a length, by the minute at which it begins; each minute is worked out once."""

    def __init__(self, masks: list[tuple[Key, int]]) -> None:
        super().__init__()
        self._masks = masks

    def __missing__(self, minute: int) -> tuple[Key, ...]:
        keys = tuple(key for key, mask in self._masks if not mask >> minute & 1)
        self[minute] = keys
        return keys


class _Rooms:
    """Which rooms are free for how long, worked out once for each day, length and campus."""

    def __init__(self, rooms: Sequence[RoomLine]) -> None:
        self._rooms = [(room, _by_day(room.taken)) for room in rooms]
        self._days: dict[tuple[date, int, str], _FreeRooms] = {}

    def free(self, day: date, length: int, campus: str) -> _FreeRooms:
        """The rooms of the campus that are free on the day for that many minutes."""
        place = (day, length, campus)
        if place not in self._days:
            masks = [
                (room.key, _before(taken.get(day, 0), length))
                for room, taken in self._rooms
                if not campus or not room.campus or room.campus == campus
            ]
            self._days[place] = _FreeRooms(masks)
        return self._days[place]


def _of_counselor(offered: Offered, house: _Rooms | None, ask: Ask, days: Sequence[_Today]) -> Iterator[FreeTime]:
    taken, closed = _by_day(offered.taken), _by_day(offered.closed)
    length, key = offered.length, offered.key
    for today in days:
        lines = today.lines(offered, ask) if today.monday not in offered.full_weeks else []
        if not lines:
            continue
        barred, moments = _barred(offered, taken, closed, today), today.moments
        free = house.free(today.day, length, offered.campus) if house else None
        for line in lines:
            use, room = str(line.use), line.room
            starts = _starts(line.starts, line.ends, length, ask.grid) & ~barred & _open(line, today, ask)
            for minute in _bits(starts):
                if free is None:
                    yield FreeTime(key, moments[minute], moments[minute + length], use)
                    continue
                rooms = free[minute] if room is None else tuple(one for one in free[minute] if one == room)
                if rooms:
                    yield FreeTime(key, moments[minute], moments[minute + length], use, rooms)


def _barred(offered: Offered, taken: Mapping[date, int], closed: Mapping[date, int], today: _Today) -> int:
    """Starts at which a session would meet what is taken before its pause is over, or a closure while it lasts."""
    whole = offered.length + offered.pause
    busy = taken.get(today.day, 0) | taken.get(today.tomorrow, 0) << DAY
    return _before(busy, whole) | _before(closed.get(today.day, 0), offered.length)


@lru_cache(maxsize=1024)
def _starts(starts: time, ends: time, length: int, grid: int) -> int:
    """Starts on the grid from which a session ends within the hours."""
    first, last = _minute(starts), _minute(ends) - length
    return sum(1 << minute for minute in range(first, last + 1, grid))


def _open(line: HoursLine, today: _Today, ask: Ask) -> int:
    """Starts that can still be booked; urgent ones on that day alone, and without notice."""
    urgent = line.use == HoursUse.URGENT
    if urgent and not _is_urgent_now(today.day, ask):
        return 0
    earliest = ask.at if urgent else ask.at + ask.notice * MINUTE
    waits = -((today.midnight - earliest) // MINUTE)
    if waits <= 0:
        return ALL_DAY
    return 0 if waits >= DAY else ALL_DAY >> waits << waits


def _is_urgent_now(day: date, ask: Ask) -> bool:
    local = ask.at.astimezone(TZ)
    return local.date() == day and local.time() >= ask.urgent_opens


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def full_weeks(starts: Iterable[datetime], cap: int) -> frozenset[date]:
    """Mondays of the weeks in which a counselor has as many sessions as they may."""
    counts = Counter(monday_of(moment.astimezone(TZ).date()) for moment in starts)
    return frozenset(monday for monday, count in counts.items() if count >= cap)


def overlaps(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _by_day(spans: Iterable[Span]) -> dict[date, int]:
    """Minutes in use, a number of 1440 bits for each day; a minute counts when a part of it is in use."""
    days: dict[date, int] = {}
    for starts_at, ends_at in spans:
        day, begins = _place(starts_at)
        last, ends = _place(ends_at)
        if ends_at.second or ends_at.microsecond:
            ends += 1
        while day < last:
            days[day] = days.get(day, 0) | (ALL_DAY >> begins << begins)
            day, begins = day + timedelta(days=1), 0
        if ends > begins:
            days[day] = days.get(day, 0) | (((1 << (ends - begins)) - 1) << begins)
    return days


def _place(moment: datetime) -> tuple[date, int]:
    local = moment.astimezone(TZ)
    return local.date(), local.hour * 60 + local.minute


def _before(busy: int, length: int) -> int:
    """Starts from which a span of that many minutes would meet a busy one."""
    reach = 1
    while busy and reach < length:
        step = min(reach, length - reach)
        busy |= busy >> step
        reach += step
    return busy


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
