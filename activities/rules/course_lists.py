"""Lists of a course's students: rows of a sheet become lines; each fault names its row and its column. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from activities.rules.program import CourseState

NUMBER, NAME, GROUP, STATE = "学号", "姓名", "教学班", "状态"
COLUMNS = (NUMBER, NAME, GROUP, STATE)
ALIASES = {"班号": GROUP, "教学班号": GROUP, "修读状态": STATE, "student number": NUMBER, "name": NAME, "group": GROUP}
STATE_WORDS = {
    "在读": CourseState.ENROLLED,
    "已选": CourseState.ENROLLED,
    "选课": CourseState.ENROLLED,
    "修读": CourseState.ENROLLED,
    "enrolled": CourseState.ENROLLED,
    "通过": CourseState.PASSED,
    "合格": CourseState.PASSED,
    "及格": CourseState.PASSED,
    "passed": CourseState.PASSED,
    "未通过": CourseState.NOT_PASSED,
    "不合格": CourseState.NOT_PASSED,
    "不及格": CourseState.NOT_PASSED,
    "not passed": CourseState.NOT_PASSED,
    "退课": CourseState.WITHDRAWN,
    "退选": CourseState.WITHDRAWN,
    "withdrawn": CourseState.WITHDRAWN,
}
# Offices like to put a title above the headings.
HEAD_WITHIN = 10
LONGEST = 40

Sheet = Sequence[tuple[int, Sequence[Any]]]


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for translation, without Django."""
    return sentence


NO_HEAD = gettext_noop("The first sheet needs a row of headings with “学号”.")
TWO_HEADS = gettext_noop("Two columns are called “%(value)s”.")
NO_NUMBER = gettext_noop("There is no student number.")
FORMULA = gettext_noop("This cell holds a formula. Paste its value instead.")
TWICE = gettext_noop("This student stands in row %(first)s already.")
NO_GROUP = gettext_noop("There is no teaching group “%(value)s” in this term.")
WHICH_GROUP = gettext_noop("There are several teaching groups: name one.")
NO_STATE = gettext_noop("“%(value)s” is no state: write 在读, 通过, 未通过 or 退课.")
UNKNOWN = gettext_noop("Nobody has the number %(value)s.")
OTHER_NAME = gettext_noop("The number belongs to somebody of another name than “%(value)s”.")


@dataclass(frozen=True)
class RowFault:
    """What is wrong with a cell: `sentence` with `params`."""

    row: int
    column: str
    sentence: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A good row. `state` is None where the file says nothing of it."""

    row: int
    number: str
    name: str
    group: str
    state: CourseState | None


def read_lines(rows: Sheet, groups: Collection[str]) -> tuple[list[Line], list[RowFault]]:
    """The good rows, and the faults of all others. `groups`: the teaching groups of the term."""
    head = _head(rows)
    if head is None:
        return [], [RowFault(1, NUMBER, NO_HEAD)]
    start, places, repeated = head
    if repeated:
        return [], [RowFault(rows[start][0], repeated, TWO_HEADS, {"value": repeated})]
    lines: list[Line] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for row, cells in rows[start + 1 :]:
        if not any(text_of(cell) for cell in cells):
            continue
        line = _line(row, {name: _cell(cells, place) for name, place in places.items()}, groups)
        if isinstance(line, Line) and line.number in seen:
            line = RowFault(row, NUMBER, TWICE, {"first": seen[line.number]})
        if isinstance(line, RowFault):
            faults.append(line)
        else:
            seen[line.number] = row
            lines.append(line)
    return lines, faults


def _head(rows: Sheet) -> tuple[int, dict[str, int], str] | None:
    """Where the headings stand, the place of each column, and a heading that stands twice."""
    for start, (_row, cells) in enumerate(rows[:HEAD_WITHIN]):
        names = [ALIASES.get(text_of(cell).lower(), text_of(cell)) for cell in cells]
        if NUMBER in names:
            repeated = next((name for name in COLUMNS if names.count(name) > 1), "")
            return start, {name: names.index(name) for name in COLUMNS if name in names}, repeated
    return None


def _cell(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if place < len(cells) else ""


def _line(row: int, given: Mapping[str, Any], groups: Collection[str]) -> Line | RowFault:
    for column, cell in given.items():
        if is_formula(cell):
            return RowFault(row, column, FORMULA)
    number = text_of(given[NUMBER])
    if not number:
        return RowFault(row, NUMBER, NO_NUMBER)
    group = text_of(given.get(GROUP, "")) or _only(groups)
    if not group:
        return RowFault(row, GROUP, WHICH_GROUP)
    if group not in groups:
        return RowFault(row, GROUP, NO_GROUP, {"value": group[:LONGEST]})
    word = text_of(given.get(STATE, ""))
    if word and word.lower() not in STATE_WORDS:
        return RowFault(row, STATE, NO_STATE, {"value": word[:LONGEST]})
    return Line(row, number, text_of(given.get(NAME, "")), group, STATE_WORDS.get(word.lower()))


def _only(groups: Collection[str]) -> str:
    return next(iter(groups)) if len(groups) == 1 else ""


def is_formula(cell: Any) -> bool:
    """A formula of a workbook, or a text that a spreadsheet would run as one."""
    return hasattr(cell, "value") or (isinstance(cell, str) and cell.strip()[:1] in {"=", "+", "@"})


def text_of(cell: Any) -> str:
    """A cell as text; a whole number without a point, full-width digits as plain ones."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip().translate(FULL_WIDTH)


FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
