"""Finding the heads of the columns in a table that somebody else made, and its foot. Knows no Django."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

# Offices like to put a title above the heads of the columns.
HEAD_WITHIN = 10
# What stands at the foot of a table: totals, who made it, remarks.
FOOT = re.compile(
    r"(合计|总计|小计|共计|总数|平均|均值|最高|最低|统计|制表|制单|填表|填报|审核|审批|复核|经办|负责人|联系人|联系电话|备注|注[:：]|说明"
    r"|打印|导出|盖章|签字|签名|(班级|学院|全校|总)?共\s*\d+|total\b|average\b|mean\b|prepared by|note[:：s])",
    re.IGNORECASE,
)
# A line with no more cells than this, and than an eighth of the columns, is a remark below the last row.
REMARK_CELLS, REMARK_SHARE = 3, 8


@dataclass(frozen=True)
class Head:
    """`index`: the last row of headings, counted from 0 among the rows; `names`: what each column is called, "" where
    it has no name; `is_split`: the names stand in two rows."""

    index: int
    names: tuple[str, ...]
    is_split: bool = False


def letter(position: int) -> str:
    """What a spreadsheet calls the column, counted from 0: A, B … Z, AA."""
    text = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def heading(text: str) -> str:
    """A heading as it is compared: without spaces, line ends and the star of a column that must be filled."""
    return re.sub(r"\s+", "", text).strip("*＊")


def find_head(rows: Sequence[Sequence[str]], known: Collection[str]) -> Head:
    """The row among the first ten in which most of the known names stand. A name that is missing there may stand in the
    row above or below, as in a head of two rows."""
    lines = [[heading(cell) for cell in row] for row in rows[:HEAD_WITHIN]]
    counts = [len({name for name in line if name in known}) for line in lines]
    if not any(counts):
        return Head(0, tuple(lines[0]) if lines else ())
    best = counts.index(max(counts))
    names, index, is_split = list(lines[best]), best, False
    for near in (best - 1, best + 1):
        if 0 <= near < len(lines):
            added = _fill_in(names, lines[near], known)
            is_split = is_split or added
            index = max(index, near) if added else index
    return Head(index, tuple(names), is_split)


def _fill_in(names: list[str], line: Sequence[str], known: Collection[str]) -> bool:
    """Put the known names of a neighboring row where the head is empty; says whether there were any."""
    places = [
        position
        for position, name in enumerate(line)
        if name in known and name not in names and (position >= len(names) or not names[position])
    ]
    for position in places:
        names.extend([""] * (position + 1 - len(names)))
        names[position] = line[position]
    return bool(places)


def told_apart(names: Sequence[str]) -> list[str]:
    """The names with the letter of the column behind each that stands twice: 总分 (D), 总分 (E)."""
    counts = Counter(name for name in names if name)
    return [f"{name} ({letter(at)})" if counts[name] > 1 else name for at, name in enumerate(names)]


def twice(names: Sequence[str], known: Collection[str]) -> dict[str, list[str]]:
    """Known names that stand in several columns → the letters of these."""
    places: dict[str, list[str]] = {}
    for position, name in enumerate(names):
        if name in known:
            places.setdefault(name, []).append(letter(position))
    return {name: letters for name, letters in places.items() if len(letters) > 1}


def is_foot(cells: Sequence[Any]) -> bool:
    """Whether the first filled cell of a row is a word of the foot of a table."""
    first = next((text for cell in cells if cell is not None and (text := str(cell).strip())), "")
    return FOOT.match(first) is not None


def foot_start(rows: Sequence[Sequence[Any]], is_record: Callable[[Sequence[Any]], bool], *, width: int) -> int:
    """Where the foot of a table of `width` columns begins: behind the last record come only lines with a word of the
    foot, or with few cells. `is_record`: whether a row names somebody."""
    start = len(rows)
    few = min(REMARK_CELLS, width // REMARK_SHARE)
    while start and not is_record(rows[start - 1]) and _may_be_foot(rows[start - 1], few):
        start -= 1
    return start


def _may_be_foot(cells: Sequence[Any], few: int) -> bool:
    filled = sum(1 for cell in cells if cell is not None and str(cell).strip())
    return filled <= few or is_foot(cells)
