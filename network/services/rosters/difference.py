"""What an import would do, before anything is written."""

from dataclasses import dataclass, field
from typing import Any

from network.models import Post, Student, Unit, User
from network.rules import Role
from network.rules.roster_columns import Fault, StaffRow, StudentRow
from network.services.rosters.places import Place, Places
from network.services.rosters.reading import Roster

Before = Any
After = Any


@dataclass(slots=True)
class StudentChange:
    """A student who is there already; `changes`: attribute → before and after, units as places."""

    student: Student
    changes: dict[str, tuple[Before, After]]


@dataclass(slots=True)
class StaffChange:
    user: User
    changes: dict[str, tuple[Before, After]] = field(default_factory=dict)
    given: list[tuple[Role, Place]] = field(default_factory=list)
    ended: list[Post] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.changes or self.given or self.ended)


@dataclass(slots=True)
class Difference:
    """The way from what is stored to what a file says."""

    school: Unit
    roster: Roster
    places: Places
    # Rows that can be imported: new, changed and unchanged.
    rows: list[StudentRow] = field(default_factory=list)
    new_students: list[StudentRow] = field(default_factory=list)
    changed_students: list[StudentChange] = field(default_factory=list)
    left_students: list[Student] = field(default_factory=list)
    unchanged_students: int = 0
    new_staff: list[StaffRow] = field(default_factory=list)
    changed_staff: list[StaffChange] = field(default_factory=list)
    left_staff: list[StaffChange] = field(default_factory=list)
    unchanged_staff: int = 0
    colleges: dict[Place, str] = field(default_factory=dict)
    classes: dict[Place, StudentRow] = field(default_factory=dict)
    dorms: dict[Place, StudentRow] = field(default_factory=dict)
    rooms_shared: int = 0
    # Posts of the sheet 任职, and of staff who are new: who (by number) gets which role where.
    given_posts: list[tuple[str, Role, Place]] = field(default_factory=list)
    ended_posts: list[Post] = field(default_factory=list)

    @property
    def faults(self) -> list[Fault]:
        return self.roster.faults

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be written."""
        return not any(
            (
                self.new_students,
                self.changed_students,
                self.left_students,
                self.new_staff,
                self.changed_staff,
                self.left_staff,
                self.colleges,
                self.given_posts,
                self.ended_posts,
            )
        )

    def counts(self) -> dict[str, Any]:
        """The figures of the difference."""
        units = {"college": len(self.colleges), "class": len(self.classes), "dorm": len(self.dorms)}
        return {
            "students": _four(self.new_students, self.changed_students, self.unchanged_students, self.left_students),
            "staff": _four(self.new_staff, self.changed_staff, self.unchanged_staff, self.left_staff),
            "units": {"new": sum(units.values()), "by_level": units},
            "posts": {"new": self._posts_given(), "ended": self._posts_ended()},
            "rooms_shared": self.rooms_shared,
            "mended": self.roster.normalized_rows(),
        }

    def _posts_given(self) -> int:
        return len(self.given_posts) + sum(len(change.given) for change in self.changed_staff)

    def _posts_ended(self) -> int:
        return len(self.ended_posts) + sum(len(change.ended) for change in (*self.changed_staff, *self.left_staff))


def _four(new: list[Any], changed: list[Any], unchanged: int, left: list[Any]) -> dict[str, int]:
    return {"new": len(new), "changed": len(changed), "unchanged": unchanged, "left": len(left)}
