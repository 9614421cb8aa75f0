"""Apps above hear that placements have changed, without the network knowing them.

An app registers a listener when it is ready (AppConfig.ready), as it declares its personal data. The listener is called
inside the transaction that moves the students: it enqueues work and returns; what it raises undoes the move.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from network.models import Student


@dataclass(frozen=True)
class PlacementChange:
    """Placements of one school have changed from a day on. `units`: the classes, colleges and dorms of the students
    after the change; those that they left may be any others of the school."""

    school_id: int
    since: date
    units: frozenset[int]


Listener = Callable[[PlacementChange], None]
_listeners: list[Listener] = []


def on_placement_change(listener: Listener) -> Listener:
    """Register a listener; usable as a decorator. Registering it again changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def announce(students: Iterable[Student], *, since: date) -> None:
    """Tell all listeners which schools and units are concerned."""
    if not _listeners:
        return
    units: dict[int, set[int]] = {}
    for student in students:
        keys = (student.college_id, student.school_class_id, student.dorm_id)
        units.setdefault(student.school_id, set()).update(key for key in keys if key)
    for school_id, ids in units.items():
        change = PlacementChange(school_id, since, frozenset(ids))
        for listener in _listeners:
            listener(change)
