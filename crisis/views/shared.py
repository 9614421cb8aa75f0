"""Parts that the views of crisis share: panels, access to a case, the abilities for reading and writing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise

from crisis import policies
from crisis.models import Case
from kernel.web import Request
from network.rules import Ability
from network.scope import Scope

READING = (Ability.VIEW_CASES, Ability.VIEW_ASSIGNED_CASES)
WRITING = (Ability.MANAGE_CASES, Ability.MANAGE_ASSIGNED_CASES)
CASE_JOINED = ("student", "school", "college", "school_class", "dorm", "owner", "deputy", "opened_by")

Page = Callable[[int], HttpResponse]
To = str | Callable[[Any], str]


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
