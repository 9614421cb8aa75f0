"""The lines of a report: one current line for each student and month, and an alarm for each line of thunder."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from network.models import Student, User
from network.rules import Level
from reporting.models import Line, Report
from reporting.rules.dorm_lines import Status
from reporting.rules.filing import State
from reporting.services import alarms


@dataclass(frozen=True)
class LineEntry:
    """What a form says of one student; masks as in rules.weather. `whereabouts`: of thunder, where and with whom."""

    student_id: UUID
    status: Status
    signs: int = 0
    events: int = 0
    helps: int = 0
    observation: str = ""
    whereabouts: str = ""


def write_lines(
    report: Report,
    residents: Iterable[Student],
    entries: Iterable[LineEntry],
    *,
    calmed: Collection[UUID],
    by: User,
    at: datetime,
) -> None:
    """One current line for each resident; earlier lines of theirs this month stay on record without counting. A line
    that would change the figures of an accepted college is stored without counting."""
    students = {student.pk: student for student in residents}
    by_student: Mapping[UUID, LineEntry] = {entry.student_id: entry for entry in entries}
    if set(by_student) != set(students):
        raise Refused(
            _(
                "Who lives here has changed since you opened the form. "
                "Look through the list again; what you typed is kept."
            ),
            code="residents-changed",
        )
    alarmed = alarms.students_in_thunder(report, students.values(), at=at)
    _ask_about(alarmed, by_student, calmed)
    _replace(report, students, by_student)
    for pk, entry in by_student.items():
        if entry.status == Status.THUNDER:
            alarms.raise_or_append_alarm(student=students[pk], evidence=_evidence(entry), by=by, at=at)
    for student in alarmed:
        if by_student[student.pk].status < Status.THUNDER:
            alarms.note_line_changed(report=report, student=student, status=by_student[student.pk].status, by=by, at=at)


def _ask_about(alarmed: Iterable[Student], entries: Mapping[UUID, LineEntry], calmed: Collection[UUID]) -> None:
    """Clear weather after an alarm is no slip of the finger: the filer says for each student that it is meant."""
    names = [
        student.name for student in alarmed if entries[student.pk].status == Status.CLEAR and student.pk not in calmed
    ]
    if names:
        message = _("An alarm has gone out for %(names)s. Is everything clear there now? If so, say it and file again.")
        raise Refused(message % {"names": _(", ").join(names)}, code="thunder-before")


def _replace(report: Report, students: Mapping[UUID, Student], entries: Mapping[UUID, LineEntry]) -> None:
    locked = _locked_colleges(report)
    current = Line.objects.current().filter(cycle=report.cycle_id)
    # A student who came from an accepted college is counted there already, whatever the college of today is.
    frozen = set(current.filter(student__in=students, college__in=locked).values_list("student", flat=True))
    counting = {pk for pk, student in students.items() if student.college_id not in locked and pk not in frozen}
    current.exclude(college__in=locked).filter(Q(student__in=counting) | Q(report=report)).update(is_current=False)
    Line.objects.bulk_create(_line(report, students[pk], entry, pk in counting) for pk, entry in entries.items())


def _locked_colleges(report: Report) -> set[int]:
    accepted = Report.objects.current().filter(cycle=report.cycle_id, level=Level.COLLEGE, state=State.ACCEPTED)
    return set(accepted.values_list("unit_id", flat=True))


def _line(report: Report, student: Student, entry: LineEntry, counts: bool) -> Line:
    keys: dict[str, Any] = {
        "school_id": student.school_id,
        "college_id": student.college_id,
        "school_class_id": student.school_class_id,
        "dorm_id": report.dorm_id,
    }
    return Line(
        report=report,
        cycle_id=report.cycle_id,
        student=student,
        status=entry.status,
        signs=entry.signs,
        events=entry.events,
        helps=entry.helps,
        observation=entry.observation,
        is_current=counts,
        **keys,
    )


def _evidence(entry: LineEntry) -> str:
    return "\n".join(part for part in (entry.observation, entry.whereabouts) if part)
