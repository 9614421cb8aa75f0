"""The charts of the summary page, as charts.js draws them: one shape for the picture and its table."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.templatetags.web import month_word
from reporting.models.labels import STATUS_LABELS
from reporting.rules.disclosure import Figure, Hidden
from reporting.rules.totals import rate
from reporting.services.rows import FlagRow, below_clear, reported
from reporting.services.summaries import MonthSummary, arrived_share

Chart = dict[str, Any]


def weather_chart(summary: MonthSummary) -> Chart:
    """Students by weather over six months."""
    series = [
        {
            "name": str(label),
            "weather": int(status),
            "values": [None if cells is None else _plain(cells.weather[status]) for _m, _f, cells in summary.trend],
        }
        for status, label in STATUS_LABELS.items()
    ]
    return {"kind": "bar", "stacked": True, "unit": "", "x": _months(summary), "series": series}


def concerned_chart(summary: MonthSummary) -> Chart:
    """Share of students below clear weather, and share of reports that arrived, over six months."""
    below, arrived = [], []
    for _month, figures, cells in summary.trend:
        below.append(_share(below_clear(figures, cells, exact=summary.exact), reported(cells)))
        arrived.append(percentage(arrived_share(figures)))
    series = [
        {"name": _("Below clear weather"), "values": below},
        {"name": _("Reports that arrived"), "values": arrived},
    ]
    return {"kind": "line", "unit": "%", "max": 100, "x": _months(summary), "series": series}


def parts_chart(summary: MonthSummary) -> Chart:
    """How many of the reports below each unit arrived."""
    values = [percentage(arrived_share(part.figures)) for part in summary.parts]
    series = [{"name": _("Reports that arrived"), "values": values}]
    names = [part.unit.name for part in summary.parts]
    return {"kind": "bar", "across": True, "unit": "%", "max": 100, "x": names, "series": series}


def flags_chart(name: str, rows: list[FlagRow]) -> Chart:
    """How often each sign, event, help or topic was ticked."""
    series = [{"name": name, "values": [_plain(row.count) for row in rows]}]
    return {"kind": "bar", "across": True, "unit": "", "x": [row.label for row in rows], "series": series}


def percentage(share: Fraction | None) -> float | None:
    """A share in per cent with one decimal; never 100 while anything is missing, nor 0 while anything is there."""
    if share is None:
        return None
    rounded = round(float(share * 100), 1)
    return min(max(rounded, 0.1), 99.9) if 0 < share < 1 else rounded


def page_url(code: str, month: object) -> str:
    """The page of a unit's month."""
    return f"{reverse('reporting:summary-page')}?unit={code}&month={month}"


def _months(summary: MonthSummary) -> list[str]:
    return [month_word(month) for month, _figures, _cells in summary.trend]


def _plain(figure: Figure) -> int | str:
    return str(figure) if isinstance(figure, Hidden) else figure


def _share(part: Figure | None, whole: Figure | None) -> float | None:
    if not isinstance(part, int) or not isinstance(whole, int):
        return None
    return percentage(rate(part, whole))
