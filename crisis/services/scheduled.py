"""Scheduled work row by row: one row that fails is logged and counted, and the others go on."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from crisis.models import Heartbeat

logger = logging.getLogger(__name__)


def for_each(rows: Iterable[Any], act: Callable[[Any], int], *, task: str, at: datetime) -> int:
    """Call `act` for each row in a transaction of its own, and note in the task's heartbeat how many rows failed, where
    the watchdog sees it. Returns the sum of the results."""
    total = failures = 0
    for row in rows:
        try:
            with transaction.atomic():
                total += act(row)
        except Exception:
            # SECURITY: the row's key alone, never its content.
            logger.exception("%s failed for %s", task, row)
            failures += 1
    Heartbeat.objects.update_or_create(name=task, defaults={"beat_at": at, "failures": failures})
    return total
