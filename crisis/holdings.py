"""What crisis work holds of people, and why nothing of theirs is deleted while an alarm is open."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crisis.models import Alarm
from portal.kernel import holdings
from portal.kernel.holdings import Holding, Period, Reason

TEXTS = ("evidence", "action_taken")


def _old_alarms(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    alarms = Alarm.objects.filter(school=school_id, acknowledged_at__lt=before)
    return holdings.with_text(alarms.exclude(student__in=held), TEXTS)


def _in_alarm(school_id: int, at: datetime) -> QuerySet[Any]:
    return Alarm.objects.unacknowledged().filter(school=school_id).order_by().values("student")


holdings.hold(Reason("crisis.alarms", _("an alarm is open"), _in_alarm))
holdings.declare(
    Holding(
        name="crisis.alarms",
        label=_("Urgent help: what was told and done"),
        ground=_("Mental Health Law art. 27–31, PIPL art. 13 (3) and (4): duty to protect life; not based on consent"),
        period=Period(60, least=36, most=180),
        due=_old_alarms,
        expire=holdings.blank(*TEXTS),
        kept=_("a duty to protect life; its words go when their time is over"),
        own_note=_("The center talks with you about it, if there is anything. Ask below."),
    ),
)
