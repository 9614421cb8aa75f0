import random
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.suppression import HIDDEN, Figure, Hidden, Table, suppress
from tests.sizes import size

Counts = list[list[int]]


def table(grid: Counts, floor: int = 5) -> Table[int, int]:
    return suppress({i: dict(enumerate(line)) for i, line in enumerate(grid)}, floor=floor)


def shown(cells: Mapping[int, Figure]) -> list[int | None]:
    return [None if isinstance(figure, Hidden) else figure for figure in cells.values()]


class Reader:
    """Somebody with pencil and paper: knows what is shown, and that counts are whole and not negative. Tries whether a
    hidden figure may have some value by filling in the others, cell by cell."""

    def __init__(self, seen: Table[int, int], most: int) -> None:
        self.cells = [shown(line) for line in seen.cells.values()]
        self.rows = shown(seen.row_totals)
        self.columns = shown(seen.column_totals)
        self.total = None if isinstance(seen.total, Hidden) else seen.total
        self.most = most

    def can_be(self, i: int, j: int, value: int) -> bool:
        cells = [line[:] for line in self.cells]
        cells[i][j] = value
        return self._fits(cells)

    def row_can_be(self, i: int, value: int) -> bool:
        self.rows, kept = [*self.rows[:i], value, *self.rows[i + 1 :]], self.rows
        fits = self._fits([line[:] for line in self.cells])
        self.rows = kept
        return fits

    def _fits(self, cells: list[list[int | None]]) -> bool:
        if any(self._broken(line, total) for line, total in self._lines(cells)):
            return False
        free = [(i, j) for i, line in enumerate(cells) for j, count in enumerate(line) if count is None]
        if not free:
            return True
        # The cell of the line with the fewest gaps is the most constrained one.
        i, j = min(free, key=lambda at: min(cells[at[0]].count(None), [line[at[1]] for line in cells].count(None)))
        for value in range(self.most + 1):
            cells[i][j] = value
            if self._fits(cells):
                cells[i][j] = None
                return True
        cells[i][j] = None
        return False

    def _lines(self, cells: list[list[int | None]]) -> list[tuple[list[int | None], int | None]]:
        rows = list(zip(cells, self.rows, strict=True))
        columns = [([line[j] for line in cells], total) for j, total in enumerate(self.columns)]
        return [*rows, *columns, (self.rows, self.total), (self.columns, self.total)]

    def _broken(self, line: list[int | None], total: int | None) -> bool:
        known = sum(count for count in line if count is not None)
        return total is not None and (known > total or (None not in line and known != total))


def grids(height: int, width: int, most: int) -> st.SearchStrategy[Counts]:
    line = st.lists(st.integers(0, most), min_size=width, max_size=width)
    return st.lists(line, min_size=height, max_size=height)


@settings(max_examples=size(quick=60, full=300), deadline=None)
@given(st.integers(1, 3).flatmap(lambda n: grids(n, 3, 9)))
def test_a_reader_finds_three_values_at_least_for_every_hidden_cell(grid: Counts) -> None:
    seen = table(grid)
    reader = Reader(seen, most=14)
    for i, line in seen.cells.items():
        for j, figure in line.items():
            if figure is HIDDEN:
                near = range(max(0, grid[i][j] - 2), grid[i][j] + 3)
                assert sum(reader.can_be(i, j, value) for value in near) >= 3, (grid, seen, i, j)


@settings(max_examples=size(quick=30, full=100), deadline=None)
@given(grids(2, 2, 6))
def test_a_reader_finds_three_values_at_least_for_every_hidden_total(grid: Counts) -> None:
    seen = table(grid)
    reader = Reader(seen, most=20)
    for i, figure in seen.row_totals.items():
        if figure is HIDDEN:
            near = range(max(0, sum(grid[i]) - 2), sum(grid[i]) + 3)
            assert sum(reader.row_can_be(i, value) for value in near) >= 3, (grid, seen, i)


@settings(max_examples=size(quick=50, full=200), deadline=None)
@given(st.integers(1, 8).flatmap(lambda n: grids(n, 5, 30)))
def test_small_counts_are_hidden_and_what_is_shown_is_true(grid: Counts) -> None:
    seen = table(grid)
    for i, line in enumerate(grid):
        for j, count in enumerate(line):
            assert seen.cells[i][j] is HIDDEN or seen.cells[i][j] == count
            assert not 0 < count < 5 or seen.cells[i][j] is HIDDEN
        assert seen.row_totals[i] is HIDDEN or seen.row_totals[i] == sum(line)
        assert not 0 < sum(line) < 5 or seen.row_totals[i] is HIDDEN
    for j in range(5):
        assert seen.column_totals[j] is HIDDEN or seen.column_totals[j] == sum(line[j] for line in grid)


@settings(max_examples=size(quick=50, full=200), deadline=None)
@given(st.integers(1, 8).flatmap(lambda n: grids(n, 5, 30)))
def test_no_line_with_its_total_has_a_single_gap(grid: Counts) -> None:
    seen = table(grid)
    lines = [[*line.values(), seen.row_totals[i]] for i, line in seen.cells.items()]
    lines.append([*seen.column_totals.values(), seen.total])
    for line in [*lines, *map(list, zip(*lines, strict=True))]:
        assert line.count(HIDDEN) != 1


def test_what_harms_nobody_stays() -> None:
    seen = table([[10, 20], [0, 7]])
    assert seen.cells == {0: {0: 10, 1: 20}, 1: {0: 0, 1: 7}}
    assert (seen.row_totals, seen.column_totals, seen.total) == ({0: 30, 1: 7}, {0: 10, 1: 27}, 37)


def test_the_smallest_cells_are_hidden_with_it_and_totals_stay() -> None:
    seen = table([[1, 7, 20], [9, 12, 0], [30, 14, 8]])
    assert seen.cells == {0: {0: HIDDEN, 1: HIDDEN, 2: 20}, 1: {0: HIDDEN, 1: HIDDEN, 2: 0}, 2: {0: 30, 1: 14, 2: 8}}
    assert (seen.row_totals[0], seen.column_totals[0], seen.total) == (28, 40, 101)


def test_a_table_of_one_cell_shows_nothing() -> None:
    seen = table([[3]])
    assert [seen.cells[0][0], seen.row_totals[0], seen.column_totals[0], seen.total] == [HIDDEN] * 4


def test_empty_tables_are_tables() -> None:
    assert table([]).total == 0
    assert suppress({"a": {}}).row_totals == {"a": 0}


def test_rows_may_lack_columns_and_the_floor_may_be_another() -> None:
    seen = suppress({"a": {"x": 9}, "b": {"y": 8}}, floor=10)
    assert seen.cells["a"]["x"] is HIDDEN
    assert suppress({"a": {"x": 9}, "b": {"y": 8}}).cells == {"a": {"x": 9, "y": 0}, "b": {"x": 0, "y": 8}}


def test_a_negative_count_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="negative"):
        table([[-1]])


def test_the_mark_does_not_say_how_small() -> None:
    assert f"{HIDDEN} {HIDDEN!r}" == "* *"


@pytest.mark.parametrize(("height", "seconds"), [(20, 0.2), (100, 2.0)])
def test_big_tables_are_quick(height: int, seconds: float) -> None:
    dice = random.Random(height)
    grid = [[dice.choice([0, 1, 2, 3, 4, 5, 8, 30, 100]) for _ in range(6)] for _ in range(height)]
    begun = time.process_time()
    table(grid)
    assert time.process_time() - begun < seconds
