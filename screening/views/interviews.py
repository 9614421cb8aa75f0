from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from crisis.models import Referral
from kernel import audit
from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, act, page_of, require_GET, require_POST
from network.access import requires
from network.rules import Ability
from network.services import record_look
from screening import policies
from screening.forms.interviews import AssignForm, FindingForm, InterviewFilter
from screening.models import Feedback, Interview
from screening.models.captions import CARE_LABELS, Attempted
from screening.services import assign_interview, mark_seen, record_attempt, record_finding, record_refusal
from screening.services.campaigns.invitations import interviewers
from screening.services.papers.results_shown import readings_of
from screening.views.pages import fetch_interview

TALKS = (Ability.HOLD_INTERVIEW, Ability.RUN_SCREENING)
TOLD = (Ability.VIEW_SCREENING_LEVEL, Ability.VIEW_SCREENING_TASK)


@requires(*TALKS)
@require_GET
def interview_list(request: Request) -> HttpResponse:
    form = InterviewFilter(request.GET)
    talks = Interview.objects.visible_to(request.user).select_related(
        "student", "school_class", "counselor", "campaign"
    )
    page = page_of(request, form.apply(talks.defer("note")))
    audit.record(action="interview.list", by=request.user, at=now(), detail={"rows": len(page.object_list)})
    context = {"form": form, "page": page, "chips": form.chips(request)}
    return render(request, "screening/interview_list.html", context)


@requires(*TALKS)
@require_GET
def interview_detail(request: Request, pk: UUID) -> HttpResponse:
    return _page(request, fetch_interview(request, pk))


@requires(Ability.HOLD_INTERVIEW, seen_by=TALKS)
@require_POST
def interview_finish(request: Request, pk: UUID) -> HttpResponse:
    interview = _fetch_to_hold(request, pk)
    form = FindingForm(request.POST)
    try:
        if form.is_valid():
            record_finding(interview=interview, finding=form.finding, by=request.user, at=now())
            messages.success(request, _("Thank you. The talk is settled."))
            return redirect(interview)
    except Refused as refused:
        form.add_error(None, str(refused.message))
    return _page(request, interview, form, status=UNPROCESSABLE)


@requires(Ability.HOLD_INTERVIEW, seen_by=TALKS)
@require_POST
def interview_refuse(request: Request, pk: UUID) -> HttpResponse:
    interview = _fetch_to_hold(request, pk)
    done = _("Noted. It has no consequence for the student.")
    return act(request, record_refusal, done=done, to=interview, interview=interview, by=request.user, at=now())


@requires(Ability.HOLD_INTERVIEW, seen_by=TALKS)
@require_POST
def interview_attempt(request: Request, pk: UUID) -> HttpResponse:
    interview = _fetch_to_hold(request, pk)
    kind = Attempted.UNREACHED if request.POST.get("kind") == Attempted.UNREACHED else Attempted.NO_SHOW
    done = _("Noted. The talk is still owed.")
    return act(
        request, record_attempt, done=done, to=interview, interview=interview, kind=kind, by=request.user, at=now()
    )


@requires(Ability.RUN_SCREENING, seen_by=TALKS)
@require_POST
def interview_assign(request: Request, pk: UUID) -> HttpResponse:
    interview = fetch_interview(request, pk)
    if not policies.may_assign(request.user, interview):
        raise PermissionDenied
    form = AssignForm(request.POST, people=interviewers(interview, at=now()))
    if not form.is_valid():
        messages.error(request, _("Choose a counselor of this school."))
        return redirect(interview)
    done = _("The talk is now with %(name)s.") % {"name": form.chosen.name}
    return act(
        request,
        assign_interview,
        done=done,
        to=interview,
        interview=interview,
        counselor=form.chosen,
        by=request.user,
        at=now(),
    )


@requires(*TOLD)
@require_GET
def feedback_list(request: Request) -> HttpResponse:
    rows = Feedback.objects.visible_to(request.user).select_related("student", "school_class", "campaign", "seen_by")
    page = page_of(request, rows)
    audit.record(action="feedback.list", by=request.user, at=now(), detail={"rows": len(page.object_list)})
    shown = [{"feedback": interview, "word": CARE_LABELS[interview.level]} for interview in page]
    return render(request, "screening/feedback_list.html", {"page": page, "rows": shown})


@requires(*TOLD)
@require_POST
def feedback_see(request: Request, pk: UUID) -> HttpResponse:
    feedback = get_object_or_404(Feedback.objects.visible_to(request.user), pk=pk)
    to = "screening:feedback-list"
    return act(request, mark_seen, done=_("Thank you."), to=to, feedback=feedback, by=request.user, at=now())


def _fetch_to_hold(request: Request, pk: UUID) -> Interview:
    """The talk for its interviewer; whoever else sees that there is one is refused."""
    interview = fetch_interview(request, pk)
    if not policies.is_interviewer(request.user, interview):
        raise PermissionDenied
    return interview


def _page(
    request: Request, interview: Interview, form: FindingForm | None = None, *, status: int = 200
) -> HttpResponse:
    """Record the look, then show as much of the results as the reader may see."""
    user, at = request.user, now()
    answers, factors = policies.may_read_answers(user, interview), policies.may_read_factors(user, interview)
    detail = {"answers": answers, "factors": factors}
    record_look(
        action="interview.read",
        student=interview.student,
        by=user,
        at=at,
        purpose="interview",
        obj=interview,
        detail=detail,
    )
    context: dict[str, Any] = {
        "interview": interview,
        "results": readings_of(interview.participation, answers=answers, factors=factors),
        "attempts": interview.attempts.select_related("by"),
        "is_interviewer": answers,
        "form": form or FindingForm(initial={"action": "care", "tells_college": True}),
        "assign_form": _assign_form(user, interview),
        "feedback": getattr(interview, "feedback", None),
        "to_counseling": interview.referral_id and policies.may_know_of_counseling(user, interview),
        "referral": Referral.objects.counseling_for(user).filter(pk=interview.referral_id).first(),
    }
    return render(request, "screening/interview_detail.html", context, status=status)


def _assign_form(user: Any, interview: Interview) -> AssignForm | None:
    if interview.settled_at is not None or not policies.may_assign(user, interview):
        return None
    people = [person for person in interviewers(interview, at=now()) if not person.is_tied]
    return AssignForm(people=people, initial={"counselor": interview.counselor_id})
