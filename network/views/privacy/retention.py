from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _

from kernel import audit, personal_data
from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, page_of, require_GET, require_http_methods, require_POST
from network.access import requires
from network.forms.privacy import HoldForm, PeriodForm
from network.models import LegalHold, RetentionRun, Unit
from network.rules import Ability
from network.services import confirm_plan, lift_hold, place_hold, set_period
from network.services.privacy.retention import fingerprint, plan

RUNS_SHOWN = 8


@requires(Ability.MANAGE_RETENTION)
@require_GET
def retention_page(request: Request) -> HttpResponse:
    school = _school(request)
    planned = plan(school=school, at=now())
    context = {
        "school": school,
        "planned": planned,
        "waits": any(kind_plan.state.waits for kind_plan in planned),
        "seen": fingerprint(kind_plan.state for kind_plan in planned),
        "kept": [category for category in personal_data.declared() if category.period is None],
        "runs": RetentionRun.objects.visible_to(request.user).select_related("by")[:RUNS_SHOWN],
    }
    return render(request, "network/privacy/retention_page.html", context)


@requires(Ability.MANAGE_RETENTION)
@require_POST
def retention_set(request: Request) -> HttpResponse:
    school, form = _school(request), PeriodForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the period in whole months."))
        return redirect("network:retention-page")
    kind, months = form.cleaned_data["kind"], form.cleaned_data["months"]
    try:
        set_period(school=school, kind=kind, months=months, by=request.user, at=now())
        messages.success(request, _("The period is noted. A shorter one is applied once its plan is confirmed."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("network:retention-page")


@requires(Ability.MANAGE_RETENTION)
@require_POST
def retention_confirm(request: Request) -> HttpResponse:
    try:
        confirm_plan(school=_school(request), seen=request.POST.get("seen", ""), by=request.user, at=now())
        messages.success(request, _("Confirmed. From tonight on, what is over its time is deleted every night."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("network:retention-page")


@requires(Ability.DECIDE_ERASURE)
@require_http_methods(["GET", "POST"])
def hold_list(request: Request) -> HttpResponse:
    form = HoldForm(request.POST or None, by=request.user)
    if form.is_valid() and _placed(request, form):
        return redirect("network:hold-list")
    at = now()
    holds = LegalHold.objects.visible_to(request.user, Ability.DECIDE_ERASURE).in_force(at)
    page = page_of(request, holds.select_related("student", "school_class", "placed_by"))
    audit.record(action="hold.list", by=request.user, at=at, detail={"rows": len(page.object_list)})
    context = {"form": form, "page": page, "reasons": personal_data.reasons()}
    return render(request, "network/privacy/hold_list.html", context, status=UNPROCESSABLE if form.errors else 200)


@requires(Ability.DECIDE_ERASURE)
@require_POST
def hold_lift(request: Request, pk: UUID) -> HttpResponse:
    hold = get_object_or_404(LegalHold.objects.visible_to(request.user, Ability.DECIDE_ERASURE), pk=pk)
    lift_hold(hold=hold, by=request.user, at=now())
    messages.success(request, _("The hold is lifted. Data that is over its time goes in the next night."))
    return redirect("network:hold-list")


def _placed(request: Request, form: HoldForm) -> bool:
    entered = form.cleaned_data
    assert form.student is not None
    try:
        place_hold(
            student=form.student,
            reason=entered["reason"],
            ends_on=entered["ends_on"],
            case_number=entered["case_number"],
            by=request.user,
            at=now(),
        )
    except Refused as refused:
        form.add_error("ends_on", str(refused.message))
        return False
    messages.success(request, _("The hold is in force: nothing of this student is deleted."))
    return True


def _school(request: Request) -> Unit:
    schools = Unit.objects.schools().visible_to(request.user, Ability.MANAGE_RETENTION)
    school: Unit = get_object_or_404(schools[:1])
    return school
