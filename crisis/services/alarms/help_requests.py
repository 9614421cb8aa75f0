"""A student asks for help: one alarm a day, however often the button is pressed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from crisis.models import Alarm
from crisis.services.alarms.additions import raise_or_append
from network.models import Student, User

SAME_CALL = timedelta(hours=24)
# As long as this the student's home shows that the request was received.
SHOWN_FOR = timedelta(days=7)


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


@dataclass(frozen=True)
class HelpReceipt:
    """What a student sees after asking for help: when it was received, and whether somebody has taken it on."""

    received_at: datetime
    is_taken_on: bool


def latest_help_request(*, student: Student, at: datetime) -> HelpReceipt | None:
    """The newest request for help of the last week that is not settled yet, for the student's home."""
    alarms = Alarm.objects.unsettled().filter(
        student=student, source=Alarm.Source.STUDENT, raised_at__gt=at - SHOWN_FOR, raised_at__lte=at
    )
    row = alarms.order_by("-raised_at").values_list("raised_at", "acknowledged_at").first()
    return HelpReceipt(row[0], row[1] is not None) if row else None
