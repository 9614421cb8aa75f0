"""SVG source, built so that each text and attribute is escaped. Widths are shares of the picture's width, so that
it fits a phone and a sheet of paper; heights and letters keep their size.

SECURITY: the content security policy refuses style attributes and scripts. Colours are presentation attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from kernel.charts.data import Value, Words

PRINT_WIDTH = 664
FONT_SIZE = 12
PRINT_FONT = "Noto Sans CJK SC"
LETTER_WIDTH = 6.2
# The width of a picture on the smallest phone, by which words fit or do not.
NARROW = 296
LINE_HEIGHT = 13
# Labels of two lines are smaller.
SMALL = 11
HATCH_SIZE = 6
# A name, its custom property on pages (frontend/css/tokens.css) and its colour in print.
COLOURS: Mapping[str, tuple[str, str]] = {
    "ink": ("--ink", "#1d2b2f"),
    "soft": ("--ink-3", "#55666c"),
    "line": ("--line", "#dfe8e7"),
    "axis": ("--line-2", "#8fa3a1"),
    "ground": ("--card", "#ffffff"),
    "accent": ("--accent", "#0f6e68"),
    "band": ("--accent-soft", "#e3f1ef"),
    "hatch": ("--chart-hatch", "#8a979b"),
    "hatch-ground": ("--chart-hatch-ground", "#f1f4f4"),
    **{
        f"series-{number}": (f"--chart-{number}", colour)
        for number, colour in enumerate(("#0f6e68", "#6299c4", "#2d3a7c", "#ab83bb", "#56646f", "#6a9c95"), start=1)
    },
    **{
        f"weather-{number}": (f"--chart-weather-{number}", colour)
        for number, colour in enumerate(("#8cc9c0", "#7fa9c6", "#86949f", "#4a49b5", "#6f1d77"), start=1)
    },
    **{
        f"heat-{number}": (f"--chart-heat-{number}", colour)
        for number, colour in enumerate(("#eef5f4", "#bcdcd7", "#6fb0a8", "#1c766f"), start=1)
    },
    **{
        f"rate-{number}": (f"--chart-rate-{number}", colour)
        for number, colour in enumerate(("#3f4f6b", "#7d93a8", "#bcd3d2", "#e4f2ef"), start=1)
    },
    "level-1": ("--chart-level-1", "#f2c94c"),
    "level-2": ("--chart-level-2", "#e8853a"),
    "level-3": ("--chart-level-3", "#c0392b"),
    "level-1-edge": ("--yellow", "#715500"),
    "level-2-edge": ("--orange", "#a84400"),
    "level-3-edge": ("--red", "#b42318"),
}
# On these, letters are white.
DARK = frozenset(
    ["heat-4", "rate-1", "weather-4", "weather-5", "accent", "series-1", "series-3", "series-5", "level-3"]
)
SERIES_COLOURS = 6


class Svg(str):
    """Finished source, which templates print as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Style:
    """How a picture is drawn: for a page or for print. `key` sets its ids apart from those of other pictures."""

    key: str
    words: Words
    prints: bool = False

    def colour(self, name: str) -> str:
        """The colour as an attribute takes it."""
        variable, printed = COLOURS[name]
        return printed if self.prints else f"var({variable})"

    def over(self, name: str) -> str:
        """The colour of letters on top of a colour."""
        return self.colour("ground" if name in DARK else "ink")

    @property
    def hatch(self) -> str:
        """The fill of what is not shown."""
        return f"url(#{self.key}-hatch)"

    def word(self, value: Value, unit: str) -> str:
        return self.words.of(value, unit)


@dataclass(frozen=True)
class Drawing:
    """The parts of a picture and the height that they take."""

    height: float
    parts: tuple[Svg, ...]


def element(name: str, *children: Svg, words: str = "", **attributes: float | str | None) -> Svg:
    """An element; `text_anchor` becomes text-anchor, an attribute that is None is left out."""
    listed = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = escape(words, quote=False) + "".join(children)
    return Svg(f"<{name}{listed}>{inside}</{name}>" if inside else f"<{name}{listed}/>")


def part(title: str, url: str, *marks: Svg) -> Svg:
    """Marks with a hover text; with an address they are a link. The table beside the picture holds the same links
    for the keyboard, so these are not stops of the Tab key."""
    inside = (element("title", words=title), *marks)
    return element("a", *inside, href=url, tabindex="-1") if url else element("g", *inside)


def percent(share: float) -> str:
    """A share of the picture's width."""
    return f"{_plain(100 * share)}%"


def hatch_pattern(style: Style) -> Svg:
    """Diagonal lines: what is not shown."""
    size = HATCH_SIZE
    lines = f"M-1 1L1 -1M0 {size}L{size} 0M{size - 1} {size + 1}L{size + 1} {size - 1}"
    pattern = element(
        "pattern",
        element("rect", width=size, height=size, fill=style.colour("hatch-ground")),
        element("path", d=lines, stroke=style.colour("hatch"), stroke_width=1.2),
        id=f"{style.key}-hatch",
        width=size,
        height=size,
        patternUnits="userSpaceOnUse",
    )
    return element("defs", pattern)


def text(
    words: str, *, x: str | float, y: float, fill: str, anchor: str = "start", dx: float = 0, size: int | None = None
) -> Svg:
    """A line of text; `y` is its base line."""
    return element(
        "text",
        words=words,
        x=x,
        y=y,
        dx=dx or None,
        font_size=size,
        fill=fill,
        text_anchor=None if anchor == "start" else anchor,
    )


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
