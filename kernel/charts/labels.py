"""Labels that fit the room beside a chart."""

from __future__ import annotations

from unicodedata import east_asian_width

from kernel.charts.svg import LETTER_WIDTH, LINE_HEIGHT, NARROW, SMALL, Style, Svg, element, text

# A Chinese character takes the room of two letters. This many fit the label column of a phone.
LINE_ROOM = 16


def letters(words: str) -> int:
    """The room that the words take, in letters."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)


def wrap(label: str, room: int = LINE_ROOM) -> list[str]:
    """The label in one or two lines; what does not fit is cut off with an ellipsis."""
    if letters(label) <= room:
        return [label]
    first = _fitting(label, room)
    # English breaks between words, Chinese anywhere.
    if label[len(first)] != " " and " " in first and label[len(first)].isascii():
        first = first[: first.rindex(" ")]
    rest = label[len(first) :].strip()
    return [first.strip(), rest if letters(rest) <= room else f"{_fitting(rest, room - 1).strip()}…"]


def row_label(label: str, style: Style, *, x: str, y: float, anchor: str = "end") -> Svg:
    """A row's label, centred on `y`."""
    lines = wrap(label)
    top = y + 4 - LINE_HEIGHT / 2 * (len(lines) - 1)
    size = SMALL if len(lines) > 1 else None
    drawn = (
        text(line, x=x, y=top + LINE_HEIGHT * index, fill=style.colour("ink"), anchor=anchor, size=size)
        for index, line in enumerate(lines)
    )
    return element("g", *drawn)


def tick_label(tick: str, style: Style, *, x: str, y: float, width: float) -> Svg:
    """A column's label in one or two lines, hanging below `y`; `width`: the column's share of the picture."""
    lines = tick.split("\n") if "\n" in tick else wrap(tick, max(int(width * NARROW / LETTER_WIDTH), 4))
    drawn = (
        text(line, x=x, y=y + LINE_HEIGHT * (index + 1) - 3, fill=style.colour("soft"), anchor="middle")
        for index, line in enumerate(lines)
    )
    return element("g", *drawn)


def _fitting(label: str, room: int) -> str:
    taken = 0
    for index, letter in enumerate(label):
        taken += letters(letter)
        if taken > room:
            return label[:index]
    return label
