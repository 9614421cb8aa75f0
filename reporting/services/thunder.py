"""Thunder never waits for a deadline."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from crisis.models import Alarm
from crisis.services import add_evidence, raise_alarm
from network.models import Student, User

# The same storm told twice within a day is one alarm.
SAME_STORM = timedelta(hours=24)


@transaction.atomic
def raise_or_append_alarm(*, student: Student, evidence: str, by: User, at: datetime) -> Alarm:
    """Raise an alarm for a student seen in thunder; within a day of the last one, as long as that is not settled, that
    one hears the rest."""
    Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    recent = Alarm.objects.filter(
        student=student, source=Alarm.Source.THUNDER_LINE, raised_at__gt=at - SAME_STORM, settled_at=None
    ).first()
    if recent is not None:
        return add_evidence(alarm=recent, evidence=evidence, by=by, at=at)
    return raise_alarm(
        student=student,
        source=Alarm.Source.THUNDER_LINE,
        source_key=f"thunder:{student.pk}:{uuid4()}",
        evidence=evidence,
        by=by,
        at=at,
    )
