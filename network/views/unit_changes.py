from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.web import Request, act, perform, require_http_methods, require_POST
from network.access import requires
from network.forms.units import OPENING, CloseForm, UnitNameForm
from network.models import Unit
from network.rules import Ability, Level
from network.services.unit_changes import close_unit, keep_unit, open_unit, rename_unit

OPEN_WORDS = {Level.SCHOOL: _("Open a college"), Level.COLLEGE: _("Open a class"), Level.CLASS: _("Open a dorm")}


@requires(Ability.CONFIGURE)
@require_http_methods(["GET", "POST"])
def unit_open(request: Request, pk: int) -> HttpResponse:
    parent = _unit(request, pk)
    if parent.level not in OPENING:
        raise Http404
    form = OPENING[parent.level](request.POST or None)
    title = OPEN_WORDS[Level(parent.level)]
    return _changed(
        request,
        parent,
        form,
        lambda: open_unit(parent=parent, by=request.user, at=now(), **form.cleaned_data),
        title=title,
        done=_("It is open."),
    )


@requires(Ability.CONFIGURE)
@require_http_methods(["GET", "POST"])
def unit_rename(request: Request, pk: int) -> HttpResponse:
    unit = _unit(request, pk)
    form = UnitNameForm(request.POST or None, initial={"name": unit.name})
    return _changed(
        request,
        unit,
        form,
        lambda: rename_unit(unit=unit, name=form.cleaned_data["name"], by=request.user, at=now()),
        title=pgettext_lazy("unit", "Rename"),
        done=_("The new name is in use."),
    )


@requires(Ability.CONFIGURE)
@require_http_methods(["GET", "POST"])
def unit_close(request: Request, pk: int) -> HttpResponse:
    unit = _unit(request, pk)
    form = CloseForm(request.POST or None, initial={"last_day": localdate()})
    return _changed(
        request,
        unit,
        form,
        lambda: close_unit(unit=unit, last_day=form.cleaned_data["last_day"], by=request.user, at=now()),
        title=pgettext_lazy("unit", "Close"),
        done=_("It closes with that day."),
    )


@requires(Ability.CONFIGURE)
@require_POST
def unit_keep(request: Request, pk: int) -> HttpResponse:
    unit = _unit(request, pk)
    done = _("It is open. Give its posts anew.")
    return act(request, keep_unit, done=done, to=_address(unit), unit=unit, by=request.user, at=now())


def _unit(request: Request, pk: int) -> Unit:
    units = Unit.objects.visible_to(request.user, Ability.CONFIGURE)
    unit: Unit = get_object_or_404(units.select_related("school", "parent"), pk=pk)
    return unit


def _address(unit: Unit) -> str:
    return reverse("network:unit-detail", args=[unit.pk])


def _changed(
    request: Request, unit: Unit, form: forms.Form, service: Callable[[], Any], *, title: Any, done: Any
) -> HttpResponse:
    def page(status: int) -> HttpResponse:
        context = {"unit": unit, "form": form, "title": title}
        return render(request, "network/unit_change.html", context, status=status)

    if request.method == "GET":
        return page(200)
    return perform(request, form, service, done=done, to=_address, page=page)
