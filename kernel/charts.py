"""Where the marks of a chart stand: sizes in units of a viewBox, drawn by the SVG templates. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from unicodedata import east_asian_width

WIDTH = 664
ROW = 26
LABEL_END = 208
LABEL_CUT = 30
VALUE_WIDTH = 64
TREND_HEIGHT = 190
TREND_LEFT = 44
TREND_INSET = 30
TREND_TOP = 24
TREND_BOTTOM = 28
STACK_ROW = 44
# A narrower piece has no room for its number.
STACK_LABEL_MIN = 22


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart; without a length it has no figure to draw."""

    label: str
    word: str
    y: float
    width: float | None


@dataclass(frozen=True)
class Bars:
    width: int
    height: int
    start: float
    end: float
    rows: tuple[Bar, ...]


@dataclass(frozen=True)
class Piece:
    """A piece of a stacked bar; `name` is its class in the style sheet."""

    name: str
    x: float
    width: float
    word: str


@dataclass(frozen=True)
class StackRow:
    label: str
    y: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Stack:
    width: int
    height: int
    rows: tuple[StackRow, ...]


@dataclass(frozen=True)
class Point:
    x: float
    y: float | None
    label: str
    word: str


@dataclass(frozen=True)
class Trend:
    """A line over months; a month without a figure leaves a gap between its segments."""

    width: int
    height: int
    bottom: float
    points: tuple[Point, ...]
    segments: tuple[str, ...]
    grid: tuple[tuple[float, str], ...]


def bars(rows: Sequence[tuple[str, Fraction | int | None, str]], *, full: Fraction | int = 0) -> Bars:
    """Horizontal bars of (label, value, word). `full`: the value of a bar of full length, by default the largest."""
    longest = full or max((value for _label, value, _word in rows if value is not None), default=0) or 1
    room = WIDTH - LABEL_END - VALUE_WIDTH
    drawn = (
        Bar(cut(label), word, y=index * ROW + ROW / 2, width=None if value is None else _size(value, longest, room))
        for index, (label, value, word) in enumerate(rows)
    )
    return Bars(WIDTH, max(len(rows), 1) * ROW, LABEL_END, LABEL_END + room, tuple(drawn))


def stack(rows: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> Stack:
    """Bars of equal length, split by (name, count); rows of (label, pieces). A bar of nothing has no pieces."""
    drawn = tuple(
        StackRow(label, index * STACK_ROW + 16, tuple(_pieces(pieces))) for index, (label, pieces) in enumerate(rows)
    )
    return Stack(WIDTH, len(rows) * STACK_ROW, drawn)


def trend(months: Sequence[tuple[str, Fraction | None, str]], *, full: Fraction) -> Trend:
    """A line through (month, share, word), from nothing to `full`."""
    bottom = TREND_HEIGHT - TREND_BOTTOM
    step = (WIDTH - TREND_LEFT - 2 * TREND_INSET) / max(len(months) - 1, 1)
    points = tuple(
        Point(
            x=round(TREND_LEFT + TREND_INSET + index * step, 1),
            y=None if value is None else round(bottom - _size(value, full, bottom - TREND_TOP), 1),
            label=label,
            word=word,
        )
        for index, (label, value, word) in enumerate(months)
    )
    grid = tuple((round(bottom - (bottom - TREND_TOP) * part / 4, 1), _percent(full * part / 4)) for part in range(5))
    return Trend(WIDTH, TREND_HEIGHT, bottom, points, tuple(_segments(points)), grid)


def cut(label: str, room: int = LABEL_CUT) -> str:
    """The label as far as it fits; a Chinese character takes the room of two letters."""
    taken = 0
    for index, letter in enumerate(label):
        taken += 2 if east_asian_width(letter) in "WF" else 1
        if taken > room:
            return f"{label[: index - 1]}…"
    return label


def ceiling(values: Sequence[Fraction | None]) -> Fraction:
    """The top of a scale that holds all values: 4, 10, 20, 40 or 100 %."""
    largest = max((value for value in values if value is not None), default=Fraction(0))
    return next(top for top in map(Fraction, ("1/25", "1/10", "1/5", "2/5", "1")) if largest <= top)


def _size(value: Fraction | int, full: Fraction | int, room: float) -> float:
    return round(float(min(Fraction(value) / full, Fraction(1))) * room, 1)


def _pieces(pieces: Sequence[tuple[str, int]]) -> Iterator[Piece]:
    whole = sum(count for _name, count in pieces)
    before = 0
    for name, count in pieces:
        if count:
            width = round(WIDTH * count / whole, 1)
            yield Piece(name, round(WIDTH * before / whole, 1), width, f"{count:,}" if width >= STACK_LABEL_MIN else "")
        before += count


def _segments(points: Sequence[Point]) -> Iterator[str]:
    """The coordinates of each unbroken run of points, as a polyline takes them."""
    run: list[str] = []
    for point in (*points, Point(0, None, "", "")):
        if point.y is not None:
            run.append(f"{point.x},{point.y}")
        elif run:
            yield " ".join(run)
            run = []


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):g}%"
