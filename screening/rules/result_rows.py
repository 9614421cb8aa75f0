"""Rows of another system's results, read by a mapping of columns; each fault names its row. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from screening.rules.days import LATEST, is_plausible
from screening.rules.figures import LEVELS
from screening.rules.scales.faults import Fault, gettext_noop

NUMBER, NAME, DAY, TOTAL, LEVEL = FIELDS = ("number", "name", "day", "total", "level")
REQUIRED = (NUMBER, DAY, TOTAL)
DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T].*)?")
NO_COLUMN = gettext_noop("The file has no column “%(column)s”.")
NO_NUMBER = gettext_noop("There is no student number.")
NO_DAY = gettext_noop("“%(value)s” is no day such as 2026-11-25.")
LATER = gettext_noop("“%(value)s” has not come yet.")
NO_TOTAL = gettext_noop("“%(value)s” is no total from %(low)s to %(high)s.")
NO_LEVEL = gettext_noop("“%(value)s” is no class from 1 to 3.")
NAME_DIFFERS = gettext_noop("The name is not the one that belongs to the number %(value)s. Check both.")
TWICE = gettext_noop("This student stands in row %(first)s already, for the same day.")
UNKNOWN = gettext_noop("Nobody has the number %(value)s.")
ELSEWHERE = gettext_noop("%(value)s is a student of another school.")

# What stands above the columns of such files; it tells a title from the headings.
KNOWN = frozenset(
    [
        *(
            "学号",
            "学生学号",
            "姓名",
            "性别",
            "学院",
            "班级",
            "专业",
            "提交时间",
            "测评时间",
            "测试时间",
            "完成时间",
            "日期",
        ),
        *("总分", "得分", "分数", "类别", "等级", "number", "name", "date", "total", "score"),
    ]
)
LEVEL_WORDS = {word: level for level, words in {1: "一ⅠI", 2: "二Ⅱ", 3: "三Ⅲ"}.items() for word in words}
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}

Sheet = Sequence[tuple[int, Sequence[Any]]]


@dataclass(frozen=True)
class RowFault:
    """What is wrong with a row: `sentence` with `params`."""

    row: int
    sentence: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A good row: the student's number, the day of the test, the total, and the class where there is one."""

    row: int
    number: str
    day: date
    total: int
    level: int | None
    # As the file has it, where a column of names was chosen.
    name: str = ""


def places_of(headers: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Where each column stands; a Fault names one that is not there."""
    places = {}
    for name in FIELDS:
        column = columns.get(name, "")
        if column in headers and column:
            places[name] = headers.index(column)
        elif column or name in REQUIRED:
            raise Fault(NO_COLUMN, column=column or name)
    return places


def read_lines(
    rows: Sheet, places: Mapping[str, int], *, low: int, high: int, last: date = LATEST
) -> tuple[list[Line], list[RowFault]]:
    """The good rows, and a fault for each other one; a total lies between `low` and `high`, no day after `last`."""
    lines, faults = [], []
    seen: dict[tuple[str, date], int] = {}
    for row, cells in rows:
        given = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
        found = _line(row, given, low, high, last)
        if isinstance(found, Line) and (found.number, found.day) in seen:
            found = RowFault(row, TWICE, {"first": seen[found.number, found.day]})
        if isinstance(found, RowFault):
            faults.append(found)
            continue
        seen[found.number, found.day] = row
        lines.append(found)
    return lines, faults


def _line(row: int, given: Mapping[str, Any], low: int, high: int, last: date) -> Line | RowFault:
    number, day, total = text_of(given[NUMBER]), _day(given[DAY]), _whole(given[TOTAL])
    level = _level(given.get(LEVEL, ""))
    checks: Iterable[tuple[bool, str, Any]] = (
        (bool(number), NO_NUMBER, ""),
        (day is not None, NO_DAY, given[DAY]),
        (day is None or day <= last, LATER, given[DAY]),
        (total is not None and low <= total <= high, NO_TOTAL, given[TOTAL]),
        (level in LEVELS or not text_of(given.get(LEVEL, "")), NO_LEVEL, given.get(LEVEL)),
    )
    for holds, sentence, value in checks:
        if not holds:
            return RowFault(row, sentence, {"value": text_of(value)[:40], "low": low, "high": high})
    assert day is not None
    assert total is not None
    return Line(row, number, day, total, level, text_of(given.get(NAME, "")))


def text_of(cell: Any) -> str:
    """A cell as text; a whole number without a point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip().translate(FULL_WIDTH)


def _day(cell: Any) -> date | None:
    found = DATE.fullmatch(text_of(cell))
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
    return day if day and is_plausible(day) else None


def _whole(cell: Any) -> int | None:
    whole = re.fullmatch(r"(-?\d{1,9})(?:\.0+)?", text_of(cell))
    return int(whole[1]) if whole else None


def _level(cell: Any) -> int | None:
    """A class from 1 to 3, also as 一类."""
    text = text_of(cell).removesuffix("级").removesuffix("类")
    return LEVEL_WORDS.get(text) or _whole(text)
