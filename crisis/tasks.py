from celery import shared_task
from django.utils import timezone

from crisis.services.alarms import additions, escalation
from crisis.services.care import safety_watches
from crisis.services.cases import handover
from crisis.services.center import figures


@shared_task(name="crisis.climb_alarms")
def escalate_alarms() -> None:
    at = timezone.now()
    escalation.escalate_alarms(at=at)
    additions.tell_of_due_additions(at=at)


@shared_task(name="crisis.keep_cases")
def keep_cases() -> None:
    at = timezone.now()
    handover.keep_cases(at=at)
    figures.open_months(at=at)


@shared_task(name="crisis.warn_of_watch_gaps")
def warn_of_watch_gaps() -> None:
    safety_watches.warn_of_gaps(at=timezone.now())
