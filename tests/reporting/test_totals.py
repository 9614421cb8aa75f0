from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from reporting.rules.dorm_lines import Status
from reporting.rules.totals import COUNTS, Figures, rate, total

WEATHERS = [status.name.lower() for status in Status]
numbers = st.integers(min_value=0, max_value=40)
bits = st.dictionaries(st.sampled_from(["sleep", "eating", "loss"]), numbers)
figures = st.builds(Figures, **dict.fromkeys(COUNTS, numbers), signs=bits, events=bits)


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
