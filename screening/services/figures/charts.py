"""The charts of a campaign's figures: the same for the page and for the printed report."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kernel import charts
from kernel.charts import Chart, Kind, Series, Value
from kernel.suppression import HIDDEN, Hidden
from screening.models.captions import LEVEL_LABELS
from screening.rules.figures import LEVELS, LevelRow, Means
from screening.services.figures.tables import CampaignFigures, ScaleFigures

# From the class that needs most to the one that needs least.
LEVEL_COLOURS = ("heat-4", "heat-3", "heat-2")


def coverage_chart(figures: CampaignFigures) -> Chart:
    """The share of valid papers, by unit."""
    shares = [_share(row.valid, row.due) for row in figures.coverage]
    names = [row.label for row in figures.coverage]
    scale = charts.rate_scale(charts.numbers(shares))
    return Chart(Kind.DOTS, names, [Series(_("Valid papers"), shares)], unit="%", scale=scale)


def levels_chart(found: ScaleFigures) -> Chart:
    """Students by class, by unit."""
    series = [
        Series(str(LEVEL_LABELS[level]), [row.cells[index] for row in found.levels], colour=LEVEL_COLOURS[index])
        for index, level in enumerate(LEVELS)
    ]
    totals = [row.total for row in found.levels]
    return Chart(Kind.STACK, [row.label for row in found.levels], series, totals=totals, whole=True)


def means_chart(found: ScaleFigures) -> Chart:
    """Means of the factors, women and men beside each other; of the total where there are no factors."""
    first = 1 if len(found.measures) > 1 else 0
    rows = [("", found.whole)] if all(isinstance(row.n, Hidden) for row in found.by_sex) else [
        (row.label, row) for row in found.by_sex
    ]  # fmt: skip
    series = [Series(label or _("All"), _means(row)[first:]) for label, row in rows]
    if found.norm:
        series.append(Series(_("Norm"), found.norm.means[first:]))
    return Chart(Kind.DOTS, found.measures[first:], series)


def years_chart(found: ScaleFigures) -> Chart:
    """The shares of classes 1 and 2 over the years."""
    series = [Series(str(LEVEL_LABELS[level]), [_level(row, level) for row in found.years]) for level in LEVELS[:2]]
    scale = charts.share_scale(charts.numbers(value for part in series for value in part.values))
    return Chart(Kind.TREND, [row.label for row in found.years], series, unit="%", scale=scale)


def factors_chart(found: ScaleFigures) -> Chart | None:
    """The means of the factors of all; none where there are no factors or too few papers."""
    if len(found.measures) < 2 or isinstance(found.whole.n, Hidden):
        return None
    return Chart(Kind.DOTS, found.measures[1:], [Series(_("All"), _means(found.whole)[1:])])


def _means(row: Means) -> list[Value]:
    if isinstance(row.n, Hidden):
        return [HIDDEN] * len(row.means)
    return [None if mean is None else round(mean, 2) for mean in row.means]


def _level(row: LevelRow, level: int) -> Value:
    is_hidden = isinstance(row.cells[LEVELS.index(level)], Hidden) or isinstance(row.total, Hidden)
    return HIDDEN if is_hidden else row.share(level)


def _share(part: int, whole: int) -> float | None:
    """In per cent with one decimal; never 100 while somebody is missing, nor 0 while somebody is there."""
    if not whole:
        return None
    rounded = round(100 * part / whole, 1)
    return min(max(rounded, 0.1), 99.9) if 0 < part < whole else rounded
