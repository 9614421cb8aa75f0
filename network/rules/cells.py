"""How the cells of a roster are read: what is mended by itself, what is refused. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from kernel.folding import WIDTH, one_dot, unpadded

Cell = Any
FORMULA = object()
# A cell that holds #N/A or the like.
ERROR = object()


class Code(StrEnum):
    """What can be said about a cell or a row; the words stand in the catalogue of the wording."""

    STUDENT_NUMBER_MISSING = "student-number-missing"
    STUDENT_NUMBER_REPEATED = "student-number-repeated"
    STAFF_NUMBER_MISSING = "staff-number-missing"
    STAFF_NUMBER_REPEATED = "staff-number-repeated"
    NUMBER_IMPOSSIBLE = "number-impossible"
    NUMBER_TAKEN = "number-taken"
    NAME_MISSING = "name-missing"
    NAME_TOO_LONG = "name-too-long"
    NAME_DIFFERS = "name-differs"
    MARKUP_IN_NAME = "markup-in-name"
    MARKUP_IN_TEXT = "markup-in-text"
    TEXT_TOO_LONG = "text-too-long"
    FORMULA = "formula"
    SEX_UNKNOWN = "sex-unknown"
    STATUS_UNKNOWN = "status-unknown"
    BIRTH_DATE_IMPOSSIBLE = "birth-date-impossible"
    GRADE_IMPOSSIBLE = "grade-impossible"
    COLLEGE_UNKNOWN = "college-unknown"
    CLASS_MISSING = "class-missing"
    CLASS_UNKNOWN = "class-unknown"
    DEPARTMENT_UNKNOWN = "department-unknown"
    POST_UNKNOWN = "post-unknown"
    ADMINISTRATOR_POST = "administrator-post"
    PERSON_UNKNOWN = "person-unknown"
    UNIT_UNKNOWN = "unit-unknown"
    ERROR_VALUE = "error-value"
    DATE_IN_TEXT = "date-in-text"
    TRUTH_VALUE = "truth-value"
    DIGITS_LOST = "digits-lost"
    CELLS_MERGED = "cells-merged"
    ROOM_AMBIGUOUS = "room-ambiguous"
    MAIL_IMPOSSIBLE = "mail-impossible"
    ROSTER_TOO_SMALL = "roster-too-small"
    ROOM_MISSING = "room-missing"
    CLASSES_MISSING = "classes-missing"
    LEFT_HELD_BACK = "left-held-back"
    POSTS_HELD_BACK = "posts-held-back"
    CLASS_RENAMED = "class-renamed"
    SHEET_READ = "sheet-read"
    SHEET_HIDDEN = "sheet-hidden"
    SHEET_PASSED_OVER = "sheet-passed-over"
    ROWS_HIDDEN = "rows-hidden"
    HEAD_IN_TWO_ROWS = "head-in-two-rows"
    FOOT = "foot"
    SPACES_INSIDE = "spaces-inside"
    MIDDLE_DOT = "middle-dot"
    LEADING_ZEROS = "leading-zeros"
    SPACES_AROUND = "spaces-around"
    FULL_WIDTH_DIGITS = "full-width-digits"
    STUDENT_NUMBER_AS_FLOAT = "student-number-as-float"
    STAFF_NUMBER_AS_FLOAT = "staff-number-as-float"
    PHONE_AS_FLOAT = "phone-as-float"
    BIRTH_DATE_TEXT = "birth-date-text"


@dataclass(slots=True)
class Reading:
    """The cells of one row as they were understood on a day."""

    row: int
    on: date
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, Code, str]] = field(default_factory=list)
    normalized: list[tuple[str, Code]] = field(default_factory=list)
    # Serial days of the workbook count from 1904.
    from_1904: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is read. `longest`: characters; `missing`: what to say when the cell is empty."""

    name: str
    attribute: str
    read: Callable[["Column", Cell, Reading], Any]
    longest: int = 80
    missing: Code | None = None
    as_float: Code | None = None
    is_name: bool = False


FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
FULL_WIDTH_DIGIT = re.compile("[０-９]")
# Invisible: control characters, zero-width marks, and marks that turn the direction of a text.
INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
NUMBER = re.compile(r"[0-9A-Za-z_-]{1,30}")
FLOAT_TEXT = re.compile(r"(\d+)\.0+")
DATE_TEXT = re.compile(
    r"(\d{4})(?:\s*[-./年、]\s*(\d{1,2})\s*[-./月、]\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))"
    r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
# A day in a column that holds none: a spreadsheet has taken 6-12 for one.
DAY_WORD = re.compile(r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?|\d{1,2}月\d{1,2}日)")
ERROR_WORD = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)", re.IGNORECASE)
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d+|\d\.\d+[eE]\d+")
# Spreadsheets keep fifteen digits of a number; the others are zeros or wrong.
MOST_DIGITS = 10**15
TRUTH_WORDS = frozenset({"true", "false"})
GRADE_TEXT = re.compile(r"(\d{4})级?")
MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
SPREADSHEET_EPOCH = date(1899, 12, 30)
SPREADSHEET_DAYS = range(10_000, 60_000)
FROM_1904 = 1462
EARLIEST_GRADE = 1980
OLDEST_BIRTH = date(1930, 1, 1)
TOTALS = ("合计", "总计", "小计", "共计")


def plain(cell: Cell) -> str:
    """A cell as text: numbers without the .0 that spreadsheets add, dates as 2006-10-23."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def read_text(column: Column, cell: Cell, reading: Reading) -> str:
    """Text without what surrounds it by mistake. Too long, with markup, or what can only be a day, it is refused."""
    text = read_plain(column, cell, reading)
    if column.is_name:
        text = _mend_name(column, text, reading)
    elif text and "0" <= text[0] <= "9" and DAY_WORD.fullmatch(text):
        reading.faults.append((column.name, Code.DATE_IN_TEXT, quoted(text)))
    return text


def read_plain(column: Column, cell: Cell, reading: Reading) -> str:
    """Text that may look like a day: numbers, words of a list."""
    if type(cell) is not str and cell is not None:
        fault = _not_text(cell)
        if fault is not None:
            reading.faults.append((column.name, fault, ""))
            return ""
    text = plain(cell)
    if not text:
        return ""
    if isinstance(cell, str):
        text = _mend(column, text, reading)
    fault = _not_meant(column, text)
    if fault is not None:
        reading.faults.append((column.name, fault, ""))
    elif column.as_float and _was_float(cell):
        reading.normalized.append((column.name, column.as_float))
        text = text.partition(".")[0]
    return text


def _not_text(cell: Cell) -> Code | None:
    """Why a cell that is no text cannot stand for one."""
    if isinstance(cell, bool):
        return Code.TRUTH_VALUE
    if isinstance(cell, int | float):
        return Code.DIGITS_LOST if abs(cell) >= MOST_DIGITS else None
    return Code.DATE_IN_TEXT


def _not_meant(column: Column, text: str) -> Code | None:
    """Why a text cannot be what its column means."""
    if len(text) > column.longest:
        return Code.NAME_TOO_LONG if column.is_name else Code.TEXT_TOO_LONG
    if "<" in text or ">" in text:
        return Code.MARKUP_IN_NAME if column.is_name else Code.MARKUP_IN_TEXT
    if text[:1] == "#" and ERROR_WORD.fullmatch(text):
        return Code.ERROR_VALUE
    if column.as_float and SCIENTIFIC.fullmatch(text):
        return Code.DIGITS_LOST
    return Code.TRUTH_VALUE if column.is_name and text.lower() in TRUTH_WORDS else None


def _mend(column: Column, text: str, reading: Reading) -> str:
    seen = INVISIBLE.sub("", text).strip()
    if seen != text:
        reading.normalized.append((column.name, Code.SPACES_AROUND))
    if FULL_WIDTH_DIGIT.search(seen):
        reading.normalized.append((column.name, Code.FULL_WIDTH_DIGITS))
        seen = seen.translate(FULL_WIDTH)
    return seen


def _mend_name(column: Column, text: str, reading: Reading) -> str:
    for mend, code in ((unpadded, Code.SPACES_INSIDE), (one_dot, Code.MIDDLE_DOT)):
        mended = mend(text)
        if mended != text:
            reading.normalized.append((column.name, code))
            text = mended
    return text


def _was_float(cell: Cell) -> bool:
    return isinstance(cell, int | float) or (isinstance(cell, str) and bool(FLOAT_TEXT.fullmatch(cell.strip())))


def read_number(column: Column, cell: Cell, reading: Reading) -> str:
    """A student or staff number."""
    before = len(reading.faults)
    text = read_plain(column, cell, reading)
    if text and len(reading.faults) == before and not NUMBER.fullmatch(text):
        reading.faults.append((column.name, Code.NUMBER_IMPOSSIBLE, ""))
    return text


def read_choice(choices: Mapping[str, Any], code: Code) -> Callable[[Column, Cell, Reading], Any]:
    """One of the words of a fixed list."""

    def read(column: Column, cell: Cell, reading: Reading) -> Any:
        before = len(reading.faults)
        text = read_plain(column, cell, reading)
        if text not in choices and len(reading.faults) == before:
            reading.faults.append((column.name, code, quoted(text)))
        return choices.get(text)

    return read


def read_birth(column: Column, cell: Cell, reading: Reading) -> date | None:
    """A date of birth, from a date cell or from the usual ways to write one; nobody is born in the future."""
    if isinstance(cell, datetime):
        return _plausible(column, cell.date(), reading)
    if isinstance(cell, date):
        return _plausible(column, cell, reading)
    before = len(reading.faults)
    text = read_plain(column, cell, reading).translate(WIDTH)
    if not text or len(reading.faults) > before:
        return None
    day = _parse_day(text, from_1904=reading.from_1904)
    if day is not None:
        reading.normalized.append((column.name, Code.BIRTH_DATE_TEXT))
    return _plausible(column, day, reading)


def _plausible(column: Column, day: date | None, reading: Reading) -> date | None:
    if day is None or not OLDEST_BIRTH <= day <= reading.on:
        reading.faults.append((column.name, Code.BIRTH_DATE_IMPOSSIBLE, ""))
        return None
    return day


def _parse_day(text: str, *, from_1904: bool) -> date | None:
    if text.isdecimal() and int(text) in SPREADSHEET_DAYS:
        return SPREADSHEET_EPOCH + timedelta(days=int(text) + (FROM_1904 if from_1904 else 0))
    match = DATE_TEXT.fullmatch(text)
    if match is None:
        return None
    year, month, day, close_month, close_day = match.groups()
    try:
        return date(int(year), int(month or close_month), int(day or close_day))
    except ValueError:
        return None


def read_grade(column: Column, cell: Cell, reading: Reading) -> int | None:
    """The year of entry."""
    before = len(reading.faults)
    text = read_plain(column, cell, reading)
    match = GRADE_TEXT.fullmatch(text)
    grade = int(match[1]) if match else None
    if grade is not None and EARLIEST_GRADE <= grade <= reading.on.year + 1:
        return grade
    if text and len(reading.faults) == before:
        reading.faults.append((column.name, Code.GRADE_IMPOSSIBLE, quoted(text)))
    return None


def read_mail(column: Column, cell: Cell, reading: Reading) -> str:
    text = read_plain(column, cell, reading)
    if text and not MAIL.fullmatch(text):
        reading.faults.append((column.name, Code.MAIL_IMPOSSIBLE, ""))
    return text


def read_list(column: Column, cell: Cell, reading: Reading) -> list[str]:
    """Several names in one cell."""
    return [name.strip() for name in re.split("[、,，;；]", read_text(column, cell, reading)) if name.strip()]


def quoted(text: str) -> str:
    """A short piece of a cell for a message."""
    return text if len(text) <= 20 else f"{text[:20]}…"


def read_row(
    columns: Mapping[int, Column], row: int, cells: list[Cell], on: date, *, from_1904: bool = False
) -> Reading:
    """One row of a sheet; `columns`: position → column. A formula and an error are refused, whatever they show."""
    reading = Reading(row, on, from_1904=from_1904)
    for position, column in columns.items():
        cell = cells[position] if position < len(cells) else None
        if cell is FORMULA or cell is ERROR:
            reading.faults.append((column.name, Code.FORMULA if cell is FORMULA else Code.ERROR_VALUE, ""))
            continue
        before = len(reading.faults)
        value = reading.values[column.attribute] = column.read(column, cell, reading)
        if column.missing and not value and len(reading.faults) == before:
            reading.faults.append((column.name, column.missing, ""))
    return reading


def is_foot(cells: list[Cell]) -> bool:
    """An empty row, or the totals that offices add at the foot."""
    filled = [plain(cell).strip() for cell in cells]
    first = next((text for text in filled if text), "")
    return not first or (first.startswith(TOTALS) and sum(map(bool, filled)) <= len(TOTALS))
