"""What a rollover meets in the apps. Each app registers in its rollover.py how it looks for what stands in the way, and
what it does once students and units have changed; the network does not know them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise

SHOWN = 20


@dataclass(frozen=True)
class Meeting:
    """What a plan would do, as an app may look at it: keys of students and ids of units."""

    school_id: int
    on: date
    # Who graduates or withdraws; whose class, college or status changes at all.
    leaving: frozenset[str]
    changing: frozenset[str]
    # Classes that close.
    closing: frozenset[int]


@dataclass(frozen=True)
class Obstacle:
    """One kind of thing that is in the way. `text`: a sentence that says what and what to do, names nobody and tells
    nothing clinical. `links`: words and address of rows, those alone that the reader may open. `blocks`: the plan
    cannot be applied before it is gone; a warning otherwise. `agreeable`: whoever confirms may agree to pass it."""

    code: str
    text: Promise | str
    count: int
    blocks: bool = False
    agreeable: bool = False
    links: tuple[tuple[str, str], ...] = field(default=())


# The reader is None for the system, which is shown no links.
Look = Callable[[Meeting, Any], list[Obstacle]]
# Called inside the transaction that changes a school, after a rollover and after its undoing.
Follow = Callable[[int, datetime], None]
_looks: dict[str, Look] = {}
_follows: dict[str, Follow] = {}


def declare_obstacle(name: str, look: Look) -> None:
    """Register how an app looks for obstacles; called by its rollover.py when the portal starts."""
    if name in _looks:
        raise KeyError(f"two looks for obstacles are called {name}")
    _looks[name] = look


def declare_follower(name: str, follow: Follow) -> None:
    """Register what an app does when a rollover of the school (by id) was applied or undone."""
    if name in _follows:
        raise KeyError(f"two followers are called {name}")
    _follows[name] = follow


def obstacles_of(meeting: Meeting, reader: Any) -> list[Obstacle]:
    """What stands in the way of the plan, the blocking first."""
    met = [obstacle for name in sorted(_looks) for obstacle in _looks[name](meeting, reader) if obstacle.count]
    return sorted(met, key=lambda obstacle: not obstacle.blocks)


def follow_rollover(school_id: int, at: datetime) -> None:
    """Let the apps follow what has changed."""
    for name in sorted(_follows):
        _follows[name](school_id, at)
