"""Reading an uploaded workbook: in a child process with limits, into plain rows, or a Refused that says what to do."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from kernel.children import TooSlow, run_child
from kernel.errors import Refused
from kernel.xlsx.refusals import MESSAGES

CHILD = Path(__file__).with_name("child.py")
MEBI = 1 << 20
MEMORY = 480 * MEBI
ANSWER = 192 * MEBI
# Work of the child, and how long the portal waits for it: a busy machine needs longer for the same work.
SECONDS, PATIENCE = 9, 30


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that holds a formula; `value` is what the program that saved the file had worked out."""

    value: object


Cell = object
Row = tuple[int, list[Cell]]


@dataclass(frozen=True, slots=True)
class Workbook:
    """Sheets by name, in their order; each a list of (row number as in the file, cells), empty rows left out.
    Cells are str ("" if empty), int, float, bool, date, datetime, time or Formula."""

    sheets: dict[str, list[Row]] = field(default_factory=dict)


def read_workbook(
    source: str | Path | IO[bytes],
    *,
    max_bytes: int = 20 * MEBI,
    max_inflated: int = 300 * MEBI,
    max_rows: int = 60_000,
    max_columns: int = 60,
) -> Workbook:
    """Read a path or an open file; Refused for anything but a harmless .xlsx within the limits."""
    limits = {
        "inflated": max_inflated,
        "rows": max_rows,
        "columns": max_columns,
        "memory": MEMORY,
        "answer": ANSWER,
        "seconds": SECONDS,
    }
    with _as_file(source, max_bytes) as path, tempfile.TemporaryFile() as answer:
        _run(path, limits, answer)
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


def _run(path: Path, limits: dict[str, int], answer: IO[bytes]) -> None:
    try:
        end = run_child(CHILD, path, limits, answer=answer, seconds=PATIENCE)
    except TooSlow:
        raise refusal("too-slow") from None
    if end.out_of_time:
        raise refusal("too-slow")
    if not end.answered:
        raise refusal("too-large" if end.out_of_bounds else "damaged")


def _read_answer(answer: IO[bytes]) -> Workbook:
    workbook = Workbook()
    rows: list[Row] = []
    for line in answer:
        if not line.strip():
            continue
        entry = json.loads(line, object_hook=_decode)
        if isinstance(entry, list):
            rows.append((entry[0], entry[1]))
        elif "refused" in entry:
            raise refusal(entry["refused"])
        else:
            rows = workbook.sheets.setdefault(entry["sheet"], [])
    return workbook


def _decode(entry: dict[str, Any]) -> Any:
    for kind, make in DECODERS.items():
        if kind in entry:
            return make(entry[kind])
    return entry


DECODERS: dict[str, Any] = {
    "formula": Formula,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "text": str,
}


def refusal(code: str) -> Refused:
    return Refused(MESSAGES[code], code=code)
