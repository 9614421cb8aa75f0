"""Rules of activities, alone: the queue, the draw, the codes, the hours."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.rules import checkins, draws
from activities.rules.activities import a_year_on, is_whole_step
from activities.rules.credits import hours_for, masked
from activities.rules.enrolments import (
    EnrolmentState,
    Waiting,
    Way,
    arrival,
    free_places,
    next_up,
    offer_ends,
    way_up,
)
from tests.sizes import size

EXAMPLES = size(quick=50, full=2_000)
START = datetime(2026, 12, 1, 19, 0, tzinfo=UTC)
MOMENTS = st.integers(946_684_800, 3_786_912_000).map(lambda seconds: datetime.fromtimestamp(seconds, tz=UTC))


@pytest.mark.parametrize(
    ("before", "way"),
    [
        (timedelta(hours=24), Way.MOVES),
        (timedelta(hours=24) - timedelta(seconds=1), Way.OFFERED),
        (timedelta(hours=1), Way.OFFERED),
        (timedelta(hours=1) - timedelta(seconds=1), Way.NONE),
        (timedelta(0), Way.NONE),
    ],
)
def test_a_free_place_is_given_by_the_time_that_is_left(before: timedelta, way: Way) -> None:
    assert way_up(starts_at=START, at=START - before) is way


def test_an_offer_ends_at_the_start_at_the_latest() -> None:
    assert offer_ends(starts_at=START, at=START - timedelta(hours=3)) == START - timedelta(hours=2, minutes=30)
    assert offer_ends(starts_at=START, at=START - timedelta(minutes=10)) == START


@pytest.mark.parametrize(("capacity", "holding", "free"), [(None, 9, None), (30, 10, 20), (20, 30, 0)])
def test_free_places_are_never_below_zero(capacity: int | None, holding: int, free: int | None) -> None:
    assert free_places(capacity, holding) == free


@pytest.mark.parametrize(
    ("admission", "free", "state"),
    [
        ("queue", 1, EnrolmentState.IN),
        ("queue", 0, EnrolmentState.WAITING),
        ("open", None, EnrolmentState.IN),
        ("draw", 5, EnrolmentState.WAITING),
        ("choice", 5, EnrolmentState.WAITING),
    ],
)
def test_arrival_depends_on_the_kind_of_admission(admission: str, free: int | None, state: EnrolmentState) -> None:
    assert arrival(admission, free=free) is state


QUEUES = st.lists(st.tuples(st.integers(1, 10_000), st.booleans()), unique_by=lambda row: row[0], max_size=40).map(
    lambda rows: [Waiting(str(number), number, eligible) for number, eligible in rows]
)


@settings(max_examples=EXAMPLES)
@given(queue=QUEUES, free=st.integers(0, 50))
def test_nobody_who_may_come_is_passed_over(queue: list[Waiting], free: int) -> None:
    chosen, skipped = next_up(queue, free)
    able = sorted((row for row in queue if row.eligible), key=lambda row: row.queue_no)
    assert chosen == able[:free]
    assert not any(row.eligible for row in skipped)
    if chosen:
        assert all(row.queue_no < chosen[-1].queue_no for row in skipped) or len(chosen) < free


@settings(max_examples=EXAMPLES)
@given(keys=st.sets(st.uuids().map(str), max_size=60), seed=st.binary(min_size=32, max_size=32))
def test_a_draw_is_an_order_that_depends_on_seed_and_ids_alone(keys: set[str], seed: bytes) -> None:
    text = seed.hex()
    result = draws.order(text, keys)
    assert sorted(result) == sorted(keys)
    assert draws.order(text, sorted(keys, reverse=True)) == result
    # Who cancels before the draw does not change the order of the others.
    fewer = list(keys)[1:]
    assert draws.order(text, fewer) == [key for key in result if key in fewer]


def test_every_id_has_the_same_chance() -> None:
    keys = [str(number) for number in range(10)]
    firsts = [draws.order(f"{seed:064x}", keys)[0] for seed in range(2_000)]
    assert all(120 < firsts.count(key) < 290 for key in keys)


@settings(max_examples=EXAMPLES)
@given(at=MOMENTS, age=st.integers(0, 200))
def test_a_code_is_taken_for_30_to_45_seconds(at: datetime, age: int) -> None:
    code = checkins.code_of("secret", checkins.slot_of(at))
    later = at + timedelta(seconds=age)
    taken = checkins.is_valid_code("secret", code, later)
    assert taken == (checkins.slot_of(later) - checkins.slot_of(at) <= 2)
    assert not checkins.is_valid_code("other", code, later)


@pytest.mark.parametrize("text", ["", "ＡＢＣ", "x" * 5_000, "000000", "\0"])
def test_a_strange_code_is_no_code(text: str) -> None:
    assert not checkins.is_valid_code("secret", text, START)
    assert not checkins.is_valid_digits("secret", text or "ab", START)


def test_six_digits_are_six_digits() -> None:
    shown = [checkins.digits_of("secret", slot) for slot in range(500)]
    assert all(len(digits) == 6 and digits.isdecimal() for digits in shown)
    assert len(set(shown)) > 490


@pytest.mark.parametrize(
    ("present", "hours"),
    [
        (set(), "0.0"),
        ({"a"}, "0.0"),
        ({"a", "b"}, "4.0"),
        ({"a", "b", "c"}, "6.0"),
        ({"a", "b", "x"}, "4.0"),
    ],
)
def test_hours_come_from_two_thirds_on(present: set[str], hours: str) -> None:
    assert hours_for(dict.fromkeys("abc", Decimal("2.0")), present) == Decimal(hours)


def test_no_occasion_gives_no_hours() -> None:
    assert hours_for({}, set()) == Decimal("0.0")


@pytest.mark.parametrize(
    ("hours", "whole"), [("0.3", False), ("0.5", True), ("2", True), ("NaN", False), ("-1.5", True)]
)
def test_hours_go_in_halves(hours: str, whole: bool) -> None:
    assert is_whole_step(Decimal(hours)) is whole


def test_next_year_falls_on_the_same_weekday() -> None:
    assert a_year_on(START).weekday() == START.weekday()
    assert a_year_on(START) - START == timedelta(days=364)


@pytest.mark.parametrize(("name", "shown"), [("王明", "王*"), ("欧阳小明", "欧***"), ("李", "李*")])
def test_a_stranger_reads_the_first_character_of_a_name(name: str, shown: str) -> None:
    assert masked(name) == shown
