from celery import shared_task
from django.utils import timezone

from crisis.services.alarms import escalation
from crisis.services.care import safety_watches
from crisis.services.cases import handover
from crisis.services.center import figures


@shared_task(name="crisis.climb_alarms")
def escalate_alarms() -> None:
    escalation.escalate_alarms(at=timezone.now())


@shared_task(name="crisis.keep_cases")
def keep_cases() -> None:
    at = timezone.now()
    handover.keep_cases(at=at)
    figures.open_months(at=at)


@shared_task(name="crisis.warn_of_watch_gaps")
def warn_of_watch_gaps() -> None:
    safety_watches.warn_of_gaps(at=timezone.now())
