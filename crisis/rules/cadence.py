"""When the next report of a case is due. Every open case has exactly one; a late one moves nothing but itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from crisis.rules.levels import AlertLevel
from kernel.periods import TZ

Periods = Iterable[tuple[date, date]]


class Kind(StrEnum):
    """The reports on one case."""

    IMMEDIATE = "immediate"
    FOLLOW_UP = "follow_up"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


FIRST = frozenset({Kind.IMMEDIATE, Kind.FOLLOW_UP})
# Source: "immediate" is by phone at once; the written report follows within two hours, when the school leader is told.
IMMEDIATE_WITHIN = timedelta(hours=2)
FOLLOW_UP_WITHIN = timedelta(hours=24)
REGULAR: Mapping[AlertLevel, Kind] = {
    AlertLevel.RED: Kind.WEEKLY,
    AlertLevel.ORANGE: Kind.WEEKLY,
    AlertLevel.YELLOW: Kind.MONTHLY,
}
DAYS: Mapping[AlertLevel, int] = {AlertLevel.RED: 7, AlertLevel.ORANGE: 7, AlertLevel.YELLOW: 30}
# In special periods (term start, exams, graduation, spring).
SPECIAL_DAYS: Mapping[AlertLevel, int] = {AlertLevel.RED: 3, AlertLevel.ORANGE: 4, AlertLevel.YELLOW: 14}
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True)
class Due:
    """A report that is owed: its kind, the moment it is counted from, and its due time."""

    kind: Kind
    anchor: datetime
    at: datetime


def first_report(level: AlertLevel, at: datetime, periods: Periods = ()) -> Due:
    """What a case owes first after it was opened, reopened or raised to `level`."""
    if level == AlertLevel.RED:
        return due_of(Kind.IMMEDIATE, level, at)
    return due_of(REGULAR[level], level, at, periods)


def after_filing(kind: Kind, level: AlertLevel, *, due_at: datetime, filed: datetime, periods: Periods = ()) -> Due:
    """What is owed once a report of `kind`, due at `due_at`, was filed at `filed`. An early report starts the next wait
    early; a late one keeps the beat, and what was skipped meanwhile is not owed after the fact."""
    if kind == Kind.IMMEDIATE:
        return due_of(Kind.FOLLOW_UP, level, filed)
    regular = REGULAR[level]
    if kind == Kind.FOLLOW_UP or filed <= due_at:
        return due_of(regular, level, filed, periods)
    periods = list(periods)
    next_due = due_of(regular, level, due_at, periods)
    while next_due.at <= filed:
        next_due = due_of(regular, level, next_due.at, periods)
    return next_due


def due_of(kind: Kind, level: AlertLevel, anchor: datetime, periods: Periods = ()) -> Due:
    """When a report of `kind`, counted from `anchor`, is due: to the minute for the first two, else at the end of a day
    in Beijing. A special period that touches the wait shortens it, but never to before the period begins."""
    if kind == Kind.IMMEDIATE:
        return Due(kind, anchor, anchor + IMMEDIATE_WITHIN)
    if kind == Kind.FOLLOW_UP:
        return Due(kind, anchor, anchor + FOLLOW_UP_WITHIN)
    start = anchor.astimezone(TZ).date()
    day = start + timedelta(days=DAYS[level])
    soon = start + timedelta(days=SPECIAL_DAYS[level])
    for first, last in periods:
        sooner = max(soon, first)
        if first < day and last >= start and sooner <= last:
            day = min(day, sooner)
    return Due(kind, anchor, datetime.combine(day, LAST_SECOND, TZ))
