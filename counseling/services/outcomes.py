"""Arriving, and recording whether the student came."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from counseling import policies
from counseling.models import Booking
from counseling.rules.kinds import BookingState, SessionState
from counseling.rules.refusals import Why
from counseling.services.changes import lock_booking, move_key
from counseling.services.shared import NotBooked, lock_student
from crisis.models import Referral
from crisis.services.care.counseling import take_on_counseling
from kernel.errors import Refused
from network.models import User
from network.services import record_client_event, settle

OUTCOMES = (BookingState.ATTENDED, BookingState.NO_SHOW)


@transaction.atomic
def record_arrival(*, booking: Booking, by: User, at: datetime) -> Booking:
    """The student is in the waiting room. A second time changes nothing."""
    booking = _lock(booking, by)
    if booking.arrived_at is None and booking.state == BookingState.BOOKED.value:
        booking.arrived_at = at
        booking.save(update_fields=["arrived_at"])
        record_client_event(action="booking.arrive", student=booking.student, by=by, at=at, obj=booking)
    return booking


@transaction.atomic
def record_attendance(*, booking: Booking, outcome: BookingState, by: User, at: datetime) -> Booking:
    """Whether the student came; what was recorded can be corrected. The first session that was attended ends a referral
    to this counselor. Refused before the start, for what was cancelled, and to all but counselor and director."""
    booking = _lock(booking, by)
    if outcome not in OUTCOMES:
        raise ValueError(f"not an outcome of a session: {outcome}")
    if booking.session.starts_at > at:
        raise Refused(_("This session has not begun yet. Record the outcome after it."), code="not-begun")
    if booking.state == outcome.value:
        return booking
    if booking.state not in {BookingState.BOOKED.value, *(state.value for state in OUTCOMES)}:
        raise Refused(_("This appointment was cancelled, so there is no outcome."), code="ended")
    booking.state, booking.ended_at, booking.ended_by = outcome.value, at, by
    booking.save(update_fields=["state", "ended_at", "ended_by"])
    if outcome == BookingState.ATTENDED:
        booking.session.state = SessionState.HELD.value
        booking.session.save(update_fields=["state"])
        _end_referral(booking, by=by, at=at)
    settle(keys=[move_key(booking)], at=at)
    detail = {"came": outcome == BookingState.ATTENDED}
    record_client_event(action="booking.record", student=booking.student, by=by, at=at, obj=booking, detail=detail)
    return booking


def _lock(booking: Booking, by: User) -> Booking:
    student = lock_student(booking.student)
    booking = lock_booking(booking, student)
    if not policies.may_hold(by, booking.session):
        raise NotBooked(Why.NOT_YOURS)
    return booking


def _end_referral(booking: Booking, *, by: User, at: datetime) -> None:
    """A referral that was given to this counselor ends with their first meeting."""
    rows = Referral.objects.to_counseling().open().filter(student=booking.student, counselor=by)
    referral = rows.first()
    if referral is not None:
        take_on_counseling(referral=referral, by=by, at=at)
