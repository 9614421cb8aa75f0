"""Moving and cancelling a booking."""

from datetime import datetime
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from counseling import policies
from counseling.models import Booking, Counselor, Session
from counseling.rules.kinds import BookingState, Channel, HoursUse, SessionKind, SessionState
from counseling.rules.limits import is_late
from counseling.rules.refusals import Why
from counseling.services import intervals, openings
from counseling.services.booking import (
    Wanted,
    check_limit,
    check_people,
    find_place,
    refuse_if_taken,
    with_alternatives,
)
from counseling.services.shared import DESK, NotBooked, lock_counselors, lock_student, settings_of, tell
from kernel.errors import Refused
from network.models import Student, User
from network.services import record_client_event, withdraw

DEADLOCK = "40P01"
# Sessions that one student alone comes to.
OF_ONE = (SessionKind.FIRST_TALK, SessionKind.INDIVIDUAL, SessionKind.SELF_HELP)
MOVED = gettext_noop("Your appointment has been moved to %(time)s")
MOVED_TO_YOU = gettext_noop("An appointment has been moved to %(time)s")
CANCELLED = gettext_noop("Your appointment on %(time)s has been cancelled")
GIVEN_BACK = gettext_noop("The appointment on %(time)s has been cancelled")


def move_booking(
    *,
    booking: Booking,
    starts_at: datetime,
    counselor: Counselor | None = None,
    channel: Channel | None = None,
    by: User,
    at: datetime,
) -> Booking:
    """Move a booking to another time, or to another counselor; nothing changes when that fails. The time before goes to
    the waiting list. Refused (NotBooked) as a booking is."""
    for is_last in (False, True):
        try:
            return _move(booking, starts_at, counselor, channel, by=by, at=at)
        except OperationalError as error:
            # Two moves that swap may wait for each other; the database ends one of them, which tries once more.
            if is_last or getattr(error.__cause__, "pgcode", "") != DEADLOCK:
                raise
        except NotBooked as refusal:
            raise with_alternatives(refusal, _wanted(booking, starts_at, counselor, channel), at) from None
    raise AssertionError("unreachable")


@transaction.atomic
def _move(
    booking: Booking,
    starts_at: datetime,
    counselor: Counselor | None,
    channel: Channel | None,
    *,
    by: User,
    at: datetime,
) -> Booking:
    old = booking.session
    student = lock_student(booking.student)
    new_counselor = counselor.pk if counselor else old.counselor_id
    counselors = lock_counselors([old.counselor_id, new_counselor])
    booking = lock_booking(booking, student)
    session = booking.session
    check_open(booking, by=by, at=at)
    if new_counselor is None or session.kind not in OF_ONE or session.counselor_id not in counselors:
        raise Refused(_("Only a session of one student can be moved. Cancel this one instead."), code="not-movable")
    channel = channel or Channel(session.channel)
    wanted = Wanted(student, counselors[new_counselor], starts_at, SessionKind(session.kind), channel)
    if is_same(session, wanted):
        return booking
    check_people(wanted, by=by, at=at)
    check_limit(wanted, at=at, moved=booking)
    before = openings.Before.of(session, counselors)
    use, rooms = find_place(wanted, at=at, held=before.spans)
    _replace(session, wanted, use, rooms)
    openings.open_after_move(before, at=at)
    withdraw(keys=[move_key(booking)])
    record_client_event(action="booking.move", student=student, by=by, at=at, obj=booking)
    tell(student.user, MOVED, params={"time": session.starts_at}, at=at)
    if by.pk != wanted.counselor.user_id:
        tell(wanted.counselor.user, MOVED_TO_YOU, params={"time": session.starts_at}, link=DESK, at=at)
    return booking


def is_same(session: Session, wanted: Wanted) -> bool:
    """Whether the session is there already, as after a second tap."""
    stands = (session.starts_at, session.counselor_id, session.channel)
    return stands == (wanted.starts_at, wanted.counselor.pk, wanted.channel.value)


def _replace(session: Session, wanted: Wanted, use: str, rooms: list[UUID]) -> None:
    """Give up the old time and take the new one, in one savepoint each room. Refused when no room is left."""
    choices: list[UUID | None] = list(rooms) if wanted.channel == Channel.IN_PERSON else [None]
    intervals.free(session)
    session.counselor, session.use = wanted.counselor, use
    session.starts_at, session.ends_at = wanted.span
    session.channel, session.version = wanted.channel.value, session.version + 1
    for room in choices:
        session.room_id = room
        if intervals.take(session, students=[wanted.student.pk]):
            return
        refuse_if_taken(wanted)
    raise NotBooked(Why.NO_ROOM)


def cancel_booking(*, booking: Booking, reason: str = "", by: User, at: datetime) -> Booking:
    """Cancel a booking that has not begun. By the student: in time or late; by the center: it never counts. What a
    student gives back goes to the waiting list. Refused for anybody else, and after the start."""
    with transaction.atomic():
        student = lock_student(booking.student)
        lock_counselors([booking.session.counselor_id])
        booking = lock_booking(booking, student)
        check_open(booking, by=by, at=at)
        return end_booking(booking, state=_state(booking, by=by, at=at), reason=reason, by=by, at=at)


def end_booking(
    booking: Booking, *, state: BookingState, by: User | None, at: datetime, reason: str = "", offer: bool | None = None
) -> Booking:
    """End a locked booking; the caller holds the locks of student and counselor. `offer`: whether the time goes to the
    waiting list, by default what the student gives back does."""
    session = booking.session
    booking.state, booking.ended_at, booking.ended_by, booking.reason = state.value, at, by, reason
    booking.save(update_fields=["state", "ended_at", "ended_by", "reason"])
    if session.kind in OF_ONE:
        session.state, session.version = SessionState.CANCELLED.value, session.version + 1
        session.save(update_fields=["state", "version"])
        gives_back = state in (BookingState.LATE, BookingState.EXCUSED) if offer is None else offer
        openings.give_back(session, at=at, offer=gives_back and session.use != HoursUse.URGENT.value)
    else:
        intervals.free_student(session, booking.student_id)
    withdraw(keys=[move_key(booking)])
    record_client_event(action="booking.cancel", student=booking.student, by=by, at=at, obj=booking)
    tell(booking.student.user, CANCELLED, params={"time": session.starts_at}, at=at)
    if session.counselor is not None and (by is None or by.pk != session.counselor.user_id):
        tell(session.counselor.user, GIVEN_BACK, params={"time": session.starts_at}, link=DESK, at=at)
    return booking


def _state(booking: Booking, *, by: User, at: datetime) -> BookingState:
    if by.pk != booking.student.user_id:
        return BookingState.CANCELLED
    hours = settings_of(booking.school_id).late_hours
    return BookingState.LATE if is_late(booking.session.starts_at, at, hours) else BookingState.EXCUSED


def check_open(booking: Booking, *, by: User, at: datetime) -> None:
    """Refused to strangers, for what has ended, and once it has begun."""
    if not policies.may_change_booking(by, booking):
        raise NotBooked(Why.NOT_YOURS)
    if booking.state != BookingState.BOOKED.value:
        raise Refused(_("This appointment has ended already."), code="ended")
    if booking.session.starts_at <= at:
        raise Refused(_("This appointment has begun; the counselor records how it went."), code="begun")


def lock_booking(booking: Booking, student: Student) -> Booking:
    """The booking with its session, locked after student and counselor."""
    rows = Booking.objects.select_for_update(of=("self", "session"), no_key=True)
    related = ("session__counselor__user", "session__counselor__school", "session__school")
    locked: Booking = rows.select_related(*related).get(pk=booking.pk)
    locked.student = student
    return locked


def move_key(booking: Booking) -> str:
    """The key of the duty to move it."""
    return f"counseling:move:{booking.pk}"


def _wanted(booking: Booking, starts_at: datetime, counselor: Counselor | None, channel: Channel | None) -> Wanted:
    session = booking.session
    person = counselor or session.counselor
    assert person is not None
    return Wanted(booking.student, person, starts_at, SessionKind(session.kind), channel or Channel(session.channel))
