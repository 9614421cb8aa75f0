import logging
from collections.abc import Callable
from typing import Any, cast

from celery import shared_task
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from kernel import jobs
from kernel.models import Job
from network import services
from network.models import Unit, User
from network.services import rollover, rosters, unit_changes
from network.services.rollover import running
from network.services.rosters import imports
from network.services.signin import password_sheets

logger = logging.getLogger(__name__)
Progress = Callable[[int, int], None]


class TaskFailed(Exception):
    """A step of a task failed; the others were done, and the log before this tells which."""


def _do_each(*steps: Callable[[], Any]) -> None:
    failed = 0
    for step in steps:
        try:
            step()
        except Exception:  # the other steps are done whatever is wrong with this one
            logger.exception("a step of a scheduled task failed")
            failed += 1
    if failed:
        raise TaskFailed(f"{failed} of {len(steps)} steps failed")


@shared_task(name="network.remind")
def remind() -> None:
    services.remind(at=timezone.now())


@shared_task(name="network.keep_posts")
def keep_posts() -> None:
    at = timezone.now()
    # SECURITY: posts that are over lose their grants whatever is wrong with a vacancy.
    _do_each(
        lambda: services.end_posts(at=at),
        lambda: services.renew_grants(at=at),
        lambda: unit_changes.end_closed_units(at=at),
        lambda: services.chase_vacancies(at=at),
    )


@shared_task(name="network.keep_periods")
def keep_periods() -> None:
    # One school that fails must not keep the others from their night.
    for school in Unit.objects.schools().active():
        jobs.enqueue(apply_retention.name, school.pk)
    services.carry_out_erasures(at=timezone.now())


@shared_task(name="network.apply_retention")
def apply_retention(school_id: str) -> None:
    services.apply_retention(school=Unit.objects.get(pk=school_id), by=None, at=timezone.now())


@shared_task(name="network.forget_sessions")
def forget_sessions() -> None:
    at = timezone.now()
    _do_each(lambda: services.forget_sessions(at=at), lambda: services.forget_sheets(at=at))


@jobs.job(imports.COMPARE)
def compare_roster(job: Job, progress: Progress) -> str:
    return rosters.compare_import(pk=job.argument, at=timezone.now(), progress=progress).get_absolute_url()


@jobs.job(imports.APPLY)
def apply_roster(job: Job, progress: Progress) -> str:
    done = rosters.apply_import(pk=job.argument, by=job.by, at=timezone.now(), progress=progress)
    return done.get_absolute_url()


@jobs.job(imports.UNDO)
def undo_roster(job: Job, progress: Progress) -> str:
    done = rosters.undo_import(pk=job.argument, by=job.by, at=timezone.now(), progress=progress)
    return done.get_absolute_url()


@shared_task(name="network.start_rollovers")
def start_rollovers() -> None:
    rollover.start_due_rollovers(at=timezone.now())


@jobs.job(running.APPLY)
def apply_rollover(job: Job, progress: Progress) -> str:
    done = rollover.run_rollover(pk=job.argument, by=job.by, at=timezone.now(), progress=progress)
    return done.get_absolute_url()


@jobs.job(running.UNDO)
def undo_rollover(job: Job, progress: Progress) -> str:
    done = rollover.undo_rollover(pk=job.argument, by=job.by, at=timezone.now(), progress=progress)
    return done.get_absolute_url()


@jobs.job(password_sheets.JOB)
def print_first_passwords(job: Job, progress: Progress) -> str:
    asked = cast("dict[str, Any]", job.argument)
    unit = Unit.objects.get(pk=asked["unit"])
    progress(1, 2)
    with override(asked["language"] or None):
        sheet = services.print_sheet(unit=unit, grade=asked["grade"], by=cast("User", job.by), at=timezone.now())
    progress(2, 2)
    return reverse("network:password-sheet", args=[sheet.pk])
