"""Alarms in the audit log. SECURITY: an alarm that counseling raised names neither the student nor its row there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crisis.models import Alarm
from kernel import audit
from network.models import User
from network.services import record_client_event


def record_alarm(
    *,
    action: str,
    alarm: Alarm,
    by: User,
    at: datetime,
    unit: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down what `by` did with an alarm."""
    if alarm.is_confidential and alarm.student is not None:
        record_client_event(action=action, student=alarm.student, by=by, at=at, obj=alarm)
        return
    audit.record(action=action, by=by, at=at, obj=alarm, unit=unit, detail=detail)
