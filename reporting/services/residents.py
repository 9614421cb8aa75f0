"""The students that a report has a line for."""

from network.models import Student
from network.rules import Level
from reporting.models import Report


def residents_of(report: Report) -> list[Student]:
    """The present students that a report has a line for: who lives in the dorm; for a class, those who live in none."""
    present = Student.objects.present()
    if report.level == Level.DORM:
        return list(present.filter(dorm=report.unit_id))
    if report.level == Level.CLASS:
        return list(present.filter(school_class=report.unit_id, dorm=None))
    return []
