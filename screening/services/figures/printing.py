"""A campaign's figures as a PDF: small cells hidden, nobody named, each page marked with who printed it and when."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from kernel import audit, pdf
from kernel.charts import pages
from kernel.errors import Refused
from network.models import Unit, User
from network.rules import Ability, Level
from network.scope import Scope
from screening import policies
from screening.models import Campaign
from screening.services.figures import charts
from screening.services.figures.tables import figures_of, scale_figures


def print_campaign(*, campaign: Campaign, by: User, at: datetime) -> bytes:
    """The report of those students whose statistics the reader has, as a tagged PDF in the active language."""
    if not policies.may_print(by):
        raise Refused(_("You may not print this report."), code="may-not-print")
    if campaign.opened_at is None:
        raise Refused(_("This screening has not begun: there are no figures yet."), code="not-opened")
    # Rendering takes seconds: no lock is held meanwhile.
    with transaction.atomic():
        html, css = compose(campaign=campaign, by=by, at=at)
        audit.record(action="campaign.print", by=by, at=at, obj=campaign, unit=campaign.school.code)
    return pdf.render(html, css=css)


def compose(*, campaign: Campaign, by: User, at: datetime) -> tuple[str, str]:
    """The document and its style sheet, ready to be printed."""
    figures = figures_of(campaign, by)
    found = [scale_figures(figures, scale, by) for scale in figures.scales]
    mark = {"by": f"{by} {by.get_username()}", "at": at}
    context: dict[str, Any] = {
        **mark,
        "campaign": campaign,
        "school": campaign.school,
        "units": _units(by),
        "figures": figures,
        "coverage_charts": pages(charts.coverage_chart(figures)),
        "parts": [{"found": scale, "means_chart": charts.factors_chart(scale)} for scale in found],
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
