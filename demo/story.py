"""Tells the months: three closed ones and the one that runs. Every act happens at its own time."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from random import Random

from demo.acts import Acts
from demo.incidents import moves, storms, storms_now
from demo.schedule import Schedule, schedule
from demo.settling import Cast
from demo.showcase import Showcase
from demo.weather import Weather
from kernel.periods import TZ, Month
from network.services import remind
from reporting.models import Calendar
from reporting.services import open_cycle, roll_up
from reporting.services.publishing import publish, unpublished
from reporting.services.rollups import stale

CLOSED = 3
# Nobody reports in the vacations.
VACATIONS = frozenset({2, 7, 8})
TERM_STARTS = 9
# As long before its end the story begins at least.
LEAST = timedelta(days=100)
ALARMS = (1, 0, 1)
DUTY_PHONE = "0551-0000 0000"
Act = tuple[datetime, Callable[[datetime], object]]
Say = Callable[[Month, int], None]


def months(now: datetime) -> list[Month]:
    """Up to three closed months and the open one: of this academic year, in which the freshmen are there, and without
    vacations."""
    month = Month.of(now)
    listed = [month]
    while len(listed) <= CLOSED and month.first.month != TERM_STARTS:
        month = month.previous()
        if month.first.month not in VACATIONS:
            listed.insert(0, month)
    return listed


def start_of(now: datetime) -> datetime:
    """When the portal was set up: the day before its first month, and some time before the story ends."""
    eve = datetime.combine(months(now)[0].previous().last, time(9), TZ)
    return min(eve, datetime.combine((now - LEAST).astimezone(TZ).date(), time(9), TZ))


def tell(*, cast: Cast, showcase: Showcase, seed: int, now: datetime, say: Say) -> None:
    """Let the months happen; `say` hears of each month and how many acts it had."""
    weather = Weather(Random(f"weather {seed}"))
    defaults = {"duty_phone": DUTY_PHONE, "vacation_months": sorted(VACATIONS)}
    Calendar.objects.update_or_create(school=cast.school, defaults=defaults)
    *_closed, open_month = months(now)
    for number, month in enumerate(months(now)):
        weather.turn()
        draw = Random(f"month {number} {seed}")
        closed = month != open_month
        acts = _happenings(cast, showcase, weather, draw, month=month, closed=closed, number=number, now=now)
        say(month, _play(acts, closed=closed, now=now))
    for cycle in stale(at=now):
        if cycle.school_id == cast.school.pk:
            roll_up(cycle=cycle, at=now)
    for cycle in unpublished(at=now):
        publish(cycle=cycle, at=now)


def _play(acts: list[Act], *, closed: bool, now: datetime) -> int:
    """Do what has happened by now, in order; a closed month is told to its end."""
    due = [act for act in acts if closed or act[0] <= now]
    for at, act in sorted(due, key=lambda one: one[0]):
        act(min(at, now))
    return len(due)


def _happenings(
    cast: Cast,
    showcase: Showcase,
    weather: Weather,
    draw: Random,
    *,
    month: Month,
    closed: bool,
    number: int,
    now: datetime,
) -> list[Act]:
    opened_at = min(datetime.combine(month.first, time(8), TZ), now)
    cycle = open_cycle(school=cast.school, month=month, by=None, at=opened_at)
    acts = Acts(cast, cycle, weather, draw)
    levels = (cast.dorms, cast.classes, cast.colleges)
    owing = [[unit for unit in level.values() if unit.pk in acts.reports] for level in levels]
    times = schedule(cycle=cycle, dorms=owing[0], classes=owing[1], colleges=owing[2], draw=draw)
    if closed:
        special = list(storms(acts, times, ALARMS[number]))
    else:
        showcase.arrange(times, opened_at=opened_at, now=now)
        special = list(storms_now(acts, times, showcase, opened_at=opened_at, now=now))
    if number:
        special += moves(acts, month, leaves=number == 1)
    return [*_filings(acts, times), *special, *_reminders(cycle.dorm_due_at, cycle.college_due_at)]


def _filings(acts: Acts, times: Schedule) -> Iterator[Act]:
    for level, file, send_back, accept in (
        (times.dorms, acts.file_dorm, acts.send_dorm_back, None),
        (times.classes, acts.file_class, acts.send_class_back, acts.accept_class),
        (times.colleges, acts.file_college, None, acts.accept_college),
    ):
        for one in level.values():
            steps = ((one.filed, file), (one.sent_back, send_back), (one.filed_again, file), (one.accepted, accept))
            yield from ((at, partial(act, one.unit)) for at, act in steps if at and act)


def _reminders(first: datetime | None, last: datetime) -> Iterator[Act]:
    """Beat's daily round from before the first due time until the ladder has been climbed."""
    day = datetime.combine((first or last).astimezone(TZ).date() - timedelta(days=4), time(9, 5), TZ)
    while day < last + timedelta(days=6):
        yield day, lambda at: remind(at=at)
        day += timedelta(days=1)
