"""States over time: a lane for each state, a block for each time that it lasted, and a dot for each event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel.charts.labels import row_label, tick_label
from kernel.charts.marks import marker
from kernel.charts.svg import Drawing, Style, Svg, element, part, percent

LANE = 26
BLOCK = 16
FOOT = 34
START = 0.22
END = 0.9
LABEL_GAP = 0.03
# Shorter blocks could not be seen or pointed at.
SHORTEST = 0.008


@dataclass(frozen=True)
class Span:
    """A state that lasted from `start` to `end`; `word` tells it in full."""

    lane: int
    start: datetime
    end: datetime
    word: str


@dataclass(frozen=True)
class Moment:
    """An event, with the address of its page if it has one."""

    at: datetime
    word: str
    url: str = ""


@dataclass(frozen=True)
class Lane:
    """A state's name and the names of its colours."""

    name: str
    colour: str
    edge: str


@dataclass(frozen=True)
class Timeline:
    """`lanes`: the states, the highest first; `moments` stand in a lane of their own below, called `events`."""

    start: datetime
    end: datetime
    lanes: Sequence[Lane]
    spans: Sequence[Span]
    moments: Sequence[Moment]
    ticks: Sequence[tuple[datetime, str]]
    events: str

    @property
    def has_links(self) -> bool:
        """Whether a dot opens a page."""
        return any(moment.url for moment in self.moments)

    def place(self, at: datetime) -> float:
        """Where the time stands in the picture's width."""
        share = (at - self.start) / (self.end - self.start) if self.end > self.start else 0
        return START + (END - START) * min(max(share, 0), 1)


def draw_timeline(line: Timeline, style: Style) -> Drawing:
    """Lanes from above, the events below them, and the dates at the foot."""
    bottom = (len(line.lanes) + 1) * LANE
    lanes = (label for index, lane in enumerate(line.lanes) for label in _lane(lane.name, index, style))
    parts = (
        *lanes,
        *_lane(line.events, len(line.lanes), style),
        *_ticks(line, bottom, style),
        *(_block(line, span, style) for span in line.spans),
        *(_dot(line, moment, style) for moment in line.moments),
    )
    return Drawing(bottom + FOOT, parts)


def _lane(name: str, index: int, style: Style) -> Iterator[Svg]:
    middle = _middle(index)
    yield row_label(name, style, x=percent(START - LABEL_GAP), y=middle)
    yield element(
        "line", x1=percent(START), x2=percent(END), y1=middle, y2=middle, stroke=style.colour("line"), stroke_width=2
    )


def _ticks(line: Timeline, bottom: float, style: Style) -> Iterator[Svg]:
    for at, word in line.ticks:
        place = percent(line.place(at))
        yield element("line", x1=place, x2=place, y1=0, y2=bottom, stroke=style.colour("line"))
        yield tick_label(word, style, x=place, y=bottom, width=(END - START) / max(len(line.ticks), 1))


def _block(line: Timeline, span: Span, style: Style) -> Svg:
    start = line.place(span.start)
    block = element(
        "rect",
        x=percent(start),
        y=_middle(span.lane) - BLOCK / 2,
        width=percent(max(line.place(span.end) - start, SHORTEST)),
        height=BLOCK,
        rx=3,
        fill=style.colour(line.lanes[span.lane].colour),
        stroke=style.colour(line.lanes[span.lane].edge),
    )
    return part(f"{line.lanes[span.lane].name}: {span.word}", "", block)


def _dot(line: Timeline, moment: Moment, style: Style) -> Svg:
    dot = marker(1, "accent", style, x=percent(line.place(moment.at)), y=_middle(len(line.lanes)))
    return part(moment.word, "" if style.prints else moment.url, dot)


def _middle(index: int) -> float:
    return index * LANE + LANE / 2
