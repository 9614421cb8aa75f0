from celery import shared_task
from django.utils import timezone

from crisis.services import climbing, figures, handing, watches


@shared_task(name="crisis.climb_alarms")
def climb_alarms() -> None:
    climbing.climb_alarms(at=timezone.now())


@shared_task(name="crisis.keep_cases")
def keep_cases() -> None:
    at = timezone.now()
    handing.keep_cases(at=at)
    figures.open_months(at=at)


@shared_task(name="crisis.warn_of_watch_gaps")
def warn_of_watch_gaps() -> None:
    watches.warn_of_gaps(at=timezone.now())
