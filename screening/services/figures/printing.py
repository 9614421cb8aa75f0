"""A campaign's figures as a PDF: small cells hidden, nobody named, each page marked with who printed it and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.charts import pages
from kernel.errors import Refused
from kernel.printing import Document
from network.models import Unit, User
from network.rules import Ability, Level
from network.scope import Scope
from screening import policies
from screening.models import Campaign
from screening.services.figures import charts
from screening.services.figures.tables import figures_of, scale_figures

KIND = "screening.campaign"
About = Mapping[str, Any]


def about_campaign(campaign: Campaign) -> About:
    return {"campaign": str(campaign.pk)}


def check_reader(about: About, by: User) -> None:
    """Refused to who may not print, and before there are figures."""
    _campaign(about, by)


def compose_campaign(about: About, by: User, at: datetime) -> Document:
    """The report of those students whose statistics the reader has; the printing is recorded."""
    campaign = _campaign(about, by)
    html, css = compose(campaign=campaign, by=by, at=at)
    audit.record(action="campaign.print", by=by, at=at, obj=campaign, unit=campaign.school.code)
    return Document(html, css, f"screening-{campaign.opens_on}.pdf")


def compose(*, campaign: Campaign, by: User, at: datetime) -> tuple[str, str]:
    """The document and its style sheet, ready to be printed."""
    figures = figures_of(campaign, by)
    scales = [scale_figures(figures, scale, by) for scale in figures.scales]
    mark = {"by": f"{by} {by.get_username()}", "at": at}
    context: dict[str, Any] = {
        **mark,
        "campaign": campaign,
        "school": campaign.school,
        "units": _units(by),
        "figures": figures,
        "coverage_charts": pages(charts.coverage_chart(figures)),
        "parts": [{"found": scale, "means_chart": charts.factors_chart(scale)} for scale in scales],
    }
    html = render_to_string("pdf/screening.html", context)
    watermark = quote(render_to_string("pdf/watermark.svg", mark))
    return html, render_to_string("pdf/summary.css", {"watermark": watermark})


def _units(user: User) -> list[Unit]:
    """The colleges or classes that the report is of; none where it is of the whole school."""
    units = Scope.of(user).units([Ability.VIEW_STATS])
    if units.get(Level.SCHOOL):
        return []
    return list(Unit.objects.filter(pk__in=frozenset().union(*units.values())).order_by("code"))


def _campaign(about: About, by: User) -> Campaign:
    campaigns = Campaign.objects.visible_to(by, Ability.EXPORT_SUMMARY).select_related("school")
    campaign: Campaign | None = campaigns.filter(pk=about["campaign"]).first()
    if campaign is None or not policies.may_print(by):
        raise Refused(_("You may not print this report."), code="may-not-print")
    if campaign.opened_at is None:
        raise Refused(_("This screening has not begun: there are no figures yet."), code="not-opened")
    return campaign
