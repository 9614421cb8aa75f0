"""Response plans, ticked off while an alarm is handled."""

from typing import Any

from crisis.models import Alarm


def plan_of(alarm: Alarm) -> dict[str, Any]:
    """What the alarm's page shows of its plan."""
    return {}
