"""What is owed around the person: gaps of a watch, steps of a referral, whom to call, looks after a return."""

from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.rules import guardians, referrals, returns, safety_watches
from crisis.rules.guardians import Whom
from crisis.rules.referrals import ORDER, Hitch
from crisis.rules.referrals import Step as Taken
from crisis.rules.returns import Part
from crisis.rules.safety_watches import Gap, Span
from kernel.periods import TZ

AT = datetime(2026, 11, 10, 9, 0, tzinfo=TZ)
HOURS = 48
turns = st.lists(
    st.tuples(st.integers(-6, HOURS), st.integers(1, 24)).map(lambda one: (hour(one[0]), hour(one[0] + one[1]))),
    max_size=8,
)


def hour(number: int) -> datetime:
    return AT + timedelta(hours=number)


def test_a_gap_is_told_with_the_fewest_people_in_it() -> None:
    spans = [(hour(0), hour(8)), (hour(0), hour(4)), (hour(6), hour(12))]
    assert safety_watches.gaps(spans, since=hour(0), until=hour(14)) == [
        Gap(hour(4), hour(6), 1),
        Gap(hour(8), hour(14), 0),
    ]
    assert safety_watches.gaps([], since=hour(0), until=hour(1)) == [Gap(hour(0), hour(1), 0)]
    assert safety_watches.gaps(spans, since=hour(0), until=hour(14), least=0) == []


@given(spans=turns, least=st.integers(1, 3))
def test_each_hour_lies_in_a_gap_if_fewer_than_needed_are_there(spans: list[Span], least: int) -> None:
    found = safety_watches.gaps(spans, since=AT, until=hour(HOURS), least=least)
    for number in range(HOURS):
        there = sum(first <= hour(number) < last for first, last in spans)
        around = [gap for gap in found if gap.starts <= hour(number) < gap.ends]
        assert len(around) == (there < least)
        assert all(gap.people <= there for gap in around)
    assert all(before.ends < after.starts for before, after in pairwise(found))


@given(spans=turns, now=st.integers(0, HOURS))
def test_there_is_always_a_next_gap_and_it_is_not_over(spans: list[Span], now: int) -> None:
    gap = safety_watches.next_gap(spans, since=AT, at=hour(now))
    assert gap.ends > hour(now)
    assert gap.people < safety_watches.LEAST
    assert safety_watches.is_to_warn(gap, gap.starts - timedelta(hours=1))
    assert not safety_watches.is_to_warn(gap, gap.starts - timedelta(minutes=61))


@given(steps=st.lists(st.sampled_from(list(Taken)), max_size=20))
def test_whatever_is_tried_a_referral_keeps_the_order_of_its_steps(steps: list[Taken]) -> None:
    taken: list[Taken] = []
    for step in steps:
        if referrals.hitch(taken, step, at=AT, last_at=None, is_assessor=False) is None:
            taken.append(step)
    regular = [step for step in taken if step != Taken.BROKEN_OFF]
    assert regular == list(ORDER[: len(regular)])
    assert Taken.BROKEN_OFF not in taken[:-1]


def test_a_referral_goes_on_step_by_step_and_each_step_but_the_last_owes_the_next() -> None:
    for done, step in enumerate(ORDER):
        assert referrals.next_step(ORDER[:done]) == step
        assert (referrals.due_after(step, AT) is None) == (step == ORDER[-1])
    assert referrals.next_step(ORDER) is None
    assert referrals.next_step([Taken.ASSESSED, Taken.BROKEN_OFF]) is None
    assert referrals.due_after(Taken.ASSESSED, AT) == AT + timedelta(hours=4)


def test_what_is_in_the_way_of_a_step_is_told_apart() -> None:
    own = partial(referrals.hitch, at=AT, last_at=None, is_assessor=True)
    assert own([Taken.ASSESSED], Taken.APPROVED) == Hitch.SAME_PERSON
    assert own([Taken.ASSESSED], Taken.ARRIVED) == Hitch.NOT_ITS_TURN
    assert own(ORDER, Taken.BROKEN_OFF) == Hitch.NOT_ITS_TURN
    before = partial(referrals.hitch, at=AT, last_at=AT + timedelta(minutes=1), is_assessor=False)
    assert before([Taken.ASSESSED], Taken.APPROVED) == Hitch.BEFORE_THE_LAST


@pytest.mark.parametrize(
    ("tried", "has_number", "expected"),
    [
        ([], True, Whom.GUARDIAN),
        ([Whom.GUARDIAN], True, Whom.GUARDIAN),
        ([Whom.GUARDIAN] * 2, True, Whom.SECOND),
        ([], False, Whom.SECOND),
        ([Whom.GUARDIAN] * 2 + [Whom.SECOND], True, Whom.SECOND),
        ([Whom.GUARDIAN] * 2 + [Whom.SECOND] * 2, True, Whom.POLICE),
        ([Whom.POLICE], True, Whom.GUARDIAN),
    ],
)
def test_two_vain_attempts_lead_to_the_next_contact(tried: list[Whom], has_number: bool, expected: Whom) -> None:
    assert guardians.whom_next(tried, has_number=has_number) == expected


def test_a_signature_is_proven_by_its_page_or_by_a_witness_of_the_refusal() -> None:
    assert guardians.lacks_witness(is_signed=True, has_page=False, witness="李老师")
    assert not guardians.lacks_witness(is_signed=True, has_page=True, witness="")
    assert guardians.lacks_witness(is_signed=False, has_page=True, witness=" ")
    assert not guardians.lacks_witness(is_signed=False, has_page=False, witness="李老师")


def test_a_call_needs_a_number_and_a_visit_does_not() -> None:
    assert guardians.lacks_number("phone", " ")
    assert guardians.lacks_number("video", "")
    assert not guardians.lacks_number("phone", "139")
    assert not guardians.lacks_number("visit", "")


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_whoever_is_back_is_looked_after_in_weeks_one_two_four_and_each_month_of_a_year(back: date) -> None:
    looks = returns.follow_ups(back)
    assert looks[:3] == [back + timedelta(days=days) for days in (7, 14, 28)]
    assert len(looks) == 14
    assert looks == sorted(set(looks))
    assert [look.month for look in looks[3:]] == [(back.month + ahead - 1) % 12 + 1 for ahead in range(2, 13)]
    assert looks[-1].year == back.year + 1


def test_the_end_of_a_short_month_stands_for_its_missing_days() -> None:
    assert returns.months_after(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert returns.months_after(date(2027, 12, 31), 2) == date(2028, 2, 29)
    assert returns.due_at(date(2026, 11, 10)) == datetime(2026, 11, 10, 23, 59, 59, tzinfo=TZ)


def test_a_return_lacks_what_was_not_said() -> None:
    assert returns.missing({}) == list(Part)
    assert returns.missing({Part.APPLICATION: True, Part.INTERVIEW: True, Part.OPINION: False}) == [
        Part.OPINION,
        Part.COMMITMENT,
    ]
    assert returns.missing(dict.fromkeys(Part, True)) == []
