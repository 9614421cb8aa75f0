"""A counselor's own week and day. Names stand there only where they were asked for, and go after five minutes."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now

from counseling.models import Session
from counseling.rules.kinds import SessionState
from counseling.services.looks import record_client_look
from counseling.views.desk.cards import SessionCard, bookings_of, cards_of, without_outcome
from kernel.periods import TZ
from kernel.web import Request, require_GET
from network.access import requires
from network.rules import Ability

# In seconds; the browser then asks for the page without names.
NAMES_STAY = 300
WEEK = timedelta(days=7)
# Weeks that the page leads to, before and after today.
REACH = timedelta(days=366)


@dataclass(frozen=True)
class Day:
    date: date
    cards: list[SessionCard]


@requires(Ability.TAKE_COUNSELING)
@require_GET
def desk_week(request: Request) -> HttpResponse:
    at, here = now(), reverse("counseling:desk-week")
    first = _monday(request.GET.get("from", ""), localdate(at))
    sessions, with_names = _own(request.user, first, first + WEEK), "names" in request.GET
    cards = cards_of(sessions, at=at, with_names=with_names)
    days = [first + timedelta(days=number) for number in range(7)]
    context = {
        "first": first,
        "last": days[-1],
        "now": localtime(at),
        "days": [Day(day, [card for card in cards if localdate(card.starts_at) == day]) for day in days],
        "events": [card.event for card in cards],
        "open_outcomes": without_outcome(request.user, at),
        "previous_url": f"{here}?from={first - WEEK}",
        "next_url": f"{here}?from={first + WEEK}",
        "shows_names": with_names,
        "names_url": f"{here}?from={first}" + ("" if with_names else "&names=1"),
    }
    return _answer(request, "counseling/desk/week.html", context, sessions, at)


@requires(Ability.TAKE_COUNSELING)
@require_GET
def desk_today(request: Request) -> HttpResponse:
    at, here = now(), reverse("counseling:desk-today")
    today, with_names = localdate(at), "names" in request.GET
    sessions = _own(request.user, today, today + timedelta(days=1))
    context = {
        "today": today,
        "cards": cards_of(sessions, at=at, with_names=with_names),
        "open_outcomes": [card for card in without_outcome(request.user, at) if localdate(card.starts_at) != today],
        "shows_names": with_names,
        "names_url": here if with_names else f"{here}?names=1",
    }
    return _answer(request, "counseling/desk/today.html", context, sessions, at)


def _own(user: Any, first: date, after: date) -> list[Session]:
    """One's own sessions on first ≤ day < after that were not cancelled."""
    begin, end = (datetime.combine(day, time(0), TZ) for day in (first, after))
    own = Session.objects.between(begin, end).filter(counselor__user=user)
    rows = own.exclude(state=SessionState.CANCELLED.value).select_related("room", "counselor")
    return list(rows.order_by("starts_at", "pk"))


def _answer(
    request: Request, template: str, context: dict[str, Any], sessions: list[Session], at: datetime
) -> HttpResponse:
    response = render(request, template, context)
    if context["shows_names"]:
        for bookings in bookings_of(sessions).values():
            for booking in bookings:
                look = {"student": booking.student, "by": request.user, "at": at, "obj": booking}
                record_client_look(action="appointment.read", **look)
        # SECURITY: the names leave the screen by themselves, with or without scripts.
        response["Refresh"] = f"{NAMES_STAY}; url={context['names_url']}"
    return response


def _monday(text: str, today: date) -> date:
    """The Monday of the week that the address names, or of this one."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    if abs(day - today) > REACH:
        day = today
    return day - timedelta(days=day.weekday())
