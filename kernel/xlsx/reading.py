"""Reading an uploaded workbook: in a child process with limits, into plain rows, or a Refused that says what to do."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from kernel.children import TooSlow, run_child
from kernel.errors import Refused
from kernel.xlsx.refusals import MESSAGES

CHILD = Path(__file__).with_name("child.py")
CSV_CHILD = Path(__file__).with_name("csv_child.py")
CSV_ENDINGS = (".csv", ".txt", ".tsv")
MEBI = 1 << 20
MEMORY = 480 * MEBI
ANSWER = 192 * MEBI
# Work of the child, and how long the portal waits for it: a busy machine needs longer for the same work.
SECONDS, PATIENCE = 9, 30


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that holds a formula; `value` is what the program that saved the file had worked out."""

    value: object


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that holds an error, such as #N/A."""

    value: object = ""


Cell = object
Row = tuple[int, list[Cell]]


@dataclass(frozen=True, slots=True)
class Workbook:
    """Sheets by name, in their order; each a list of (row number as in the file, cells), empty rows left out.
    Cells are str ("" if empty), int, float, bool, date, datetime, time, Formula or CellError. A merged range gives its
    value to all its rows. `hidden`: sheets that are not shown; `hidden_rows`: numbers of rows that are not shown;
    `from_1904`: whether serial days count from 1904; `is_typed`: whether numbers and days are cells of their own,
    which a text file does not have."""

    sheets: dict[str, list[Row]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    hidden_rows: dict[str, list[int]] = field(default_factory=dict)
    from_1904: bool = False
    is_typed: bool = True


def read_workbook(
    source: str | Path | IO[bytes],
    *,
    max_bytes: int = 20 * MEBI,
    max_inflated: int = 300 * MEBI,
    max_rows: int = 60_000,
    max_columns: int = 60,
    name: str = "",
) -> Workbook:
    """Read a path or an open file; Refused for anything but a harmless .xlsx within the limits, or a text file of
    comma-separated values where `name`, or the path, says so. Its one sheet has no name."""
    limits = {
        "inflated": max_inflated,
        "rows": max_rows,
        "columns": max_columns,
        "memory": MEMORY,
        "answer": ANSWER,
        "seconds": SECONDS,
    }
    called = name or (str(source) if isinstance(source, str | Path) else "")
    child = CSV_CHILD if called.lower().endswith(CSV_ENDINGS) else CHILD
    with _as_file(source, max_bytes) as path, tempfile.TemporaryFile() as answer:
        _run(child, path, limits, answer)
        answer.seek(0)
        return _read_answer(answer)


@contextmanager
def _as_file(source: str | Path | IO[bytes], max_bytes: int) -> Iterator[Path]:
    """The upload as a file of its own, read no further than the limit."""
    if isinstance(source, str | Path):
        if Path(source).stat().st_size > max_bytes:
            raise refusal("too-large")
        yield Path(source)
        return
    source.seek(0)
    data = source.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise refusal("too-large")
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:
        copy.write(data)
        copy.flush()
        yield Path(copy.name)


def _run(child: Path, path: Path, limits: dict[str, int], answer: IO[bytes]) -> None:
    try:
        end = run_child(child, path, limits, answer=answer, seconds=PATIENCE)
    except TooSlow:
        raise refusal("too-slow") from None
    if end.out_of_time:
        raise refusal("too-slow")
    if not end.answered:
        raise refusal("too-large" if end.out_of_bounds else "damaged")


def _read_answer(answer: IO[bytes]) -> Workbook:
    workbook, from_1904, is_typed = Workbook(), False, True
    rows: list[Row] = []
    for line in answer:
        if not line.strip():
            continue
        entry = json.loads(line, object_hook=_decode)
        if isinstance(entry, list):
            rows.append((entry[0], entry[1]))
        elif "refused" in entry:
            raise refusal(entry["refused"], **entry.get("where", {}))
        elif "book" in entry:
            from_1904, is_typed = entry["book"].get("from_1904", False), entry["book"].get("is_typed", True)
        else:
            rows = workbook.sheets.setdefault(entry["sheet"], [])
            workbook.hidden_rows[entry["sheet"]] = entry.get("hidden_rows", [])
            workbook.hidden.update([entry["sheet"]] if entry.get("hidden") else [])
    return replace(workbook, from_1904=from_1904, is_typed=is_typed)


def _decode(entry: dict[str, Any]) -> Any:
    for kind, make in DECODERS.items():
        if kind in entry:
            return make(entry[kind])
    return entry


DECODERS: dict[str, Any] = {
    "formula": Formula,
    "error": CellError,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "text": str,
}


def refusal(code: str, **where: object) -> Refused:
    return Refused(MESSAGES[code] % where if where else MESSAGES[code], code=code)
