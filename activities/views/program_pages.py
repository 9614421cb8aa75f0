"""What the pages of the yearly program share."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.timezone import localdate

from activities.models import Evidence
from activities.rules.program import FIRST_YEAR
from kernel.uploads import as_download
from kernel.web import OK, Request, perform
from network.models import Unit
from network.rules import Ability
from network.scope import Scope

VIEW, MANAGE, PLAN = Ability.VIEW_PROGRAM, Ability.MANAGE_PROGRAM, Ability.PLAN_WORK


def school_of(request: Request, *abilities: Ability) -> Unit:
    """The user's school, for somebody who holds one of the abilities at any place in it."""
    if not Scope.of(request.user).units(abilities):
        raise PermissionDenied
    school: Unit = get_object_or_404(Unit.objects.schools(), pk=request.user.school_id)
    return school


def allow(condition: bool) -> None:
    """403 for somebody who sees the row, but may not do this to it."""
    if not condition:
        raise PermissionDenied


def year_of(request: Request) -> int:
    """The year that the address names, else this one; a year outside of all reach is this one too."""
    today: date = localdate()
    word = request.GET.get("year", "")
    year = int(word) if word.isascii() and word.isdigit() and len(word) == 4 else today.year
    return year if FIRST_YEAR <= year <= today.year + 1 else today.year


def years_around(year: int) -> dict[str, int | None]:
    """The neighbors of a year, for the links beside it; nobody looks further ahead than next year."""
    after = year + 1 if year <= localdate().year else None
    return {"year": year, "year_before": year - 1, "year_after": after}


def form_page(
    request: Request,
    form: forms.BaseForm,
    service: Callable[[], Any],
    *,
    title: Promise | str,
    done: Promise | str,
    back: str,
    back_label: Promise | str,
    to: str | Callable[[Any], str] = "",
    action: Promise | str = "",
    intro: Promise | str = "",
) -> HttpResponse:
    """A page that holds one form; sent, it calls the service and goes to `to`, by default back."""
    context = {
        "form": form,
        "title": title,
        "back": back,
        "back_label": back_label,
        "action": action,
        "intro": intro,
    }

    def page(status: int) -> HttpResponse:
        return render(request, "activities/form_page.html", context, status=status)

    if request.method == "GET":
        return page(OK)
    return perform(request, form, service, done=done, to=to or back, page=page)


def proof(evidence: Evidence | None) -> HttpResponse:
    """The file that proves a row, as a download; 404 where there is none."""
    if evidence is None:
        raise Http404
    return as_download(evidence.upload)
