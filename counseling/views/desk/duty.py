"""The desk of the counselor on duty, and the screen of the waiting room."""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext_lazy as _

from counseling.forms.calls import CallForm
from counseling.models import Booking, Call
from counseling.policies import may_register_calls
from counseling.rules.kinds import Channel
from counseling.services.calls import LATEST_ENTRY, register_call
from crisis.services.cases.recipients import on_duty
from kernel.periods import TZ
from kernel.web import Request, perform, require_GET, require_POST
from network.access import requires
from network.models import Unit
from network.rules import Ability

# Who is on the screen of the waiting room: those whose time begins soon or has just begun.
BEFORE, AFTER = timedelta(minutes=30), timedelta(minutes=15)


@requires(Ability.TAKE_COUNSELING)
@require_GET
def duty_desk(request: Request) -> HttpResponse:
    return _page(request, 200, call=CallForm(initial={"at": f"{localtime(now()):%Y-%m-%dT%H:%M}", "minutes": 20}))


@requires(Ability.TAKE_COUNSELING)
@require_POST
def call_register(request: Request) -> HttpResponse:
    form = CallForm(request.POST)
    school = _school(request)

    def act() -> Call:
        return register_call(school=school, record=form.record, by=request.user, at=now())

    def page(status: int) -> HttpResponse:
        return _page(request, status, call=form)

    return perform(request, form, act, done=_("Taken down."), to=reverse("counseling:duty-desk"), page=page)


@requires(Ability.TAKE_COUNSELING)
@require_GET
def desk_screen(request: Request) -> HttpResponse:
    at, school = now(), _school(request)
    booked = Booking.objects.booked().filter(
        session__school=school,
        session__channel=Channel.IN_PERSON.value,
        session__starts_at__gt=at - AFTER,
        session__starts_at__lte=at + BEFORE,
    )
    # SECURITY: codes, rooms and times alone; the screen stands where everybody waits.
    rows = booked.order_by("session__starts_at", "code").values("code", "session__room__name", "session__starts_at")
    shown = [
        {"code": row["code"], "room": row["session__room__name"], "starts_at": row["session__starts_at"]}
        for row in rows
    ]
    response = render(request, "counseling/desk/screen.html", {"rows": shown, "now": localtime(at)})
    response["Refresh"] = "60"
    return response


def _school(request: Request) -> Unit:
    """The school for whose center the user sits here."""
    school: Unit | None = Unit.objects.schools().visible_to(request.user, Ability.TAKE_COUNSELING).first()
    if school is None:
        raise PermissionDenied
    return school


def _page(request: Request, status: int, **forms: Any) -> HttpResponse:
    at, school = now(), _school(request)
    since = datetime.combine(localdate(at), time(0), TZ) - LATEST_ENTRY
    context = {
        "on_duty": ", ".join(person.name for person in on_duty(school.pk, at)),
        "may_register": may_register_calls(request.user, school),
        "calls": Call.objects.visible_to(request.user).filter(at__gte=since),
        "urgent": [],
        **forms,
    }
    return render(request, "counseling/desk/duty.html", context, status=status)
