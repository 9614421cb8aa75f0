"""Reading what can be booked: hours, closures, rooms and what is taken are read once; the rule computes the rest."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import UUIDField, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from counseling.models import Booking, CenterSettings, Closure, Counselor, Credential, Hours, Room, Slot
from counseling.rules.free_times import (
    Ask,
    FreeTime,
    HoursLine,
    Offered,
    RoomLine,
    Span,
    free_times,
    full_weeks,
    monday_of,
    overlaps,
)
from counseling.rules.kinds import LIVE, Channel, Rank, RoomKind, SessionKind, Weeks
from counseling.rules.refusals import nearest
from counseling.rules.timetable import Calendar
from counseling.services.timetables import timetable_of
from kernel.periods import TZ
from network.models import Student
from network.services import tied

WEEK = timedelta(days=7)
# Stands beside the ranks of Slot.
CLOSURE = 0
ALTERNATIVES = 3


@dataclass(frozen=True)
class Center:
    """What a school offers from `first` to `last`, as the rule reads it."""

    settings: CenterSettings
    calendar: Calendar
    counselors: dict[UUID, Counselor]
    offered: dict[UUID, Offered]
    rooms: dict[UUID, Room]
    room_lines: list[RoomLine]
    own: list[Span]

    def ask(self, kind: SessionKind, channel: Channel, first: date, last: date, at: datetime) -> Ask:
        rules = self.settings
        return Ask(kind, channel, first, last, at, rules.grid_minutes, rules.notice_minutes, rules.urgent_opens)


def read_center(
    *,
    school_id: int,
    first: date,
    last: date,
    student: Student | None = None,
    counselors: Iterable[UUID] | None = None,
) -> Center:
    """Read what is offered, in four queries, or five where odd and even weeks differ."""
    people, hours = _people(school_id, first, last, counselors)
    rooms = {room.pk: room for room in Room.objects.usable().filter(school=school_id, kind=RoomKind.COUNSELING)}
    window = (midnight(monday_of(first)), midnight(monday_of(last) + WEEK))
    owners = [*people, *rooms, *([student.pk] if student else [])]
    taken, closed, starts = _taken(school_id, owners, window)
    offered = {
        key: _offered(person, hours[key], taken[key], closed[key] + closed[None], starts[key])
        for key, person in people.items()
    }
    room_lines = [RoomLine(key, room.campus, taken[key] + closed[key]) for key, room in rooms.items()]
    weeks_matter = any(line.weeks != Weeks.ALL for lines in hours.values() for line in lines)
    schools = [person.school for person in people.values()]
    rules: CenterSettings | None = getattr(schools[0], "counseling_settings", None) if schools else None
    return Center(
        settings=rules or CenterSettings(school_id=school_id),
        calendar=timetable_of(school_id, first, last, weeks_matter=weeks_matter),
        counselors=people,
        offered=offered,
        rooms=rooms,
        room_lines=room_lines,
        own=taken[student.pk] if student else [],
    )


def _offered(
    person: Counselor, hours: list[HoursLine], taken: list[Span], closed: list[Span], starts: list[datetime]
) -> Offered:
    return Offered(
        key=person.pk,
        length=person.length,
        pause=person.pause,
        hours=hours,
        taken=taken,
        closed=closed,
        full_weeks=full_weeks(starts, person.weekly_cap),
        kinds=frozenset(person.kinds) or frozenset(SessionKind),
        channels=frozenset(person.channels) or frozenset(Channel),
        campus=person.campus,
    )


def free_times_of(
    *,
    school_id: int,
    kind: SessionKind,
    channel: Channel,
    first: date,
    last: date,
    at: datetime,
    student: Student | None = None,
    counselors: Iterable[UUID] | None = None,
) -> tuple[Center, list[FreeTime]]:
    """The center and its free times from first to last day. With `student`: without counselors tied to them or closed
    to new students, and without their own appointments. `FreeTime.counselor` and `.rooms` are keys."""
    center = read_center(school_id=school_id, first=first, last=last, student=student, counselors=counselors)
    ahead = localdate(at) + timedelta(days=center.settings.days_ahead)
    ask = center.ask(kind, channel, max(first, localdate(at)), min(last, ahead), at)
    barred = _barred_for(student, center, at) if student else frozenset()
    offered = [row for key, row in center.offered.items() if key not in barred]
    found = free_times(offered, center.room_lines, ask, center.calendar)
    if center.own:
        found = [row for row in found if not any(overlaps((row.starts_at, row.ends_at), own) for own in center.own)]
    return center, found


def alternatives_to(
    *, student: Student, kind: SessionKind, channel: Channel, starts_at: datetime, at: datetime
) -> list[FreeTime]:
    """Up to three free times near one that could not be booked, of whatever counselor."""
    day = max(localdate(starts_at), localdate(at))
    _center, found = free_times_of(
        school_id=student.school_id,
        kind=kind,
        channel=channel,
        first=max(day - WEEK, localdate(at)),
        last=day + WEEK,
        at=at,
        student=student,
    )
    return [found[n] for n in nearest([row.starts_at for row in found], starts_at, ALTERNATIVES)]


def knows(student: Student, counselor: Counselor) -> bool:
    """Whether the student has been with the counselor, or has an appointment."""
    states = [state.value for state in LIVE]
    return Booking.objects.filter(student=student, session__counselor=counselor, state__in=states).exists()


def _barred_for(student: Student, center: Center, at: datetime) -> frozenset[UUID]:
    people = center.counselors
    ties = tied(student, [person.user_id for person in people.values()], localdate(at))
    barred = {key for key, person in people.items() if person.user_id in ties}
    shut = [key for key, person in people.items() if not person.takes_new]
    if shut:
        states = [state.value for state in LIVE]
        mine = Booking.objects.filter(student=student, session__counselor__in=shut, state__in=states).order_by()
        barred |= set(shut) - set(mine.values_list("session__counselor", flat=True))
    return frozenset(barred)


def _people(
    school_id: int, first: date, last: date, counselors: Iterable[UUID] | None
) -> tuple[dict[UUID, Counselor], dict[UUID, list[HoursLine]]]:
    """Who can be booked through the last day, with their hours."""
    valid = Credential.objects.checked().valid(last).values("counselor")
    rows = Hours.objects.in_force(first, last).filter(
        counselor__school=school_id, counselor__is_active=True, counselor__in=valid
    )
    if counselors is not None:
        rows = rows.filter(counselor__in=list(counselors))
    people: dict[UUID, Counselor] = {}
    hours: dict[UUID, list[HoursLine]] = defaultdict(list)
    related = ("counselor__user", "counselor__school__counseling_settings")
    for row in rows.select_related(*related).order_by("counselor__user__name", "counselor_id", "weekday", "starts"):
        people.setdefault(row.counselor_id, row.counselor)
        hours[row.counselor_id].append(
            HoursLine(
                weekday=row.weekday,
                starts=row.starts,
                ends=row.ends,
                use=row.use,
                weeks=row.weeks,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                room=row.room_id,
            )
        )
    return people, hours


def _taken(
    school_id: int, owners: list[Any], window: Span
) -> tuple[dict[UUID, list[Span]], dict[UUID | None, list[Span]], dict[UUID, list[datetime]]]:
    """What is taken by owner; closures by counselor or room, those of the whole center under None; and the starts of a
    counselor's sessions. One query."""
    taken: dict[UUID, list[Span]] = defaultdict(list)
    closed: dict[UUID | None, list[Span]] = defaultdict(list)
    starts: dict[UUID, list[datetime]] = defaultdict(list)
    slots = Slot.objects.filter(owner__in=owners, starts_at__lt=window[1], ends_at__gt=window[0]).order_by()
    closures = Closure.objects.touching(*window).filter(school=school_id).order_by()
    named = closures.annotate(
        target=Coalesce("counselor", "room", output_field=UUIDField()),
        kind=Value(CLOSURE),
        meeting=Value(None, output_field=UUIDField()),
    )
    rows = slots.values_list("owner", "rank", "session", "starts_at", "ends_at").union(
        named.values_list("target", "kind", "meeting", "starts_at", "ends_at"), all=True
    )
    for owner, rank, session, starts_at, ends_at in rows:
        if rank == CLOSURE:
            closed[owner].append((starts_at, ends_at))
            continue
        taken[owner].append((starts_at, ends_at))
        if rank == Rank.COUNSELOR and session is not None:
            starts[owner].append(starts_at)
    return taken, closed, starts


def without(offered: Offered, spans: Iterable[Span]) -> Offered:
    """The counselor as if these taken spans were free: for a move, or for a time that is held for the student."""
    gone = set(spans)
    return replace(offered, taken=[span for span in offered.taken if span not in gone])


def midnight(day: date) -> datetime:
    """The first moment of a day in Beijing."""
    return datetime.combine(day, time(), TZ)
