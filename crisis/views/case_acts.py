"""POST views for the panels on the page of a case."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.models import Case, CaseMember, LoweringRequest
from crisis.rules import AlertLevel
from crisis.services.cases.care_plans import save_plan
from crisis.services.cases.case_tasks import give_task
from crisis.services.cases.handover import transfer_case
from crisis.services.cases.lifecycle import raise_level, reopen_case
from crisis.services.cases.lowering import Decision, decide_lowering, request_lowering
from crisis.services.cases.notes import add_note, edit_case, mark_told
from crisis.views.case_panels import form_of, panel
from crisis.views.cases import case_page
from crisis.views.shared import READING, WRITING, fetch_case, fetch_to_write
from kernel.web import Request, perform, require_POST
from network.access import requires


@requires(*WRITING, seen_by=READING)
@require_POST
def case_note(request: Request, pk: UUID) -> HttpResponse:
    return _act(request, fetch_to_write(request, pk), "note", add_note, _("Added to the timeline."))


@requires(*WRITING, seen_by=READING)
@require_POST
def case_raise(request: Request, pk: UUID) -> HttpResponse:
    done = _("Raised at once. See below who is to be told.")
    return _act(request, fetch_to_write(request, pk), "raise", raise_level, done)


@requires(*WRITING, seen_by=READING)
@require_POST
def case_edit(request: Request, pk: UUID) -> HttpResponse:
    return _act(request, fetch_to_write(request, pk), "edit", edit_case, _("The situation is written down anew."))


@requires(*WRITING, seen_by=READING)
@require_POST
def case_transfer(request: Request, pk: UUID) -> HttpResponse:
    return _act(
        request, fetch_to_write(request, pk), "transfer", transfer_case, _("Handed over; they have got a notice.")
    )


@requires(*WRITING, seen_by=READING)
@require_POST
def case_plan(request: Request, pk: UUID) -> HttpResponse:
    case = fetch_to_write(request, pk)

    def save(*, goals: str, **context: Any) -> None:
        save_plan(goals=[line.strip() for line in goals.splitlines() if line.strip()], **context)

    return _act(request, case, "plan", save, _("The care plan is saved as a new version."))


@requires(*WRITING, seen_by=READING)
@require_POST
def case_ask(request: Request, pk: UUID) -> HttpResponse:
    return _act(request, fetch_to_write(request, pk), "ask", give_task, _("They have got a notice, without the level."))


@requires(*WRITING, seen_by=READING)
@require_POST
def case_reopen(request: Request, pk: UUID) -> HttpResponse:
    return _act(request, fetch_to_write(request, pk), "reopen", reopen_case, _("Reopened, with all its history."))


@requires(*WRITING, seen_by=READING)
@require_POST
def case_lower(request: Request, pk: UUID) -> HttpResponse:
    case = fetch_to_write(request, pk)
    if not policies.may_request_lowering(request.user, case):
        raise PermissionDenied
    form = form_of("lower", request, case, timezone.now())

    def ask(**context: Any) -> None:
        request_lowering(case=context["case"], reassessment=form.asked, by=context["by"], at=context["at"])

    return _act(
        request, case, "lower", ask, _("Your reassessment waits for a second person, who has got a notice."), form
    )


@requires(*READING)
@require_POST
def case_decide(request: Request, pk: UUID) -> HttpResponse:
    case = fetch_case(request, pk)
    pending = get_object_or_404(LoweringRequest.objects.visible_to(request.user), case=case, decision=Decision.PENDING)
    if not policies.may_decide(request.user, case, AlertLevel(pending.from_level)):
        raise PermissionDenied

    def decide(*, case: Case, **context: Any) -> None:
        decide_lowering(request=pending, **context)

    return _act(request, case, "decide", decide, _("Your decision is written down."))


@requires(*WRITING, seen_by=READING)
@require_POST
def case_tell(request: Request, pk: UUID, member: UUID) -> HttpResponse:
    case = fetch_to_write(request, pk)
    row: CaseMember = get_object_or_404(CaseMember.objects.visible_to(request.user), case=case, pk=member)
    mark_told(member=row, by=request.user, at=timezone.now())
    return redirect(reverse("crisis:case-detail", args=[pk]) + "#told")


def _act(request: Request, case: Case, key: str, act: Callable[..., Any], done: Any, form: Any = None) -> HttpResponse:
    at = timezone.now()
    form = form or form_of(key, request, case, at)

    def perform_it() -> None:
        act(case=case, by=request.user, at=at, **form.cleaned_data)

    def page(status: int) -> HttpResponse:
        fresh = fetch_case(request, case.pk)
        return case_page(request, fresh, status, panel(key, form, fresh))

    to = reverse("crisis:case-detail", args=[case.pk])
    return perform(request, form, perform_it, done=done, to=to, page=page)
