from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from kernel.suppression import HIDDEN
from reporting.rules.disclosure import Cells, disclose, exactly, masked
from reporting.rules.totals import COUNTS, Figures, rate, total
from reporting.rules.weather import Status

WEATHERS = [status.name.lower() for status in Status]
numbers = st.integers(min_value=0, max_value=40)
bits = st.dictionaries(st.sampled_from(["sleep", "eating", "loss"]), numbers)
figures = st.builds(Figures, **dict.fromkeys(COUNTS, numbers), signs=bits, events=bits)
weathers = st.lists(st.integers(min_value=0, max_value=40), min_size=5, max_size=5)


def of(counts: list[int]) -> Figures:
    return Figures(students=sum(counts), reported=sum(counts), **dict(zip(WEATHERS, counts, strict=True)))  # type: ignore[arg-type]


@given(figures, figures, figures)
def test_figures_add_up_in_any_order(one: Figures, two: Figures, three: Figures) -> None:
    assert total([one, total([two, three])]) == total([total([one, two]), three]) == total([three, one, two])
    assert total([one, two]).students == one.students + two.students


@given(figures)
def test_nothing_added_changes_nothing(one: Figures) -> None:
    assert total([one]) == total([one, Figures()])


def test_the_weather_below_clear_is_counted_together() -> None:
    assert of([20, 4, 3, 2, 1]).concerned == 10


def test_a_mean_and_a_rate_of_nothing_are_no_figures() -> None:
    assert Figures().mood is None
    assert Figures(mood_sum=7, mood_count=2).mood == Decimal("3.5")
    assert rate(0, 0) is None
    assert rate(2, 3) == Fraction(2, 3)


def test_small_counts_are_masked_and_zero_is_not() -> None:
    assert [masked(count) for count in (0, 1, 4, 5)] == [0, HIDDEN, HIDDEN, 5]


def test_below_clear_is_hidden_when_few_and_while_clear_is() -> None:
    clear = dict.fromkeys(Status, 0) | {Status.CLEAR: 20}
    assert Cells(clear, 30).concerned == 10
    assert Cells(clear, 23).concerned is HIDDEN
    assert Cells({**clear, Status.CLEAR: HIDDEN}, 30).concerned is HIDDEN
    assert Cells(clear, HIDDEN).concerned is HIDDEN
    assert not exactly(of([20, 3, 0, 0, 0])).hides


def test_a_unit_whose_total_is_hidden_shows_nothing_below() -> None:
    above = Cells(dict.fromkeys(Status, HIDDEN), HIDDEN)
    whole, parts = disclose({1: of([20, 6, 0, 0, 0])}, above)
    assert set(whole.weather.values()) == set(parts[1].weather.values()) == {HIDDEN}


@given(st.lists(st.lists(weathers, min_size=1, max_size=4), min_size=1, max_size=4))
@example([[[0, 0, 0, 0, 0], [0, 0, 0, 1, 4]]])
def test_no_small_cell_is_shown_and_none_comes_back_by_subtraction(tree: list[list[list[int]]]) -> None:
    classes = {(c, k): of(counts) for c, college in enumerate(tree) for k, counts in enumerate(college)}
    colleges = {c: total([classes[key] for key in classes if key[0] == c]) for c in range(len(tree))}
    school, rows = disclose(colleges)
    for c, college in colleges.items():
        whole, below = disclose(
            {k: classes[key] for key in classes if (k := key[1]) is not None and key[0] == c}, rows[c]
        )
        assert hides_what_is_small(college, whole)
        gone = [status for status in Status if rows[c].weather[status] is HIDDEN]
        for cells in (whole, *below.values()):
            # Hidden in every part, but for a part that has nobody in any of what is hidden.
            assert {cells.weather[status] for status in gone} in (set(), {HIDDEN}, {0})
        assert all(whole.weather[status] is HIDDEN for status in gone)
        for k, cells in below.items():
            assert hides_what_is_small(classes[c, k], cells)
            assert not alone(cells.weather, cells.reported)
    assert hides_what_is_small(total(colleges.values()), school)


def hides_what_is_small(figures: Figures, cells: Cells) -> bool:
    return all(count is HIDDEN or not 0 < count < 5 for count in cells.weather.values())  # type: ignore[operator]


def alone(weather: Mapping[Status, object], reported: object) -> bool:
    """Whether one hidden cell stands alone in a row whose total is shown."""
    hidden = [status for status, count in weather.items() if count is HIDDEN]
    return reported is not HIDDEN and len(hidden) == 1
