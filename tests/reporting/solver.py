"""Somebody who has every page of a month before them and a solver. Shares no code with what hides.

Each figure of each unit is an unknown between two bounds; what is shown is known. The sums of the pages, and what
everybody knows of the forms, narrow the bounds. Worlds are looked for by trying values, those near the truth first."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from reporting.rules.disclosure import HIDDEN, Cells
from reporting.rules.dorm_lines import Status
from reporting.rules.totals import Figures

Key = tuple[Hashable, str]
Bounds = dict[Key, tuple[int, int]]
BELOW = tuple(status.name for status in Status if status != Status.CLEAR)
MOST = 10**6
TRIES = 4000


@dataclass(frozen=True)
class Sum:
    """total = parts; with `at_most` the parts are no more than the total."""

    total: Key
    parts: tuple[Key, ...]
    at_most: bool = False


@dataclass
class Month:
    """All that is published of a month: units with their parts, and the truth behind it."""

    truth: dict[Key, int]
    shown: dict[Key, object]
    sums: list[Sum]

    def __post_init__(self) -> None:
        self.sums_of: dict[Key, list[Sum]] = defaultdict(list)
        for line in self.sums:
            for key in (line.total, *line.parts):
                self.sums_of[key].append(line)

    @property
    def hidden(self) -> list[Key]:
        return [key for key, figure in self.shown.items() if figure is HIDDEN]

    def bounds(self) -> Bounds:
        """What the solver knows of each figure without trying any."""
        known = {
            key: self.truth[key] if key not in self.shown or self.shown[key] is not HIDDEN else None
            for key in self.truth
        }
        start = {key: (0, MOST) if value is None else (value, value) for key, value in known.items()}
        narrowed = self.narrow(start, start)
        assert narrowed is not None, "the published figures contradict each other"
        return narrowed

    def narrow(self, bounds: Bounds, changed: Iterable[Key]) -> Bounds | None:
        """The bounds after all sums have been used; None when they cannot hold."""
        bounds = dict(bounds)
        waiting = deque(line for key in changed for line in self.sums_of[key])
        queued = set(map(id, waiting))
        while waiting:
            line = waiting.popleft()
            queued.discard(id(line))
            for key, low, high in _narrowed(line, bounds):
                if low > high:
                    return None
                if (low, high) != bounds[key]:
                    bounds[key] = low, high
                    for other in self.sums_of[key]:
                        if id(other) not in queued:
                            queued.add(id(other))
                            waiting.append(other)
        return bounds

    def values(self, key: Key) -> int:
        """How many values near the truth the figure has in some world, counted up to three."""
        bounds, true, count = self.bounds(), self.truth[key], 0
        for value in (true, true + 1, true - 1, true + 2, true - 2):
            if count < 3 and value >= 0:
                narrowed = self.narrow({**bounds, key: (value, value)}, [key]) if _within(value, bounds[key]) else None
                count += narrowed is not None and self._is_world(narrowed, [TRIES])
        return count

    def _is_world(self, bounds: Bounds, tries: list[int]) -> bool:
        open_keys = [key for key, (low, high) in bounds.items() if low < high]
        if not open_keys:
            return True
        key = min(open_keys, key=lambda name: bounds[name][1] - bounds[name][0])
        low, high = bounds[key]
        true = min(max(self.truth[key], low), high)
        for value in (true, true + 1, true - 1, true + 2, true - 2):
            if tries[0] > 0 and low <= value <= high:
                tries[0] -= 1
                narrowed = self.narrow({**bounds, key: (value, value)}, [key])
                if narrowed is not None and self._is_world(narrowed, tries):
                    return True
        return False


def _within(value: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _narrowed(line: Sum, bounds: Bounds) -> Iterator[tuple[Key, int, int]]:
    lows, highs = sum(bounds[key][0] for key in line.parts), sum(bounds[key][1] for key in line.parts)
    low, high = bounds[line.total]
    yield line.total, max(low, lows), high if line.at_most else min(high, highs)
    low, high = max(low, lows), high if line.at_most else min(high, highs)
    for key in line.parts:
        least, most = bounds[key]
        needed = least if line.at_most else max(least, low - (highs - most))
        yield key, needed, min(most, high - (lows - least))


def month(school: int, colleges: Mapping[int, Mapping[int, Figures]], cells: Mapping[int, Cells]) -> Month:
    """Everything that the pages, charts and prints of the school, its colleges and its classes say of a month."""
    found = Month({}, {}, [])
    totals = {pk: _added(classes.values()) for pk, classes in colleges.items()}
    units = {school: _added(totals.values()), **totals}
    for classes in colleges.values():
        units |= classes
    flags = sorted({key for figures in units.values() for key in figures.signs})
    for pk, figures in units.items():
        _add_unit(found, pk, figures, cells[pk], flags)
    for above, parts in ((school, list(totals)), *((pk, list(classes)) for pk, classes in colleges.items())):
        for name in ("reported", "CONCERNED", *(status.name for status in Status), *flags):
            found.sums.append(Sum((above, name), tuple((pk, name) for pk in parts)))
    for classes in colleges.values():
        for pk in classes:
            # Signs are of students below clear weather, and nobody is reported on who is not there.
            found.sums += [Sum((pk, "CONCERNED"), ((pk, flag),), at_most=True) for flag in flags]
            found.sums.append(Sum((pk, "students"), ((pk, "reported"),), at_most=True))
    found.__post_init__()
    return found


def _add_unit(found: Month, pk: int, figures: Figures, cells: Cells, flags: list[str]) -> None:
    found.truth |= {(pk, "students"): figures.students, (pk, "reported"): figures.reported}
    found.truth |= {(pk, "CONCERNED"): figures.concerned}
    found.truth |= {(pk, status.name): count for status, count in figures.weather.items()}
    found.truth |= {(pk, flag): figures.signs.get(flag, 0) for flag in flags}
    found.shown |= {(pk, "reported"): cells.reported, (pk, "CONCERNED"): cells.concerned}
    found.shown |= {(pk, status.name): cells.weather[status] for status in Status}
    found.shown |= {(pk, flag): cells.flags["signs"].get(flag, 0) for flag in flags}
    found.sums.append(Sum((pk, "reported"), ((pk, "CLEAR"), (pk, "CONCERNED"))))
    found.sums.append(Sum((pk, "CONCERNED"), tuple((pk, name) for name in BELOW)))


def _added(parts: Iterable[Figures]) -> Figures:
    listed = list(parts)
    names = ("students", "reported", *(status.name.lower() for status in Status))
    signs: dict[str, int] = {}
    for part in listed:
        for key, count in part.signs.items():
            signs[key] = signs.get(key, 0) + count
    return Figures(**{name: sum(getattr(part, name) for part in listed) for name in names}, signs=signs)
