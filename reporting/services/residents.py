"""The students that a report has a line for."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from network.models import Placement, Student
from network.rules import Level
from reporting.models import Report


def residents_of(report: Report, *, lock: bool = False) -> list[Student]:
    """The present students that a report has a line for: who lives in the dorm; for a class, those who live in none.
    `lock`: nobody else files a line of theirs until the transaction ends."""
    present = Student.objects.present()
    if report.level == Level.DORM:
        residents = present.filter(dorm=report.unit_id)
    elif report.level == Level.CLASS:
        residents = present.filter(school_class=report.unit_id, dorm=None)
    else:
        return []
    return list(residents.select_for_update(of=("self",), no_key=True) if lock else residents)


def former_resident(report: Report, student_id: UUID) -> Student | None:
    """A student who has left since the month began: an alarm from a page that still shows them must not be lost."""
    month = report.cycle.period
    there = Placement.objects.filter(Q(ends_on=None) | Q(ends_on__gt=month.first), starts_on__lt=month.next().first)
    if report.level == Level.DORM:
        there = there.filter(dorm=report.unit_id)
    else:
        there = there.filter(school_class=report.unit_id)
    student: Student | None = Student.objects.filter(
        pk=student_id, school=report.school_id, placements__in=there
    ).first()
    return student


def students_named(report: Report, ids: Collection[UUID]) -> QuerySet[Student]:
    """The students of the report's school with these keys, whether they live there or not."""
    return Student.objects.filter(pk__in=ids, school=report.school_id).order_by("number")
