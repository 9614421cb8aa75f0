"""The students of a course come in as a list: upload, difference, confirmation; all of it or nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.models import Course, CourseEnrolment, CourseImport, CourseRun
from activities.rules.course_lists import (
    NAME,
    NUMBER,
    OTHER_NAME,
    UNKNOWN,
    Line,
    RowFault,
    is_formula,
    read_lines,
    text_of,
)
from activities.rules.program import CourseState
from kernel import audit, xlsx
from kernel.clean_input import clean_text
from kernel.errors import Refused
from network.models import Student, User
from network.models.base import keys_of

BATCH = 500
MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 60_000, 60
FORMULA_MARK = {"formula": True}
State = CourseImport.State


@dataclass
class Difference:
    """What a list would change. Pairs of run and student, with the state; `faults` hold the file back."""

    new: list[tuple[CourseRun, Student, str]] = field(default_factory=list)
    changed: list[tuple[CourseEnrolment, CourseRun, str]] = field(default_factory=list)
    unchanged: int = 0
    faults: list[RowFault] = field(default_factory=list)

    @property
    def can_be_applied(self) -> bool:
        """Nothing is half imported: one bad row holds the file back."""
        return not self.faults and bool(self.new or self.changed)


@transaction.atomic
def upload_list(
    *, course: Course, year: int, term: int, file_name: str, content: IO[bytes], by: User, at: datetime
) -> CourseImport:
    """Keep the first sheet of a workbook, or a CSV file, sealed; nothing is imported yet."""
    _check(by, course)
    if not CourseRun.objects.filter(course=course, year=year, term=term).exists():
        raise Refused(_("Add the teaching groups of this term first."), code="no-runs")
    is_table = file_name.lower().endswith(".csv")
    rows = _read_csv(content) if is_table else next(iter(xlsx.read_workbook(content).sheets.values()), [])
    kept = [(number, [_plain(cell) for cell in cells]) for number, cells in rows]
    if len(kept) < 2:
        raise Refused(_("The first sheet needs a row of headings and a row for each student."), code="empty-sheet")
    row = CourseImport.objects.create(
        school=course.school,
        course=course,
        year=year,
        term=term,
        file_name=clean_text(file_name)[:200],
        sheet=json.dumps(kept, ensure_ascii=False),
        uploaded_by=by,
        uploaded_at=at,
    )
    _record("course_import.upload", row, by=by, at=at, rows=len(kept))
    return row


def difference_of(row: CourseImport) -> Difference:
    """What the file would change as things are now."""
    runs = {run.group: run for run in CourseRun.objects.filter(course=row.course_id, year=row.year, term=row.term)}
    sheet = [(number, [_cell(cell) for cell in cells]) for number, cells in json.loads(row.sheet)]
    lines, faults = read_lines(sheet, list(runs))
    difference = Difference(faults=faults)
    students = _students(row, lines)
    kept = {
        enrolment.student_id: enrolment
        for enrolment in CourseEnrolment.objects.filter(run__in=runs.values()).select_related("run")
    }
    for line in lines:
        student = students.get(line.number)
        if student is None:
            difference.faults.append(RowFault(line.row, NUMBER, UNKNOWN, {"value": line.number[:40]}))
        elif line.name and line.name != student.name:
            difference.faults.append(RowFault(line.row, NAME, OTHER_NAME, {"value": line.name[:40]}))
        else:
            _compare(difference, runs[line.group], student, line.state, kept.get(student.pk))
    difference.faults.sort(key=lambda fault: fault.row)
    return difference


@transaction.atomic
def apply_list(*, course_import: CourseImport, by: User, at: datetime) -> Difference:
    """Enrol everybody the list names. Refused while a row is wrong, and when it would change nothing."""
    row = _locked(course_import, by)
    difference = difference_of(row)
    if difference.faults:
        raise Refused(_("Mend the rows below in your file and upload it again."), code="faults")
    if not difference.can_be_applied:
        raise Refused(_("Everything in this list is in the portal already."), code="nothing-new")
    CourseEnrolment.objects.bulk_create(
        (
            CourseEnrolment(run=run, student=student, state=state, changed_at=at, **keys_of(student))
            for run, student, state in difference.new
        ),
        batch_size=BATCH,
    )
    changed = []
    for enrolment, run, state in difference.changed:
        enrolment.run, enrolment.state, enrolment.changed_at = run, state, at
        changed.append(enrolment)
    CourseEnrolment.objects.bulk_update(changed, ["run", "state", "changed_at"], batch_size=BATCH)
    row.state, row.applied_by, row.applied_at, row.sheet = State.APPLIED.value, by, at, ""
    row.save(update_fields=["state", "applied_by", "applied_at", "sheet"])
    _record("course_import.apply", row, by=by, at=at, new=len(difference.new), changed=len(changed))
    return difference


@transaction.atomic
def discard_list(*, course_import: CourseImport, by: User, at: datetime) -> None:
    """Throw an upload away; nothing of it was imported."""
    row = _locked(course_import, by)
    row.state, row.sheet = State.DISCARDED.value, ""
    row.save(update_fields=["state", "sheet"])
    _record("course_import.discard", row, by=by, at=at)


def _compare(
    difference: Difference, run: CourseRun, student: Student, state: CourseState | None, kept: CourseEnrolment | None
) -> None:
    if kept is None:
        difference.new.append((run, student, (state or CourseState.ENROLLED).value))
        return
    wanted = state.value if state else kept.state
    if kept.run_id == run.pk and kept.state == wanted:
        difference.unchanged += 1
    else:
        difference.changed.append((kept, run, wanted))


def _students(row: CourseImport, lines: list[Line]) -> Mapping[str, Student]:
    numbers = [line.number for line in lines]
    students: dict[str, Student] = {}
    for start in range(0, len(numbers), BATCH):
        batch = Student.objects.filter(school=row.school_id, number__in=numbers[start : start + BATCH])
        students |= {student.number: student for student in batch.order_by("number")}
    return students


def _read_csv(content: IO[bytes]) -> list[tuple[int, list[Any]]]:
    content.seek(0)
    data = content.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused(_("This file is too large. Split it into several files."), code="too-large")
    rows = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(_decoded(data), newline="")), start=1):
            if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
                raise Refused(_("This file has too many rows or columns. Split it into several."), code="too-many")
            if any(cell.strip() for cell in cells):
                rows.append((number, list(cells)))
    except csv.Error:
        raise Refused(_("This file cannot be read as a table. Save it as .xlsx instead."), code="damaged") from None
    return rows


def _decoded(data: bytes) -> str:
    """UTF-8, or what Chinese spreadsheets save by default."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return clean_text(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise Refused(_("This file cannot be read as a table. Save it as .xlsx instead."), code="damaged")


def _plain(cell: Any) -> Any:
    return FORMULA_MARK if is_formula(cell) else clean_text(text_of(cell))


def _cell(cell: Any) -> Any:
    return xlsx.Formula(None) if cell == FORMULA_MARK else cell


def _locked(course_import: CourseImport, by: User) -> CourseImport:
    row: CourseImport = (
        CourseImport.objects.select_for_update(of=("self",)).select_related("course__school").get(pk=course_import.pk)
    )
    _check(by, row.course)
    if row.state != State.UPLOADED.value:
        raise Refused(_("This file has been dealt with already."), code="dealt-with")
    return row


def _check(by: User, course: Course) -> None:
    if not policies.may_manage_program(by, course.school):
        raise Refused(_("Courses are managed by the center."), code="may-not-manage")


def _record(action: str, row: CourseImport, *, by: User, at: datetime, **detail: int) -> None:
    audit.record(action=action, by=by, at=at, obj=row, unit=row.school.code, detail=detail)
