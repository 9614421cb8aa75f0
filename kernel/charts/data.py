"""What a chart is made of: labels, series, a unit and a scale. The same data make the picture and its table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kernel.charts.scales import Scale
from kernel.suppression import Hidden

# None: there is no figure. HIDDEN: there is one, and it is not shown.
Value = int | float | Hidden | None


class Kind(StrEnum):
    BARS = "bars"  # one bar for each label, from zero
    DOTS = "dots"  # a dot of each series for each label; the scale need not begin at zero
    STACK = "stack"  # one bar for each label, split into the series
    TREND = "trend"  # a line of each series over the labels
    HEATMAP = "heatmap"  # a row of cells for each series, a column for each label


@dataclass(frozen=True)
class Series:
    """`colour`: a name of `svg.COLOURS`, by default chosen by position. `urls`: the rows behind each value;
    `url`: the page behind the whole series."""

    name: str
    values: Sequence[Value]
    colour: str = ""
    urls: Sequence[str] = ()
    url: str = ""

    def url_at(self, index: int) -> str:
        """The address of a value's rows; empty where there is none."""
        return self.urls[index] if self.urls else ""


@dataclass(frozen=True)
class Chart:
    """`ticks`: the labels as the axis shows them, short and in one or two lines. `totals`: what each bar of a stack
    comes to, where pieces are hidden. `whole`: all bars of a stack are of full length. `band`: the target range of a
    trend. `dark`: which end of a heat map's scale wants attention."""

    kind: Kind
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    ticks: Sequence[str] = ()
    scale: Scale | None = None
    totals: Sequence[Value] = ()
    whole: bool = False
    band: tuple[float, float] | None = None
    dark: str = "high"

    @property
    def values(self) -> Iterator[Value]:
        """All values, series by series."""
        return (value for series in self.series for value in series.values)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.labels or not self.series

    @property
    def hides(self) -> bool:
        """Whether a value is not shown."""
        return any(isinstance(value, Hidden) for value in self.values)

    @property
    def has_links(self) -> bool:
        """Whether a part of the picture opens a page."""
        return any(series.url or any(series.urls) for series in self.series)


def pages(chart: Chart, size: int = 26) -> list[Chart]:
    """A chart of rows in several, as many rows to each as a sheet of paper holds; all on one scale."""
    return [
        replace(
            chart,
            labels=chart.labels[start : start + size],
            totals=chart.totals[start : start + size],
            series=[
                replace(series, values=series.values[start : start + size], urls=series.urls[start : start + size])
                for series in chart.series
            ],
        )
        for start in range(0, len(chart.labels), size)
    ]


@dataclass(frozen=True)
class Words:
    """Words in the reader's language."""

    not_shown: str
    missing: str
    see_table: str

    def of(self, value: Value, unit: str = "") -> str:
        """The value as people read it, with its unit."""
        if value is None:
            return self.missing
        return self.not_shown if isinstance(value, Hidden) else f"{number_word(value)}{unit}"


def number_word(value: float) -> str:
    """A number with at most two decimals and thousands set apart."""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"


def numbers(values: Iterable[Value]) -> list[float]:
    """The values that are there and may be shown."""
    return [value for value in values if isinstance(value, int | float)]


def present(labels: Sequence[object], rows: Sequence[Sequence[Value]]) -> list[int]:
    """The places of the labels for which some row has a figure, shown or not."""
    return [index for index in range(len(labels)) if any(row[index] is not None for row in rows)]
