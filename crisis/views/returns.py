from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.forms.returns import (
    ApplicationForm,
    CommitmentForm,
    DecideReturnForm,
    FollowUpForm,
    InterviewForm,
    StartLeaveForm,
)
from crisis.models import Case, Return
from crisis.services.care.returns import (
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
from crisis.views.form_pages import Words, act_on, form_page, opened
from crisis.views.shared import READING, WRITING, Panel, fetch_case, fetch_to_write
from kernel.web import Request, require_GET, require_http_methods, require_POST
from network.access import requires
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
FORMS: dict[str, Any] = {
    "apply": ApplicationForm,
    "interview": InterviewForm,
    "commit": CommitmentForm,
    "decide": DecideReturnForm,
}


@requires(*WRITING, seen_by=READING)
@require_http_methods(["GET", "POST"])
def return_start(request: Request, pk: UUID) -> HttpResponse:
    case = fetch_to_write(request, pk)
    form = StartLeaveForm(request.POST or None, initial={"left_on": timezone.localdate()})

    def act() -> Return:
        return start_leave(case=case, by=request.user, at=timezone.now(), **form.cleaned_data)

    return form_page(request, case, form, act, words=START, to=lambda student_return: _address(case, student_return))


@requires(*READING)
@require_GET
def return_detail(request: Request, pk: UUID, student_return: UUID) -> HttpResponse:
    case = fetch_case(request, pk)
    return _page(request, case, _fetch(request, case, student_return), 200, None)


@requires(*WRITING, seen_by=READING)
@require_POST
def return_apply(request: Request, pk: UUID, student_return: UUID) -> HttpResponse:
    form = ApplicationForm(request.POST, request.FILES, auto_id="apply-%s")

    def act(row: Return) -> None:
        apply_to_return(student_return=row, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _act(request, pk, student_return, "apply", form, act)


@requires(*WRITING, seen_by=READING)
@require_POST
def return_interview(request: Request, pk: UUID, student_return: UUID) -> HttpResponse:
    form = InterviewForm(request.POST, auto_id="interview-%s")

    def act(row: Return) -> None:
        note_interview(student_return=row, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _act(request, pk, student_return, "interview", form, act)


@requires(*WRITING, seen_by=READING)
@require_POST
def return_commit(request: Request, pk: UUID, student_return: UUID) -> HttpResponse:
    form = CommitmentForm(request.POST, auto_id="commit-%s")

    def act(row: Return) -> None:
        note_commitment(student_return=row, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _act(request, pk, student_return, "commit", form, act)


@requires(*WRITING, seen_by=READING)
@require_POST
def return_decide(request: Request, pk: UUID, student_return: UUID) -> HttpResponse:
    form = DecideReturnForm(request.POST, auto_id="decide-%s")

    def act(row: Return) -> None:
        decide_return(student_return=row, decision=form.decision, by=request.user, at=timezone.now())

    return _act(request, pk, student_return, "decide", form, act)


@requires(*WRITING, seen_by=READING)
@require_POST
def return_follow_up(request: Request, pk: UUID, student_return: UUID, number: int) -> HttpResponse:
    form = FollowUpForm(request.POST, auto_id=f"look-{number}-%s")

    def act(row: Return) -> None:
        follow_up = get_object_or_404(row.follow_ups.select_related("student_return__case"), number=number)
        note_follow_up(follow_up=follow_up, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _act(request, pk, student_return, f"look-{number}", form, act)


def _act(request: Request, pk: UUID, student_return: UUID, key: str, form: Any, act: Any) -> HttpResponse:
    case = fetch_to_write(request, pk)
    row = _fetch(request, case, student_return)

    def show(status: int, sent: Panel | None) -> HttpResponse:
        return _page(request, case, _fetch(request, case, student_return), status, sent)

    panel = panel_of(key, form, row)
    return act_on(request, panel, lambda: act(row), done=_("Written down."), to=_address(case, row), show=show)


def _page(request: Request, case: Case, student_return: Return, status: int, sent: Panel | None) -> HttpResponse:
    at = timezone.now()
    record_look(
        action="return.read", student=case.student, by=request.user, at=at, purpose="crisis", obj=student_return
    )
    may_manage = policies.may_work_on_return(request.user, student_return)
    panels = panels_of(request, student_return) if may_manage else []
    context = {"case": case, **return_context(student_return), "at": at, "panels": opened(panels, sent)}
    return render(request, "crisis/return_detail.html", context, status=status)


def return_context(student_return: Return) -> dict[str, Any]:
    """What the page of a return shows, with a case and without one."""
    return {
        "student_return": student_return,
        "looks": list(student_return.follow_ups.all()),
        "missing": [PARTS[part] for part in still_missing(student_return)],
    }


def panels_of(request: Request, student_return: Return) -> list[Panel]:
    """What may be done with a return now."""
    if student_return.state not in UNDER_WAY:
        # The oldest that is owed, and the next: looks may be written down in any order.
        undone = [follow_up.number for follow_up in student_return.follow_ups.all() if follow_up.done_at is None]
        return [panel_of(f"look-{number}", form_of(f"look-{number}"), student_return) for number in undone[:2]]
    keys = ["apply"]
    keys += ["interview"] if policies.may_interview(request.user, student_return) else []
    keys.append("commit")
    is_interviewer = student_return.interviewed_by_id == request.user.pk
    keys += ["decide"] if policies.may_decide_return(request.user, student_return) and not is_interviewer else []
    return [panel_of(key, form_of(key, initial=_initial(key, student_return)), student_return) for key in keys]


def form_of(key: str, *sent: Any, initial: dict[str, Any] | None = None) -> Any:
    """The form of an act, with what was sent."""
    return FORMS.get(key, FollowUpForm)(*sent, initial=initial, auto_id=f"{key}-%s")


def _initial(key: str, student_return: Return) -> dict[str, Any]:
    first: dict[str, dict[str, Any]] = {
        "apply": {
            "applied_on": student_return.applied_on or timezone.localdate(),
            "opinion": student_return.hospital_opinion,
        },
        "interview": {"interview": student_return.interview},
        "commit": {"commitment": student_return.commitment},
    }
    return first.get(key, {})


def panel_of(key: str, form: Any, student_return: Return) -> Panel:
    label, icon, action = WORDS.get(key) or (
        _("Follow-up %(n)s: how the student is") % {"n": key.removeprefix("look-")},
        "calendar-check",
        _("Write down"),
    )
    return Panel(key, label, icon, action, form, _url(key, student_return))


def _url(key: str, student_return: Return) -> str:
    if student_return.case_id is None:
        return reverse("crisis:return-act", args=[student_return.pk, key])
    place: list[Any] = [student_return.case_id, student_return.pk]
    if key in WORDS:
        return reverse(f"crisis:return-{key}", args=place)
    return reverse("crisis:return-follow-up", args=[*place, int(key.removeprefix("look-"))])


def _fetch(request: Request, case: Case, pk: UUID) -> Return:
    returns = Return.objects.visible_to(request.user).select_related("case", "interviewed_by", "decided_by")
    student_return: Return = get_object_or_404(returns.prefetch_related("follow_ups__done_by"), case=case, pk=pk)
    return student_return


def _address(case: Case, student_return: Return) -> str:
    return reverse("crisis:return-detail", args=[case.pk, student_return.pk])
