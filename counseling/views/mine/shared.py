"""What the student's pages share: who is signed in, and times as cards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from counseling.models import Booking, CenterSettings, Session
from counseling.rules.kinds import BookingState, Channel
from counseling.rules.limits import is_late
from kernel.web import Request
from network.models import Student

# The link to an online talk stands there from so long before.
JOIN_BEFORE = timedelta(minutes=10)
RELATED = ("session__counselor__user", "session__room", "session__school")


@dataclass(frozen=True)
class AppointmentCard:
    """A booking as its student reads it. `free_until`: until then nothing is kept of a cancellation."""

    pk: UUID
    starts_at: datetime
    ends_at: datetime
    who: str
    where: str
    code: str
    state: str
    is_ahead: bool
    is_online: bool
    is_late_now: bool
    free_until: datetime
    link: str


def myself(request: Request) -> Student:
    """The student who is signed in; for everybody else there is no such page."""
    student: Student = get_object_or_404(Student.objects.for_user(request.user).select_related("user", "school"))
    return student


def card_of(booking: Booking, rules: CenterSettings, at: datetime) -> AppointmentCard:
    session: Session = booking.session
    is_ahead = booking.state == BookingState.BOOKED and session.ends_at > at
    can_join = is_ahead and session.starts_at - JOIN_BEFORE <= at
    return AppointmentCard(
        pk=booking.pk,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        who=str(session.counselor or ""),
        where=where_of(session),
        code=booking.code,
        state="" if booking.state == BookingState.BOOKED else booking.get_state_display(),
        is_ahead=is_ahead,
        is_online=session.channel == Channel.ONLINE,
        is_late_now=is_late(session.starts_at, at, rules.late_hours),
        free_until=session.starts_at - timedelta(hours=rules.late_hours),
        link=session.link if can_join else "",
    )


def where_of(session: Session) -> str:
    """The place in words: campus and room, or how they talk."""
    if session.channel == Channel.PHONE:
        return _("By phone: the counselor calls you")
    if session.channel == Channel.ONLINE:
        return _("Online")
    parts = [session.room.campus, session.room.name] if session.room else []
    return " · ".join(part for part in parts if part)


def own_bookings(user: Any) -> Any:
    return Booking.objects.for_user(user).select_related("student__user", *RELATED)
