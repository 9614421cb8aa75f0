"""A student asks for somebody to talk to: one alarm a day, however often the button is pressed."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from crisis.models import Alarm
from crisis.services.alarms.handling import add_evidence, raise_alarm
from network.models import Student, User

SAME_CALL = timedelta(hours=24)


@transaction.atomic
def ask_for_help(*, student: Student, evidence: str, contact: str, by: User, at: datetime) -> Alarm:
    """Raise an alarm for a student who asks for help. While one of the last day is not settled, append to that one."""
    Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    recent: Alarm | None = Alarm.objects.filter(
        student=student, source=Alarm.Source.STUDENT, raised_at__gt=at - SAME_CALL, settled_at=None
    ).first()
    if recent is not None:
        more = "\n".join(part for part in (evidence, contact) if part)
        return add_evidence(alarm=recent, evidence=more, by=by, at=at)
    return raise_alarm(
        student=student,
        source=Alarm.Source.STUDENT,
        source_key=f"student:{student.pk}:{uuid4()}",
        evidence=evidence,
        contact=contact,
        by=by,
        at=at,
    )
