"""Somebody with every page of a school before them: the school's table, each college's, several months. An oracle of
its own, which shares no code with what hides, tells what they can work out."""

import random
from collections import defaultdict, deque
from collections.abc import Mapping

import pytest

from reporting.rules.disclosure import FLOOR, HIDDEN, Cells, disclose
from reporting.rules.totals import Figures
from reporting.rules.weather import Status
from tests.sizes import size

TABLES, SHARDS = size(quick=(200, 1), full=(2000, 10))
TOTAL = "total"
School = dict[int, dict[int, Figures]]


def figures(dice: random.Random) -> Figures:
    """A class: often small, mostly clear, as classes are."""
    most = dice.choice([2, 4, 8, 30])
    counts = {status.name.lower(): dice.choice([0, 0, 1, 2, dice.randrange(most + 1)]) for status in Status}
    counts["clear"] = dice.choice([0, dice.randrange(3 * most), 25])
    return Figures(reported=sum(counts.values()), **counts)


def added(parts: Mapping[int, Figures]) -> Figures:
    names = ("reported", *(status.name.lower() for status in Status))
    return Figures(**{name: sum(getattr(one, name) for one in parts.values()) for name in names})


def school(dice: random.Random) -> School:
    return {
        college: {college * 10 + n: figures(dice) for n in range(dice.randrange(1, 4))}
        for college in range(1, dice.randrange(2, 5))
    }


class Pencil:
    """All figures of a school as a flow: units by weather, where each figure stands in two sums. What is hidden may be
    greater by n if n persons can be led around a circle of hidden figures through it, smaller likewise."""

    def __init__(self) -> None:
        self.arcs: dict[tuple[int, object], tuple[object, object, int]] = {}
        self.hidden: set[tuple[int, object]] = set()
        self.leaving: dict[object, list[tuple[tuple[int, object], object, int]]] = defaultdict(list)

    def add(self, unit: int, parent: object, classes: bool, counts: Figures, shown: Cells) -> None:
        """A unit's row; a class's weather adds up to its total, every other figure is the sum of those below it."""
        said = {**shown.weather, TOTAL: shown.reported}
        for column, count in {**counts.weather, TOTAL: counts.reported}.items():
            below = ("class", unit) if classes else ("sum", unit, column)
            above = ("sum", parent, column) if parent is not None else ("school", None)
            # Totals run the other way, so that each point of the flow is a sum that holds.
            tail, head = (above, below) if column == TOTAL else (below, above)
            key = (unit, column)
            self.arcs[key] = (tail, head, count)
            if said[column] is HIDDEN:
                self.hidden.add(key)
                self.leaving[tail].append((key, head, 2))
                self.leaving[head].append((key, tail, min(count, 2)))

    def values(self, key: tuple[int, object]) -> int:
        """How many values the figure may have, counted up to five."""
        tail, head, count = self.arcs[key]
        return 1 + self._led(head, tail, key, 2) + self._led(tail, head, key, min(count, 2))

    def _led(self, start: object, goal: object, without: tuple[int, object], most: int) -> int:
        """Persons that can be led from one point to the other along other hidden figures: path by path."""
        used: dict[tuple[tuple[int, object], object], int] = defaultdict(int)
        led = 0
        while led < most:
            came: dict[object, tuple[object, tuple[int, object]]] = {start: (start, without)}
            waiting = deque([start])
            while waiting and goal not in came:
                here = waiting.popleft()
                for key, there, room in self.leaving[here]:
                    if key != without and there not in came and room - used[key, here] + used[key, there] > 0:
                        came[there] = (here, key)
                        waiting.append(there)
            if goal not in came:
                return led
            at = goal
            while at != start:
                before, key = came[at]
                used[key, before] += 1
                at = before
            led += 1
        return led


def published(told: School) -> Pencil:
    """Everything that the pages of the school, of each college and of each class show of a month."""
    pencil = Pencil()
    colleges = {pk: added(classes) for pk, classes in told.items()}
    whole, parts = disclose(colleges)
    pencil.add(0, None, False, added(colleges), whole)
    for pk, classes in told.items():
        again, rows = disclose(classes, parts[pk])
        seen = Cells(
            {status: _both(again.weather[status], parts[pk].weather[status]) for status in Status},
            _both(again.reported, parts[pk].reported),
        )
        pencil.add(pk, 0, False, colleges[pk], seen)
        for unit, one in classes.items():
            pencil.add(unit, pk, True, one, rows[unit])
    return pencil


def _both(one: object, other: object) -> object:
    """What is shown on either page is known."""
    return other if one is HIDDEN else one


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_small_figure_of_a_school_may_have_three_values_across_all_its_pages(shard: int) -> None:
    hidden, told_by_sums = 0, 0
    for seed in range(shard * TABLES // SHARDS, (shard + 1) * TABLES // SHARDS):
        told = school(random.Random(seed))
        pencil = published(told)
        hidden += len(pencil.hidden)
        for key in pencil.hidden:
            if pencil.values(key) < 3:
                # A large figure, hidden on one page for the sake of others, may follow from another page.
                assert pencil.arcs[key][2] >= FLOOR, (seed, key, told)
                told_by_sums += 1
    assert hidden > 1000
    assert told_by_sums * 1000 < hidden


def test_the_oracle_finds_what_subtraction_tells() -> None:
    pencil = Pencil()
    one, two = Figures(reported=12, clear=10, rain=2), Figures(reported=20, clear=20)
    naive = Cells({**one.weather, Status.RAIN: HIDDEN}, 12)
    pencil.add(0, None, False, added({1: one, 2: two}), Cells(added({1: one, 2: two}).weather, 32))
    pencil.add(1, 0, True, one, naive)
    pencil.add(2, 0, True, two, Cells(two.weather, 20))
    assert pencil.values((1, Status.RAIN)) == 1
