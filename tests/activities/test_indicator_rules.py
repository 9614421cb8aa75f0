from decimal import Decimal
from fractions import Fraction

import pytest

from activities.rules import indicators
from activities.rules.money import to_fen, to_yuan


@pytest.mark.parametrize(
    ("hours", "conferences", "enough"),
    [
        (["39.5"], 1, False),
        (["40.0"], 0, True),
        (["20", "20"], 0, True),
        ([], 2, True),
        ([], 0, False),
    ],
)
def test_a_year_of_training_takes_40_hours_or_two_conferences(hours: list[str], conferences: int, enough: bool) -> None:
    assert indicators.is_trained(map(Decimal, hours), conferences) is enough


@pytest.mark.parametrize(
    ("students", "full_time", "needed", "met"),
    [
        (12_001, 3, 4, False),
        (12_000, 3, 3, True),
        (3_000, 1, 2, False),
        (3_000, 2, 2, True),
        (0, 2, 0, None),
    ],
)
def test_staff_needed_is_rounded_up_and_never_under_two(
    students: int, full_time: int, needed: int, met: bool | None
) -> None:
    figure = indicators.staff(full_time, students)
    assert (figure.denominator, figure.met) == (needed, met)


def test_15_yuan_for_each_student_are_met_exactly_and_never_rounded_up() -> None:
    enough = indicators.budget(15_000_000, 10_000)
    short = indicators.budget(15_000_000, 10_001)
    assert (enough.met, enough.as_json()["value"]) == (True, 15)
    assert short.met is False
    assert indicators.rounded_down(short.ratio or Fraction(0), Decimal("0.01")) == Decimal("14.99")
    nobody = indicators.budget(15_000_000, 0)
    assert nobody.as_json() == {"numerator": 150_000, "denominator": 0, "value": None, "target": 15, "met": None}


def test_execution_takes_refunds_off() -> None:
    figure = indicators.execution(10_000_000 - 200_000, 15_000_000)
    assert indicators.rounded_down((figure.ratio or 0) * 100, Decimal("0.1")) == Decimal("65.3")


@pytest.mark.parametrize(
    ("is_required", "credits", "hours", "counts"),
    [(True, "2", 32, True), (True, "1.5", 32, False), (True, "2", 31, False), (False, "2", 32, False)],
)
def test_a_course_counts_when_required_with_two_credits_and_32_hours(
    is_required: bool, credits: str, hours: int, counts: bool
) -> None:
    found = indicators.counts_as_required(is_required=is_required, credits_given=Decimal(credits), hours=hours)
    assert found is counts


def test_coverage_of_470_among_500_is_94_percent() -> None:
    assert indicators.course(470, 500).as_json()["value"] == 0.94


def test_a_plan_counts_by_weight() -> None:
    halves = indicators.goal_progress([100, 0])
    figure = indicators.plan([(30, Fraction(1)), (10, halves), (10, indicators.goal_progress([]))])
    assert figure.as_json() == {"numerator": 35, "denominator": 50, "value": 0.7, "target": 1, "met": False}
    assert indicators.plan([]).met is None


def test_a_value_just_below_its_target_never_shows_as_met() -> None:
    figure = indicators.course(99_999, 100_000)
    assert figure.as_json()["value"] == 0.9999
    assert figure.met is False


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "0.001", "100000000.01"])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        to_fen(Decimal(amount))


def test_yuan_and_fen_are_exact() -> None:
    assert to_fen(Decimal("12345.67")) == 1_234_567
    assert to_yuan(-1_234_567) == Decimal("-12345.67")
