"""Examples of what the addresses name: one builder per kind of row, each with a row at every place of the world.

A new kind is one function with `@kind("…")`: it yields rows, each with what the address takes, the unit it belongs to
(or its owner), and words that its page shows.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from crisis.models import Heartbeat
from crisis.services.alarms.escalation import CLOCK
from kernel.periods import TZ, Month
from network.models import Student, Unit, User
from network.rules import Level, Role
from reporting.models import Cycle, Report
from reporting.services import open_cycle
from tests import factories
from tests.conftest import World
from tests.reporting import months

NOWHERE = "no-such-row"


@dataclass(frozen=True)
class Row:
    """A row at a place. `kwargs` go into the address, `asks` into the query or the form; `units`: the unit and those
    above it, for whoever holds a post at one of them; `owner`: whose row it is, if it is anybody's; `assigned`: whom it
    was given to or told, where a letter T asks for that; `column`: the column of the table for this kind, if a route
    serves several."""

    place: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    asks: dict[str, Any] = field(default_factory=dict)
    units: frozenset[int] = frozenset()
    owner: int | None = None
    assigned: frozenset[int] | None = None
    column: str = ""
    shows: str = ""

    def absent(self) -> "Row":
        """The same question after a row that does not exist."""
        gone = {name: _gone(value) for name, value in self.kwargs.items()}
        return Row(NOWHERE, gone, {name: _gone(value) for name, value in self.asks.items()})


def _gone(value: Any) -> Any:
    if isinstance(value, int):
        return 999_999
    return NOWHERE if isinstance(value, str) else uuid4()


@dataclass
class Town:
    """The world with a month under way in both schools."""

    world: World
    cycle: Cycle
    other_cycle: Cycle
    at: datetime
    # What several kinds of rows are taken from, built once.
    built: dict[str, Any] = field(default_factory=dict)

    @property
    def elsewhere(self) -> Unit:
        assert self.world.other is not None
        return self.world.other

    def units(self, *levels: Level) -> Iterator[Unit]:
        world = self.world
        places = (world.school, world.it, world.arts, world.it1, world.it2, world.own, world.far, world.away)
        elsewhere = [world.other, *Unit.objects.filter(school=world.other, level__in=(Level.CLASS, Level.DORM))]
        return (unit for unit in (*places, *elsewhere) if unit is not None and unit.level in levels)

    def reports(self, *levels: Level) -> Iterator[Report]:
        for unit in self.units(*levels):
            cycle = self.other_cycle if unit.school_id == self.world.other.pk else self.cycle
            yield Report.objects.current().select_related("unit").get(cycle=cycle, unit=unit)

    def students(self) -> Iterator[Student]:
        """One of each dorm; the guest of the shared one is of another college."""
        for room in ("own", "shared", "far", "away"):
            yield self.world.students[room][-1]
        yield Student.objects.filter(school=self.world.other).order_by("number")[0]


Builder = Callable[[Town, User | None], Iterable[Row]]
KINDS: dict[str, Builder] = {}


def kind(name: str) -> Callable[[Builder], Builder]:
    def keep(builder: Builder) -> Builder:
        assert name not in KINDS, f"two kinds of rows are called {name}"
        KINDS[name] = builder
        return builder

    return keep


def above(row: Any) -> frozenset[int]:
    """The units of a person-bound row."""
    keys = (row.school_id, row.college_id, row.school_class_id, row.dorm_id)
    return frozenset(key for key in keys if key)


def chain(unit: Unit) -> frozenset[int]:
    """A unit and those above it."""
    return frozenset(key for key in (unit.pk, unit.parent_id, unit.college_id, unit.school_id) if key)


def build_town(world: World, cycle: Cycle, at: datetime) -> Town:
    assert world.other is not None
    opened = datetime(2026, 11, 1, 8, 0, tzinfo=TZ)
    other_cycle = open_cycle(school=world.other, month=Month(2026, 11), by=None, at=opened)
    dorm = Unit.objects.dorms().get(school=world.other)
    head = Student.objects.filter(dorm=dorm).order_by("number")[0].user
    factories.give_post(dorm, Role.DORM_HEAD, holder=head, at=at)
    months.file_room(world, cycle, "own", [1, 1, 2, 4], signs=3)
    Heartbeat.objects.create(name=CLOCK, beat_at=at)
    return Town(world, cycle, other_cycle, at)


def people(town: Town, me: User | None) -> Iterator[tuple[str, User]]:
    if me is not None:
        yield "mine", me
    yield "theirs", factories.make_user("别人", school=town.world.school)


def keys(student: Student) -> dict[str, int | None]:
    """The units of a student, for a row about them."""
    return {name: getattr(student, name) for name in ("school_id", "college_id", "school_class_id", "dorm_id")}
