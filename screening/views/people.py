from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kernel import audit
from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, act, page_of, require_GET, require_http_methods, require_POST
from network.access import requires
from network.models import DualRelation, Unit
from network.rules import Ability
from screening.forms.people import ExemptionForm, RelationForm, TrainingForm
from screening.models import Campaign, Exemption, OperatorTraining, Participation
from screening.models.campaigns import ParticipationQuerySet
from screening.services import (
    ask_exemption,
    bar_counselor,
    decide_exemption,
    free_counselor,
    record_training,
    remind_unfinished,
)
from screening.views.pages import KEY, fetch_campaign, fetch_school

FOLLOW, RUN = Ability.FOLLOW_SCREENING, Ability.RUN_SCREENING


@requires(FOLLOW)
@require_GET
def campaign_people(request: Request, pk: UUID) -> HttpResponse:
    campaign = fetch_campaign(request, pk, FOLLOW)
    unit = _unit(request)
    rows = _unfinished(request, campaign, unit).select_related("student", "school_class", "college")
    page = page_of(request, rows)
    detail = {"campaign": str(campaign.pk), "rows": len(page.object_list)}
    audit.record(action="participation.list", by=request.user, at=now(), detail=detail)
    takes = campaign.takes_answers(localdate())
    context = {"campaign": campaign, "unit": unit, "page": page, "takes": takes}
    return render(request, "screening/campaign_people.html", context)


@requires(FOLLOW)
@require_POST
def campaign_remind(request: Request, pk: UUID) -> HttpResponse:
    campaign = fetch_campaign(request, pk, FOLLOW)
    unit = _unit(request)
    rows = _unfinished(request, campaign, unit)
    try:
        n = remind_unfinished(campaign=campaign, rows=rows, by=request.user, at=now())
        said = ngettext("%(n)d student has a reminder.", "%(n)d students have a reminder.", n) % {"n": n}
        messages.success(request, said if n else _("Everybody here has been reminded today already."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect(campaign)


@requires(FOLLOW)
@require_http_methods(["GET", "POST"])
def participation_exempt(request: Request, pk: UUID) -> HttpResponse:
    rows = Participation.objects.visible_to(request.user, FOLLOW).select_related("campaign", "student", "school_class")
    row = get_object_or_404(rows, pk=pk)
    form = ExemptionForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data["reason"]
        done = _("The center has been asked.")
        return act(
            request,
            ask_exemption,
            done=done,
            to=row.campaign,
            participation=row,
            reason=said,
            by=request.user,
            at=now(),
        )
    context = {"form": form, "row": row}
    return render(
        request, "screening/participation_exempt.html", context, status=UNPROCESSABLE if form.is_bound else 200
    )


@requires(RUN)
@require_GET
def exemption_list(request: Request) -> HttpResponse:
    rows = Exemption.objects.visible_to(request.user, RUN).waiting().with_people()
    audit.record(action="exemption.list", by=request.user, at=now(), detail={"rows": len(rows)})
    return render(request, "screening/exemption_list.html", {"rows": rows})


@requires(RUN)
@require_POST
def exemption_decide(request: Request, pk: UUID) -> HttpResponse:
    exemption = get_object_or_404(Exemption.objects.visible_to(request.user, RUN), pk=pk)
    approved = request.POST.get("approved") == "yes"
    done = _("Exempted.") if approved else _("Turned down: the student is still asked.")
    to = "screening:exemption-list"
    return act(
        request, decide_exemption, done=done, to=to, exemption=exemption, approved=approved, by=request.user, at=now()
    )


@requires(RUN, acting=[Ability.RECORD_TRAINING])
@require_http_methods(["GET", "POST"])
def training_list(request: Request) -> HttpResponse:
    school = fetch_school(request, RUN)
    form = TrainingForm(request.POST or None, school=school)
    try:
        if form.is_valid():
            record_training(school=school, by=request.user, at=now(), **form.cleaned_data)
            messages.success(request, _("The training is recorded."))
            return redirect("screening:training-list")
    except Refused as refused:
        form.add_error(None, str(refused.message))
    rows = OperatorTraining.objects.visible_to(request.user, RUN).select_related("user", "recorded_by")
    may_record = Unit.objects.visible_to(request.user, Ability.RECORD_TRAINING).exists()
    context = {"rows": rows, "form": form, "may_record": may_record, "today": localdate()}
    return render(request, "screening/training_list.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@requires(RUN)
@require_GET
def training_part(request: Request) -> HttpResponse:
    """Who has been trained as an operator, for the training ledger of another app."""
    rows = OperatorTraining.objects.visible_to(request.user, RUN).select_related("user")
    return render(request, "screening/training_rows.html", {"rows": rows, "today": localdate()})


@requires(RUN)
@require_http_methods(["GET", "POST"])
def relation_list(request: Request) -> HttpResponse:
    form = RelationForm(request.POST or None, school=fetch_school(request, RUN))
    if form.is_valid():
        done = _("No talk of theirs falls to this counselor any more.")
        to = "screening:relation-list"
        return act(request, bar_counselor, done=done, to=to, by=request.user, at=now(), **form.cleaned_data)
    rows = DualRelation.objects.visible_to(request.user, RUN).select_related("counselor", "unit", "recorded_by")
    context = {"rows": rows, "form": form}
    return render(request, "screening/relation_list.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@requires(RUN)
@require_POST
def relation_end(request: Request, pk: int) -> HttpResponse:
    relations = DualRelation.objects.visible_to(request.user, RUN).select_related("counselor", "unit")
    relation = get_object_or_404(relations, pk=pk)
    to = "screening:relation-list"
    return act(
        request, free_counselor, done=_("The tie has ended."), to=to, relation=relation, by=request.user, at=now()
    )


def _unit(request: Request) -> Unit | None:
    """The class or college that the list is narrowed to."""
    key: Any = request.POST.get("unit") or request.GET.get("unit") or ""
    if not key:
        return None
    units = Unit.objects.visible_to(request.user, FOLLOW)
    unit: Unit = get_object_or_404(units, pk=int(key) if KEY.fullmatch(key) else 0)
    return unit


def _unfinished(request: Request, campaign: Campaign, unit: Unit | None) -> ParticipationQuerySet:
    rows: ParticipationQuerySet = Participation.objects.visible_to(request.user, FOLLOW).filter(campaign=campaign)
    return (rows.within(unit) if unit else rows).unfinished()
