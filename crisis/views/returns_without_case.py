"""Leave and return of a student who has no case."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.forms.returns import StartLeaveForm
from crisis.models import Return
from crisis.services.care.returns import (
    apply_to_return,
    decide_return,
    note_commitment,
    note_follow_up,
    note_interview,
    start_leave_without_case,
)
from crisis.views.form_pages import act_on, opened
from crisis.views.returns import FORMS, START, form_of, panel_of, panels_of, return_context
from crisis.views.shared import Panel
from kernel.web import Request, perform, require_GET, require_http_methods, require_POST
from network.access import requires
from network.models import Student
from network.rules import Ability
from network.services import record_look


@requires(Ability.MANAGE_CASES)
@require_http_methods(["GET", "POST"])
def student_leave(request: Request, pk: UUID) -> HttpResponse:
    students = Student.objects.visible_to(request.user, Ability.MANAGE_CASES).select_related("school_class")
    student: Student = get_object_or_404(students, pk=pk)
    at = timezone.now()
    form = StartLeaveForm(request.POST or None, initial={"left_on": timezone.localdate(at)})

    def page(status: int) -> HttpResponse:
        record_look(action="return.read", student=student, by=request.user, at=at, purpose="crisis")
        context = {"student": student, "form": form, "words": START}
        return render(request, "crisis/student_leave.html", context, status=status)

    def act() -> Return:
        return start_leave_without_case(student=student, by=request.user, at=at, **form.cleaned_data)

    if request.method == "GET":
        return page(200)
    return perform(request, form, act, done=START.done, to=_address, page=page)


@requires(Ability.VIEW_CASES)
@require_GET
def return_page(request: Request, student_return: UUID) -> HttpResponse:
    return _page(request, _fetch(request, student_return), 200, None)


@requires(Ability.MANAGE_CASES, seen_by=(Ability.VIEW_CASES,))
@require_POST
def return_act(request: Request, student_return: UUID, key: str) -> HttpResponse:
    row, at = _fetch(request, student_return), timezone.now()
    if not policies.may_work_on_return(request.user, row):
        raise PermissionDenied
    number = key.removeprefix("look-")
    if key not in FORMS and not (key.startswith("look-") and number.isdecimal()):
        raise Http404
    form = form_of(key, request.POST)

    def act() -> None:
        details = {"by": request.user, "at": at, **form.cleaned_data}
        if key == "decide":
            decide_return(student_return=row, decision=form.decision, by=request.user, at=at)
        elif key in SERVICES:
            SERVICES[key](student_return=row, **details)
        else:
            follow_up = get_object_or_404(row.follow_ups.select_related("student_return__case"), number=number[:4])
            note_follow_up(follow_up=follow_up, **details)

    def show(status: int, sent: Panel | None) -> HttpResponse:
        return _page(request, _fetch(request, student_return), status, sent)

    panel = panel_of(key, form, row)
    return act_on(request, panel, act, done=_("Written down."), to=_address(row), show=show)


SERVICES: dict[str, Any] = {"apply": apply_to_return, "interview": note_interview, "commit": note_commitment}


def _page(request: Request, student_return: Return, status: int, sent: Panel | None) -> HttpResponse:
    at, student = timezone.now(), student_return.student
    record_look(action="return.read", student=student, by=request.user, at=at, purpose="crisis", obj=student_return)
    may_work = policies.may_work_on_return(request.user, student_return)
    panels = panels_of(request, student_return) if may_work else []
    context = {"case": None, **return_context(student_return), "at": at, "panels": opened(panels, sent)}
    return render(request, "crisis/return_detail.html", context, status=status)


def _fetch(request: Request, pk: UUID) -> Return:
    returns = Return.objects.without_case().visible_to(request.user, Ability.VIEW_CASES)
    joined = returns.select_related("student", "interviewed_by", "decided_by").prefetch_related("follow_ups__done_by")
    student_return: Return = get_object_or_404(joined, pk=pk)
    return student_return


def _address(student_return: Return) -> str:
    return reverse("crisis:return-page", args=[student_return.pk])
