from celery import shared_task
from django.utils import timezone

from crisis.services import climbing


@shared_task(name="crisis.climb_alarms")
def climb_alarms() -> None:
    climbing.climb_alarms(at=timezone.now())
