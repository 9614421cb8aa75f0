"""The marks of series, told apart by shape and lightness as well as by hue."""

from __future__ import annotations

from kernel.charts.data import Series
from kernel.charts.svg import SERIES_COLOURS, Style, Svg, element

RADIUS = 4.5
DASHES = (None, "6 4", "2 3")


def series_colour(series: Series, number: int) -> str:
    """The colour's name of the series at that place."""
    return series.colour or f"series-{number % SERIES_COLOURS + 1}"


def dashes(number: int) -> str | None:
    """How the line of the series at that place is broken."""
    return DASHES[number % len(DASHES)]


def marker(number: int, colour: str, style: Style, *, x: str | float, y: float) -> Svg:
    """A full circle, a hollow one, a full square, a hollow one, and again."""
    is_hollow, is_square = number % 2 == 1, number % 4 > 1
    fill = style.colour("ground" if is_hollow else colour)
    if is_square:
        side = 2 * RADIUS - 1
        corner = -side / 2
        return element(
            "rect",
            x=x,
            y=y,
            width=side,
            height=side,
            transform=f"translate({corner} {corner})",
            fill=fill,
            stroke=style.colour(colour),
            stroke_width=2,
        )
    return element("circle", cx=x, cy=y, r=RADIUS, fill=fill, stroke=style.colour(colour), stroke_width=2)
