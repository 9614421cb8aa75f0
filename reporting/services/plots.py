"""The charts of months: the same for the pages and for the printed summary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel import charts
from kernel.charts import Chart, Kind, Series, Value
from kernel.periods import Month
from network.models import Unit
from network.rules import Level
from reporting.models import Summary
from reporting.models.labels import STATUS_LABELS
from reporting.rules.disclosure import PRINTED, Cells, Figure, Hidden, Sight, seen
from reporting.rules.dorm_lines import Status
from reporting.rules.totals import Figures, rate
from reporting.services.rows import FlagRow, below_clear, reported
from reporting.services.summaries import TREND_MONTHS, MonthSummary, arrived_share, concerned_share

Counted = tuple[Month, Figures | None, Cells | None]


def weather_chart(summary: MonthSummary, months: int = TREND_MONTHS) -> Chart:
    """Students below clear weather over the last months, by weather; months without a report are left out. Those in
    clear weather, nine of ten, would leave no room to tell the others apart."""
    rows = [(month, figures, cells) for month, figures, cells in summary.trend[-months:] if cells is not None]
    urls = [page_url(summary.unit.code, month) for month, _figures, _cells in rows]
    series = [
        Series(str(label), [cells.weather[status] for _m, _f, cells in rows], colour=f"weather-{status}", urls=urls)
        for status, label in STATUS_LABELS.items()
        if status != Status.CLEAR
    ]
    totals = [below_clear(cells) for _month, figures, cells in rows]
    return Chart(Kind.STACK, [_word(month) for month, _figures, _cells in rows], series, totals=totals)


def concerned_chart(summary: MonthSummary) -> Chart:
    """Share of students below clear weather over six months."""

    def share(month: Counted) -> Value:
        _month, _figures, cells = month
        return _share(below_clear(cells), reported(cells))

    chart = _trend(summary, _("Below clear weather"), share)
    return replace(chart, scale=charts.share_scale(charts.numbers(chart.values)))


def arrived_chart(summary: MonthSummary) -> Chart:
    """Share of dorm and class reports that arrived over six months."""
    chart = _trend(summary, _("Reports that arrived"), lambda month: percentage(arrived_share(month[1])))
    return replace(chart, scale=charts.rate_scale(charts.numbers(chart.values)))


def parts_chart(summary: MonthSummary) -> Chart:
    """How many of the reports below each unit arrived."""
    values = [percentage(arrived_share(part.figures)) for part in summary.parts]
    urls = [page_url(part.unit.code, summary.month) for part in summary.parts]
    names = [part.unit.name for part in summary.parts]
    scale = charts.rate_scale(charts.numbers(values))
    return Chart(Kind.DOTS, names, [Series(_("Reports that arrived"), values, urls=urls)], unit="%", scale=scale)


def flags_chart(name: str, rows: Sequence[FlagRow]) -> Chart:
    """How often each sign, event, help or topic was ticked."""
    return Chart(Kind.BARS, [row.label for row in rows], [Series(name, [row.count for row in rows])])


def heat_map(*, school: Unit, months: Sequence[Month], sight: Sight = PRINTED) -> dict[str, Chart]:
    """Two charts of colleges by months: the share of students seen below clear weather, and the share of class and dorm
    reports that arrived. Shares of hidden counts are hidden; months without a report are left out."""
    rows = Summary.objects.filter(cycle__school=school, cycle__month__in=[month.first for month in months])
    units = {row.unit_id: row.unit for row in rows.filter(level=Level.COLLEGE).select_related("unit")}
    rows_of = {(row.unit_id, row.cycle.period): row for row in rows.filter(unit__in=units).select_related("cycle")}
    figures = {key: row.totals for key, row in rows_of.items()}
    reported = {month for (_unit, month), part in figures.items() if part.dorms_filed or part.classes_filed}
    months = [month for month in months if month in reported]
    colleges = sorted(units.values(), key=lambda unit: unit.code)
    # SECURITY: a share tells its count, so it is hidden wherever the table hides the count.
    concerned: dict[tuple[int, Month], Value] = {
        key: percentage(concerned_share(figures[key], seen(figures[key], row.shown, sight)))
        for key, row in rows_of.items()
    }
    arrived = {key: percentage(arrived_share(part)) for key, part in figures.items()}
    charted = _heat_map(colleges, months, concerned), _heat_map(colleges, months, arrived)
    scales = charts.share_scale, charts.rate_scale
    below, complete = (
        replace(chart, scale=scale(charts.numbers(chart.values))) for chart, scale in zip(charted, scales, strict=True)
    )
    return {"concerned": below, "complete": replace(complete, dark="low")}


def percentage(share: Fraction | Hidden | None) -> Value:
    """A share in per cent with one decimal; never 100 while anything is missing, nor 0 while anything is there."""
    if share is None or isinstance(share, Hidden):
        return share
    rounded = round(float(share * 100), 1)
    return min(max(rounded, 0.1), 99.9) if 0 < share < 1 else rounded


def page_url(code: str, month: object) -> str:
    """The page of a unit's month."""
    return f"{reverse('reporting:summary-page')}?unit={code}&month={month}"


def _trend(summary: MonthSummary, name: str, share: Callable[[Counted], Value]) -> Chart:
    """One line over the months from the first to the last with a figure; a month without one in between is a gap."""
    values = [share(month) for month in summary.trend]
    counted = charts.present(values, [values])
    span = slice(counted[0], counted[-1] + 1) if counted else slice(0, 0)
    months = [month for month, _figures, _cells in summary.trend[span]]
    urls = [page_url(summary.unit.code, month) for month in months]
    labels = [_word(month) for month in months]
    return Chart(Kind.TREND, labels, [Series(name, values[span], urls=urls)], unit="%", ticks=_ticks(months))


def _heat_map(colleges: Sequence[Unit], months: Sequence[Month], values: dict[tuple[int, Month], Value]) -> Chart:
    rows = [[values.get((college.pk, month)) for month in months] for college in colleges]
    columns = charts.present(months, rows)
    counted = [months[column] for column in columns]
    series = [
        Series(
            college.name,
            [row[column] for column in columns],
            urls=[page_url(college.code, month) for month in counted],
            url=f"{reverse('reporting:summary-page')}?unit={college.code}",
        )
        for college, row in zip(colleges, rows, strict=True)
    ]
    labels = [_word(month) for month in counted]
    return Chart(Kind.HEATMAP, labels, series, unit="%", ticks=_ticks(counted))


def _word(month: Month) -> str:
    return date_format(month.first, "YEAR_MONTH_FORMAT")


def _ticks(months: Sequence[Month]) -> list[str]:
    """Months as they stand below an axis: the year is told with the first one and with each January."""
    form = pgettext("format of a month below a chart", "M")
    return [
        date_format(month.first, form) + (f"\n{month.year}" if index == 0 or month.month == 1 else "")
        for index, month in enumerate(months)
    ]


def _share(part: Figure | None, whole: Figure | None) -> Value:
    if isinstance(part, Hidden) or isinstance(whole, Hidden):
        return part if isinstance(part, Hidden) else whole
    return None if part is None or whole is None else percentage(rate(part, whole))
