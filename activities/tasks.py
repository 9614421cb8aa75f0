import logging
from collections.abc import Callable
from typing import Any, cast

from celery import shared_task
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from activities.models import Activity, Enrolment
from activities.services import certificates, lapse_offers
from kernel import jobs
from kernel.models import Job
from network.models import Student, User

logger = logging.getLogger(__name__)


class NotAllMoved(RuntimeError):
    """In some activities nobody could move up; the others are done."""


@shared_task(name="activities.move_up")
def move_up() -> None:
    """Offers lapse after half an hour, and who waits gets what is free."""
    at = timezone.now()
    waiting = Enrolment.objects.filter(state__in=["waiting", "offered"]).values("activity")
    failed = []
    for activity in Activity.objects.published().upcoming(at).filter(pk__in=waiting):
        try:
            lapse_offers(activity=activity, at=at)
        except Exception as error:  # one activity that fails must not keep the others waiting
            logger.exception("nobody moved up in %s: %s", activity.pk, type(error).__name__)
            failed.append(str(activity.pk))
    if failed:
        raise NotAllMoved(", ".join(failed))


@jobs.job(certificates.JOB)
def print_certificate(job: Job, progress: Callable[[int, int], None]) -> str:
    asked = cast("dict[str, Any]", job.argument)
    activity = Activity.objects.get(pk=asked["activity"])
    student = Student.objects.select_related("school", "user").get(pk=asked["student"])
    progress(1, 2)
    with override(asked["language"]):
        row = certificates.print_certificate(
            activity=activity, student=student, by=cast("User", job.by), at=timezone.now()
        )
    progress(2, 2)
    return reverse("activities:certificate-download", args=[row.pk])
