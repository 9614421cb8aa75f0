"""Sessions as the desk shows them: by code, with the name only where it was asked for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import pgettext

from counseling.models import Booking, Session
from counseling.rules.kinds import LIVE, BookingState, SessionKind, SessionState

TONES = {
    BookingState.BOOKED: "wait",
    BookingState.ATTENDED: "good",
    BookingState.NO_SHOW: "late",
}


@dataclass(frozen=True)
class SessionCard:
    """One line of a day. `code` stands for the student; `name` is empty unless it was asked for."""

    pk: UUID
    starts_at: datetime
    ends_at: datetime
    code: str
    name: str
    kind: str
    place: str
    state: str
    tone: str
    url: str
    can_arrive: bool = False
    can_record: bool = False

    @property
    def event(self) -> dict[str, str]:
        """As the calendar takes it: times of the school without a zone."""
        word = f"{self.code} {self.name}".strip()
        return {
            "title": f"{word} · {self.place}",
            "start": f"{localtime(self.starts_at):%Y-%m-%dT%H:%M:%S}",
            "end": f"{localtime(self.ends_at):%Y-%m-%dT%H:%M:%S}",
            "url": self.url,
        }


def cards_of(sessions: Iterable[Session], *, at: datetime, with_names: bool = False) -> list[SessionCard]:
    """The cards of these sessions, each with its live booking where it is one student's; two queries."""
    rows = list(sessions)
    bookings = bookings_of(rows)
    return [_card(session, bookings.get(session.pk, []), at, with_names=with_names) for session in rows]


def bookings_of(sessions: Iterable[Session]) -> dict[UUID, list[Booking]]:
    """The live bookings by session, with their students."""
    live = Booking.objects.filter(session__in=[session.pk for session in sessions], state__in=[s.value for s in LIVE])
    found: dict[UUID, list[Booking]] = defaultdict(list)
    for booking in live.select_related("student").order_by("booked_at", "pk"):
        found[booking.session_id].append(booking)
    return found


def _card(session: Session, bookings: list[Booking], at: datetime, *, with_names: bool) -> SessionCard:
    booking = bookings[0] if len(bookings) == 1 and session.kind in OF_ONE else None
    state, tone = _state(session, booking, at)
    is_open = booking is not None and booking.state == BookingState.BOOKED
    return SessionCard(
        pk=session.pk,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        code=booking.code if booking else session.get_kind_display(),
        name=booking.student.name if booking and with_names else "",
        kind=session.get_kind_display(),
        place=place_of(session),
        state=state,
        tone=tone,
        url=reverse("counseling:session-detail", args=[session.pk]) if booking else "",
        can_arrive=is_open and booking is not None and booking.arrived_at is None and session.ends_at > at,
        can_record=is_open and session.starts_at <= at,
    )


OF_ONE = (SessionKind.FIRST_TALK, SessionKind.INDIVIDUAL)


def place_of(session: Session) -> str:
    """The room, or how else they talk."""
    return str(session.room) if session.room else session.get_channel_display()


def _state(session: Session, booking: Booking | None, at: datetime) -> tuple[str, str]:
    if booking is None:
        return session.get_state_display(), "neutral" if session.state == SessionState.PLANNED else "good"
    if booking.state == BookingState.BOOKED and session.ends_at <= at:
        return pgettext("booking", "not noted yet"), "late"
    if booking.state == BookingState.BOOKED and booking.arrived_at:
        return pgettext("booking", "is here"), "good"
    return booking.get_state_display(), TONES.get(BookingState(booking.state), "neutral")


def without_outcome(user: Any, at: datetime) -> list[SessionCard]:
    """One's own sessions that are over and of which nobody has noted how they went; the longest ago first."""
    mine = Booking.objects.without_outcome(at).filter(session__counselor__user=user)
    sessions = Session.objects.planned().filter(pk__in=mine.order_by().values("session"))
    return cards_of(sessions.select_related("room", "counselor").order_by("starts_at", "pk"), at=at)
