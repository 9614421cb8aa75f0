import logging
from collections.abc import Callable
from typing import cast

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from kernel import jobs, printing
from kernel.models import Job
from kernel.printing import DocumentKind
from network.models import User
from screening.models import Campaign, Scale
from screening.services import close_campaign
from screening.services.figures import printing as campaign_printing
from screening.services.papers import rescoring

logger = logging.getLogger(__name__)


class NotAllClosed(RuntimeError):
    """Some screenings could not be closed; the others are."""


@shared_task(name="screening.close_past")
def close_past() -> None:
    at = timezone.now()
    failed = []
    for campaign in Campaign.objects.past(timezone.localdate(at)):
        try:
            close_campaign(campaign=campaign, by=None, at=at)
        except Exception as error:  # one screening that fails must not keep the others open
            logger.exception("screening %s was not closed: %s", campaign.pk, type(error).__name__)
            failed.append(str(campaign.pk))
    if failed:
        raise NotAllClosed(", ".join(failed))


@jobs.job(rescoring.JOB)
def rescore(job: Job, progress: Callable[[int, int], None]) -> str:
    scale = Scale.objects.select_related("school").get(pk=cast("str", job.argument))
    rescoring.rescore(scale=scale, by=cast("User", job.by), at=timezone.now(), progress=progress)
    return reverse("screening:scale-detail", args=[scale.pk])


printing.register(
    campaign_printing.KIND, DocumentKind(campaign_printing.check_reader, campaign_printing.compose_campaign)
)
