"""Work outside the request: tasks that are enqueued on commit, and jobs that somebody watches."""

import logging
import threading
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, connections, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.models import Job, JobState
from kernel.outages import Outage
from kernel.progress import Progress, Superseded

RUN = "kernel.run_job"
QUEUED_FOR = timedelta(seconds=60)
# Silence for this long counts as death. A late waker cannot write any more: its attempt number is no longer the job's.
SILENT_FOR = timedelta(minutes=5)
ATTEMPTS = 3
BROKEN = gettext_noop("Something went wrong on our side; you did nothing wrong. Please run it again.")
CLOSED = gettext_noop("The account of whoever asked for this is closed, so it was not done.")
DIED = gettext_noop(
    "The work stopped several times before its end. Please run it again later, or tell the administrator."
)

# A request waits this long for a broker that hangs, not the time a worker may take: in seconds.
HURRY = {"socket_timeout": 0.4, "socket_connect_timeout": 0.4}

Argument = str | int | dict[str, Any]
Work = Callable[[Job, Callable[[int, int], None]], str | None]
Clock = Callable[[], datetime]

logger = logging.getLogger(__name__)
_works: dict[str, Work] = {}
_outage = Outage()


def enqueue(task_name: str, object_id: object) -> None:
    """Have a Celery task do something to an object once the transaction is committed. What must not be missed stands in
    the database: a broker that is down is logged, not raised."""
    if task_name not in current_app.tasks:
        raise KeyError(f"no task is called {task_name}")
    transaction.on_commit(partial(_send, task_name, str(object_id)))


def job(name: str) -> Callable[[Work], Work]:
    """Register `work(job, progress)` in an app's tasks.py. It decides its own transactions, may run again after a
    crash, reports progress(done, total) at least every few minutes and returns a link to its result, or None."""

    def register(work: Work) -> Work:
        if name in _works:
            raise KeyError(f"two jobs are called {name}")
        _works[name] = work
        return work

    return register


@transaction.atomic
def start(
    *, name: str, argument: Argument | None = None, by: AbstractBaseUser | None, at: datetime, is_single: bool = False
) -> Job:
    """Write a job down and enqueue it. `is_single`: while the same job of this person waits or runs, it is returned."""
    if name not in _works:
        raise KeyError(f"no job is called {name}")
    if is_single and by is not None:
        # The row of the person is locked, so that two requests at once start one job.
        get_user_model().objects.select_for_update(of=("self",)).get(pk=by.pk)
        running: Job | None = Job.objects.started_by(by).unfinished().filter(name=name, argument=argument).first()
        if running is not None:
            return running
    row = Job.objects.create(
        name=name,
        argument=argument,
        by_id=None if by is None else by.pk,
        created_at=at,
        heartbeat_at=at,
        attempts_allowed=ATTEMPTS,
    )
    enqueue(RUN, row.pk)
    return row


@transaction.atomic
def retry(*, job: Job, by: AbstractBaseUser | None, at: datetime) -> Job:
    """Run a failed job again, for its starter or the system; refused while it runs or after it has succeeded."""
    row: Job = Job.objects.select_for_update().get(pk=job.pk)
    if row.state != JobState.FAILED or (by is not None and row.by_id != by.pk):
        raise Refused(_("This cannot be run again."), code="job-not-failed")
    row.state, row.finished_at, row.heartbeat_at = JobState.QUEUED, None, at
    row.attempts_allowed = row.attempts + ATTEMPTS
    row.done = row.total = 0
    row.message, row.params = "", {}
    row.save()
    enqueue(RUN, row.pk)
    return row


def run(job_id: UUID | str, *, clock: Clock = timezone.now) -> None:
    """Do a job, unless somebody else is doing it or it is finished; called by the task."""
    row = _claim(job_id, at=clock())
    if row is None:
        return
    progress = Progress(row, clock=clock)
    try:
        _check_account(row)
        link = _works[row.name](row, progress)
        end: dict[str, Any] = {"state": JobState.DONE, "result_link": link or "", "message": ""}
    except Superseded:
        return
    except Refused as refusal:
        end = {"state": JobState.FAILED, "message": _storable(refusal.message)}
    except Exception as error:  # whatever happens to the work, the person who waits for it is told
        # SECURITY: type and place alone; the text of an exception may quote what people wrote.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("job %s failed: %s\n%s", row.pk, type(error).__name__, where)
        end = {"state": JobState.FAILED, "message": BROKEN}
    finally:
        progress.close()
    _finish(row, progress, at=clock(), **end)


def revive(*, at: datetime) -> int:
    """Enqueue again what nobody took up or whose worker died; give up after the allowed attempts. Returns how many."""
    revived = 0
    with transaction.atomic():
        stuck = Job.objects.stuck(at, queued_for=QUEUED_FOR, silent_for=SILENT_FOR)
        for row in stuck.select_for_update(skip_locked=True):
            if row.attempts >= row.attempts_allowed:
                row.state, row.finished_at, row.message = JobState.FAILED, at, DIED
            else:
                row.state, row.heartbeat_at = JobState.QUEUED, at
                enqueue(RUN, row.pk)
                revived += 1
            row.save(update_fields=["state", "finished_at", "message", "heartbeat_at"])
    return revived


def _check_account(row: Job) -> None:
    """SECURITY: what was asked for is not done any more for an account that was closed since."""
    if row.by is not None and not row.by.is_active:
        raise Refused(_(CLOSED), code="account-closed")


@transaction.atomic
def _claim(job_id: UUID | str, *, at: datetime) -> Job | None:
    row: Job | None = Job.objects.select_for_update().filter(pk=job_id).first()
    if row is None or row.state != JobState.QUEUED:
        return None
    row.state = JobState.RUNNING
    row.attempts += 1
    row.started_at = row.heartbeat_at = at
    row.done = row.total = 0
    row.save(update_fields=["state", "attempts", "started_at", "heartbeat_at", "done", "total"])
    return row


def _finish(row: Job, progress: Progress, *, at: datetime, **end: Any) -> None:
    try:
        progress.save(done=row.done, total=row.total, finished_at=at, heartbeat_at=at, **end)
    except Superseded:
        logger.warning("job %s was taken over before attempt %s ended", row.pk, row.attempts)


def _storable(message: str | Promise) -> str:
    """The message id if a catalogue can translate it later, or the text itself if parameters are filled in already."""
    with override(settings.LANGUAGE_CODE):
        text = str(message)
        with override(None):
            msgid = str(message)
        return (msgid if gettext(msgid) == text else text)[:500]


def _send(task_name: str, object_id: str) -> None:
    if task_name == RUN and settings.CELERY_TASK_ALWAYS_EAGER and not connection.in_atomic_block:
        # Without a broker the job runs in this process, but the request that started it does not wait.
        threading.Thread(target=_run_in_thread, args=[object_id], name=f"job-{object_id}", daemon=True).start()
        return
    if _outage.lasts():
        return
    try:
        with current_app.connection_for_write(transport_options=HURRY) as broker:
            current_app.tasks[task_name].apply_async(args=[object_id], retry=False, connection=broker)
    except Exception as error:  # every transport has its own; the row in the database is found again by beat
        _outage.begin()
        logger.warning("%s(%s) could not be queued: %s", task_name, object_id, type(error).__name__)


def _run_in_thread(object_id: str) -> None:
    try:
        current_app.tasks[RUN].apply(args=[object_id])
    finally:
        connections.close_all()
