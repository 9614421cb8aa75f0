"""A chart as a whole: its SVG, its legend and its table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape

from kernel.charts.bars import draw_bars, draw_dots, draw_stack
from kernel.charts.data import Chart, Kind, Value, Words
from kernel.charts.heatmap import draw_heatmap, steps
from kernel.charts.marks import dashes, marker, series_colour
from kernel.charts.svg import FONT_SIZE, PRINT_FONT, PRINT_WIDTH, Drawing, Style, Svg, element, hatch_pattern
from kernel.charts.timeline import Timeline, draw_timeline
from kernel.charts.trend import draw_trend

DRAWN: Mapping[Kind, Callable[[Chart, Style], Drawing]] = {
    Kind.BARS: draw_bars,
    Kind.DOTS: draw_dots,
    Kind.STACK: draw_stack,
    Kind.TREND: draw_trend,
    Kind.HEATMAP: draw_heatmap,
}
KEY_WIDTH = 22
KEY_HEIGHT = 14
# A description with more figures than these is no help; the table is.
TOLD = 24
# More columns than these are drawn wider than a phone and scroll within their box.
WIDE = 10


@dataclass(frozen=True)
class Key:
    """A line of the legend."""

    mark: Svg
    word: str


@dataclass(frozen=True)
class TableCell:
    word: str
    url: str = ""

    @property
    def html(self) -> Svg:
        """The word, as a link where it has an address."""
        return element("a", words=self.word, href=self.url) if self.url else Svg(escape(self.word))


@dataclass(frozen=True)
class Table:
    """The figures of a chart as rows; the first cell of a row is its name."""

    head: list[str]
    rows: list[list[TableCell]]


def draw(chart: Chart, *, title: str, style: Style) -> Svg:
    """The chart as an SVG element: for a page as wide as its box, for print with a width and a font of its own."""
    drawing = DRAWN[chart.kind](without_links(chart) if style.prints else chart, style)
    parts = (hatch_pattern(style), *drawing.parts) if chart.hides else drawing.parts
    told = description(chart, style.words)
    return _frame(Drawing(drawing.height, parts), title, told, style, has_links=chart.has_links)


def draw_story(line: Timeline, *, title: str, style: Style) -> Svg:
    """The states and events of a timeline as an SVG element."""
    told = "; ".join(f"{line.lanes[span.lane].name}: {span.word}" for span in line.spans)
    return _frame(draw_timeline(line, style), title, told, style, has_links=line.has_links)


def _frame(drawing: Drawing, title: str, told: str, style: Style, *, has_links: bool) -> Svg:
    if style.prints:
        return element(
            "svg",
            element("title", words=f"{title}; {told}"),
            *drawing.parts,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {PRINT_WIDTH} {drawing.height:g}",
            font_family=PRINT_FONT,
            font_size=FONT_SIZE,
        )
    title_id, told_id = f"{style.key}-title", f"{style.key}-desc"
    return element(
        "svg",
        element("title", words=title, id=title_id),
        element("desc", words=told, id=told_id),
        *drawing.parts,
        # The parts of an image cannot be links for a screen reader, those of a group can.
        role="group" if has_links else "img",
        aria_labelledby=title_id,
        aria_describedby=told_id,
        class_="chart-svg",
        width="100%",
        height=drawing.height,
        font_size=FONT_SIZE,
    )


def without_links(chart: Chart) -> Chart:
    """The chart for paper, where nothing opens."""
    return replace(chart, series=[replace(series, urls=(), url="") for series in chart.series])


def description(chart: Chart, words: Words) -> str:
    """The figures in a sentence, or where they are to be read."""
    told = [
        f"{label} {series.name} {words.of(value, chart.unit)}" if len(chart.series) > 1
        else f"{label} {words.of(value, chart.unit)}"
        for series in chart.series
        for label, value in zip(chart.labels, series.values, strict=True)
    ]  # fmt: skip
    return "; ".join(told) if len(told) <= TOLD else words.see_table


def legend(chart: Chart, style: Style) -> list[Key]:
    """What the colours and shapes mean; empty for one series of which everything is shown."""
    # The picture has a pattern of its own, and an id stands once on a page.
    style = replace(style, key=f"{style.key}-legend")
    keys = list(_keys(chart, style))
    if chart.hides:
        keys.append(Key(_swatch(style, hatch_pattern(style), fill=style.hatch), style.words.not_shown))
    return keys


def table(chart: Chart, words: Words) -> Table:
    """The same figures in a table: what stands in rows in the picture does so here."""
    if chart.kind in {Kind.HEATMAP, Kind.TREND}:
        rows = [
            [TableCell(series.name, series.url)]
            + [_cell(value, chart, words, series.url_at(index)) for index, value in enumerate(series.values)]
            for series in chart.series
        ]
        return Table(list(chart.labels), rows)
    rows = [
        [TableCell(label)]
        + [_cell(series.values[index], chart, words, series.url_at(index)) for series in chart.series]
        for index, label in enumerate(chart.labels)
    ]
    return Table([series.name for series in chart.series], rows)


def is_wide(chart: Chart) -> bool:
    """Whether the picture needs more room than a phone has."""
    return chart.kind in {Kind.HEATMAP, Kind.TREND} and len(chart.labels) > WIDE


def _cell(value: Value, chart: Chart, words: Words, url: str) -> TableCell:
    return TableCell(words.of(value, chart.unit), url)


def _keys(chart: Chart, style: Style) -> Iterator[Key]:
    if chart.kind == Kind.HEATMAP:
        for colour, word in steps(chart):
            yield Key(_swatch(style, fill=style.colour(colour)), word)
    elif len(chart.series) > 1:
        for number, series in enumerate(chart.series):
            colour = series_colour(series, number)
            if chart.kind == Kind.STACK:
                yield Key(_swatch(style, fill=style.colour(colour)), series.name)
            else:
                yield Key(_line_mark(number, colour, chart, style), series.name)


def _line_mark(number: int, colour: str, chart: Chart, style: Style) -> Svg:
    middle = KEY_HEIGHT / 2
    line = element(
        "line", x1=0, x2=KEY_WIDTH, y1=middle, y2=middle,
        stroke=style.colour(colour), stroke_width=2.5, stroke_dasharray=dashes(number),
    )  # fmt: skip
    dot = marker(number, colour, style, x=KEY_WIDTH / 2, y=middle)
    return _key_picture(*((line, dot) if chart.kind == Kind.TREND else (dot,)))


def _swatch(style: Style, *before: Svg, fill: str) -> Svg:
    inset = 1
    box = element(
        "rect", x=inset, y=inset, width=KEY_WIDTH - 2 * inset, height=KEY_HEIGHT - 2 * inset, rx=2,
        fill=fill, stroke=style.colour("axis"),
    )  # fmt: skip
    return _key_picture(*before, box)


def _key_picture(*parts: Svg) -> Svg:
    return element(
        "svg", *parts, aria_hidden="true", width=KEY_WIDTH, height=KEY_HEIGHT,
        viewBox=f"0 0 {KEY_WIDTH} {KEY_HEIGHT}",
    )  # fmt: skip
