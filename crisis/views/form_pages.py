"""Form pages of a case: a form with a page of its own, and forms that open on the page of a row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from crisis.models import Case
from crisis.views.shared import Panel, To
from kernel.web import Request, perform
from network.services import record_look

Show = Callable[[int, Panel | None], HttpResponse]


@dataclass(frozen=True)
class Words:
    """What a page says: its heading, the word on the button, what is said when it is done, a hint."""

    heading: Promise | str
    action: Promise | str
    done: Promise | str
    hint: Promise | str = ""


def form_page(
    request: Request, case: Case, form: forms.Form, act: Callable[[], Any], *, words: Words, to: To | None = None
) -> HttpResponse:
    """A form with a page of its own, about one case."""
    home = reverse("crisis:case-detail", args=[case.pk])

    def page(status: int) -> HttpResponse:
        at = timezone.now()
        record_look(action="case.read", student=case.student, by=request.user, at=at, purpose="crisis", obj=case)
        context = {"case": case, "form": form, "words": words, "home": home}
        return render(request, "crisis/care_form.html", context, status=status)

    if request.method == "GET":
        return page(200)
    return perform(request, form, act, done=words.done, to=to or home, page=page)


def act_on(
    request: Request, panel: Panel, act: Callable[[], Any], *, done: Promise | str, to: str, show: Show
) -> HttpResponse:
    """An act that opens on the page of its row: done, or the page again with the panel as it was sent."""

    def page(status: int) -> HttpResponse:
        return show(status, panel)

    return perform(request, panel.form, act, done=done, to=to, page=page)


def opened(panels: list[Panel], sent: Panel | None) -> list[Panel]:
    """The panels of a page, the one that was just sent as it was sent, also when it is not offered any more: what was
    typed and why it did not do must not be lost."""
    if sent is None:
        return panels
    if all(sent.key != panel.key for panel in panels):
        return [sent, *panels]
    return [sent if sent.key == panel.key else panel for panel in panels]


def now_of(at: datetime) -> str:
    """A moment as the picker of a form shows it."""
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"
