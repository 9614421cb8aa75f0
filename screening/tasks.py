from celery import shared_task
from django.utils import timezone

from screening.models import Campaign
from screening.services import close_campaign


@shared_task(name="screening.close_past")
def close_past() -> None:
    at = timezone.now()
    for campaign in Campaign.objects.past(timezone.localdate(at)):
        close_campaign(campaign=campaign, by=None, at=at)
