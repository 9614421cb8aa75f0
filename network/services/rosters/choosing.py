"""Which sheets of a file are the roster, and where their columns stand."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from kernel import xlsx
from kernel.errors import Refused
from kernel.headings import Head, find_head, twice
from network.rules.cells import Cell, Code, Column, plain
from network.rules.roster_columns import COLUMNS, REQUIRED, Fault

Rows = Sequence[tuple[int, list[Cell]]]
Chosen = dict[str, Rows]


def choose_sheets(book: xlsx.Workbook) -> tuple[Chosen, list[Fault]]:
    """The rows of each kind of sheet, and what there is to say about the choice. A sheet that is hidden never wins over
    one that is shown. Where no sheet has a known name, its headings tell what it is."""
    by_kind: dict[str, list[str]] = {}
    for name in book.sheets:
        if name.strip() in COLUMNS:
            by_kind.setdefault(name.strip(), []).append(name)
    if not by_kind:
        by_kind = _by_headings(book)
    if not by_kind:
        raise Refused(
            _("There is no sheet 学生名册, 教职工 or 任职 in this file. Name the sheets as in the sample file."),
            code="sheets-missing",
        )
    chosen: Chosen = {}
    notes: list[Fault] = []
    for kind in COLUMNS:
        if kind in by_kind:
            name = _only(kind, by_kind[kind], book.hidden)
            chosen[kind] = book.sheets[name]
            notes += _notes(book, kind, name, by_kind[kind])
    return chosen, notes


def _by_headings(book: xlsx.Workbook) -> dict[str, list[str]]:
    """Kind → sheets that are shown and have all the columns that it needs."""
    by_kind: dict[str, list[str]] = {}
    for name, rows in book.sheets.items():
        kind = None if name in book.hidden else next(_kinds(rows), None)
        if kind is not None:
            by_kind.setdefault(kind, []).append(name)
    return by_kind


def _kinds(rows: Rows) -> Iterator[str]:
    for kind, columns in COLUMNS.items():
        head = _head(rows, {column.name for column in columns})
        if set(REQUIRED[kind]) <= set(head.names):
            yield kind


def _only(kind: str, names: list[str], hidden: set[str]) -> str:
    shown = [name for name in names if name not in hidden] or names
    if len(shown) > 1:
        raise Refused(
            _("Several sheets could be %(kind)s: %(names)s. Delete or hide all but the one that counts.")
            % {"kind": kind, "names": "、".join(f"“{name}”" for name in shown)},
            code="sheet-twice",
        )
    return shown[0]


def _notes(book: xlsx.Workbook, kind: str, name: str, names: list[str]) -> list[Fault]:
    notes = [Fault(kind, 0, kind, Code.SHEET_READ, name or "CSV")]
    if name in book.hidden:
        notes.append(Fault(kind, 0, kind, Code.SHEET_HIDDEN, name))
    notes += [Fault(kind, 0, kind, Code.SHEET_PASSED_OVER, other) for other in names if other != name]
    filled = {row for row, _cells in book.sheets[name]}
    concealed = filled & set(book.hidden_rows.get(name, ()))
    if concealed:
        notes.append(Fault(kind, 0, kind, Code.ROWS_HIDDEN, str(len(concealed))))
    return notes


def find_columns(kind: str, rows: Rows) -> tuple[Head, dict[int, Column]]:
    """Where the heads of the columns stand, and which column is where. Refused when one is missing or stands twice."""
    by_name = {column.name: column for column in COLUMNS[kind]}
    head = _head(rows, by_name.keys())
    double = twice(head.names, by_name.keys())
    if double:
        places = "、".join(f"{name} ({', '.join(letters)})" for name, letters in double.items())
        raise Refused(
            _("In the sheet %(sheet)s a heading stands twice: %(columns)s. Rename or delete all but the right one.")
            % {"sheet": kind, "columns": places},
            code="heading-twice",
        )
    missing = [name for name in REQUIRED[kind] if name not in head.names]
    if missing:
        message = _(
            "The sheet %(sheet)s has no column %(columns)s. Take the heads of the columns from the sample file."
        )
        raise Refused(message % {"sheet": kind, "columns": "、".join(missing)}, code="columns-missing")
    return head, {position: by_name[name] for position, name in enumerate(head.names) if name in by_name}


def _head(rows: Rows, known: Iterable[str]) -> Head:
    texts = [[plain(cell) for cell in cells] for _row, cells in rows[:10]]
    return find_head(texts, set(known))
