from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis.forms import EscalationForm, PeriodForm, ShiftForm
from crisis.models import DutyShift, SpecialPeriod
from crisis.services.cases.recipients import duty_candidates, on_duty, settings_of
from crisis.services.center.settings import (
    add_shift,
    drop_shift,
    end_special_period,
    proposed_periods,
    set_escalation,
    set_special_period,
)
from kernel.web import Request, perform, require_GET, require_POST
from network.access import requires
from network.models import Unit
from network.rules import Ability

HERE = "crisis:settings-edit"


@requires(Ability.CONFIGURE_CRISIS)
@require_GET
def settings_edit(request: Request) -> HttpResponse:
    return _page(request, 200)


@requires(Ability.CONFIGURE_CRISIS)
@require_POST
def escalation_set(request: Request) -> HttpResponse:
    form = EscalationForm(request.POST)
    school = _school(request)

    def act() -> None:
        escalation = form.escalation(settings_of(school.pk))
        set_escalation(school=school, escalation=escalation, by=request.user, at=timezone.now())

    return _act(request, form, act, _("The new escalation times apply from now on."), "escalation")


@requires(Ability.CONFIGURE_CRISIS)
@require_POST
def duty_shift_add(request: Request) -> HttpResponse:
    school = _school(request)
    form = ShiftForm(duty_candidates(school.pk, timezone.now()), request.POST)

    def act() -> None:
        add_shift(school=school, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _act(request, form, act, _("The shift is on the roster."), "shift")


@requires(Ability.CONFIGURE_CRISIS)
@require_POST
def duty_shift_drop(request: Request, pk: UUID) -> HttpResponse:
    shifts = DutyShift.objects.visible_to(request.user, Ability.CONFIGURE_CRISIS).select_related("school")
    shift: DutyShift = get_object_or_404(shifts, pk=pk)

    def act() -> None:
        drop_shift(shift=shift, by=request.user, at=timezone.now())

    return _act(request, forms.Form({}), act, _("The shift is taken off the roster."), "nothing")


@requires(Ability.CONFIGURE_CRISIS)
@require_POST
def special_period_set(request: Request) -> HttpResponse:
    form = PeriodForm(request.POST)
    school = _school(request)

    def act() -> None:
        data = form.cleaned_data
        days = {"starts_on": data["starts_on"], "ends_on": data["ends_on"]}
        kind = SpecialPeriod.Kind(data["kind"])
        set_special_period(school=school, kind=kind, by=request.user, at=timezone.now(), **days)

    return _act(request, form, act, _("Vigilance is raised; what open cases owe comes sooner."), "period")


@requires(Ability.CONFIGURE_CRISIS)
@require_POST
def special_period_end(request: Request, pk: UUID) -> HttpResponse:
    periods = SpecialPeriod.objects.visible_to(request.user, Ability.CONFIGURE_CRISIS).select_related("school")
    period: SpecialPeriod = get_object_or_404(periods, pk=pk)

    def act() -> None:
        end_special_period(period=period, by=request.user, at=timezone.now())

    return _act(request, forms.Form({}), act, _("The special period is over."), "nothing")


def _act(request: Request, form: Any, act: Any, done: Any, name: str) -> HttpResponse:
    def page(status: int) -> HttpResponse:
        return _page(request, status, **{name: form})

    return perform(request, form, act, done=done, to=reverse(HERE), page=page)


def _school(request: Request) -> Unit:
    """The school that the user sets these things for."""
    school: Unit | None = Unit.objects.schools().visible_to(request.user, Ability.CONFIGURE_CRISIS).first()
    if school is None:
        raise PermissionDenied
    return school


def _page(request: Request, status: int, **bound: Any) -> HttpResponse:
    school, at = _school(request), timezone.now()
    settings = settings_of(school.pk)
    context = {
        "school": school,
        "at": at,
        "settings": settings,
        "escalation": EscalationForm.of(settings),
        "shift": ShiftForm(duty_candidates(school.pk, at)),
        "period": PeriodForm(),
        "shifts": DutyShift.objects.for_user(request.user).from_day(timezone.localdate(at)).select_related("officer"),
        "periods": SpecialPeriod.objects.for_user(request.user).filter(ends_on__gte=timezone.localdate(at)),
        "proposals": [
            {"kind": SpecialPeriod.Kind(one.kind), "starts_on": one.starts_on, "ends_on": one.ends_on}
            for one in proposed_periods(school=school, on=timezone.localdate(at))
        ],
        "on_duty": on_duty(school.pk, at),
        **bound,
    }
    return render(request, "crisis/settings_edit.html", context, status=status)
