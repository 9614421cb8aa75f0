"""A reader who opens every page of a month and has a solver learns nothing of a hidden figure."""

import random

import pytest

from reporting.rules.disclosure import (
    FLOOR,
    HIDDEN,
    NOTHING,
    PRINTED,
    Cells,
    Sight,
    added,
    disclose,
    exactly,
    seen,
)
from reporting.rules.dorm_lines import Status
from reporting.rules.totals import Figures, total
from tests.reporting.solver import Month, month
from tests.sizes import size

SCHOOL = 1
SCHOOLS, SHARDS = size(quick=100, full=2000), 4
SEARCHED = size(quick=12, full=200)
SIGNS = ("sleep", "eating")
School = dict[int, dict[int, Figures]]


def school_class(dice: random.Random) -> Figures:
    """A class: often small, mostly clear, as classes are."""
    most = dice.choice([1, 2, 4, 8])
    counts = {status.name.lower(): dice.choice([0, 0, 1, 2, dice.randrange(most + 1)]) for status in Status}
    counts["clear"] = dice.choice([0, dice.randrange(3, 12), 25, 30])
    reported = sum(counts.values())
    below = reported - counts["clear"]
    signs = {sign: dice.randrange(below + 1) for sign in SIGNS}
    return Figures(
        students=max(3, reported + dice.choice([0, 0, 1, 6])),
        reported=reported,
        **counts,
        signs={sign: count for sign, count in signs.items() if count},
    )


def draw(seed: int) -> School:
    dice = random.Random(seed)
    return {
        college: {college * 100 + n: school_class(dice) for n in range(dice.randrange(1, 5))}
        for college in range(10, 10 + dice.randrange(1, 5))
    }


def places(colleges: School) -> dict[tuple[int | None, int | None], Figures]:
    return {(college, pk): figures for college, classes in colleges.items() for pk, figures in classes.items()}


def published(seed: int) -> Month:
    colleges = draw(seed)
    return month(SCHOOL, colleges, disclose(SCHOOL, places(colleges)))


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_sum_of_any_page_narrows_a_hidden_figure_to_fewer_than_three_values(shard: int) -> None:
    hidden = 0
    for seed in range(shard, SCHOOLS, SHARDS):
        whole = published(seed)
        bounds = whole.bounds()
        hidden += len(whole.hidden)
        for key in whole.hidden:
            low, high = bounds[key]
            assert high - low >= 2, (seed, key, whole.truth[key])
    assert hidden > 10 * SCHOOLS / SHARDS


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_hidden_figure_has_three_values_each_in_a_whole_world(shard: int) -> None:
    for seed in range(shard, SEARCHED, SHARDS):
        whole = published(seed)
        for key in whole.hidden:
            assert whole.values(key) >= 3, (seed, key, whole.truth[key])


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_small_figure_is_shown_and_what_is_shown_is_true(shard: int) -> None:
    for seed in range(shard, SCHOOLS, SHARDS):
        whole = published(seed)
        for key, figure in whole.shown.items():
            assert figure is HIDDEN or figure == whole.truth[key], (seed, key)
            small = key[1] != "reported" and 0 < whole.truth[key] < FLOOR
            assert figure is HIDDEN or not small, (seed, key)


def test_the_solver_finds_what_tables_of_their_own_tell() -> None:
    """Each table hides its small cells; beside reported and clear, what is below clear follows."""
    classes = {1000: Figures(students=30, reported=30, clear=27, cloudy=2, rain=1), 1001: Figures(students=9)}
    naive = {pk: exactly(figures) for pk, figures in {**classes, 10: total(classes.values())}.items()}
    hides = Cells({**naive[1000].weather, Status.CLOUDY: HIDDEN, Status.RAIN: HIDDEN}, 30, HIDDEN, naive[1000].flags)
    whole = month(SCHOOL, {10: classes}, {**naive, 1000: hides, 10: hides, SCHOOL: hides})
    assert whole.bounds()[1000, "CONCERNED"] == (3, 3)


def test_a_class_that_changed_college_within_the_month_is_not_published() -> None:
    parts = {(10, 1000): Figures(students=9, reported=9, clear=9), (11, 1000): Figures(students=8, reported=8, clear=8)}
    cells = disclose(SCHOOL, parts)
    assert cells[1000] == NOTHING
    assert (cells[10].reported, cells[11].reported, cells[SCHOOL].reported) == (9, 8, 17)


def test_classes_without_a_college_stand_below_the_school() -> None:
    cells = disclose(SCHOOL, {(None, 1000): Figures(students=20, reported=20, clear=14, cloudy=6)})
    assert cells[1000].concerned == cells[SCHOOL].concerned == 6


def test_the_same_cells_come_back_from_the_database() -> None:
    for cells in disclose(SCHOOL, places(draw(3))).values():
        assert Cells.of(cells.stored()) == cells


def test_one_rule_decides_what_a_reader_sees() -> None:
    figures = Figures(students=30, reported=30, clear=28, rain=2, signs={"sleep": 2})
    public = disclose(SCHOOL, {(10, 1000): figures})[1000]
    assert seen(figures, public, PRINTED) == public
    assert seen(figures, None, PRINTED) == NOTHING
    assert seen(figures, public, Sight(exact=True, exact_flags=True)) == exactly(figures)
    weather = seen(figures, public, Sight(exact=True, flags=False))
    assert (weather.weather[Status.RAIN], weather.flags) == (2, {})


def test_a_sum_is_hidden_as_soon_as_a_part_is() -> None:
    assert added([3, 4]) == 7
    assert added([3, HIDDEN]) is HIDDEN
