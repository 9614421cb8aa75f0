"""One session on the counselor's desk: who comes, what they wrote, how it went."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now

from counseling.models import Booking, Session
from counseling.rules.kinds import LIVE
from counseling.services.looks import record_client_look
from counseling.views.desk.cards import cards_of
from kernel.web import Request, require_GET
from network.access import requires
from network.rules import Ability


@requires(Ability.TAKE_COUNSELING)
@require_GET
def session_detail(request: Request, pk: UUID) -> HttpResponse:
    booking = fetch_own(request, pk)
    return session_page(request, booking, now())


def fetch_own(request: Request, pk: UUID) -> Booking:
    """The live booking of one of one's own sessions with one student."""
    live = Booking.objects.filter(state__in=[state.value for state in LIVE], session__counselor__user=request.user)
    rows = live.select_related("student__school_class", "session__counselor", "session__room", "session__school")
    booking: Booking = get_object_or_404(rows.order_by("booked_at"), session=pk)
    return booking


def session_page(request: Request, booking: Booking, at: datetime, status: int = 200, **bound: Any) -> HttpResponse:
    look = {"student": booking.student, "by": request.user, "at": at, "obj": booking}
    record_client_look(action="appointment.read", **look)
    session: Session = booking.session
    context = {"card": cards_of([session], at=at)[0], "student": booking.student, "booking": booking, **bound}
    return render(request, "counseling/desk/session.html", context, status=status)
