"""The units of a school by what a roster calls them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kernel.folding import fold
from network.models import Unit
from network.rules import Level
from network.rules.roster_columns import Room

# (level, folded names…): a college by its name, a class by college and name, a dorm by campus, building and room.
Place = tuple[Any, ...]
SCHOOL: Place = (Level.SCHOOL,)


def college_place(college: str) -> Place:
    return (Level.COLLEGE, fold(college))


def class_place(college: str, name: str) -> Place:
    return (Level.CLASS, fold(college), fold(name))


def dorm_place(room: Room) -> Place:
    campus, building, number = room
    return (Level.DORM, fold(campus), fold(building), fold(number))


@dataclass(slots=True)
class Places:
    """The units of a school, found by place, by id, and by code or name. Places are compared folded; what a unit is
    called is written in the unit."""

    units: dict[Place, Unit] = field(default_factory=dict)
    by_id: dict[int, Place] = field(default_factory=dict)

    @classmethod
    def of(cls, school: Unit) -> "Places":
        places = cls()
        # Of two units that are written alike the open one counts, then the older one.
        units = list(Unit.objects.of_school(school).order_by("-is_active", "pk"))
        names = {unit.pk: unit.name for unit in units if unit.level == Level.COLLEGE}
        for unit in units:
            places.add(unit, names.get(unit.college_id or 0, ""))
        return places

    def add(self, unit: Unit, college: str = "") -> None:
        place: Place = {
            Level.SCHOOL: SCHOOL,
            Level.COLLEGE: college_place(unit.name),
            Level.CLASS: class_place(college, unit.name),
            Level.DORM: dorm_place((unit.campus, unit.building, unit.room)),
        }[Level(unit.level)]
        self.units.setdefault(place, unit)
        self.by_id[unit.pk] = place

    def rename(self, unit: Unit, college: str, name: str) -> None:
        """Find a class by its new name too."""
        place = class_place(college, name)
        self.units[place] = unit
        self.by_id[unit.pk] = place

    def rooms(self) -> dict[tuple[str, str], list[Place]]:
        """The dorms by folded building and room, whatever their campus."""
        found: dict[tuple[str, str], list[Place]] = defaultdict(list)
        for place in self.units:
            if place[0] == Level.DORM:
                found[place[2], place[3]].append(place)
        return found

    def of_id(self, unit_id: int | None) -> Place | None:
        return None if unit_id is None else self.by_id.get(unit_id)


class Names:
    """Places by the word that a cell uses for them: a code, or a name that only one of them has."""

    def __init__(self, places: Places, coming: Iterable[Place]) -> None:
        by_word: dict[tuple[Level, str], set[Place]] = defaultdict(set)
        for place in (*places.units, *coming):
            by_word[place[0], place_name(place)].add(place)
        for place, unit in places.units.items():
            by_word[place[0], fold(unit.code)] = {place}
        self._by_word = by_word

    def is_called(self, place: Place, word: str) -> bool:
        return place in self._by_word.get((place[0], fold(word)), set())

    def find(self, level: Level, word: str) -> Place | None:
        """The one place of that level with this code or name; None when there is none, or more than one."""
        places = self._by_word.get((level, fold(word)), set())
        return next(iter(places)) if len(places) == 1 else None


def place_name(place: Place) -> str:
    """What a place is called in a cell, folded."""
    return f"{place[2]}-{place[3]}" if place[0] == Level.DORM else str(place[-1])


def shared_rooms(homes: Iterable[tuple[Room, Place]]) -> int:
    """How many rooms house students of more than one class; `homes`: room and class of each student."""
    classes = Counter(room for room, _place in set(homes))
    return sum(count > 1 for count in classes.values())
