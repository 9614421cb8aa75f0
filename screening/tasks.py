from collections.abc import Callable
from typing import cast

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from kernel import jobs
from kernel.models import Job
from network.models import User
from screening.models import Campaign, Scale
from screening.services import close_campaign
from screening.services.papers import rescoring


@shared_task(name="screening.close_past")
def close_past() -> None:
    at = timezone.now()
    for campaign in Campaign.objects.past(timezone.localdate(at)):
        close_campaign(campaign=campaign, by=None, at=at)


@jobs.job(rescoring.JOB)
def rescore(job: Job, progress: Callable[[int, int], None]) -> str:
    scale = Scale.objects.select_related("school").get(pk=cast("str", job.argument))
    rescoring.rescore(scale=scale, by=cast("User", job.by), at=timezone.now(), progress=progress)
    return reverse("screening:scale-detail", args=[scale.pk])
