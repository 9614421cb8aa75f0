"""Lines over months or years, with a target band; a month without a figure leaves a gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kernel.charts.data import Chart, Series, Value, number_word, numbers
from kernel.charts.labels import tick_label
from kernel.charts.marks import dashes, marker, series_colour
from kernel.charts.scales import Scale, count_scale
from kernel.charts.svg import Drawing, Style, Svg, element, part, percent, text
from kernel.suppression import Hidden

HEIGHT = 220
TOP = 22
BOTTOM = 180
LEFT = 0.13
RIGHT = 0.99
LABEL_GAP = 0.015
# More labels than these would touch each other on a phone.
LABELS = 7
HIDDEN_WIDTH = 0.6


def draw_trend(chart: Chart, style: Style) -> Drawing:
    """The band and the grid behind, then what is not shown, the lines, and the points with their values."""
    scale = chart.scale or count_scale(numbers(chart.values))
    parts = (
        *_band(chart, scale, style),
        *_grid(chart, scale, style),
        *_ticks(chart, style),
        *_hidden(chart, style),
        *(line for number, series in enumerate(chart.series) for line in _lines(series, number, chart, scale, style)),
        *(dot for number, series in enumerate(chart.series) for dot in _points(series, number, chart, scale, style)),
    )
    return Drawing(HEIGHT, parts)


def _band(chart: Chart, scale: Scale, style: Style) -> Iterator[Svg]:
    if chart.band is None:
        return
    low, high = (_height(value, scale) for value in chart.band)
    width = percent(RIGHT - LEFT)
    yield element("rect", x=percent(LEFT), y=high, width=width, height=low - high, fill=style.colour("band"))


def _grid(chart: Chart, scale: Scale, style: Style) -> Iterator[Svg]:
    for tick in scale.ticks:
        y = _height(tick, scale)
        yield element("line", x1=percent(LEFT), x2=percent(RIGHT), y1=y, y2=y, stroke=style.colour("line"))
        word = f"{number_word(tick)}{chart.unit}"
        yield text(word, x=percent(LEFT - LABEL_GAP), y=y + 4, anchor="end", fill=style.colour("soft"))


def _ticks(chart: Chart, style: Style) -> Iterator[Svg]:
    ticks = chart.ticks or chart.labels
    # Counted from the end, so that the latest label is always there.
    step = max(-(-len(ticks) // LABELS), 1)
    width = step * (RIGHT - LEFT) / max(len(ticks), 1)
    for index in range((len(ticks) - 1) % step, len(ticks), step):
        yield tick_label(ticks[index], style, x=percent(_place(index, chart)), y=BOTTOM + 4, width=width)


def _hidden(chart: Chart, style: Style) -> Iterator[Svg]:
    width = HIDDEN_WIDTH * (RIGHT - LEFT) / max(len(chart.labels), 1)
    for index, label in enumerate(chart.labels):
        if any(isinstance(series.values[index], Hidden) for series in chart.series):
            start = percent(_place(index, chart) - width / 2)
            block = element(
                "rect", x=start, y=TOP, width=percent(width), height=BOTTOM - TOP, fill=style.hatch, opacity=0.7
            )
            yield part(f"{label}: {style.words.not_shown}", "", block)


def _lines(series: Series, number: int, chart: Chart, scale: Scale, style: Style) -> Iterator[Svg]:
    for index, (before, after) in enumerate(pairwise(series.values)):
        if isinstance(before, int | float) and isinstance(after, int | float):
            yield element(
                "line",
                x1=percent(_place(index, chart)),
                y1=_height(before, scale),
                x2=percent(_place(index + 1, chart)),
                y2=_height(after, scale),
                stroke=style.colour(series_colour(series, number)),
                stroke_width=2.5,
                stroke_dasharray=dashes(number),
            )


def _points(series: Series, number: int, chart: Chart, scale: Scale, style: Style) -> Iterator[Svg]:
    last = len(chart.labels) - 1
    for index, value in enumerate(series.values):
        if not isinstance(value, int | float):
            continue
        x, y = percent(_place(index, chart)), _height(value, scale)
        word = style.word(value, chart.unit)
        marks = [marker(number, series_colour(series, number), style, x=x, y=y)]
        if len(chart.labels) <= LABELS or index == last:
            is_lowest = len(chart.series) > 1 and _is_lowest(value, [other.values[index] for other in chart.series])
            below = is_lowest and y + 20 < BOTTOM
            marks.append(text(word, x=x, y=y + (18 if below else -9), anchor="middle", fill=style.colour("ink")))
        title = f"{chart.labels[index]}, {series.name}: {word}"
        yield part(title, series.url_at(index), *marks)


def _is_lowest(value: float, values: Sequence[Value]) -> bool:
    """Whether the value stands below all others, so that its number has room below it."""
    others = numbers(values)
    return len(others) > 1 and value == min(others) and others.count(value) == 1


def _place(index: int, chart: Chart) -> float:
    return LEFT + (index + 0.5) * (RIGHT - LEFT) / max(len(chart.labels), 1)


def _height(value: float, scale: Scale) -> float:
    return BOTTOM - (BOTTOM - TOP) * scale.place(value)
