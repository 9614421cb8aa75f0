from celery import shared_task
from django.utils import timezone

from crisis.services import climbing, handing


@shared_task(name="crisis.climb_alarms")
def climb_alarms() -> None:
    climbing.climb_alarms(at=timezone.now())


@shared_task(name="crisis.keep_cases")
def keep_cases() -> None:
    handing.keep_cases(at=timezone.now())
