"""Who may do what with alarms."""

from typing import Any

from crisis.models import Alarm
from network.rules import Ability


def may_acknowledge(user: Any, alarm: Alarm) -> bool:
    return Alarm.objects.visible_to(user, Ability.HANDLE_ALARM).filter(pk=alarm.pk).exists()
