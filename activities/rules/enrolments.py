"""Who gets a place and who waits: states, the order of the queue, moves and offers. Pure.

Source: docs/domain.md § 10. An enrolment never counts against somebody who does not come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Until a day before, somebody who waits moves up by itself; later the place is offered.
MOVES_UNTIL = timedelta(hours=24)
OFFER_LASTS = timedelta(minutes=30)
# Whoever is asked in the last hour cannot come in time.
NO_OFFERS = timedelta(hours=1)


class EnrolmentState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    IN = "in"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    LAPSED = "lapsed"


# Whoever holds or is asked to take a place.
HOLDING = frozenset({EnrolmentState.IN, EnrolmentState.OFFERED})
# Whoever is still there: in, asked, or waiting.
ACTIVE = HOLDING | {EnrolmentState.WAITING}


class Way(StrEnum):
    """What happens to the next who waits when a place is free."""

    MOVES = "moves"
    OFFERED = "offered"
    NONE = "none"


def way_up(*, starts_at: datetime, at: datetime) -> Way:
    """How a free place is given at this time."""
    if at <= starts_at - MOVES_UNTIL:
        return Way.MOVES
    return Way.OFFERED if at <= starts_at - NO_OFFERS else Way.NONE


def offer_ends(*, starts_at: datetime, at: datetime) -> datetime:
    """When an offer made now lapses: half an hour later, at the start at the latest."""
    return min(at + OFFER_LASTS, starts_at)


def is_in_time(offered_until: datetime, at: datetime) -> bool:
    """An offer is taken until its last second; a second later it has lapsed."""
    return at <= offered_until


def free_places(capacity: int | None, holding: int) -> int | None:
    """Places left: None for no limit, never below zero (a capacity that was lowered puts nobody out)."""
    return None if capacity is None else max(0, capacity - holding)


def arrival(admission: str, *, free: int | None) -> EnrolmentState:
    """What somebody becomes who enrolls now: in where a place is free and places go in order of arrival."""
    if admission in ("draw", "choice"):
        return EnrolmentState.WAITING
    return EnrolmentState.IN if free is None or free > 0 else EnrolmentState.WAITING


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the queue. `eligible`: whether they may still take part today."""

    key: str
    queue_no: int
    eligible: bool = True


def next_up(queue: Sequence[Waiting], free: int) -> tuple[list[Waiting], list[Waiting]]:
    """Who gets the `free` places, first come first, and who was passed over because they may not take part now."""
    chosen: list[Waiting] = []
    skipped: list[Waiting] = []
    for row in sorted(queue, key=lambda waiting: waiting.queue_no):
        if len(chosen) >= free:
            break
        (chosen if row.eligible else skipped).append(row)
    return chosen, skipped
