"""A student asks for help: one alarm a day, however often the button is pressed."""

from datetime import datetime, timedelta
from uuid import uuid4

from crisis.models import Alarm
from crisis.services.alarms.additions import raise_or_append
from network.models import Student, User

SAME_CALL = timedelta(hours=24)


def ask_for_help(*, student: Student, evidence: str, contact: str, by: User, at: datetime) -> Alarm:
    """Raise an alarm for a student who asks for help. While one of the last day is not settled, append to that one."""
    return raise_or_append(
        student=student,
        source=Alarm.Source.STUDENT,
        source_key=f"student:{student.pk}:{uuid4()}",
        evidence=evidence,
        contact=contact,
        within=SAME_CALL,
        by=by,
        at=at,
    )
