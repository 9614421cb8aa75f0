from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, act, page_of, require_GET, require_http_methods, require_POST
from network.access import requires
from network.rules import Ability
from network.rules.consents import Purpose
from network.services import current_version
from screening import policies
from screening.forms.campaigns import CampaignForm, ExtendForm, PopulationForm, TextForm, first_values, values_of
from screening.models import Campaign, Scale
from screening.models.captions import PHASE_LABELS
from screening.rules.windows import Phase
from screening.services import (
    close_campaign,
    discard_campaign,
    draft_campaign,
    extend_campaign,
    open_campaign,
    progress_of,
    release_to_students,
    revise_campaign,
    text_of,
    write_text,
)
from screening.services.campaigns.population import count_by_college, students_of
from screening.services.scales.instruments import title_of, usable
from screening.services.scales.library import in_use
from screening.views.pages import DESK, fetch_campaign, fetch_school, fetch_to_run

RUN = Ability.RUN_SCREENING


@requires(*DESK)
@require_GET
def campaign_list(request: Request) -> HttpResponse:
    campaigns = Campaign.objects.visible_to(request.user, *DESK).shown_to(request.user).with_figures(request.user)
    page = page_of(request, campaigns)
    rows = [{"campaign": campaign, "phase": campaign.phase(localdate()), "word": _word(campaign)} for campaign in page]
    context = {"page": page, "rows": rows, "may_run": _may_run(request)}
    return render(request, "screening/campaign_list.html", context)


@requires(RUN)
@require_http_methods(["GET", "POST"])
def campaign_new(request: Request) -> HttpResponse:
    school = fetch_school(request, RUN)
    form = CampaignForm(request.POST or None, school=school, scales=_scales(school), initial=first_values())
    if form.is_valid():
        campaign = draft_campaign(school=school, plan=form.plan, text=form.text, by=request.user, at=now())
        return redirect(campaign)
    return render(
        request, "screening/campaign_form.html", {"form": form}, status=UNPROCESSABLE if form.is_bound else 200
    )


@requires(RUN, seen_by=DESK)
@require_http_methods(["GET", "POST"])
def campaign_edit(request: Request, pk: UUID) -> HttpResponse:
    campaign = fetch_to_run(request, pk)
    school = campaign.school
    initial = values_of(campaign, text_of(campaign))
    form = CampaignForm(request.POST or None, school=school, scales=_scales(school), initial=initial)
    try:
        if form.is_valid():
            revise_campaign(campaign=campaign, plan=form.plan, text=form.text, by=request.user, at=now())
            return redirect(campaign)
    except Refused as refused:
        form.add_error(None, str(refused.message))
    context = {"form": form, "campaign": campaign}
    return render(request, "screening/campaign_form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@requires(RUN)
@require_GET
def campaign_count(request: Request) -> HttpResponse:
    if not request.htmx:
        return redirect("screening:campaign-new")
    school = fetch_school(request, RUN)
    form = PopulationForm(request.GET, school=school)
    rows = count_by_college(students_of(school, form.population)) if form.is_valid() else []
    context = {"form": form, "rows": rows, "total": sum(n for _name, n in rows)}
    return render(request, "screening/campaign_count.html", context)


@requires(*DESK)
@require_GET
def campaign_detail(request: Request, pk: UUID) -> HttpResponse:
    campaign = fetch_campaign(request, pk)
    context = {**_progress(request, campaign), "may_run": _may_run(request)}
    context["sees_figures"] = policies.sees_figures(request.user)
    if context["may_run"]:
        context |= _desk(request, campaign)
    return render(request, "screening/campaign_detail.html", context)


@requires(*DESK)
@require_GET
def campaign_progress(request: Request, pk: UUID) -> HttpResponse:
    campaign = fetch_campaign(request, pk)
    if not request.htmx:
        return redirect(campaign)
    return render(request, "screening/campaign_progress.html", _progress(request, campaign))


@requires(RUN, seen_by=DESK)
@require_POST
def campaign_open(request: Request, pk: UUID) -> HttpResponse:
    campaign = fetch_to_run(request, pk)
    done = _("The screening is open: everybody who is asked has a notice.")
    return act(request, open_campaign, done=done, to=campaign, campaign=campaign, by=request.user, at=now())


@requires(RUN, seen_by=DESK)
@require_POST
def campaign_extend(request: Request, pk: UUID) -> HttpResponse:
    campaign = fetch_to_run(request, pk)
    form = ExtendForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a last day, such as 2026-11-30."))
        return redirect(campaign)
    done = _("There is more time now.")
    days = form.cleaned_data
    return act(request, extend_campaign, done=done, to=campaign, campaign=campaign, by=request.user, at=now(), **days)


@requires(RUN, seen_by=DESK)
@require_POST
def campaign_close(request: Request, pk: UUID) -> HttpResponse:
    campaign = fetch_to_run(request, pk)
    done = _("The screening is closed. Talks and feedback go on.")
    return act(request, close_campaign, done=done, to=campaign, campaign=campaign, by=request.user, at=now())


@requires(RUN, seen_by=DESK)
@require_POST
def campaign_discard(request: Request, pk: UUID) -> HttpResponse:
    campaign = fetch_to_run(request, pk)
    to = "screening:campaign-list" if campaign.opened_at is None else campaign
    done = _("The draft is gone.")
    return act(request, discard_campaign, done=done, to=to, campaign=campaign, by=request.user, at=now())


@requires(RUN, seen_by=DESK)
@require_POST
def campaign_release(request: Request, pk: UUID) -> HttpResponse:
    campaign = fetch_to_run(request, pk)
    done = _("Students can read their feedback now.")
    return act(request, release_to_students, done=done, to=campaign, campaign=campaign, by=request.user, at=now())


@requires(RUN, seen_by=DESK)
@require_http_methods(["GET", "POST"])
def campaign_text(request: Request, pk: UUID) -> HttpResponse:
    campaign = fetch_to_run(request, pk)
    text = text_of(campaign)
    initial = {"purpose": text.purpose, "explanation": text.explanation}
    form = TextForm(request.POST or None, initial=initial)
    if form.is_valid():
        done = _("The new text is in force; those who have not finished read it first.")
        return act(
            request, write_text, done=done, to=campaign, campaign=campaign, text=form.text, by=request.user, at=now()
        )
    context = {"form": form, "campaign": campaign, "versions": campaign.texts.select_related("written_by")}
    return render(request, "screening/campaign_text.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _may_run(request: Request) -> bool:
    school = request.user.school
    return school is not None and policies.may_run(request.user, school)


def _scales(school: Any) -> list[Scale]:
    return usable(in_use(school))


def _word(campaign: Campaign) -> Any:
    return PHASE_LABELS[campaign.phase(localdate())]


def _progress(request: Request, campaign: Campaign) -> dict[str, Any]:
    whole, colleges = progress_of(campaign, request.user)
    phase = campaign.phase(localdate())
    live = phase in (Phase.RUNNING, Phase.MAKEUP)
    word = PHASE_LABELS[phase]
    return {"campaign": campaign, "whole": whole, "colleges": colleges, "phase": phase, "word": word, "live": live}


def _desk(request: Request, campaign: Campaign) -> dict[str, Any]:
    """What only the center sees: the plan, what is missing before opening, and the next acts."""
    drafted = campaign.opened_at is None
    rows = count_by_college(students_of(campaign.school, campaign.population)) if drafted else []
    return {
        "scales": [title_of(part.scale) for part in campaign.parts.select_related("scale")],
        "text": text_of(campaign),
        "rows": rows,
        "total": sum(n for _name, n in rows),
        "is_trained": policies.is_trained(request.user, localdate()),
        "has_consent_text": current_version(campaign.school, Purpose.SCREENING) is not None,
        "extend_form": ExtendForm(initial={"closes_on": campaign.closes_on, "makeup_until": campaign.makeup_until}),
    }
