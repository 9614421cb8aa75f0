from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.forms.referrals import StartReferralForm, StepForm
from crisis.models import Case, Hospital, Referral, ReferralStep
from crisis.rules.referrals import ORDER, Step
from crisis.services.care.referral_printing import KIND, about_referral
from crisis.services.care.referrals import now_due, start_referral, take_step
from crisis.views.form_pages import Words, act_on, form_page, opened
from crisis.views.shared import READING, WRITING, Panel, fetch_case, fetch_to_write
from kernel.web import Request, require_GET, require_http_methods, require_POST, start_printing
from network.access import requires
from network.services import record_look

START = Words(
    _("Refer to a hospital"),
    _("Assess and begin"),
    _("Begun. Somebody else of the center or the college approves now."),
    _("Assessed, approved by a second person, family told, escorted, hospital, reply, school's plan, follow-up."),
)
KINDS = dict(ReferralStep.Kind.choices)


@requires(*WRITING, seen_by=READING)
@require_http_methods(["GET", "POST"])
def referral_start(request: Request, pk: UUID) -> HttpResponse:
    case = fetch_to_write(request, pk)
    hospitals = Hospital.objects.for_user(request.user).filter(is_active=True)
    form = StartReferralForm(hospitals, request.POST or None)

    def act() -> Referral:
        return start_referral(case=case, by=request.user, at=timezone.now(), **form.cleaned_data)

    return form_page(request, case, form, act, words=START, to=lambda referral: _address(case, referral))


@requires(*READING)
@require_GET
def referral_detail(request: Request, pk: UUID, referral: UUID) -> HttpResponse:
    case = fetch_case(request, pk)
    return _page(request, case, _fetch(request, case, referral), 200, None)


@requires(*WRITING, seen_by=READING)
@require_POST
def referral_step(request: Request, pk: UUID, referral: UUID) -> HttpResponse:
    """The step that the form was written for, not the one that may have come up meanwhile."""
    asked = request.POST.get("step", "")
    return _take(request, pk, referral, Step(asked) if asked in ORDER else Step.ASSESSED)


@requires(*WRITING, seen_by=READING)
@require_POST
def referral_break(request: Request, pk: UUID, referral: UUID) -> HttpResponse:
    return _take(request, pk, referral, Step.BROKEN_OFF)


@requires(*READING)
@require_POST
def referral_print(request: Request, pk: UUID, referral: UUID) -> HttpResponse:
    """Have the whole log printed as one document."""
    case = fetch_case(request, pk)
    row = _fetch(request, case, referral)
    return start_printing(request, kind=KIND, about=about_referral(row), to=_address(case, row))


def _take(request: Request, pk: UUID, referral: UUID, step: Step) -> HttpResponse:
    case = fetch_to_write(request, pk)
    row = _fetch(request, case, referral)
    form = StepForm(step, request.POST, request.FILES, auto_id=f"{step.value}-%s")

    def act() -> None:
        take_step(referral=row, step=step, stamp=form.stamp, by=request.user, at=timezone.now())

    def show(status: int, sent: Panel | None) -> HttpResponse:
        return _page(request, case, _fetch(request, case, referral), status, sent)

    panel = _panel(step, form, case, row)
    return act_on(request, panel, act, done=_("Stamped."), to=_address(case, row), show=show)


def _page(request: Request, case: Case, referral: Referral, status: int, sent: Panel | None) -> HttpResponse:
    at = timezone.now()
    record_look(action="referral.read", student=case.student, by=request.user, at=at, purpose="crisis", obj=referral)
    step = now_due(referral)
    taken = {row.kind: row for row in referral.steps.all()}
    rows = [(KINDS[kind.value], taken.get(kind.value), kind == step) for kind in (*ORDER, Step.BROKEN_OFF)]
    is_mine = taken["assessed"].by_id == request.user.pk
    waits = step == Step.APPROVED and (is_mine or not policies.may_approve_referral(request.user, case))
    panels = _panels(case, referral, step, waits=waits) if policies.may_manage(request.user, case) else []
    context = {
        "case": case,
        "referral": referral,
        "at": at,
        "rows": [row for row in rows if row[1] or row[0] != KINDS["broken_off"]],
        "step": step,
        "panels": opened(panels, sent),
        "waits": waits,
        "is_mine": is_mine,
    }
    return render(request, "crisis/referral_detail.html", context, status=status)


def _panels(case: Case, referral: Referral, step: Step | None, *, waits: bool) -> list[Panel]:
    """The step that comes now, unless it waits for somebody else, and breaking off; on a closed case the step is
    offered too: it is refused in words."""
    offered = [Step.BROKEN_OFF] if step else []
    if step and not waits:
        offered.insert(0, step)
    return [_panel(kind, StepForm(kind, auto_id=f"{kind.value}-%s"), case, referral) for kind in offered]


def _panel(step: Step, form: Any, case: Case, referral: Referral) -> Panel:
    if step == Step.BROKEN_OFF:
        url = reverse("crisis:referral-break", args=[case.pk, referral.pk])
        return Panel("break", _("Break off"), "circle-x", _("Break off"), form, url)
    url = reverse("crisis:referral-step", args=[case.pk, referral.pk])
    return Panel(step.value, KINDS[step.value], "stamp", _("Stamp this step"), form, url)


def _fetch(request: Request, case: Case, pk: UUID) -> Referral:
    referrals = Referral.objects.visible_to(request.user).select_related("case", "hospital", "opened_by", "student")
    referral: Referral = get_object_or_404(referrals.prefetch_related("steps__by"), case=case, pk=pk)
    return referral


def _address(case: Case, referral: Referral) -> str:
    return reverse("crisis:referral-detail", args=[case.pk, referral.pk])
