"""From the sheets of a file to rows that were understood and faults that were found."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kernel import xlsx
from kernel.folding import fold
from kernel.headings import FOOT, foot_start, letter
from network.rules import PRESENT
from network.rules.cells import ERROR, FORMULA, NUMBER, Cell, Code, Column, Reading, is_foot, plain, quoted, read_row
from network.rules.roster_columns import (
    POST_SHEET,
    STAFF_SHEET,
    STUDENT_SHEET,
    WARNINGS,
    Fault,
    PostRow,
    StaffRow,
    StudentRow,
)
from network.services.rosters.choosing import Rows, choose_sheets, find_columns

MARKS: dict[type, Cell] = {xlsx.Formula: FORMULA, xlsx.CellError: ERROR}
# What may be a number in a cell that also holds something else.
NUMBER_INSIDE = re.compile(r"[0-9A-Za-z_-]{4,30}")
NUMBERS_AS_FLOAT = {Code.STUDENT_NUMBER_AS_FLOAT, Code.STAFF_NUMBER_AS_FLOAT}
# Faults of a cell that is merely empty.
EMPTY = {Code.COLLEGE_UNKNOWN, Code.CLASS_MISSING}
ROOM_COLUMNS = {"building", "room"}


@dataclass(slots=True)
class Roster:
    """What a file says. `named`: every number in it, of refused rows too, so that a typing error makes nobody leave;
    `names_without_number`: folded names of rows whose number cannot be read; `nameless`: how many rows name nobody at
    all; `numeric`: rows whose number was a number to the spreadsheet, which drops leading zeros."""

    sheets: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    students: list[StudentRow] = field(default_factory=list)
    staff: list[StaffRow] = field(default_factory=list)
    posts: list[PostRow] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    names_without_number: set[str] = field(default_factory=set)
    nameless: Counter[str] = field(default_factory=Counter)
    numeric: set[tuple[str, int]] = field(default_factory=set)
    # Numbers of staff of whom a row was refused.
    refused_numbers: set[str] = field(default_factory=set)
    # Rows of the sheet 任职 that were refused: the role and the unit, as far as they could be read.
    refused_posts: list[tuple[Any, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    normalized: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    @property
    def errors(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.code not in WARNINGS]

    @property
    def warnings(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.code in WARNINGS]

    @property
    def has_rooms(self) -> bool:
        """Whether the file says where students live; half of an address says nothing."""
        return self.columns >= ROOM_COLUMNS

    def normalized_rows(self) -> dict[str, int]:
        """How many rows each kind of mending touched."""
        return dict(sorted(Counter(code.value for _sheet, _row, code in self._normalized_places()).items()))

    def _normalized_places(self) -> set[tuple[str, int, Code]]:
        return {(fault.sheet, fault.row, fault.code) for fault in self.normalized}


@dataclass(slots=True)
class Table:
    """A sheet that is being read: its columns by position, its rows below the head, and how days are counted."""

    kind: str
    columns: dict[int, Column]
    rows: Rows
    from_1904: bool
    is_typed: bool

    def place(self, attribute: str) -> int | None:
        return next((at for at, column in self.columns.items() if column.attribute == attribute), None)


def read_roster(source: Any, *, on: date, name: str = "") -> Roster:
    """Read an xlsx or csv file, given as path or binary stream; `name` tells which of them a stream is. Refused when it
    is not a roster; bad rows are faults."""
    book = xlsx.read_workbook(source, name=name)
    sheets, notes = choose_sheets(book)
    roster = Roster(sheets=frozenset(sheets), notes=notes)
    for kind, rows in sheets.items():
        READERS[kind](roster, _table(roster, kind, rows, book), on)
    return roster


def _table(roster: Roster, kind: str, rows: Rows, book: xlsx.Workbook) -> Table:
    head, columns = find_columns(kind, rows)
    if head.is_split:
        roster.notes.append(Fault(kind, rows[head.index][0], "", Code.HEAD_IN_TWO_ROWS))
    if kind == STUDENT_SHEET:
        roster.columns = frozenset(column.attribute for column in columns.values())
    table = Table(kind, columns, rows[head.index + 1 :], book.from_1904, book.is_typed)
    table.rows = _without_foot(roster, table)
    return table


def _without_foot(roster: Roster, table: Table) -> Rows:
    """The rows down to the last person; what stands below it is noted."""
    place = table.place("number") or 0

    def names_somebody(cells: Sequence[Cell]) -> bool:
        text = plain(cells[place]).strip() if place < len(cells) else ""
        return NUMBER.fullmatch(text) is not None and any(sign.isdigit() for sign in text)

    width = len(table.columns)
    start = foot_start([cells for _row, cells in table.rows], names_somebody, width=width)
    for row, cells in table.rows[start:]:
        first = next((text for cell in cells if (text := plain(cell).strip())), "")
        word = FOOT.match(first)
        roster.notes.append(Fault(table.kind, row, "", Code.FOOT, word[0] if word else ""))
    return table.rows[:start]


def _readings(roster: Roster, table: Table, on: date) -> Iterator[Reading]:
    """Each filled row below the head; faults and mendings are noted on the way."""
    sheet = table.kind
    for row, cells in table.rows:
        if is_foot(cells):
            continue
        plain_cells = [MARKS.get(type(cell), cell) for cell in cells]
        reading = read_row(table.columns, row, plain_cells, on, from_1904=table.from_1904)
        roster.faults += [Fault(sheet, row, *fault) for fault in reading.faults]
        roster.normalized += [Fault(sheet, row, *normalized) for normalized in reading.normalized]
        _note_who(roster, table, reading)
        yield reading


def _note_who(roster: Roster, table: Table, reading: Reading) -> None:
    """Who is meant by a row, also by one that is refused."""
    number, name = reading.values.get("number") or "", reading.values.get("name") or ""
    heading = next((column.name for column in table.columns.values() if column.attribute == "number"), "")
    is_refused = any(column == heading for column, _code, _value in reading.faults)
    if number:
        roster.named.add(number)
        is_numeric = any(code in NUMBERS_AS_FLOAT for _column, code in reading.normalized)
        if is_numeric or (not table.is_typed and number.isdecimal()):
            roster.numeric.add((table.kind, reading.row))
    if is_refused:
        roster.named.update(NUMBER_INSIDE.findall(number))
    if name and (is_refused or not number):
        roster.names_without_number.add(fold(name))
    if not name and (is_refused or not number):
        roster.nameless[table.kind] += 1


def _read_students(roster: Roster, table: Table, on: date) -> None:
    seen: set[str] = set()
    gaps = _Gaps(roster, table)
    for reading in _readings(roster, table, on):
        gap = gaps.see(reading)
        if _is_repeated(roster, reading, seen) or reading.faults or gap:
            continue
        student = StudentRow(row=reading.row, **reading.values)
        roster.students.append(student)
        if student.dorm is None and roster.has_rooms and student.enrollment_status in PRESENT:
            roster.faults.append(Fault(STUDENT_SHEET, reading.row, "房间号", Code.ROOM_MISSING))
    gaps.tell()


class _Gaps:
    """Cells that are empty below a filled one, as merged cells leave them. Nobody loses a room by them."""

    WATCHED = ("college", "school_class", "building", "room")

    def __init__(self, roster: Roster, table: Table) -> None:
        self.roster = roster
        self.places = {name: at for name in self.WATCHED if (at := table.place(name)) is not None}
        self.names = {column.attribute: column.name for column in table.columns.values()}
        self.filled: set[str] = set()
        # Attribute → first and last row of each gap.
        self.runs: dict[str, list[list[int]]] = {name: [] for name in self.WATCHED}
        self.last: dict[str, int] = {}
        self.refused: list[int] = []

    def see(self, reading: Reading) -> bool:
        """Note the gaps of a row; says whether its room is one: a bed, and neither building nor room."""
        refused = {column for column, code, _value in reading.faults if code not in EMPTY}
        empty = {name for name in self.places if not reading.values.get(name) and self.names[name] not in refused}
        for name in self.places:
            if name not in empty:
                self.filled.update([name] if reading.values.get(name) else [])
                self.last.pop(name, None)
            elif name in self.filled:
                self._extend(name, reading.row)
        is_gap = empty & self.filled >= ROOM_COLUMNS and bool(reading.values.get("bed"))
        if is_gap:
            self.refused.append(reading.row)
        return is_gap

    def _extend(self, name: str, row: int) -> None:
        if name in self.last:
            self.runs[name][-1][1] = row
        else:
            self.runs[name].append([row, row])
        self.last[name] = row

    def tell(self) -> None:
        for name in ("college", "school_class"):
            for first, last in self.runs[name]:
                gap = Fault(STUDENT_SHEET, 0, self.names[name], Code.CELLS_MERGED, self._range(name, first, last))
                self.roster.notes.append(gap)
        for row in self.refused:
            first, last = next(run for run in self.runs["room"] if run[0] <= row <= run[1])
            gap = Fault(STUDENT_SHEET, row, self.names["room"], Code.CELLS_MERGED, self._range("room", first, last))
            self.roster.faults.append(gap)

    def _range(self, name: str, first: int, last: int) -> str:
        column = letter(self.places[name])
        return f"{column}{first}:{column}{last}" if last > first else f"{column}{first}"


def _read_staff(roster: Roster, table: Table, on: date) -> None:
    """One person may stand in several rows, one for each post."""
    names: dict[str, str] = {}
    for reading in _readings(roster, table, on):
        number, name = (reading.values.get("number") or "").lower(), fold(reading.values.get("name") or "")
        if number and names.setdefault(number, name) != name:
            fault = Fault(STAFF_SHEET, reading.row, "工号", Code.STAFF_NUMBER_REPEATED, reading.values["number"])
            roster.faults.append(fault)
        elif reading.faults:
            roster.refused_numbers.add(reading.values.get("number") or "")
        else:
            values = reading.values | {"classes": tuple(reading.values.get("classes", ()))}
            roster.staff.append(StaffRow(row=reading.row, **values))


def _read_posts(roster: Roster, table: Table, on: date) -> None:
    for reading in _readings(roster, table, on):
        if not reading.faults:
            roster.posts.append(PostRow(row=reading.row, **reading.values))
        else:
            roster.refused_posts.append((reading.values.get("role"), quoted(reading.values.get("unit") or "")))


def _is_repeated(roster: Roster, reading: Reading, seen: set[str]) -> bool:
    number = reading.values.get("number") or ""
    # People sign in by number in any spelling.
    lower = number.lower()
    if not lower or lower not in seen:
        seen.add(lower)
        return False
    roster.faults.append(Fault(STUDENT_SHEET, reading.row, "学号", Code.STUDENT_NUMBER_REPEATED, number))
    return True


READERS = {STUDENT_SHEET: _read_students, STAFF_SHEET: _read_staff, POST_SHEET: _read_posts}
