"""Small-cell suppression: a table of persons that may be shown without giving a single one away. Knows no Django.

A count from 1 to `floor` - 1 is hidden; zero is shown, for nobody is in it. What is hidden must not come back by
subtraction, so further cells are hidden with it, the smallest first and totals last. They carry the same mark: it says
“not shown”, not “fewer than five”, which would be untrue of the further ones.

The table with its totals is a network: a cell is an arc from its row to its column, a total an arc back. Whoever knows
the shown figures knows the hidden ones up to circulations along hidden arcs. A cell on a cycle of hidden arcs along
which two persons can be sent has at least three possible values; so each hidden cell gets the cheapest such cycle.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

FLOOR = 5
SHIFT = 2


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
    """Hide what could give somebody away. A column that a row lacks counts as zero there; a negative count is a
    ValueError. Totals are worked out here, so show these and no others beside the table."""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    grid = [[row.get(column, 0) for column in columns] for row in rows.values()]
    if any(count < 0 for line in grid for count in line):
        raise ValueError("a count of persons is negative")
    network = _Network(grid)
    network.protect(floor)
    return Table(
        cells={row: {c: network.figure(i, j) for j, c in enumerate(columns)} for i, row in enumerate(rows)},
        row_totals={row: network.figure(i, len(columns)) for i, row in enumerate(rows)},
        column_totals={c: network.figure(len(rows), j) for j, c in enumerate(columns)},
        total=network.figure(len(rows), len(columns)),
    )


@dataclass(slots=True)
class _Arc:
    tail: int
    head: int
    count: int
    cost: int
    hidden: bool = False
    safe: bool = False

    def step(self, node: int) -> tuple[int, bool]:
        """Where one comes from `node`, and whether the shift can be sent that way."""
        if node == self.tail:
            return self.head, True
        return self.tail, self.count >= SHIFT


class _Network:
    """Nodes are the rows, then the columns, each with the totals last."""

    def __init__(self, grid: list[list[int]]) -> None:
        lines = [[*line, sum(line)] for line in grid]
        width = max((len(line) for line in lines), default=1)
        lines.append([sum(line[j] for line in lines) for j in range(width)])
        self._height, self._width = len(lines), width
        dear = lines[-1][-1] + 2
        self._arcs = {
            (i, j): self._arc(i, j, count, dear) for i, line in enumerate(lines) for j, count in enumerate(line)
        }
        self._at: list[list[_Arc]] = [[] for _ in range(self._height + self._width)]
        for arc in self._arcs.values():
            self._at[arc.tail].append(arc)
            self._at[arc.head].append(arc)

    def _arc(self, i: int, j: int, count: int, dear: int) -> _Arc:
        totals = (i == self._height - 1) + (j == self._width - 1)
        # A total is worth more than any cell; a zero may be known from elsewhere, so it is a poor cover.
        cost = (1 + count if count else dear) if not totals else dear * 10 * totals
        row, column = i, self._height + j
        return _Arc(column, row, count, cost) if totals == 1 else _Arc(row, column, count, cost)

    def figure(self, i: int, j: int) -> Figure:
        arc = self._arcs[i, j]
        return HIDDEN if arc.hidden else arc.count

    def protect(self, floor: int) -> None:
        """Hide the small cells, each together with a cycle that covers it."""
        small = sorted((arc for arc in self._arcs.values() if 0 < arc.count < floor), key=lambda arc: arc.count)
        for arc in small:
            arc.hidden = True
        for arc in small:
            if not arc.safe:
                self._cover(arc)

    def _cover(self, arc: _Arc) -> None:
        cost, cycle = self._cheapest_path(arc.head, arc.tail, arc)
        if arc.count >= SHIFT:
            cost, cycle = min((cost, cycle), self._cheapest_path(arc.tail, arc.head, arc), key=lambda found: found[0])
        for other in (arc, *cycle):
            other.hidden = other.safe = True

    def _cheapest_path(self, start: int, goal: int, without: _Arc) -> tuple[float, list[_Arc]]:
        """Dijkstra over what is hidden already (free) and what would have to be hidden."""
        reached: dict[int, float] = {start: 0}
        came: dict[int, tuple[int, _Arc]] = {}
        heap: list[tuple[float, int]] = [(0, start)]
        # There always is a path: each figure stands in sums, and the sums come together in the total.
        while True:
            cost, node = heapq.heappop(heap)
            if node == goal:
                return cost, _walk_back(came, start, goal)
            if cost > reached[node]:
                continue
            for arc in self._at[node]:
                there, passable = arc.step(node)
                total = cost + (0 if arc.hidden else arc.cost)
                if passable and arc is not without and total < reached.get(there, float("inf")):
                    reached[there] = total
                    came[there] = node, arc
                    heapq.heappush(heap, (total, there))


def _walk_back(came: Mapping[int, tuple[int, _Arc]], start: int, goal: int) -> list[_Arc]:
    path = []
    while goal != start:
        goal, arc = came[goal]
        path.append(arc)
    return path
