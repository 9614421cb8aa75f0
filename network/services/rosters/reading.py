"""From the sheets of a file to rows that were understood and faults that were found."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel import xlsx
from kernel.errors import Refused
from network.rules import PRESENT
from network.rules.cells import FORMULA, Cell, Code, Column, Reading, is_foot, plain, read_row
from network.rules.roster_columns import (
    COLUMNS,
    POST_SHEET,
    REQUIRED,
    STAFF_SHEET,
    STUDENT_SHEET,
    WARNINGS,
    Fault,
    PostRow,
    StaffRow,
    StudentRow,
)

Rows = Sequence[tuple[int, list[Cell]]]
# Offices like to put a title above the heads of the columns.
HEAD_WITHIN = 10


@dataclass(slots=True)
class Roster:
    """What a file says. `named`: every number in it, of refused rows too, so that a typing error makes nobody leave."""

    sheets: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    students: list[StudentRow] = field(default_factory=list)
    staff: list[StaffRow] = field(default_factory=list)
    posts: list[PostRow] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    names_without_number: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    normalized: list[Fault] = field(default_factory=list)

    @property
    def errors(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.code not in WARNINGS]

    @property
    def warnings(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.code in WARNINGS]

    def normalized_rows(self) -> dict[str, int]:
        """How many rows each kind of mending touched."""
        return dict(sorted(Counter(code.value for _sheet, _row, code in self._normalized_places()).items()))

    def _normalized_places(self) -> set[tuple[str, int, Code]]:
        return {(fault.sheet, fault.row, fault.code) for fault in self.normalized}


def read_roster(source: Any, *, on: date) -> Roster:
    """Read an xlsx file, given as path or binary stream. Refused when it is not a roster; bad rows are faults."""
    sheets = {name.strip(): rows for name, rows in xlsx.read_workbook(source).sheets.items()}
    known = [name for name in COLUMNS if name in sheets]
    if not known:
        raise Refused(
            _("There is no sheet 学生名册, 教职工 or 任职 in this file. Name the sheets as in the sample file."),
            code="sheets-missing",
        )
    roster = Roster(sheets=frozenset(known))
    for name in known:
        READERS[name](roster, sheets[name], on)
    return roster


def _readings(roster: Roster, sheet: str, rows: Rows, on: date) -> Iterator[Reading]:
    """Each filled row below the head; faults and mendings are noted on the way."""
    head, columns = _head(sheet, rows)
    if sheet == STUDENT_SHEET:
        roster.columns = frozenset(column.attribute for column in columns.values())
    for row, cells in rows[head + 1 :]:
        if is_foot(cells):
            continue
        plain_cells = [FORMULA if isinstance(cell, xlsx.Formula) else cell for cell in cells]
        reading = read_row(columns, row, plain_cells, on)
        roster.faults += [Fault(sheet, row, *fault) for fault in reading.faults]
        roster.normalized += [Fault(sheet, row, *normalized) for normalized in reading.normalized]
        _note_who(roster, reading)
        yield reading


def _head(sheet: str, rows: Rows) -> tuple[int, dict[int, Column]]:
    """Where the heads of the columns stand, and which column is where."""
    by_name = {column.name: column for column in COLUMNS[sheet]}
    best: dict[int, Column] = {}
    at = 0
    for index, (_row, cells) in enumerate(rows[:HEAD_WITHIN]):
        names = [plain(cell).replace(" ", "").strip("*＊\u3000\n") for cell in cells]
        positions = {position: by_name[name] for position, name in enumerate(names) if name in by_name}
        if len(positions) > len(best):
            at, best = index, positions
    present = {column.name for column in best.values()}
    missing = [name for name in REQUIRED[sheet] if name not in present]
    if missing:
        message = _(
            "The sheet %(sheet)s has no column %(columns)s. Take the heads of the columns from the sample file."
        )
        raise Refused(message % {"sheet": sheet, "columns": "、".join(missing)}, code="columns-missing")
    return at, best


def _note_who(roster: Roster, reading: Reading) -> None:
    number = reading.values.get("number")
    if number:
        roster.named.add(number)
    elif reading.values.get("name"):
        roster.names_without_number.add(reading.values["name"])


def _read_students(roster: Roster, rows: Rows, on: date) -> None:
    seen: set[str] = set()
    for reading in _readings(roster, STUDENT_SHEET, rows, on):
        if _is_repeated(roster, reading, seen, STUDENT_SHEET) or reading.faults:
            continue
        student = StudentRow(row=reading.row, **reading.values)
        roster.students.append(student)
        if student.dorm is None and "room" in roster.columns and student.enrollment_status in PRESENT:
            roster.faults.append(Fault(STUDENT_SHEET, reading.row, "房间号", Code.ROOM_MISSING))


def _read_staff(roster: Roster, rows: Rows, on: date) -> None:
    seen: set[str] = set()
    for reading in _readings(roster, STAFF_SHEET, rows, on):
        if _is_repeated(roster, reading, seen, STAFF_SHEET) or reading.faults:
            continue
        values = reading.values | {"classes": tuple(reading.values.get("classes", ()))}
        roster.staff.append(StaffRow(row=reading.row, **values))


def _read_posts(roster: Roster, rows: Rows, on: date) -> None:
    for reading in _readings(roster, POST_SHEET, rows, on):
        if not reading.faults:
            roster.posts.append(PostRow(row=reading.row, **reading.values))


def _is_repeated(roster: Roster, reading: Reading, seen: set[str], sheet: str) -> bool:
    number = reading.values.get("number") or ""
    # People sign in by number in any spelling.
    lower = number.lower()
    if not lower or lower not in seen:
        seen.add(lower)
        return False
    student = sheet == STUDENT_SHEET
    code = Code.STUDENT_NUMBER_REPEATED if student else Code.STAFF_NUMBER_REPEATED
    roster.faults.append(Fault(sheet, reading.row, "学号" if student else "工号", code, number))
    return True


READERS = {STUDENT_SHEET: _read_students, STAFF_SHEET: _read_staff, POST_SHEET: _read_posts}
