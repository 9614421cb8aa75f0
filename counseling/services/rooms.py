"""Rooms that students take for themselves, without a counselor: relaxing, letting off steam, sandplay."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from counseling import policies
from counseling.models import Booking, Closure, Room, Session, Slot
from counseling.rules.free_times import Ask, FreeTime, HoursLine, Offered, free_times
from counseling.rules.kinds import LIVE, Channel, HoursUse, SessionKind, Weeks
from counseling.rules.refusals import Why, nearest, why_not
from counseling.rules.timetable import Calendar
from counseling.services import intervals
from counseling.services.booking import make_code
from counseling.services.free_times import ALTERNATIVES, midnight
from counseling.services.shared import NotBooked, digest_of, lock_student, settings_of
from counseling.services.timetables import timetable_of
from crisis.models.base import keys_of
from crisis.services.cases.recipients import settings_of as center_hours_of
from network.models import Student, User
from network.rules import PRESENT, EnrollmentStatus
from network.services import record_client_event

# Minutes that a student has the room, and until the next one may come.
LENGTH, PAUSE = 50, 10
WORKDAYS = range(1, 6)
# A room is not a treatment: so many times a week at most.
MOST_A_WEEK = 3
WEEK = timedelta(days=7)


def free_room_times(*, room: Room, first: date, last: date, at: datetime) -> list[FreeTime]:
    """Times from first to last day at which the room is free, within the center's working hours."""
    offered, ask, calendar = _read(room, first, last, at)
    return free_times([offered], (), ask, calendar)


def book_room(*, student: Student, room: Room, starts_at: datetime, client_id: UUID, by: User, at: datetime) -> Booking:
    """Take a self-service room for 50 minutes. The same `client_id` gives the same booking. Refused (NotBooked) as a
    session is, and the fourth time in a week. Consent to counseling is not needed: nothing is told there."""
    try:
        return _book(student, room, starts_at, client_id, by=by, at=at)
    except NotBooked as refusal:
        day = max(localdate(starts_at), localdate(at))
        free = free_room_times(room=room, first=day, last=day + WEEK, at=at)
        chosen = nearest([row.starts_at for row in free], starts_at, ALTERNATIVES)
        raise NotBooked(refusal.why, [free[n] for n in chosen]) from None


@transaction.atomic
def _book(student: Student, room: Room, starts_at: datetime, client_id: UUID, *, by: User, at: datetime) -> Booking:
    student = lock_student(student)
    digest = digest_of([student.pk, room.pk, starts_at])
    earlier: Booking | None = Booking.objects.filter(student=student, client_id=client_id).first()
    if earlier is not None and earlier.digest == digest:
        return earlier
    if earlier is not None:
        raise NotBooked(Why.OTHER_CONTENT)
    room = Room.objects.select_for_update(of=("self",), no_key=True).get(pk=room.pk)
    _check(student, room, starts_at, by=by, at=at)
    session = Session(
        school_id=student.school_id,
        kind=SessionKind.SELF_HELP.value,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=LENGTH),
        room=room,
        created_at=at,
    )
    if not intervals.take(session, students=[student.pk]):
        raise NotBooked(Why.OWN_TIME if intervals.is_taken(student.pk, *_span(session)) else Why.TAKEN)
    booking = Booking.objects.create(
        session=session,
        student=student,
        **keys_of(student),
        client_id=client_id,
        digest=digest,
        code=make_code(),
        booked_by=by,
        booked_at=at,
    )
    record_client_event(action="booking.make", student=student, by=by, at=at, obj=booking)
    return booking


def _check(student: Student, room: Room, starts_at: datetime, *, by: User, at: datetime) -> None:
    if not policies.may_book_for_oneself(by, student):
        raise NotBooked(Why.NOT_YOURS)
    if EnrollmentStatus(student.enrollment_status) not in PRESENT:
        raise NotBooked(Why.NOT_PRESENT)
    if room.school_id != student.school_id or not (room.self_service and room.is_open):
        raise NotBooked(Why.NOT_BOOKABLE)
    day = localdate(starts_at)
    if day > localdate(at) + timedelta(days=settings_of(room.school_id).days_ahead):
        raise NotBooked(Why.TOO_FAR)
    offered, ask, calendar = _read(room, day, day, at)
    answer = why_not(offered, (), ask, calendar, starts_at)
    if isinstance(answer, Why):
        raise NotBooked(answer)
    monday = midnight(day - timedelta(days=day.weekday()))
    taken = Booking.objects.filter(
        student=student,
        session__kind=SessionKind.SELF_HELP.value,
        session__starts_at__gte=monday,
        session__starts_at__lt=monday + WEEK,
        state__in=[state.value for state in LIVE],
    )
    if taken.count() >= MOST_A_WEEK:
        raise NotBooked(Why.FULL_WEEK)


def _read(room: Room, first: date, last: date, at: datetime) -> tuple[Offered, Ask, Calendar]:
    """The room as the rule of free times sees it: somebody whose hours are the center's."""
    window = (midnight(first), midnight(last) + timedelta(days=1))
    hours = center_hours_of(room.school_id)
    lines: Sequence[HoursLine] = [
        HoursLine(day, hours.work_starts, hours.work_ends, HoursUse.ONLINE, Weeks.ALL, date.min) for day in WORKDAYS
    ]
    slots = Slot.objects.filter(owner=room.pk, starts_at__lt=window[1], ends_at__gt=window[0]).order_by()
    closures = Closure.objects.touching(*window).filter(school=room.school_id, counselor=None).order_by()
    closed = [
        (starts_at, ends_at)
        for target, starts_at, ends_at in closures.values_list("room", "starts_at", "ends_at")
        if target in (None, room.pk)
    ]
    offered = Offered(
        key=room.pk,
        length=LENGTH,
        pause=PAUSE,
        hours=lines,
        taken=list(slots.values_list("starts_at", "ends_at")),
        closed=closed,
        campus=room.campus,
    )
    rules = settings_of(room.school_id)
    ask = Ask(SessionKind.INDIVIDUAL, Channel.ONLINE, first, last, at, rules.grid_minutes, notice=0)
    return offered, ask, timetable_of(room.school_id, first, last, weeks_matter=False)


def _span(session: Session) -> tuple[datetime, datetime]:
    return session.starts_at, session.ends_at
