from collections.abc import Callable
from typing import Any, cast

from celery import shared_task
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from kernel import jobs
from kernel.models import Job
from kernel.periods import Month
from network.models import Unit, User
from reporting.models import Cycle
from reporting.services import exports, open_cycle, refresh_cycle, roll_up
from reporting.services.publishing import publish, unpublished
from reporting.services.rollups import stale


@shared_task(name="reporting.open_cycles")
def open_cycles() -> None:
    at = timezone.now()
    owing = Unit.objects.active().classes().order_by().values("school")
    for school in Unit.objects.active().schools().filter(pk__in=owing):
        open_cycle(school=school, month=Month.of(at), by=None, at=at)
    for cycle in Cycle.objects.open():
        refresh_cycle(cycle=cycle, at=at)


@shared_task(name="reporting.roll_up_stale")
def roll_up_stale() -> None:
    at = timezone.now()
    for cycle in stale(at=at):
        roll_up(cycle=cycle, at=at)
    for cycle in unpublished(at=at):
        publish(cycle=cycle, at=at)


@jobs.job(exports.JOB)
def export_summary(job: Job, progress: Callable[[int, int], None]) -> str:
    asked = cast("dict[str, Any]", job.argument)
    unit = Unit.objects.select_related("school", "college").get(pk=asked["unit"])
    progress(1, 3)
    with override(asked["language"]):
        export = exports.keep_export(
            unit=unit, month=Month.parse(asked["month"]), by=cast("User", job.by), at=timezone.now()
        )
    progress(3, 3)
    return reverse("reporting:export-download", args=[export.pk])
