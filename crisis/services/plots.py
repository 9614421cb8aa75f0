"""The chart of a case: its levels over time, and what happened when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import pgettext

from crisis.models import Case, CaseEvent
from crisis.models.labels import LEVEL_LABELS
from crisis.rules import AlertLevel
from kernel.charts import Lane, Moment, Span, Timeline

LEVELS = (AlertLevel.RED, AlertLevel.ORANGE, AlertLevel.YELLOW)
TICKS = 4
# Ticks on a shorter line would name the same day.
A_TICK_EACH = timedelta(days=2)


def case_timeline(case: Case, events: Sequence[CaseEvent], at: datetime) -> Timeline | None:
    """The case's levels from its opening until it was closed, or until now; None before the first level."""
    changes = list(case.level_changes.order_by("at", "pk").values_list("to_level", "at"))
    if not changes:
        return None
    start, end = changes[0][1], case.closed_at or max(at, changes[-1][1])
    spans = [
        Span(LEVELS.index(AlertLevel(level)), since, until, f"{_moment(since)} – {_moment(until)}")
        for (level, since), (_level, until) in pairwise([*changes, (0, end)])
        if level in LEVELS
    ]
    return Timeline(
        start=start,
        end=end,
        lanes=[Lane(str(LEVEL_LABELS[level]), f"level-{level}", f"level-{level}-edge") for level in LEVELS],
        spans=spans,
        moments=[
            Moment(event.at, f"{_moment(event.at)} {event.sentence}", event.link)
            for event in sorted(events, key=lambda event: event.at)
        ],
        ticks=_ticks(start, end),
        events=pgettext("row of a chart", "Events"),
    )


def _ticks(start: datetime, end: datetime) -> list[tuple[datetime, str]]:
    """Days at equal distances, as many as differ; the first one with its year."""
    count = min(TICKS, 1 + (end - start) // A_TICK_EACH)
    times = [start + (end - start) * number / max(count - 1, 1) for number in range(count)]
    words = [date_format(localtime(time), "MONTH_DAY_FORMAT") for time in times]
    return [(time, f"{word}\n{start.year}" if time == start else word) for time, word in zip(times, words, strict=True)]


def _moment(time: datetime) -> str:
    return date_format(localtime(time), "SHORT_DATETIME_FORMAT")
