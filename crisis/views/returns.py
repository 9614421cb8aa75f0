from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crisis import policies
from crisis.forms.returns import (
    ApplicationForm,
    CommitmentForm,
    DecideReturnForm,
    FollowUpForm,
    InterviewForm,
    StartLeaveForm,
)
from crisis.models import Case, Return, ReturnFollowUp
from crisis.services.returns import (
    PARTS,
    UNDER_WAY,
    apply_to_return,
    decide_return,
    note_commitment,
    note_follow_up,
    note_interview,
    start_leave,
    still_missing,
)
from crisis.views.around import Words, act_on, form_page, opened
from crisis.views.pages import READING, WRITING, Panel, Request, fetch_case, fetch_to_write
from network.access import needs
from network.services import record_look

START = Words(
    _("Leave of absence"),
    _("Write down the leave"),
    _("Written down. When the student wishes to come back, go on here."),
    _("A leave for the sake of health. The way back begins with an application before term."),
)
WORDS: dict[str, tuple[Any, str, Any]] = {
    "apply": (_("Application and hospital's opinion"), "file-pen-line", _("Write down")),
    "interview": (_("Center's interview"), "message-circle", _("Write down")),
    "commit": (_("Family's commitment"), "handshake", _("Write down")),
    "decide": (_("Decide as the second person"), "scale", _("Decide")),
}


@needs(*WRITING, seen_by=READING)
@require_http_methods(["GET", "POST"])
def return_start(request: Request, pk: UUID) -> HttpResponse:
    case = fetch_to_write(request, pk)
    form = StartLeaveForm(request.POST or None, initial={"left_on": timezone.localdate()})

    def act() -> Return:
        return start_leave(case=case, by=request.user, at=timezone.now(), **form.cleaned_data)

    return form_page(request, case, form, act, words=START, to=lambda comeback: _address(case, comeback))


@needs(*READING)
@require_GET
def return_detail(request: Request, pk: UUID, comeback: UUID) -> HttpResponse:
    case = fetch_case(request, pk)
    return _page(request, case, _fetch(request, case, comeback), 200, None)


@needs(*WRITING, seen_by=READING)
@require_POST
def return_apply(request: Request, pk: UUID, comeback: UUID) -> HttpResponse:
    form = ApplicationForm(request.POST, request.FILES, auto_id="apply-%s")

    def act(found: Return) -> None:
        apply_to_return(comeback=found, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _act(request, pk, comeback, "apply", form, act)


@needs(*WRITING, seen_by=READING)
@require_POST
def return_interview(request: Request, pk: UUID, comeback: UUID) -> HttpResponse:
    form = InterviewForm(request.POST, auto_id="interview-%s")

    def act(found: Return) -> None:
        note_interview(comeback=found, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _act(request, pk, comeback, "interview", form, act)


@needs(*WRITING, seen_by=READING)
@require_POST
def return_commit(request: Request, pk: UUID, comeback: UUID) -> HttpResponse:
    form = CommitmentForm(request.POST, auto_id="commit-%s")

    def act(found: Return) -> None:
        note_commitment(comeback=found, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _act(request, pk, comeback, "commit", form, act)


@needs(*WRITING, seen_by=READING)
@require_POST
def return_decide(request: Request, pk: UUID, comeback: UUID) -> HttpResponse:
    form = DecideReturnForm(request.POST, auto_id="decide-%s")

    def act(found: Return) -> None:
        decide_return(comeback=found, decision=form.decision, by=request.user, at=timezone.now())

    return _act(request, pk, comeback, "decide", form, act)


@needs(*WRITING, seen_by=READING)
@require_POST
def return_follow_up(request: Request, pk: UUID, comeback: UUID, number: int) -> HttpResponse:
    form = FollowUpForm(request.POST, auto_id=f"look-{number}-%s")

    def act(found: Return) -> None:
        follow_up = get_object_or_404(found.follow_ups.select_related("comeback__case"), number=number)
        note_follow_up(follow_up=follow_up, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _act(request, pk, comeback, f"look-{number}", form, act)


def _act(request: Request, pk: UUID, comeback: UUID, key: str, form: Any, act: Any) -> HttpResponse:
    case = fetch_to_write(request, pk)
    found = _fetch(request, case, comeback)

    def show(status: int, sent: Panel | None) -> HttpResponse:
        return _page(request, case, _fetch(request, case, comeback), status, sent)

    panel = _panel(key, form, case, found)
    return act_on(request, panel, lambda: act(found), done=_("Written down."), to=_address(case, found), show=show)


def _page(request: Request, case: Case, comeback: Return, status: int, sent: Panel | None) -> HttpResponse:
    at = timezone.now()
    record_look(action="return.read", student=case.student, by=request.user, at=at, purpose="crisis", obj=comeback)
    may_manage = policies.may_manage(request.user, case)
    looks = list(comeback.follow_ups.all())
    undone = [one for one in looks if one.done_at is None]
    panels = _panels(request, case, comeback, undone) if may_manage else []
    context = {
        "case": case,
        "comeback": comeback,
        "at": at,
        "looks": looks,
        "missing": [PARTS[one] for one in still_missing(comeback)],
        "panels": opened(panels, sent),
    }
    return render(request, "crisis/return_detail.html", context, status=status)


def _panels(request: Request, case: Case, comeback: Return, undone: list[ReturnFollowUp]) -> list[Panel]:
    if comeback.state not in UNDER_WAY:
        # The oldest that is owed, and the next: looks may be written down in any order.
        return [
            _panel(f"look-{one.number}", FollowUpForm(auto_id=f"look-{one.number}-%s"), case, comeback)
            for one in undone[:2]
        ]
    applied = {"applied_on": comeback.applied_on or timezone.localdate(), "opinion": comeback.hospital_opinion}
    forms: dict[str, Any] = {"apply": ApplicationForm(initial=applied, auto_id="apply-%s")}
    if policies.may_request_lowering(request.user, case):
        forms["interview"] = InterviewForm(initial={"interview": comeback.interview}, auto_id="interview-%s")
    forms["commit"] = CommitmentForm(initial={"commitment": comeback.commitment}, auto_id="commit-%s")
    if policies.may_decide_return(request.user, case) and comeback.interviewed_by_id != request.user.pk:
        forms["decide"] = DecideReturnForm(auto_id="decide-%s")
    return [_panel(key, form, case, comeback) for key, form in forms.items()]


def _panel(key: str, form: Any, case: Case, comeback: Return) -> Panel:
    if key in WORDS:
        label, icon, action = WORDS[key]
        return Panel(key, label, icon, action, form, reverse(f"crisis:return-{key}", args=[case.pk, comeback.pk]))
    number = int(key.removeprefix("look-"))
    url = reverse("crisis:return-follow-up", args=[case.pk, comeback.pk, number])
    label = _("Follow-up %(n)s: how the student is") % {"n": number}
    return Panel(key, label, "calendar-check", _("Write down"), form, url)


def _fetch(request: Request, case: Case, pk: UUID) -> Return:
    returns = Return.objects.visible_to(request.user).select_related("case", "interviewed_by", "decided_by")
    comeback: Return = get_object_or_404(returns.prefetch_related("follow_ups__done_by"), case=case, pk=pk)
    return comeback


def _address(case: Case, comeback: Return) -> str:
    return reverse("crisis:return-detail", args=[case.pk, comeback.pk])
