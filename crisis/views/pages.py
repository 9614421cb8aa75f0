"""What all pages of the watchlist share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise

from crisis import policies
from crisis.models import Case
from kernel.errors import Refused
from network.models import User
from network.rules import Ability
from network.scope import Scope

UNPROCESSABLE = 422
CONFLICT = 409
CHANGED = "changed-meanwhile"
READING = (Ability.VIEW_CASES, Ability.VIEW_ASSIGNED_CASES)
WRITING = (Ability.MANAGE_CASES, Ability.MANAGE_ASSIGNED_CASES)
CASE_JOINED = ("student", "school", "college", "school_class", "dorm", "owner", "deputy", "opened_by")

Page = Callable[[int], HttpResponse]
To = str | Callable[[Any], str]


class Request(HttpRequest):
    user: User


@dataclass(frozen=True)
class Panel:
    """An act that a page offers: a form that opens in place."""

    key: str
    label: Promise | str
    icon: str
    action: Promise | str
    form: forms.Form
    url: str
    text: Promise | str = ""

    @property
    def is_open(self) -> bool:
        return self.form.is_bound


def require(request: Request, *abilities: Ability) -> None:
    """Refuse whoever holds none of the abilities: for pages that name no row."""
    if not Scope.of(request.user).abilities & set(abilities):
        raise PermissionDenied


def fetch_case(request: Request, pk: UUID, *abilities: Ability) -> Case:
    """The case as far as the reader may see it; 404 otherwise."""
    cases = Case.objects.visible_to(request.user, *abilities).select_related(*CASE_JOINED)
    case: Case = get_object_or_404(cases, pk=pk)
    return case


def fetch_to_write(request: Request, pk: UUID) -> Case:
    """The case for somebody who works on it; whoever may only read it is refused."""
    case = fetch_case(request, pk)
    if not policies.may_manage(request.user, case):
        raise PermissionDenied
    return case


def perform(
    request: Request,
    form: forms.BaseForm,
    act: Callable[[], Any],
    *,
    done: Promise | str,
    to: str | Callable[[Any], str],
    page: Page,
) -> HttpResponse:
    """Do what a valid form asks for and go on, to an address or to that of what was made; else the page again, with
    what was typed and why it did not do."""
    status = UNPROCESSABLE
    try:
        if form.is_valid():
            made = act()
            messages.success(request, str(done))
            return redirect(to(made) if callable(to) else to)
    except Refused as refused:
        form.add_error(None, str(refused.message))
        status = CONFLICT if refused.code == CHANGED else UNPROCESSABLE
    return page(status)
