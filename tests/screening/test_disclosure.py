"""Everything that is published of a campaign, put together and solved: no hidden count comes back."""

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from screening.rules.disclosure import disclosure, shown_rows
from screening.rules.figures import LEVEL_FLOOR, LEVELS, Sums
from screening.rules.reader_tables import ReaderTables
from screening.rules.tallies import Tally, merge_small_origins

SCHOOLS = 60


def school(draw: Random, *, largest: int = 60) -> dict[int, Tally]:
    """A school of a few colleges and classes; some are small, some levels rare."""
    colleges: dict[int, Tally] = {}
    for college in range(1, draw.randint(2, 5)):
        tally = colleges[college] = Tally()
        weights = draw.choice([(1, 4, 20), (1, 1, 1), (0, 1, 30), (8, 8, 8)])
        for number in range(draw.randint(1, 4)):
            for _paper in range(draw.choice([1, 3, 12, draw.randint(0, largest)])):
                level = draw.choices(LEVELS, weights)[0]
                groups = (college * 10 + number, draw.choice("FM"), draw.choice(["浙江", "安徽", ""]))
                tally.add(level, {"total": 1.0}, groups)
    merge_small_origins(colleges)
    return colleges


def readers(colleges: Mapping[int, Tally]) -> Iterator[ReaderTables]:
    """The leading group, and the coordinator of each college."""
    yield ReaderTables(colleges, frozenset(colleges), True, False)
    for college in colleges:
        yield ReaderTables(colleges, frozenset([college]), False, True)


def vectors(papers: Counter[int] | int) -> set[tuple[int, ...]]:
    n = papers if isinstance(papers, int) else papers.total()
    return {(a, b, n - a - b) for a in range(n + 1) for b in range(n + 1 - a)}


def possible(rows: Mapping[Any, Counter[int]], whole: Counter[int]) -> dict[tuple[Any, int], set[int]]:
    """Every value that each count may have, for somebody who knows the papers of each row and the sum of all levels."""
    values: dict[tuple[Any, int], set[int]] = {(key, level): set() for key in rows for level in LEVELS}
    for key, row in rows.items():
        sums = {(0, 0)}
        for other, counts in rows.items():
            if other != key:
                sums = {
                    (a + c, b + d)
                    for a, b in sums
                    for c, d, _rest in vectors(counts)
                    if a + c <= whole[1] and b + d <= whole[2]
                }
        for a, b, c in vectors(row):
            if (whole[1] - a, whole[2] - b) in sums and c <= whole[3]:
                for level, value in zip(LEVELS, (a, b, c), strict=True):
                    values[key, level].add(value)
    return values


def check_rows(rows: Mapping[Any, Counter[int]], shown: set[Any]) -> int:
    """The rows left out, solved from the sum of all and the shown ones; returns how many counts were hidden."""
    whole = sum(rows.values(), Counter[int]())
    hidden = {key: counts for key, counts in rows.items() if key not in shown}
    rest = whole - sum((rows[key] for key in shown), Counter[int]())
    for (key, level), values in possible(hidden, rest).items():
        # Where all have the same level, the row above says so.
        if rest[level] and len(+rest) > 1:
            assert len(values) >= min(3, hidden[key].total() + 1), (key, level)
    return sum(rest[level] > 0 for level in LEVELS) * len(hidden)


@pytest.mark.parametrize("seed", range(SCHOOLS))
def test_levels_of_the_school_and_its_colleges_together_tell_no_hidden_count(seed: int) -> None:
    colleges = school(Random(seed), largest=24)
    shown = disclosure(colleges)
    by_college = {key: tally.by_level for key, tally in colleges.items() if tally.levels}
    if shown.level_total:
        check_rows(by_college, shown.levels)
    else:
        assert not shown.levels
    # With the figures of a college known, what happens inside it is a table of its own.
    for college in colleges:
        if college in shown.levels:
            check_rows(colleges[college].levels, shown.level_classes[college])
        else:
            assert not shown.level_classes.get(college)


@pytest.mark.parametrize("seed", range(SCHOOLS))
def test_no_shown_count_is_small(seed: int) -> None:
    for tables in readers(school(Random(seed))):
        for counts in [*tables.levels.values(), tables.whole_levels]:
            assert counts is None or all(not n or n >= LEVEL_FLOOR for n in counts.values())
        for by in ("unit", "sex", "origin"):
            assert all(sums is None or not sums.n or sums.n >= LEVEL_FLOOR for sums in tables.sums(by).values())


def cells(colleges: Mapping[int, Tally]) -> list[tuple[Any, ...]]:
    """The finest groups there can be: class, sex and province of a college."""
    return [
        (college, unit, sex, origin)
        for college, tally in colleges.items()
        for unit in tally.sums["unit"]
        for sex in tally.sums["sex"]
        for origin in tally.sums["origin"]
    ]


def statements(colleges: Mapping[int, Tally]) -> tuple[list[list[int]], list[list[int]]]:
    """Each mean on a page as the sum of the finest groups in it: those that are shown, and those that are hidden."""
    finest = cells(colleges)
    told: tuple[list[list[int]], list[list[int]]] = [], []
    for tables in readers(colleges):
        places = {"unit": 1 if tables.by_class else 0, "sex": 2, "origin": 3}
        for by, place in places.items():
            for group, sums in tables.sums(by).items():
                if tables.own.sums[by][group].n:
                    row = [int(cell[0] in tables.scope and cell[place] == group) for cell in finest]
                    _tell(told, row, sums, tables.own.sums[by][group].n)
        _tell(told, [int(cell[0] in tables.scope) for cell in finest], tables.whole, tables.own.whole.n)
    return told


def _tell(told: tuple[list[list[int]], list[list[int]]], row: list[int], sums: Sums | None, n: int) -> None:
    """A group of ten or more may follow from others: it is hidden for their sake alone."""
    if sums is not None:
        told[0].append(row)
    elif 0 < n < LEVEL_FLOOR:
        told[1].append(row)


def reduced(rows: list[list[int]]) -> list[list[Fraction]]:
    basis: list[list[Fraction]] = []
    for row in rows:
        rest = remainder([Fraction(value) for value in row], basis)
        if any(rest):
            basis.append(rest)
    return basis


def remainder(row: list[Fraction], basis: list[list[Fraction]]) -> list[Fraction]:
    for base in basis:
        lead = next(place for place, value in enumerate(base) if value)
        if row[lead]:
            factor = row[lead] / base[lead]
            row = [value - factor * other for value, other in zip(row, base, strict=True)]
    return row


@pytest.mark.parametrize("seed", range(SCHOOLS))
def test_no_hidden_mean_is_worked_out_from_all_shown_ones(seed: int) -> None:
    shown, hidden = statements(school(Random(seed)))
    basis = reduced(shown)
    for row in hidden:
        assert any(remainder([Fraction(value) for value in row], basis))


def test_a_single_small_college_takes_another_one_with_it() -> None:
    rows = {"a": Counter({1: 20, 3: 60}), "b": Counter({1: 3, 3: 40}), "c": Counter({1: 30, 3: 90})}
    assert shown_rows(rows) == ({"c"}, True)


def test_a_college_whose_sum_would_tell_a_class_is_left_out() -> None:
    lone = Tally()
    for n in range(24):
        lone.add(1 if n < 12 else 3, None, (10 if n else 11, "F", ""))
    others = {}
    for college in (2, 3, 4):
        others[college] = Tally()
        for n in range(80):
            others[college].add(1 if n % 2 else 3, None, (college * 10, "F", ""))
    shown = disclosure({1: lone, **others})
    assert 1 not in shown.levels
    assert len(shown.levels) == 2


def test_a_school_with_a_rare_level_shows_none() -> None:
    assert shown_rows({"a": Counter({1: 2, 3: 60}), "b": Counter({1: 1, 3: 40})}) == (set(), False)
    assert shown_rows({}) == (set(), False)
