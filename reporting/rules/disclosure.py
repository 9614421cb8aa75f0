"""What may be shown of a month's counts of students. Pure.

All figures of a school and month are published together: its colleges and classes, the weather, those below clear
weather, signs, events and help, on pages, in charts and in print. So they are protected together, once, and every
reader without the right to exact counts sees the same. Months share no sums.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kernel.suppression import FLOOR, HIDDEN, Figure, Hidden, Network
from reporting.rules.dorm_lines import Status
from reporting.rules.totals import Figures, total

__all__ = [
    "FLOOR",
    "HIDDEN",
    "NOTHING",
    "PRINTED",
    "Cells",
    "Figure",
    "Hidden",
    "Sight",
    "added",
    "disclose",
    "exactly",
    "seen",
]

# A pair of college and class, as they were on the day of filing.
Place = tuple[int | None, int | None]
Flags = Mapping[str, Mapping[str, Figure]]
FLAGS = ("signs", "events", "helps")
REPORTED, CONCERNED = "reported", "concerned"
CONCERNING = tuple(status for status in Status if status != Status.CLEAR)
# What the loss of a figure costs, beside its count: the higher the unit and the wider the figure, the more.
CELL, GROUP, TOTAL = 1, 30, 10_000
COLLEGE, SCHOOL = 50, 2_000
# A zero may be known from elsewhere, so it covers poorly.
ZERO = 200


@dataclass(frozen=True)
class Cells:
    """One unit's figures as they may be shown."""

    weather: Mapping[Status, Figure]
    reported: Figure
    concerned: Figure
    flags: Flags = field(default_factory=dict)

    @property
    def hides(self) -> bool:
        return any(isinstance(figure, Hidden) for figure in (*self.weather.values(), self.reported, self.concerned))

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it: None stands for a hidden figure."""
        return {
            "weather": [_plain(self.weather[status]) for status in Status],
            "reported": _plain(self.reported),
            "concerned": _plain(self.concerned),
            "flags": {
                name: {key: _plain(count) for key, count in counts.items()} for name, counts in self.flags.items()
            },
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Cells:
        return cls(
            {status: _figure(count) for status, count in zip(Status, stored["weather"], strict=True)},
            _figure(stored["reported"]),
            _figure(stored["concerned"]),
            {name: {key: _figure(n) for key, n in counts.items()} for name, counts in stored["flags"].items()},
        )


@dataclass(frozen=True)
class Sight:
    """How a reader sees counts of students: the weather exactly or as published; signs, events and help exactly, as
    published, or not at all."""

    exact: bool = False
    exact_flags: bool = False
    flags: bool = True


# What leaves the portal is as published, whoever prints it.
PRINTED = Sight()
NOTHING = Cells(dict.fromkeys(Status, HIDDEN), HIDDEN, HIDDEN)


def exactly(figures: Figures) -> Cells:
    """Everything, for readers who may open the lines themselves."""
    flags = {name: dict(getattr(figures, name)) for name in FLAGS}
    return Cells(dict(figures.weather), figures.reported, figures.concerned, flags)


def seen(figures: Figures, published: Cells | None, sight: Sight) -> Cells:
    """The figures of a unit as one reader sees them; what was not published yet is hidden."""
    true, public = exactly(figures), published or NOTHING
    cells = true if sight.exact else public
    flags = true.flags if sight.exact_flags else public.flags if sight.flags else {}
    return replace(cells, flags=flags)


def added(figures: Iterable[Figure]) -> Figure:
    """The sum, hidden as soon as one of its parts is."""
    sum_ = 0
    for figure in figures:
        if isinstance(figure, Hidden):
            return HIDDEN
        sum_ += figure
    return sum_


def disclose(school: int, places: Mapping[Place, Figures]) -> dict[int, Cells]:
    """The figures of the school, its colleges and its classes as they may be shown beside each other, by unit."""
    counted = {place: figures for place, figures in places.items() if place[1] is not None and figures.students}
    units = {**_colleges(counted), school: total(counted.values())}
    ticked = list(_ticked(units[school]))
    divided = _divided(counted)
    weather = _weather(school, units, counted)
    _protect(weather, [(place, name) for place in divided for name in (REPORTED, CONCERNED, *Status)])
    below = _below_clear(school, units, counted, weather)
    flags = _flags(school, units, counted, weather)
    _protect(flags, [(place, *flag) for place in divided for flag in ticked])
    shown = {
        pk: Cells(
            {status: weather.figure((pk, status)) for status in Status},
            weather.figure((pk, REPORTED)),
            below[pk],
            _shown_flags(pk, ticked, flags),
        )
        for pk in units
    }
    for place in counted:
        assert place[1] is not None
        shown[place[1]] = _class_cells(place, weather, _shown_flags(place, ticked, flags))
    return shown | {place[1]: NOTHING for place in divided if place[1] is not None}


def _colleges(places: Mapping[Place, Figures]) -> dict[int, Figures]:
    parts: dict[int, list[Figures]] = {}
    for (college, _class), figures in places.items():
        if college is not None:
            parts.setdefault(college, []).append(figures)
    return {pk: total(figures) for pk, figures in parts.items()}


def _protect(network: Network, unpublished: Iterable[Hashable]) -> None:
    for key in unpublished:
        if key in network:
            network.hide(key)
    network.protect()


def _divided(places: Mapping[Place, Figures]) -> set[Place]:
    """The parts of classes that changed college within the month: no page shows a part, and the whole is no sum."""
    by_class: dict[int | None, list[Place]] = {}
    for place in places:
        by_class.setdefault(place[1], []).append(place)
    return {place for parts in by_class.values() if len(parts) > 1 for place in parts}


def _weather(school: int, units: Mapping[int, Figures], places: Mapping[Place, Figures]) -> Network:
    """Who was reported on, by weather. A unit's total leads to its row, the row to each weather of the unit above."""
    network = Network()
    for place, figures in places.items():
        above = school if place[0] is None else place[0]
        row, below = ("row", place), ("below", place)
        ticked = max((count for name in FLAGS for count in getattr(figures, name).values()), default=0)
        # On how many somebody reported says nothing of them, and the reports that arrived tell it anyway. But a single
        # student is well or not: two values are too few.
        network.add(
            (place, REPORTED), ("row", above), row, figures.reported, cost=TOTAL, most=figures.students, harmless=True
        )
        if figures.reported == 1:
            network.guard((place, REPORTED))
        # Whoever shows a sign is below clear weather.
        network.add((place, CONCERNED), row, below, figures.concerned, cost=GROUP + figures.concerned, least=ticked)
        for status, count in figures.weather.items():
            tail = row if status == Status.CLEAR else below
            network.add((place, status), tail, ("sum", above, status), count, cost=_cost(CELL, count))
    for pk, figures in units.items():
        worth = SCHOOL if pk == school else COLLEGE
        top = ("row", school) if pk != school else "all"
        network.add((pk, REPORTED), top, ("row", pk), figures.reported, cost=TOTAL * worth, harmless=True)
        for status, count in figures.weather.items():
            head = ("sum", school, status) if pk != school else "all"
            network.add((pk, status), ("sum", pk, status), head, count, cost=_cost(worth, count))
        if 0 < figures.concerned < FLOOR:
            _guard_below_clear(network, pk)
    return network


def _guard_below_clear(network: Network, pk: int) -> None:
    """Below clear is what clear leaves of the total: it has three values while the total stays as it is."""
    network.guard((pk, Status.CLEAR), apart=[(pk, REPORTED)])


def _below_clear(
    school: int, units: Mapping[int, Figures], places: Mapping[Place, Figures], weather: Network
) -> dict[int, Figure]:
    """How many of the school and of each college are below clear weather. Where it is not known from what is shown, it
    must not be known from anything else, so it is protected; which may hide more, and so on."""
    parts: dict[int, list[Hashable]] = {pk: [] for pk in units}
    for place in places:
        parts[school if place[0] is None else place[0]].append((place, CONCERNED))
    guarded: set[int] = set()
    while True:
        below: dict[int, Figure] = {}
        for pk, figures in units.items():
            ways: list[list[Hashable]] = [[(pk, REPORTED), (pk, Status.CLEAR)], [(pk, status) for status in CONCERNING]]
            known = any(all(isinstance(weather.figure(key), int) for key in way) for way in ways)
            own = all(isinstance(weather.figure(key), int) for key in parts[pk])
            colleges = pk != school or all(isinstance(below[other], int) for other in units if other != school)
            below[pk] = figures.concerned if known or (own and colleges) else HIDDEN
        unknown = {pk for pk, figure in below.items() if isinstance(figure, Hidden)} - guarded
        if not unknown:
            return below
        for pk in unknown:
            _guard_below_clear(weather, pk)
        guarded |= unknown
        weather.protect()


def _flags(school: int, units: Mapping[int, Figures], places: Mapping[Place, Figures], weather: Network) -> Network:
    """In how many students each sign, event and help was ticked; those of the classes add up to those above."""
    network = Network()
    ticked = set(_ticked(units[school]))
    for place, figures in places.items():
        most = _most_ticked(place, figures, weather) if figures.concerned else 0
        above = school if place[0] is None else place[0]
        hidden = isinstance(weather.figure((place, CONCERNED)), Hidden)
        for name, key in ticked if most else ():
            count = getattr(figures, name).get(key, 0)
            ends = ("all", name, key), ("sum", above, name, key)
            network.add((place, name, key), *ends, count, cost=_cost(CELL, count), most=max(most, count))
            if count >= FLOOR and hidden and count + 2 > figures.concerned:
                # A sign shown by nearly everybody below clear weather would tell how many they are.
                network.guard((place, name, key))
    for pk, figures in units.items():
        for name, key in ticked:
            count = getattr(figures, name).get(key, 0)
            head = ("sum", school, name, key) if pk != school else ("all", name, key)
            cost = _cost(SCHOOL if pk == school else COLLEGE, count)
            network.add((pk, name, key), ("sum", pk, name, key), head, count, cost=cost)
    return network


def _most_ticked(place: Place, figures: Figures, weather: Network) -> int:
    """How many students of a class may show a sign, as far as a reader knows: as many as are below clear weather, and
    two more where that number is hidden and may be greater."""
    hidden = isinstance(weather.figure((place, CONCERNED)), Hidden)
    return figures.concerned + (2 if hidden and weather.can_rise((place, CONCERNED)) else 0)


def _ticked(figures: Figures) -> Iterator[tuple[str, str]]:
    for name in FLAGS:
        for key, count in getattr(figures, name).items():
            if count:
                yield name, key


def _cost(worth: int, count: int) -> int:
    return worth + (count or ZERO)


def _class_cells(place: Place, weather: Network, flags: Flags) -> Cells:
    return Cells(
        {status: weather.figure((place, status)) for status in Status},
        weather.figure((place, REPORTED)),
        weather.figure((place, CONCERNED)),
        flags,
    )


def _shown_flags(unit: int | Place, ticked: Iterable[tuple[str, str]], flags: Network) -> Flags:
    """What is listed of a unit: a zero is not, unless it is hidden."""
    shown: dict[str, dict[str, Figure]] = {name: {} for name in FLAGS}
    for name, flag in ticked:
        key = (unit, name, flag)
        figure = flags.figure(key) if key in flags else 0
        if figure != 0:
            shown[name][flag] = figure
    return shown


def _plain(figure: Figure) -> int | None:
    return None if isinstance(figure, Hidden) else figure


def _figure(stored: int | None) -> Figure:
    return HIDDEN if stored is None else stored
