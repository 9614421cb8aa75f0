"""Results of other systems come in: upload, columns, difference, confirmation, all of it or nothing; and undo."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel import audit, xlsx
from kernel.errors import Refused
from kernel.folding import fold
from kernel.headings import HEAD_WITHIN, find_head, foot_start, told_apart
from network.models import Student, Unit, User
from screening import policies
from screening.models import ColumnMapping, ImportedResult, ResultImport, Scale
from screening.rules.result_rows import (
    ELSEWHERE,
    KNOWN,
    NAME_DIFFERS,
    UNKNOWN,
    Line,
    RowFault,
    places_of,
    read_lines,
    text_of,
)
from screening.rules.scales.faults import Fault
from screening.services.figures.publication import publish_imported

BATCH = 500
# A spreadsheet drops the zeros in front of a number; more of them no school has.
MOST_ZEROS = 3
State = ResultImport.State


@dataclass(frozen=True)
class Difference:
    """What a file would bring: (line, student) by kind, the rows that cannot be imported, and the rows that a changed
    one takes the place of."""

    new: list[tuple[Line, Student]]
    changed: list[tuple[Line, Student]]
    unchanged: list[tuple[Line, Student]]
    faults: list[RowFault]
    old: list[ImportedResult]

    @property
    def can_be_applied(self) -> bool:
        """Nothing is half imported: one bad row holds the file back."""
        return not self.faults and bool(self.new or self.changed)


@transaction.atomic
def upload_results(
    *, school: Unit, scale: Scale, source: str, file_name: str, content: IO[bytes], by: User, at: datetime
) -> ResultImport:
    """Keep the first sheet of a workbook that is shown, or a text file, sealed; nothing is imported yet."""
    _check(by, school)
    book = xlsx.read_workbook(content, name=file_name)
    rows = next((rows for name, rows in book.sheets.items() if name not in book.hidden), [])
    headers, kept = _table([(number, [_plain(cell) for cell in cells]) for number, cells in rows])
    if not kept:
        raise Refused(_("The first sheet needs a row of headings and a row for each student."), code="empty-sheet")
    result_import = ResultImport.objects.create(
        school=school,
        scale=scale,
        source=source,
        file_name=file_name,
        headers=headers,
        sheet=json.dumps(kept, ensure_ascii=False),
        uploaded_by=by,
        uploaded_at=at,
    )
    _record("result_import.upload", result_import, by=by, at=at, rows=len(kept))
    return result_import


@transaction.atomic
def map_columns(
    *, result_import: ResultImport, columns: Mapping[str, str], save_as: str, by: User, at: datetime
) -> ResultImport:
    """Say which column is what, and keep it under a name if there is one."""
    row = _locked(result_import, by, State.UPLOADED, State.COMPARED)
    try:
        places_of(row.headers, columns)
    except Fault as fault:
        raise Refused(fault.text(gettext(fault.sentence)), code="no-such-column") from None
    row.columns, row.state = dict(columns), State.COMPARED
    row.save(update_fields=["columns", "state"])
    if save_as:
        ColumnMapping.objects.update_or_create(
            school=row.school, name=save_as, defaults={"columns": row.columns, "saved_by": by, "saved_at": at}
        )
    _record("result_import.map", row, by=by, at=at)
    return row


def difference_of(result_import: ResultImport) -> Difference:
    """What the file would change, compared with what is there now."""
    places = places_of(result_import.headers, result_import.columns)
    low, high = result_import.scale.parsed.total_bounds
    last = localdate(result_import.uploaded_at)
    lines, faults = read_lines(json.loads(result_import.sheet), places, low=low, high=high, last=last)
    people = _people({line.number for line in lines}, result_import.school)
    good = []
    for line in lines:
        student = people.get(line.number)
        if student is None or student.school_id != result_import.school_id:
            sentence = UNKNOWN if student is None else ELSEWHERE
            faults.append(RowFault(line.row, sentence, {"value": line.number}))
        elif line.name and fold(line.name) != fold(student.name):
            faults.append(RowFault(line.row, NAME_DIFFERS, {"value": line.number}))
        else:
            good.append((line, student))
    return _compared(result_import, good, sorted(faults, key=lambda fault: fault.row))


def _people(numbers: set[str], school: Unit) -> dict[str, Student]:
    """The students by the number in the file; one that has lost the zeros in front is found as well."""
    people = {student.number: student for student in Student.objects.filter(number__in=numbers)}
    lost = {"0" * zeros + number: number for number in numbers - people.keys() for zeros in range(1, MOST_ZEROS + 1)}
    found: dict[str, list[Student]] = {}
    for student in Student.objects.filter(number__in=lost, school=school).order_by("pk"):
        found.setdefault(lost[student.number], []).append(student)
    return people | {number: students[0] for number, students in found.items() if len(students) == 1}


def _compared(result_import: ResultImport, good: list[tuple[Line, Student]], faults: list[RowFault]) -> Difference:
    known: dict[tuple[Any, date], ImportedResult] = {
        (result.student_id, result.day): result
        for result in ImportedResult.objects.current().filter(
            scale=result_import.scale_id, student__in=[student.pk for _line, student in good]
        )
    }
    found = Difference([], [], [], faults, [])
    for line, student in good:
        old = known.get((student.pk, line.day))
        if old is None:
            found.new.append((line, student))
        elif (json.loads(old.outcome)["total"], old.level) == (line.total, line.level):
            found.unchanged.append((line, student))
        else:
            found.changed.append((line, student))
            found.old.append(old)
    return found


@transaction.atomic
def apply_results(*, result_import: ResultImport, by: User, at: datetime) -> ResultImport:
    """Write all of it, or nothing. Refused while a row has a fault."""
    row = _locked(result_import, by, State.COMPARED)
    found = difference_of(row)
    if not found.can_be_applied:
        raise Refused(_("Nothing was imported: put the rows right in the file first."), code="faulty-rows")
    ImportedResult.objects.filter(pk__in=[result.pk for result in found.old]).update(replaced_in=row)
    fresh = [_result(row, line, student) for line, student in (*found.new, *found.changed)]
    ImportedResult.objects.bulk_create(fresh, batch_size=BATCH)
    row.state, row.sheet, row.applied_by, row.applied_at = State.APPLIED, "", by, at
    row.save(update_fields=["state", "sheet", "applied_by", "applied_at"])
    _publish(row, _touched(row), at=at)
    _record("result_import.apply", row, by=by, at=at, new=len(found.new), changed=len(found.changed))
    return row


@transaction.atomic
def undo_results(*, result_import: ResultImport, by: User, at: datetime) -> ResultImport:
    """Take an import back; what it had replaced stands again. Refused after a later file built upon it."""
    row = _locked(result_import, by, State.APPLIED)
    if row.results.exclude(replaced_in=None).exists():
        raise Refused(_("A later file has corrected some of these results. Undo that one first."), code="built-upon")
    touched = _touched(row)
    row.results.all().delete()
    row.replaced.update(replaced_in=None)
    row.state = State.UNDONE
    row.save(update_fields=["state"])
    _publish(row, touched, at=at)
    _record("result_import.undo", row, by=by, at=at)
    return row


@transaction.atomic
def discard_results(*, result_import: ResultImport, by: User, at: datetime) -> None:
    """Throw an upload away of which nothing has been imported."""
    row = _locked(result_import, by, State.UPLOADED, State.COMPARED)
    _record("result_import.discard", row, by=by, at=at)
    row.delete()


def _result(row: ResultImport, line: Line, student: Student) -> ImportedResult:
    return ImportedResult(
        student=student,
        school_id=student.school_id,
        college_id=student.college_id,
        school_class_id=student.school_class_id,
        dorm_id=student.dorm_id,
        scale_id=row.scale_id,
        came_in=row,
        day=line.day,
        level=line.level,
        outcome=json.dumps({"total": line.total}),
    )


def _touched(row: ResultImport) -> set[tuple[str, int]]:
    """System and year of each result that the file brought or replaced."""
    names = ("came_in__source", "day__year")
    return {*row.results.order_by().values_list(*names), *row.replaced.order_by().values_list(*names)}


def _publish(row: ResultImport, touched: Iterable[tuple[str, int]], *, at: datetime) -> None:
    for source, year in sorted(touched):
        publish_imported(school=row.school, source=source, scale_key=row.scale.key, year=year, at=at)


def _locked(result_import: ResultImport, by: User, *states: str) -> ResultImport:
    rows = ResultImport.objects.select_for_update(of=("self",)).select_related("school", "scale")
    row: ResultImport = rows.get(pk=result_import.pk)
    _check(by, row.school)
    if row.state not in states:
        raise Refused(_("This file is past that already."), code="wrong-state")
    return row


def _check(by: User, school: Unit) -> None:
    if not policies.may_run(by, school):
        raise Refused(_("You may not import results here."), code="may-not-run")


def _record(action: str, row: ResultImport, *, by: User, at: datetime, **detail: int) -> None:
    audit.record(action=action, by=by, at=at, obj=row, unit=row.school.code, detail=detail)


def _table(rows: Sequence[tuple[int, list[Any]]]) -> tuple[list[str], list[tuple[int, list[Any]]]]:
    """The headings, told apart where one stands twice, and the rows between them and the foot of the table."""
    texts = [[text_of(cell) for cell in cells] for _number, cells in rows]
    head = find_head(texts, KNOWN)
    if head.index == 0 and not KNOWN & set(head.names):
        # No word that is known: the headings are the first row that is no title alone.
        index = next((at for at, row in enumerate(texts[:HEAD_WITHIN]) if sum(map(bool, row)) > 1), 0)
        names: Sequence[str] = texts[index] if texts else ()
    else:
        index, names = head.index, head.names if head.is_split else texts[head.index]
    body = rows[index + 1 :]
    end = foot_start([cells for _number, cells in body], lambda _cells: False, width=len(names))
    return told_apart(names), list(body[:end])


def _plain(cell: Any) -> Any:
    """A cell as JSON keeps it: a formula by its value, a day as text, an error as such."""
    if isinstance(cell, xlsx.CellError):
        return "#N/A"
    value = cell.value if isinstance(cell, xlsx.Formula) else cell
    return value if isinstance(value, str | int | float) or value is None else str(value)
