"""An alarm from a report's page, before the form is filled in and after it is locked."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crisis.models import Alarm
from kernel.errors import Refused
from network.models import User
from reporting import policies
from reporting.models import Report
from reporting.services.filing import residents_of
from reporting.services.thunder import raise_or_append_alarm


@transaction.atomic
def raise_alarm_from_report(*, report: Report, student_id: UUID, evidence: str, by: User, at: datetime) -> Alarm:
    """Ring at once for somebody of a report. Refused for a student who is not there, or a user without a part in it."""
    if not policies.may_ring(by, report):
        raise Refused(_("You may not send an alarm from this report. Call the counseling center."), code="may-not-ring")
    student = next((one for one in residents_of(report) if one.pk == student_id), None)
    if student is None:
        raise Refused(_("This student is not here any more. Call the counseling center."), code="not-here")
    return raise_or_append_alarm(student=student, evidence=evidence, by=by, at=at)
