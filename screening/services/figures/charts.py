"""The charts of a campaign's figures, as the page draws them and as they are printed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from kernel import charts
from kernel.suppression import Figure, Hidden
from kernel.templatetags.web import percent
from screening.models.captions import LEVEL_LABELS
from screening.rules.figures import LEVELS
from screening.services.figures.tables import CampaignFigures, ScaleFigures

BARS_ON_A_PAGE = 28
Chart = dict[str, Any]


def coverage_chart(figures: CampaignFigures) -> Chart:
    """The share of valid papers, by unit."""
    shares = [_share(row.valid, row.due) for row in figures.coverage]
    series = [{"name": _("Valid papers"), "values": shares}]
    names = [row.label for row in figures.coverage]
    return {"kind": "bar", "across": True, "unit": "%", "max": 100, "x": names, "series": series}


def levels_chart(found: ScaleFigures) -> Chart:
    """Students by class, by unit."""
    series = [
        {"name": str(LEVEL_LABELS[level]), "values": [_plain(row.cells[index]) for row in found.levels]}
        for index, level in enumerate(LEVELS)
    ]
    names = [row.label for row in found.levels]
    return {"kind": "bar", "across": True, "stacked": True, "unit": "", "x": names, "series": series}


def means_chart(found: ScaleFigures) -> Chart:
    """Means of the factors, women and men beside each other; of the total where there are no factors."""
    first = 1 if len(found.measures) > 1 else 0
    rows = [("", found.whole)] if all(isinstance(row.n, Hidden) for row in found.by_sex) else [
        (row.label, row) for row in found.by_sex
    ]  # fmt: skip
    series = [
        {"name": label or _("All"), "values": [None if mean is None else round(mean, 2) for mean in row.means[first:]]}
        for label, row in rows
    ]
    if found.norm:
        series.append({"name": _("Norm"), "values": list(found.norm.means[first:])})
    return {"kind": "bar", "unit": "", "x": found.measures[first:], "series": series}


def years_chart(found: ScaleFigures) -> Chart:
    """The shares of classes 1 and 2 over the years."""
    series = [
        {"name": str(LEVEL_LABELS[level]), "values": [row.share(level) for row in found.years]} for level in LEVELS[:2]
    ]
    return {"kind": "line", "unit": "%", "x": [row.label for row in found.years], "series": series}


def coverage_bars(figures: CampaignFigures) -> list[charts.Bars]:
    """The coverage chart in print, as many bars to a chart as a page holds."""
    bars = [
        (row.label, Fraction(row.valid, row.due) if row.due else None, percent(row.valid, row.due))
        for row in figures.coverage
    ]
    pages = (bars[start : start + BARS_ON_A_PAGE] for start in range(0, len(bars), BARS_ON_A_PAGE))
    return [charts.bars(page, full=Fraction(1)) for page in pages]


def means_bars(found: ScaleFigures) -> charts.Bars | None:
    """The means of the factors in print; none where there are no factors or too few papers."""
    if len(found.measures) < 2 or isinstance(found.whole.n, Hidden):
        return None
    pairs = zip(found.measures[1:], found.whole.means[1:], strict=True)
    return charts.bars([(name, Fraction(mean or 0), f"{mean or 0:.2f}") for name, mean in pairs])


def _share(part: int, whole: int) -> float | None:
    """In per cent with one decimal; never 100 while somebody is missing, nor 0 while somebody is there."""
    if not whole:
        return None
    rounded = round(100 * part / whole, 1)
    return min(max(rounded, 0.1), 99.9) if 0 < part < whole else rounded


def _plain(figure: Figure) -> int | str:
    return str(figure) if isinstance(figure, Hidden) else figure
