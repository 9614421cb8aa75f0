"""Small-cell suppression: counts of persons that may be shown without giving a single one away. Knows no Django.

A count from 1 to `floor` - 1 is hidden; zero is shown, for nobody is in it. What is hidden must not come back by
subtraction, so further counts are hidden with it, the cheapest first. They carry the same mark: it says “not shown”,
not “fewer than five”, which would be untrue of the further ones.

Counts with their sums are a network: a count is an arc, and at each node what flows in flows out, which is a sum that
holds. A reader who knows the shown counts knows the hidden ones up to flows along hidden arcs. A count has another
possible value for each person that can be led along hidden arcs from its head to its tail, or the other way round.
Arcs are hidden until each hidden count has at least three possible values. Everything that is published together has
to be in one network: a table of its own says what no other table may say.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

FLOOR = 5
VALUES = 3
NONE, UPPER, BOTH = range(3)


class Hidden:
    """The mark of a figure that is not shown; there is one, HIDDEN."""

    def __str__(self) -> str:
        return "*"

    __repr__ = __str__


HIDDEN: Final = Hidden()
Figure = int | Hidden
Row = TypeVar("Row", bound=Hashable)
Column = TypeVar("Column", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Table(Generic[Row, Column]):
    """What may be shown: the cells as they came in, and the totals."""

    cells: dict[Row, dict[Column, Figure]]
    row_totals: dict[Row, Figure]
    column_totals: dict[Column, Figure]
    total: Figure


def suppress(rows: Mapping[Row, Mapping[Column, int]], *, floor: int = FLOOR) -> Table[Row, Column]:
    """Hide what could give somebody away in one table. A column that a row lacks counts as zero there; a negative count
    is a ValueError. Totals are worked out here, so show these and no others beside the table."""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    grid = [[row.get(column, 0) for column in columns] for row in rows.values()]
    if any(count < 0 for line in grid for count in line):
        raise ValueError("a count of persons is negative")
    network, height, width = _table(grid), len(grid), len(columns)
    network.protect(floor)
    return Table(
        cells={row: {c: network.figure((i, j)) for j, c in enumerate(columns)} for i, row in enumerate(rows)},
        row_totals={row: network.figure((i, width)) for i, row in enumerate(rows)},
        column_totals={c: network.figure((height, j)) for j, c in enumerate(columns)},
        total=network.figure((height, width)),
    )


def _table(grid: list[list[int]]) -> Network:
    """A cell leads from its row to its column, a total back: rows and columns stand with their totals last."""
    lines = [[*line, sum(line)] for line in grid]
    width = max((len(line) for line in lines), default=1)
    lines.append([sum(line[j] for line in lines) for j in range(width)])
    # A total is worth more than any cell; a zero may be known from elsewhere, so it is a poor cover.
    dear = lines[-1][-1] + 2
    network = Network()
    for i, line in enumerate(lines):
        for j, count in enumerate(line):
            totals = (i == len(lines) - 1) + (j == width - 1)
            cost = dear * 10 * totals if totals else 1 + count if count else dear
            ends = ("row", i), ("column", j)
            tail, head = ends if totals != 1 else ends[::-1]
            network.add((i, j), tail, head, count, cost=cost)
    return network


@dataclass(slots=True, eq=False)
class _Arc:
    key: Hashable
    tail: int
    head: int
    count: int
    cost: int
    least: int
    most: int | None
    harmless: bool
    hidden: bool = False

    def room(self, upward: bool, flow: int, bounds: int) -> bool:
        """Whether one person more can be led along the arc (or against it), beside the flow that is there. `bounds`:
        BOTH hold, only `most` does (UPPER), or NONE."""
        if upward:
            return self.most is None or bounds == NONE or self.count + flow < self.most
        return self.count + flow > (self.least if bounds == BOTH else 0)


class Network:
    """Everything that is published together. Add all counts, then protect, then read the figures."""

    def __init__(self) -> None:
        self._arcs: dict[Hashable, _Arc] = {}
        self._nodes: dict[Hashable, int] = {}
        self._at: list[list[_Arc]] = []
        self._hidden_at: list[list[_Arc]] = []
        self._waiting: deque[tuple[_Arc, Collection[_Arc]]] = deque()

    def add(
        self,
        key: Hashable,
        tail: Hashable,
        head: Hashable,
        count: int,
        *,
        cost: int,
        least: int = 0,
        most: int | None = None,
        harmless: bool = False,
    ) -> None:
        """A count that leads from one sum to another. `cost`: how much its loss would hurt. `least`, `most`: bounds
        that a reader knows from elsewhere. `harmless`: gives nobody away however small it is."""
        arc = _Arc(key, self._node(tail), self._node(head), count, cost, least, most, harmless)
        self._arcs[key] = arc
        self._at[arc.tail].append(arc)
        self._at[arc.head].append(arc)

    def _node(self, name: Hashable) -> int:
        number = self._nodes.setdefault(name, len(self._nodes))
        if number == len(self._at):
            self._at.append([])
            self._hidden_at.append([])
        return number

    def figure(self, key: Hashable) -> Figure:
        """The count, or HIDDEN."""
        arc = self._arcs[key]
        return HIDDEN if arc.hidden else arc.count

    def __contains__(self, key: Hashable) -> bool:
        return key in self._arcs

    def hide(self, key: Hashable) -> None:
        """Not published at all, and nothing that needs protection."""
        self._mark(self._arcs[key])

    def guard(self, key: Hashable, *, apart: Collection[Hashable] = ()) -> None:
        """Hide a count, large or small, and keep three values open for it while the counts `apart` do not change."""
        self._hide(self._arcs[key], [self._arcs[other] for other in apart])

    def protect(self, floor: int = FLOOR) -> None:
        """Hide the small counts, and what would give them away."""
        small = [arc for arc in self._arcs.values() if 0 < arc.count < floor and not arc.harmless and not arc.hidden]
        for arc in sorted(small, key=lambda arc: arc.count):
            self._hide(arc)
        while self._waiting:
            self._cover(*self._waiting.popleft())

    def can_rise(self, key: Hashable) -> bool:
        """Whether a hidden count may be greater by two than it is."""
        arc, flows = self._arcs[key], dict[int, int]()
        for _unit in range(VALUES - 1):
            steps = self._hidden_way(arc, True, flows, (), BOTH)
            if steps is None:
                return False
            _lead(steps, flows)
        return True

    def _mark(self, arc: _Arc) -> None:
        if not arc.hidden:
            arc.hidden = True
            self._hidden_at[arc.tail].append(arc)
            self._hidden_at[arc.head].append(arc)

    def _hide(self, arc: _Arc, apart: Collection[_Arc] = ()) -> None:
        self._mark(arc)
        self._waiting.append((arc, apart))

    def _cover(self, arc: _Arc, apart: Collection[_Arc]) -> None:
        """Hide the cheapest arcs along which the count may take three values. Where bounds leave it fewer whatever is
        hidden, they are given up, those first that hang on other hidden counts."""
        led, bounds = {True: 0, False: 0}, BOTH
        flows: dict[bool, dict[int, int]] = {True: {}, False: {}}
        while sum(led.values()) < VALUES - 1:
            way = self._best_way(arc, led, flows, apart, bounds)
            if way is None and bounds == NONE:
                return
            if way is None:
                bounds -= 1
                continue
            upward, steps = way
            _lead(steps, flows[upward])
            led[upward] += 1
            for step, _forward in steps:
                if not step.hidden:
                    self._hide(step)

    def _best_way(
        self,
        arc: _Arc,
        led: Mapping[bool, int],
        flows: Mapping[bool, Mapping[int, int]],
        apart: Collection[_Arc],
        bounds: int,
    ) -> tuple[bool, list[tuple[_Arc, bool]]] | None:
        """How one more value is opened at the least cost: upward or downward, and along which arcs."""
        ways = list[tuple[bool, Mapping[int, int]]]()
        for upward, flow in ((True, led[True]), (False, -led[False])):
            if not arc.room(upward, flow, bounds):
                continue
            hidden = self._hidden_way(arc, upward, flows[upward], apart, bounds)
            if hidden is not None:
                return upward, hidden
            ways.append((upward, flows[upward]))
        paths = [(upward, self._cheapest(arc, upward, flow, apart, bounds)) for upward, flow in ways]
        found = [(path[0], upward, path[1]) for upward, path in paths if path is not None]
        _cost, upward, steps = min(found, key=lambda way: way[0], default=(0, True, None))
        return None if steps is None else (upward, steps)

    def _hidden_way(
        self, arc: _Arc, upward: bool, flows: Mapping[int, int], apart: Collection[_Arc], bounds: int
    ) -> list[tuple[_Arc, bool]] | None:
        """A way from one end of the arc to the other along what is hidden already: the usual case, and quick."""
        start, goal = (arc.head, arc.tail) if upward else (arc.tail, arc.head)
        came: dict[int, tuple[int, _Arc, bool]] = {start: (start, arc, upward)}
        waiting = deque([start])
        while waiting:
            node = waiting.popleft()
            for other in self._hidden_at[node]:
                forward = other.tail == node
                there = other.head if forward else other.tail
                if there in came or other is arc or other in apart:
                    continue
                if other.room(forward, flows.get(id(other), 0), bounds):
                    came[there] = node, other, forward
                    if there == goal:
                        return _walk_back(came, start, goal)
                    waiting.append(there)
        return None

    def _cheapest(
        self, arc: _Arc, upward: bool, flows: Mapping[int, int], apart: Collection[_Arc], bounds: int
    ) -> tuple[int, list[tuple[_Arc, bool]]] | None:
        """The way from one end of the arc to the other with the least to hide, in steps along or against an arc; what
        is hidden already costs nothing. None where there is no way."""
        start, goal = (arc.head, arc.tail) if upward else (arc.tail, arc.head)
        reached = {start: 0}
        came: dict[int, tuple[int, _Arc, bool]] = {}
        heap = [(0, start)]
        while heap:
            cost, node = heapq.heappop(heap)
            if node == goal:
                return cost, _walk_back(came, start, goal)
            if cost > reached[node]:
                continue
            for other in self._at[node]:
                forward = other.tail == node
                there = other.head if forward else other.tail
                total = cost if other.hidden else cost + other.cost
                if total >= reached.get(there, total + 1) or other is arc or other in apart:
                    continue
                if other.room(forward, flows.get(id(other), 0), bounds):
                    reached[there] = total
                    came[there] = node, other, forward
                    heapq.heappush(heap, (total, there))
        return None


def _lead(steps: Collection[tuple[_Arc, bool]], flows: dict[int, int]) -> None:
    """One person more along the way."""
    for arc, forward in steps:
        flows[id(arc)] = flows.get(id(arc), 0) + (1 if forward else -1)


def _walk_back(came: Mapping[int, tuple[int, _Arc, bool]], start: int, goal: int) -> list[tuple[_Arc, bool]]:
    path = []
    while goal != start:
        goal, arc, forward = came[goal]
        path.append((arc, forward))
    return path
