from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from kernel import anchors, bots, delivery, jobs, printing
from kernel.models import CacheEntry, Job


@shared_task(name=jobs.RUN)
def run_job(job_id: str) -> None:
    jobs.run(job_id)


@shared_task(name="kernel.retry_jobs")
def retry_jobs() -> None:
    jobs.revive(at=timezone.now())


@shared_task(name="kernel.anchor_audit")
def anchor_audit() -> None:
    anchors.write(at=timezone.now())


@shared_task(name="kernel.deliver_notices")
def deliver_notices(notice_id: str = "") -> None:
    delivery.deliver(clock=timezone.now, only=notice_id)


@shared_task(name=bots.DELIVER)
def deliver_bots(_everybody: str = "") -> None:
    bots.deliver(clock=timezone.now)


@shared_task(name="kernel.forget_cache")
def forget_cache() -> None:
    CacheEntry.objects.expired(timezone.now()).delete()


@shared_task(name="kernel.forget_files")
def forget_files() -> None:
    printing.forget_files(at=timezone.now())


@jobs.job(printing.JOB)
def print_file(job: Job, progress: Callable[[int, int], None]) -> str:
    progress(1, 3)
    link = printing.run(job, at=timezone.now()).get_absolute_url()
    progress(3, 3)
    return link
