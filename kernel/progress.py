"""How far a running job has come, saved so that a page sees it while the job is still at work."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from kernel.models import Job, JobState

SECONDS_BETWEEN_SAVES = 0.2


class Superseded(Exception):
    """Another attempt has taken the job over; this one must stop writing."""


class Progress:
    """Called by the work as progress(done, total)."""

    def __init__(self, job: Job, *, clock: Callable[[], datetime]) -> None:
        self._job = job
        self._clock = clock
        self._saved_at = float("-inf")
        self._line: BaseDatabaseWrapper | None = None

    def __call__(self, done: int, total: int) -> None:
        self._job.done, self._job.total = done, total
        if time.monotonic() - self._saved_at < SECONDS_BETWEEN_SAVES:
            return
        self._saved_at = time.monotonic()
        if not connection.in_atomic_block:
            self.save(done=done, total=total, heartbeat_at=self._clock())
        elif connection.vendor == "postgresql":
            self._save_beside(done, total)
        # On SQLite the work's own transaction holds the only write lock: nothing can be saved before it ends.

    def save(self, **values: Any) -> None:
        """Write columns of the job, unless another attempt has taken it over."""
        if not self._own().update(**values):
            raise Superseded(f"job {self._job.pk}, attempt {self._job.attempts}")

    def close(self) -> None:
        if self._line is not None:
            self._line.close()

    def _own(self) -> QuerySet[Any]:
        return Job.objects.filter(pk=self._job.pk, attempts=self._job.attempts, state=JobState.RUNNING)

    def _save_beside(self, done: int, total: int) -> None:
        # A second line to the database, because what the work's transaction writes nobody sees before it commits.
        if self._line is None:
            self._line = connection.copy()
        with self._line.cursor() as cursor:
            cursor.execute(
                "UPDATE kernel_job SET done = %s, total = %s, heartbeat_at = %s"
                " WHERE id = %s AND attempts = %s AND state = 'running'",
                [done, total, self._clock(), str(self._job.pk), self._job.attempts],
            )
