"""Alarms that come from a monthly report: from its page at any time, and from a line of thunder when it is filed."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crisis.models import Alarm
from crisis.services import add_evidence, raise_or_append
from kernel.errors import Refused
from network.models import Post, Student, User
from network.rules import Role
from reporting import policies
from reporting.models import Line, Report
from reporting.models.labels import STATUS_LABELS
from reporting.rules.dorm_lines import Status
from reporting.services.residents import former_resident, residents_of

# Thunder reported again within this time is further evidence of the same alarm.
SAME_ALARM = timedelta(hours=24)


@transaction.atomic
def raise_alarm_from_report(*, report: Report, student_id: UUID, evidence: str, by: User, at: datetime) -> Alarm:
    """Raise an alarm for a student of a report. Refused for a student who has not lived there this month, and for a
    user who neither files nor checks the report."""
    if not policies.may_raise_alarm(by, report):
        raise Refused(
            _("You may not send an alarm from this report. Call the counseling center."), code="may-not-raise-alarm"
        )
    residents = {resident.pk: resident for resident in residents_of(report)}
    student = residents.get(student_id) or former_resident(report, student_id)
    if student is None:
        raise Refused(_("This student is not here any more. Call the counseling center."), code="not-here")
    return raise_or_append_alarm(student=student, evidence=evidence, by=by, at=at)


def raise_or_append_alarm(*, student: Student, evidence: str, by: User, at: datetime) -> Alarm:
    """Raise an alarm for a student reported in thunder. An unsettled one of the last day gets the evidence instead."""
    return raise_or_append(
        student=student,
        source=Alarm.Source.THUNDER_LINE,
        source_key=f"thunder:{student.pk}:{uuid4()}",
        evidence=evidence,
        within=SAME_ALARM,
        by=by,
        at=at,
    )


def students_in_thunder(report: Report, students: Iterable[Student], *, at: datetime) -> list[Student]:
    """Those of the students who stand in thunder this month, or for whom an alarm has gone out within the last day."""
    listed = list(students)
    lines = Line.objects.current().filter(cycle=report.cycle_id, student__in=listed, status=Status.THUNDER)
    recent = _recent_alarms(at).filter(student__in=listed, raised_at__gte=report.cycle.opened_at)
    ids = {*lines.values_list("student", flat=True), *recent.order_by().values_list("student", flat=True)}
    return [student for student in listed if student.pk in ids]


def note_line_changed(*, report: Report, student: Student, status: Status, by: User, at: datetime) -> None:
    """Whoever handles the alarm of a student learns that the line is no longer one of thunder, and by whom."""
    alarm: Alarm | None = (
        Alarm.objects.filter(student=student, source=Alarm.Source.THUNDER_LINE, raised_at__gte=report.cycle.opened_at)
        .order_by("-raised_at")
        .first()
    )
    if alarm is None:
        return
    text = _("%(name)s has changed the line of the monthly report to: %(weather)s.")
    evidence = text % {"name": by.name, "weather": STATUS_LABELS[status]}
    add_evidence(alarm=alarm, evidence=str(evidence), by=by, at=at)


def _recent_alarms(at: datetime) -> QuerySet[Any]:
    return Alarm.objects.filter(source=Alarm.Source.THUNDER_LINE, raised_at__gt=at - SAME_ALARM)


def followers_of(lines: QuerySet[Line], *, on: date) -> list[str]:
    """The names of the fudaoyuans who follow up what these lines say."""
    classes = lines.order_by().values("school_class")
    posts = Post.objects.active(on).filter(role=Role.FUDAOYUAN, unit__in=classes)
    return list(posts.order_by("holder__name").values_list("holder__name", flat=True).distinct())
