from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.periods import EARLIEST, LATEST, TZ, Month, academic_year, due_at, is_working_day, working_day_before

months = st.builds(Month, st.integers(1, 9998), st.integers(1, 12))
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(st.builds(Month, st.integers(EARLIEST.year, LATEST.year), st.integers(1, 12)))
def test_a_month_reads_back_what_it_writes(month: Month) -> None:
    assert Month.parse(str(month)) == month


@given(months)
def test_the_day_before_the_next_month_is_the_last_of_this_one(month: Month) -> None:
    assert month.last + timedelta(days=1) == month.next().first
    assert month.next().previous() == month


@given(months, months)
def test_months_are_ordered_as_their_first_days_are(one: Month, other: Month) -> None:
    assert (one < other) == (one.first < other.first)
    assert (str(one) < str(other)) == (one < other)


@given(st.dates(date(1, 1, 1), date(9999, 11, 30)))
def test_a_day_lies_in_its_month(day: date) -> None:
    month = Month.of(day)
    assert month.first <= day <= month.last


@pytest.mark.parametrize(
    "text",
    [
        "2026-13",
        "2026-00",
        "2026-1",
        "26-01",
        "2026-01-01",
        "",
        "二〇二六-01",
        " 2026-01",
        "0000-01",
        "0001-01",
        "9999-12",
        "9" * 5000,
    ],
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Month.parse(text)


def test_an_instant_is_in_the_month_that_it_is_in_beijing() -> None:
    assert Month.of(datetime(2026, 10, 31, 16, 0, tzinfo=UTC)) == Month(2026, 11)
    assert Month.of(datetime(2026, 10, 31, 15, 59, tzinfo=UTC)) == Month(2026, 10)


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        ("2026-11", 25, datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)),
        ("2026-02", 31, datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC)),
        ("2028-02", 30, datetime(2028, 2, 29, 15, 59, 59, tzinfo=UTC)),
        ("2026-04", 31, datetime(2026, 4, 30, 15, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_due_time_is_the_last_second_of_its_day_in_beijing(month: str, day: int, expected: datetime) -> None:
    assert due_at(Month.parse(month), day) == expected


@given(months.filter(lambda month: month.year > 1900), st.integers(1, 31))
def test_a_due_time_stays_in_its_month(month: Month, day: int) -> None:
    due = due_at(month, day)
    assert due.tzinfo is TZ
    assert Month.of(due) == month


@pytest.mark.parametrize("day", [0, 32, -1])
def test_a_due_day_that_no_month_has_is_refused(day: int) -> None:
    with pytest.raises(ValueError, match="no such day"):
        due_at(Month(2026, 11), day)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 22), False),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 17), False),
    ],
)
def test_working_days_follow_the_holidays_and_their_shifted_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_the_schools_own_days_win() -> None:
    assert is_working_day(date(2026, 11, 23), {date(2026, 11, 23): False}) is False
    assert is_working_day(date(2026, 10, 1), {date(2026, 10, 1): True}) is True


def test_the_working_day_before_the_national_holidays_end_is_in_september() -> None:
    assert working_day_before(date(2026, 10, 8)) == date(2026, 9, 30)
    assert working_day_before(date(2026, 10, 8), {date(2026, 9, 30): False}) == date(2026, 9, 29)


@given(days)
def test_the_working_day_before_is_earlier_and_none_lies_between(day: date) -> None:
    before = working_day_before(day)
    assert before < day
    assert is_working_day(before)
    between = [before + timedelta(days=n) for n in range(1, (day - before).days)]
    assert not any(is_working_day(one) for one in between)


def test_a_school_that_never_works_has_no_working_day() -> None:
    never = {date(2026, 1, 1) + timedelta(days=n): False for n in range(365)}
    with pytest.raises(ValueError, match="no working day"):
        working_day_before(date(2026, 11, 23), never)


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 8, 31), "2025-2026"), (date(2026, 9, 1), "2026-2027"), (date(2027, 2, 1), "2026-2027")],
)
def test_an_academic_year_starts_in_september(day: date, year: str) -> None:
    assert academic_year(day) == year
