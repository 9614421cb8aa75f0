"""Alarms that come from a monthly report: from its page at any time, and from a line of thunder when it is filed."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crisis.models import Alarm
from crisis.services import raise_or_append
from kernel.errors import Refused
from network.models import Student, User
from reporting import policies
from reporting.models import Report
from reporting.services.residents import residents_of

# Thunder reported again within this time is further evidence of the same alarm.
SAME_ALARM = timedelta(hours=24)


@transaction.atomic
def raise_alarm_from_report(*, report: Report, student_id: UUID, evidence: str, by: User, at: datetime) -> Alarm:
    """Raise an alarm for a student of a report. Refused for a student who does not live there, and for a user who
    neither files nor checks the report."""
    if not policies.may_raise_alarm(by, report):
        raise Refused(
            _("You may not send an alarm from this report. Call the counseling center."), code="may-not-raise-alarm"
        )
    student = next((resident for resident in residents_of(report) if resident.pk == student_id), None)
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
