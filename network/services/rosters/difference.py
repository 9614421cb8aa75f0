"""What an import would do, before anything is written."""

from dataclasses import dataclass, field
from typing import Any

from network.models import Post, Student, Unit, User
from network.rules import Role
from network.rules.cells import Code
from network.rules.roster_columns import STUDENT_SHEET, Fault, StaffRow, StudentRow, dorm_name
from network.services.rosters.places import Place, Places, place_name
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


@dataclass(frozen=True, slots=True)
class Rename:
    """A class that seems to have a new name: its unit and place, and college and name as the file writes them."""

    unit: Unit
    old: Place
    college: str
    name: str
    students: int

    def fault(self) -> Fault:
        """The question, as a thing to look at."""
        return Fault(STUDENT_SHEET, 0, self.unit.name, Code.CLASS_RENAMED, self.name)


@dataclass(slots=True)
class Difference:
    """The way from what is stored to what a file says."""

    school: Unit
    roster: Roster
    places: Places
    # Classes that seem renamed and nobody has said so, and those of which somebody has.
    renames: list[Rename] = field(default_factory=list)
    renamed: list[Rename] = field(default_factory=list)
    # Students of the school by number.
    standing: dict[str, Student] = field(default_factory=dict)
    # Closed units in which somebody lives or studies again.
    reopened: dict[Place, Unit] = field(default_factory=dict)
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
                self.renamed,
                self.reopened,
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

    def name_of(self, place: Place) -> str:
        """What a place is called, as the school writes it."""
        unit = self.places.units.get(place)
        if unit is not None:
            return unit.name
        if place in self.colleges:
            return self.colleges[place]
        if place in self.classes:
            return self.classes[place].school_class
        dorm = self.dorms[place].dorm if place in self.dorms else None
        return dorm_name(dorm) if dorm else place_name(place)

    def _posts_given(self) -> int:
        return len(self.given_posts) + sum(len(change.given) for change in self.changed_staff)

    def _posts_ended(self) -> int:
        return len(self.ended_posts) + sum(len(change.ended) for change in (*self.changed_staff, *self.left_staff))


def _four(new: list[Any], changed: list[Any], unchanged: int, left: list[Any]) -> dict[str, int]:
    return {"new": len(new), "changed": len(changed), "unchanged": unchanged, "left": len(left)}
