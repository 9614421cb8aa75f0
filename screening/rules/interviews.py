"""Who is invited to talk, how soon, and to whom it falls. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum


class Urgency(IntEnum):
    """Why somebody is invited, the most urgent first."""

    CRITICAL = 0
    FIRST = 1
    SECOND = 2


class Outcome(StrEnum):
    """What the interview found; it is never read off a score."""

    A = "A"
    B = "B"
    C = "C"


class Action(StrEnum):
    """What the college is asked to do, all that it is told beside the level."""

    NONE = "none"
    CARE = "care"
    COUNSELING = "counseling"
    WATCH = "watch"
    CRISIS = "crisis"


# Source: the domain rules; defaults of the field.
DUE_WITHIN = {
    Urgency.CRITICAL: timedelta(hours=24),
    Urgency.FIRST: timedelta(weeks=2),
    Urgency.SECOND: timedelta(weeks=6),
}
LEVEL_OF_OUTCOME = {Outcome.A: 1, Outcome.B: 2, Outcome.C: 3}


def urgency_of(level: int | None, *, critical: bool, valid: bool) -> Urgency | None:
    """Whether a result asks for a talk. A critical answer always does and class 1 too, even on a paper that must not be
    counted: rather one talk too many. Class 2 does on a valid one."""
    if critical:
        return Urgency.CRITICAL
    if level == Urgency.FIRST:
        return Urgency.FIRST
    return Urgency.SECOND if level == Urgency.SECOND and valid else None


def due_at(urgency: Urgency, at: datetime) -> datetime:
    """By when the talk should have been held."""
    return at + DUE_WITHIN[urgency]


def least_busy(open_talks: Mapping[int, int], candidates: Iterable[int], barred: frozenset[int]) -> int | None:
    """Whom the next talk falls to: the candidate with the fewest open ones, the lower key first; None if all are barred
    by a relation of another kind to the student."""
    free = [counselor for counselor in candidates if counselor not in barred]
    return min(free, key=lambda counselor: (open_talks.get(counselor, 0), counselor), default=None)
