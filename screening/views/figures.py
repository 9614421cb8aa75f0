from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now

from kernel.errors import Refused
from kernel.web import Request, page_of, require_GET, require_POST, start_printing
from network.access import requires
from network.rules import Ability
from screening import policies
from screening.forms.scales import XLSX
from screening.models import Campaign, Scale
from screening.models.captions import LEVEL_LABELS, PHASE_LABELS
from screening.services.figures import charts
from screening.services.figures.printing import KIND, about_campaign
from screening.services.figures.research import export_research
from screening.services.figures.tables import CampaignFigures, figures_of, scale_figures
from screening.services.scales.instruments import title_of


@requires(Ability.VIEW_STATS)
@require_GET
def figures_list(request: Request) -> HttpResponse:
    campaigns = Campaign.objects.visible_to(request.user, Ability.VIEW_STATS).opened()
    page = page_of(request, campaigns)
    rows = [
        {"campaign": campaign, "phase": (phase := campaign.phase(localdate())), "word": PHASE_LABELS[phase]}
        for campaign in page
    ]
    return render(request, "screening/figures_list.html", {"page": page, "rows": rows})


@requires(Ability.VIEW_STATS)
@require_GET
def campaign_figures(request: Request, pk: UUID) -> HttpResponse:
    figures = figures_of(_campaign(request, pk, Ability.VIEW_STATS), request.user)
    context = {
        "campaign": figures.campaign,
        "figures": figures,
        "coverage_chart": charts.coverage_chart(figures),
        "may_print": policies.may_print(request.user),
        "may_export_research": policies.may_export_research(request.user, figures.campaign),
        "level_words": list(LEVEL_LABELS.values()),
        **_chosen(request, figures),
    }
    return render(request, "screening/campaign_figures.html", context)


@requires(Ability.EXPORT_SUMMARY)
@require_POST
def campaign_report(request: Request, pk: UUID) -> HttpResponse:
    """Have the figures printed."""
    campaign = _campaign(request, pk, Ability.EXPORT_SUMMARY)
    to = reverse("screening:campaign-figures", args=[campaign.pk])
    return start_printing(request, kind=KIND, about=about_campaign(campaign), to=to)


@requires(Ability.VIEW_SCREENING_FACTORS)
@require_POST
def research_export(request: Request, pk: UUID) -> HttpResponse:
    campaign = _campaign(request, pk, Ability.VIEW_SCREENING_FACTORS)
    try:
        content = export_research(campaign=campaign, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("screening:campaign-figures", campaign.pk)
    headers = {
        "Content-Disposition": f'attachment; filename="screening-{campaign.opens_on}-research.xlsx"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type=XLSX, headers=headers)


def _campaign(request: Request, pk: UUID, ability: Ability) -> Campaign:
    campaigns = Campaign.objects.visible_to(request.user, ability).opened().select_related("school")
    found: Campaign = get_object_or_404(campaigns, pk=pk)
    return found


def _chosen(request: Request, figures: CampaignFigures) -> dict[str, Any]:
    """The scale of the address, or the first one, with its charts."""
    if not figures.scales:
        return {}
    asked = request.GET.get("scale", "")
    chosen = next((scale for scale in figures.scales if str(scale.pk) == asked), figures.scales[0])
    found = scale_figures(figures, chosen, request.user)
    return {
        "tabs": _tabs(figures.scales, chosen),
        "found": found,
        "levels_chart": charts.levels_chart(found),
        "means_chart": charts.means_chart(found),
        "years_chart": charts.years_chart(found),
    }


def _tabs(scales: list[Scale], chosen: Scale) -> list[dict[str, Any]]:
    return [{"label": title_of(scale), "url": f"?scale={scale.pk}", "active": scale == chosen} for scale in scales]
