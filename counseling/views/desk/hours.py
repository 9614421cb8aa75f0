"""A counselor's own hours and days off."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counseling.forms.desk import ClosureForm, HoursForm
from counseling.models import Booking, Closure, Hours
from counseling.services.closures import bookings_hit, close_days, reopen_days
from counseling.services.staff import add_hours, end_hours
from counseling.views.desk.own import own_counselor
from kernel.errors import Refused
from kernel.formatting import WEEKDAYS
from kernel.web import UNPROCESSABLE, Request, act, perform, require_GET, require_http_methods, require_POST
from network.access import requires
from network.models import Unit
from network.rules import Ability

HERE = "counseling:hours-list"


@dataclass(frozen=True)
class HoursRow:
    pk: UUID
    weekday: Any
    begins: str
    ends: str
    use: str
    weeks: str
    room: str
    until: date | None


@requires(Ability.TAKE_COUNSELING)
@require_GET
def hours_list(request: Request) -> HttpResponse:
    return _page(request, 200)


@requires(Ability.TAKE_COUNSELING)
@require_POST
def hours_add(request: Request) -> HttpResponse:
    counselor = own_counselor(request)
    if counselor is None:
        messages.error(request, _("The director has not put you on the list of counselors yet."))
        return redirect(HERE)
    form = HoursForm(request.POST, school_id=counselor.school_id)

    def add() -> None:
        add_hours(counselor=counselor, lines=[form.line], by=request.user, at=now())

    def page(status: int) -> HttpResponse:
        return _page(request, status, form=form)

    done = gettext_lazy("Added. Students can book these times now.")
    return perform(request, form, add, done=done, to=reverse(HERE), page=page)


@requires(Ability.TAKE_COUNSELING)
@require_POST
def hours_end(request: Request, pk: UUID) -> HttpResponse:
    mine = Hours.objects.filter(counselor__user=request.user)
    hours = get_object_or_404(mine, pk=pk)
    done = gettext_lazy("Ended. What is booked stands; what must move is among your duties.")
    today = localdate(now())
    return act(request, end_hours, done=done, to=HERE, hours=hours, last_day=today, by=request.user, at=now())


@requires(Ability.TAKE_COUNSELING)
@require_http_methods(["GET", "POST"])
def closure_plan(request: Request) -> HttpResponse:
    """Two steps: first what would have to move is shown, then it is saved."""
    counselor = own_counselor(request)
    if counselor is None:
        messages.error(request, _("The director has not put you on the list of counselors yet."))
        return redirect(HERE)
    target = {"school": counselor.school, "counselor": counselor, "room": None}
    words = {"heading": _("Plan a day off"), "back_url": reverse(HERE), "back_label": _("My hours")}
    return plan_closure(request, target, words, to=reverse(HERE))


def plan_closure(request: Request, target: dict[str, Any], words: dict[str, str], *, to: str) -> HttpResponse:
    """The page that closes a counselor, a room or the center. `target`: school, counselor, room."""
    form, at = ClosureForm(request.POST or None), now()
    hit: list[Booking] | None = None
    if form.is_valid():
        span = {name: form.cleaned_data[name] for name in ("starts_at", "ends_at")}
        hit = bookings_hit(**target, **span, at=at)
        seen = mark_of(span, hit)
        if request.POST.get("confirmed") == seen:
            try:
                close_days(**target, **span, reason=form.cleaned_data["reason"], by=request.user, at=at)
                messages.success(request, _("Closed. What must move is among the duties."))
                return redirect(to)
            except Refused as refused:
                form.add_error(None, str(refused.message))
                hit = None
        words = words | {"confirmed": seen}
    status = UNPROCESSABLE if form.errors else 200
    context = {"form": form, "hit": hit_rows(hit), **words}
    return render(request, "counseling/desk/closure.html", context, status=status)


def mark_of(span: dict[str, datetime], hit: list[Booking]) -> str:
    """What was on the screen: the same times and the same bookings, or it is shown again."""
    return f"{span['starts_at']:%Y%m%d%H%M}-{span['ends_at']:%Y%m%d%H%M}-{len(hit)}"


def hit_rows(hit: list[Booking] | None) -> list[dict[str, Any]] | None:
    if hit is None:
        return None
    return [
        {
            "starts_at": booking.session.starts_at,
            "code": booking.code,
            "kind": f"{booking.session.get_kind_display()} · {booking.session.counselor or ''}",
        }
        for booking in hit
    ]


@requires(Ability.TAKE_COUNSELING)
@require_POST
def closure_end(request: Request, pk: UUID) -> HttpResponse:
    mine = Closure.objects.filter(counselor__user=request.user).select_related("school", "counselor__school")
    done = gettext_lazy("Taken back. These times can be booked again.")
    return act(
        request, reopen_days, done=done, to=HERE, closure=get_object_or_404(mine, pk=pk), by=request.user, at=now()
    )


def _page(request: Request, status: int, **bound: Any) -> HttpResponse:
    counselor, at = own_counselor(request), now()
    today = localdate(at)
    school: Unit | None = counselor.school if counselor else request.user.school
    rows = Hours.objects.filter(counselor=counselor).in_force(today, date.max) if counselor else []
    closures = Closure.objects.filter(counselor=counselor, ends_at__gt=at) if counselor else []
    context = {
        "counselor": counselor,
        "hours": [hours_row(row) for row in rows],
        "closures": closures,
        "form": HoursForm(school_id=school.pk if school else 0),
        **bound,
    }
    return render(request, "counseling/desk/hours.html", context, status=status)


def hours_row(row: Hours) -> HoursRow:
    return HoursRow(
        pk=row.pk,
        weekday=WEEKDAYS[row.weekday - 1],
        begins=f"{row.starts:%H:%M}",
        ends=f"{row.ends:%H:%M}",
        use=row.get_use_display(),
        weeks=row.get_weeks_display(),
        room=str(row.room or ""),
        until=row.valid_until,
    )
