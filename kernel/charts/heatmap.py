"""A row of cells for each series, a column for each label: the darker, the more it wants attention."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kernel.charts.data import Chart, Series, number_word, numbers
from kernel.charts.labels import row_label, tick_label
from kernel.charts.scales import Scale, count_scale
from kernel.charts.svg import Drawing, Style, Svg, element, part, percent, text
from kernel.suppression import Hidden

ROW = 34
HEAD = 34
START = 0.3
LABEL_GAP = 0.02
STEPS = 4


def draw_heatmap(chart: Chart, style: Style) -> Drawing:
    """Cells with their numbers; what is not shown is hatched, where there is no figure there is no cell."""
    scale = scale_of(chart)
    height = HEAD + len(chart.series) * ROW
    rows = [cell for index, series in enumerate(chart.series) for cell in _row(chart, series, index, scale, style)]
    return Drawing(height, (*_heads(chart, style), *rows))


def scale_of(chart: Chart) -> Scale:
    """The chart's scale, by default that of counts, whose steps are whole numbers."""
    return chart.scale or count_scale([max(numbers(chart.values), default=0) + 1])


def steps(chart: Chart) -> list[tuple[str, str]]:
    """The colours of the scale, each with the range that it stands for."""
    scale = scale_of(chart)
    return [(colour_of(chart, scale, low), _range_word(chart, low, high)) for low, high in pairwise(scale.ticks)]


def colour_of(chart: Chart, scale: Scale, value: float) -> str:
    """The colour's name of a value; with less than four steps the ends keep their colours."""
    last = len(scale.ticks) - 2
    step = round(scale.step_of(value) * (STEPS - 1) / last) if last else 0
    return f"{'rate' if chart.dark == 'low' else 'heat'}-{step + 1}"


def _range_word(chart: Chart, low: float, high: float) -> str:
    """What a colour stands for; of whole numbers the next step's first one is not part of it."""
    last = high if chart.scale else high - 1
    return number_word(low) + (f"–{number_word(last)}" if last > low else "") + chart.unit


def _heads(chart: Chart, style: Style) -> Iterator[Svg]:
    width = _width(chart)
    for index, tick in enumerate(chart.ticks or chart.labels):
        yield tick_label(tick, style, x=percent(START + (index + 0.5) * width), y=0, width=width)


def _row(chart: Chart, series: Series, index: int, scale: Scale, style: Style) -> Iterator[Svg]:
    top = HEAD + index * ROW
    label = row_label(series.name, style, x=percent(START - LABEL_GAP), y=top + ROW / 2)
    yield part(series.name, series.url, label)
    width = _width(chart)
    for column, value in enumerate(series.values):
        word = style.word(value, chart.unit)
        start = START + column * width
        title = f"{series.name}, {chart.labels[column]}: {word}"
        if value is None:
            middle = percent(start + width / 2)
            yield part(title, "", text("–", x=middle, y=top + ROW / 2 + 4, anchor="middle", fill=style.colour("soft")))
            continue
        colour = "" if isinstance(value, Hidden) else colour_of(chart, scale, value)
        cell = element(
            "rect",
            x=percent(start),
            y=top,
            width=percent(width),
            height=ROW,
            rx=5,
            fill=style.colour(colour) if colour else style.hatch,
            stroke=style.colour("ground"),
            stroke_width=3,
        )
        marks = [cell]
        if not isinstance(value, Hidden):
            middle = percent(start + width / 2)
            number = text(number_word(value), x=middle, y=top + ROW / 2 + 4, anchor="middle", fill=style.over(colour))
            marks.append(number)
        yield part(title, series.url_at(column) or series.url, *marks)


def _width(chart: Chart) -> float:
    return (1 - START) / max(len(chart.labels), 1)
