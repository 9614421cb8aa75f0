"""Finds out whether the delivery of alarms is stuck. Reads the database alone: no queue, no cache, no worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Min, Sum

from crisis.models import Alarm, Heartbeat
from crisis.services.alarms.escalation import CLOCK
from kernel.models import BotMessage, Notice
from network.services import reminders_behind

# Escalation runs every 15 seconds and mail every 30; a longer delay does not mend itself.
TICKS_WITHIN = timedelta(minutes=2)
# A heartbeat from the future: the clock was set back, or two machines disagree. Until then nothing falls due.
CLOCKS_AGREE_WITHIN = timedelta(minutes=1)
DELIVERED_WITHIN = timedelta(minutes=5)
REMEMBERED = timedelta(hours=24)


class What(StrEnum):
    """What does not move."""

    CLOCK = "clock"
    CLOCK_BACK = "clock_back"
    CLIMBING = "climbing"
    MAIL = "mail"
    BOTS = "bots"
    ROWS = "rows"
    REMINDERS = "reminders"


@dataclass(frozen=True)
class Trouble:
    what: What
    count: int
    since: datetime | None


def troubles(*, at: datetime) -> Sequence[Trouble]:
    """All that is stuck at this moment; empty when alarms get through."""
    pulse = Heartbeat.objects.filter(name=CLOCK).first()
    stuck_parts = []
    if pulse is None or pulse.beat_at < at - TICKS_WITHIN:
        stuck_parts.append(Trouble(What.CLOCK, 1, pulse.beat_at if pulse else None))
    ahead = Heartbeat.objects.filter(beat_at__gt=at + CLOCKS_AGREE_WITHIN).aggregate(
        count=Count("pk"), since=Min("beat_at")
    )
    if ahead["count"]:
        stuck_parts.append(Trouble(What.CLOCK_BACK, ahead["count"], ahead["since"]))
    failing = Heartbeat.objects.filter(failures__gt=0).order_by().aggregate(count=Sum("failures"), since=Min("beat_at"))
    if failing["count"]:
        stuck_parts.append(Trouble(What.ROWS, failing["count"], failing["since"]))
    recent = {"created_at__lte": at - DELIVERED_WITHIN, "created_at__gt": at - REMEMBERED}
    mails = Notice.objects.filter(kind="alarm", mail_state__in=["pending", "failed"], **recent)
    rows: list[tuple[What, Any, str]] = [
        (What.CLIMBING, Alarm.objects.to_escalate(at - TICKS_WITHIN), "escalates_at"),
        (What.MAIL, mails, "created_at"),
        (What.REMINDERS, reminders_behind(at=at), "due_at"),
        (What.BOTS, BotMessage.objects.undelivered().filter(**recent), "created_at"),
    ]
    for what, stuck, name in rows:
        counted = stuck.order_by().aggregate(count=Count("pk"), since=Min(name))
        if counted["count"]:
            stuck_parts.append(Trouble(what, counted["count"], counted["since"]))
    return stuck_parts
