"""Charts of one row for each label: bars from zero, dots on a scale, and bars split into pieces."""

from __future__ import annotations

from collections.abc import Iterator

from kernel.charts.data import Chart, Series, Value, number_word, numbers
from kernel.charts.labels import letters, row_label
from kernel.charts.marks import marker, series_colour
from kernel.charts.scales import Scale, count_scale, full_scale
from kernel.charts.svg import LETTER_WIDTH, NARROW, Drawing, Style, Svg, element, part, percent, text
from kernel.suppression import Hidden

ROW = 32
BAR = 14
AXIS = 22
START = 0.36
END = 0.86
# What is not shown has this length, whatever it is.
HIDDEN_LENGTH = 0.12
SHORTEST = 0.04
LABEL_GAP = 0.015


def draw_bars(chart: Chart, style: Style) -> Drawing:
    """Bars of the first series."""
    series = chart.series[0]
    scale = chart.scale or full_scale(numbers(series.values))
    rows = [_bar(chart, series, index, scale, style) for index in range(len(chart.labels))]
    height = max(len(rows), 1) * ROW
    return Drawing(height, (*rows, _upright(START, 0, height, style, "axis")))


def draw_dots(chart: Chart, style: Style) -> Drawing:
    """Dots of all series, with the scale above them."""
    scale = chart.scale or count_scale(numbers(chart.values))
    height = AXIS + max(len(chart.labels), 1) * ROW
    rows = [part for index in range(len(chart.labels)) for part in _dots_row(chart, index, scale, style)]
    return Drawing(height, (*_axis(chart, scale, height, style), *rows))


def draw_stack(chart: Chart, style: Style) -> Drawing:
    """Bars split into the series."""
    sums = (_total(chart, index) or _shown_sum(chart, index) for index in range(len(chart.labels)))
    scale = chart.scale or full_scale(list(sums))
    rows = [part for index in range(len(chart.labels)) for part in _stack_row(chart, index, scale, style)]
    height = max(len(chart.labels), 1) * ROW
    return Drawing(height, (*rows, _upright(START, 0, height, style, "axis")))


def _bar(chart: Chart, series: Series, index: int, scale: Scale, style: Style) -> Svg:
    label, value = chart.labels[index], series.values[index]
    middle = index * ROW + ROW / 2
    word = style.word(value, chart.unit)
    length = HIDDEN_LENGTH if isinstance(value, Hidden) else 0 if value is None else _length(scale, value)
    fill = style.hatch if isinstance(value, Hidden) else style.colour(series_colour(series, 0))
    drawn = [_label(label, middle, style)]
    if value is not None:
        drawn.append(_block(START, length, middle, fill))
    soft = style.colour("ink" if isinstance(value, int | float) else "soft")
    drawn.append(text(word, x=percent(START + length), y=middle + 4, dx=6, fill=soft))
    return part(f"{label}: {word}", series.url_at(index), *drawn)


def _dots_row(chart: Chart, index: int, scale: Scale, style: Style) -> Iterator[Svg]:
    label, middle = chart.labels[index], AXIS + index * ROW + ROW / 2
    values = [series.values[index] for series in chart.series]
    yield _label(label, middle, style)
    yield element(
        "line", x1=percent(START), x2=percent(END), y1=middle, y2=middle, stroke=style.colour("line"), stroke_width=2
    )
    if any(isinstance(value, Hidden) for value in values):
        hidden = _block(START, HIDDEN_LENGTH, middle, style.hatch)
        yield part(f"{label}: {style.words.not_shown}", "", hidden)
    for number, series in enumerate(chart.series):
        value = series.values[index]
        word = style.word(value, chart.unit)
        drawn = []
        if isinstance(value, int | float):
            place = percent(START + _length(scale, value))
            drawn.append(marker(number, series_colour(series, number), style, x=place, y=middle))
        if len(chart.series) == 1:
            drawn.append(text(word, x="100%", y=middle + 4, anchor="end", fill=style.colour("ink")))
        if drawn:
            name = f"{label}, {series.name}" if len(chart.series) > 1 else label
            yield part(f"{name}: {word}", series.url_at(index), *drawn)


def _stack_row(chart: Chart, index: int, scale: Scale, style: Style) -> Iterator[Svg]:
    label, middle = chart.labels[index], index * ROW + ROW / 2
    yield _label(label, middle, style)
    total = _total(chart, index)
    if total is None and chart.whole:
        yield part(f"{label}: {style.words.not_shown}", "", _block(START, END - START, middle, style.hatch))
        return
    whole = (total or 1) if chart.whole else scale.high
    start, edge = START, style.colour("ground")
    for number, series in enumerate(chart.series):
        value = series.values[index]
        if isinstance(value, int | float) and value:
            length = (END - START) * value / whole
            colour = series_colour(series, number)
            block = _block(start, length, middle, style.colour(colour), edge=edge)
            word = style.word(value, chart.unit)
            inside = _inside(word, start, length, middle, style.over(colour))
            yield part(f"{label}, {series.name}: {word}", series.url_at(index), block, *inside)
            start += length
    if _hides(chart, index):
        rest = min(HIDDEN_LENGTH, max(END - start, SHORTEST))
        if total is not None:
            rest = (END - START) * max(total - _shown_sum(chart, index), 0) / whole
        yield part(f"{label}: {style.words.not_shown}", "", _block(start, rest, middle, style.hatch, edge=edge))
        start += rest
    word = style.words.not_shown if total is None else number_word(total)
    yield text(word, x=percent(start), y=middle + 4, dx=6, fill=style.colour("ink"))


def _hides(chart: Chart, index: int) -> bool:
    return any(isinstance(series.values[index], Hidden) for series in chart.series)


def _total(chart: Chart, index: int) -> float | None:
    """What a bar comes to; None where nobody may know."""
    if not _hides(chart, index):
        return _shown_sum(chart, index)
    total: Value = chart.totals[index] if chart.totals else None
    return total if isinstance(total, int | float) else None


def _shown_sum(chart: Chart, index: int) -> float:
    return sum(numbers(series.values[index] for series in chart.series))


def _axis(chart: Chart, scale: Scale, height: float, style: Style) -> Iterator[Svg]:
    for tick in scale.ticks:
        place = START + _length(scale, tick)
        yield _upright(place, AXIS, height, style, "line")
        word = f"{number_word(tick)}{chart.unit}"
        yield text(word, x=percent(place), y=AXIS - 8, anchor="middle", fill=style.colour("soft"))


def _length(scale: Scale, value: float) -> float:
    return (END - START) * scale.place(value)


def _label(label: str, middle: float, style: Style) -> Svg:
    return row_label(label, style, x=percent(START - LABEL_GAP), y=middle)


def _block(start: float, length: float, middle: float, fill: str, *, edge: str | None = None) -> Svg:
    return element(
        "rect", x=percent(start), y=middle - BAR / 2, width=percent(length), height=BAR, fill=fill, stroke=edge
    )


def _inside(word: str, start: float, length: float, middle: float, fill: str) -> list[Svg]:
    """The number within a piece, where it fits."""
    if length * NARROW < letters(word) * LETTER_WIDTH + 6:
        return []
    return [text(word, x=percent(start + length / 2), y=middle + 4, anchor="middle", fill=fill)]


def _upright(place: float, top: float, bottom: float, style: Style, colour: str) -> Svg:
    return element("line", x1=percent(place), x2=percent(place), y1=top, y2=bottom, stroke=style.colour(colour))
