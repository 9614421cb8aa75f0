from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crisis.rules import (
    CLOSED,
    MINIMUM_STAY,
    STEPS,
    AlertLevel,
    Audience,
    Criterion,
    EscalationDelay,
    Ground,
    Kind,
    Obstacle,
    Step,
    after_filing,
    criteria_of,
    due_of,
    first_report,
    is_working_time,
    mask_of,
    obstacle_to_lowering,
    times_of,
    to_tell,
)
from crisis.rules.cadence import DAYS
from crisis.rules.recipients import working_days_after
from kernel.periods import TZ

AT = datetime(2026, 11, 10, 9, 0, tzinfo=TZ)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda one: one.replace(tzinfo=TZ))  # noqa: DTZ001
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
levels = st.sampled_from(list(AlertLevel))
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
periods = st.lists(
    st.tuples(days, st.integers(0, 60)).map(lambda one: (one[0], one[0] + timedelta(days=one[1]))), max_size=4
)


def test_red_owes_an_immediate_report_then_a_follow_up_then_weekly() -> None:
    first = first_report(AlertLevel.RED, AT)
    assert (first.kind, first.at) == (Kind.IMMEDIATE, AT + timedelta(hours=2))
    filed = AT + timedelta(hours=1)
    second = after_filing(Kind.IMMEDIATE, AlertLevel.RED, due_at=first.at, filed=filed)
    assert (second.kind, second.at) == (Kind.FOLLOW_UP, filed + timedelta(hours=24))
    third = after_filing(Kind.FOLLOW_UP, AlertLevel.RED, due_at=second.at, filed=AT + timedelta(hours=20))
    assert (third.kind, third.at) == (Kind.WEEKLY, datetime(2026, 11, 18, 23, 59, 59, tzinfo=TZ))


def test_orange_owes_weekly_and_yellow_monthly() -> None:
    assert first_report(AlertLevel.ORANGE, AT).at == datetime(2026, 11, 17, 23, 59, 59, tzinfo=TZ)
    yellow = first_report(AlertLevel.YELLOW, AT)
    assert (yellow.kind, yellow.at) == (Kind.MONTHLY, datetime(2026, 12, 10, 23, 59, 59, tzinfo=TZ))


def test_a_late_report_keeps_the_beat_and_what_was_skipped_is_not_owed_after_the_fact() -> None:
    due = datetime(2026, 11, 17, 23, 59, 59, tzinfo=TZ)
    filed = datetime(2026, 11, 26, 12, 0, tzinfo=TZ)
    following = after_filing(Kind.WEEKLY, AlertLevel.ORANGE, due_at=due, filed=filed)
    assert following.at == datetime(2026, 12, 1, 23, 59, 59, tzinfo=TZ)


def test_a_special_period_brings_the_report_forward_but_not_before_it_begins() -> None:
    period = [(date(2026, 11, 20), date(2026, 12, 20))]
    assert due_of(Kind.MONTHLY, AlertLevel.YELLOW, AT, period).at.date() == date(2026, 11, 24)
    near = [(date(2026, 12, 1), date(2026, 12, 20))]
    assert due_of(Kind.MONTHLY, AlertLevel.YELLOW, AT, near).at.date() == date(2026, 12, 1)
    over = [(date(2026, 10, 1), date(2026, 11, 9))]
    assert due_of(Kind.MONTHLY, AlertLevel.YELLOW, AT, over) == due_of(Kind.MONTHLY, AlertLevel.YELLOW, AT)


@unhurried
@given(level=levels, anchor=moments, found=periods)
def test_a_regular_report_is_never_due_later_than_its_interval_nor_before_its_day(
    level: AlertLevel, anchor: datetime, found: list[tuple[date, date]]
) -> None:
    for kind in (Kind.WEEKLY, Kind.MONTHLY):
        due = due_of(kind, level, anchor, found).at
        assert anchor < due
        assert due.date() <= anchor.date() + timedelta(days=DAYS[level])


@unhurried
@given(level=levels, due=moments, hours=st.integers(-400, 4000), found=periods)
def test_what_is_owed_next_lies_ahead(
    level: AlertLevel, due: datetime, hours: int, found: list[tuple[date, date]]
) -> None:
    filed = due + timedelta(hours=hours)
    for kind in Kind:
        assert after_filing(kind, level, due_at=due, filed=filed, periods=found).at > filed


@unhurried
@given(
    level=levels,
    to=st.integers(0, 3),
    since=moments,
    waited=st.integers(0, 60 * 24),
    ground=st.none() | st.sampled_from(list(Ground)),
    owes=st.booleans(),
)
def test_nothing_is_lowered_before_its_stay_by_more_than_a_step_or_with_first_reports_owed(
    level: AlertLevel, to: int, since: datetime, waited: int, ground: Ground | None, owes: bool
) -> None:
    at = since + timedelta(hours=waited)
    obstacle = obstacle_to_lowering(level=level, to=to, since=since, at=at, ground=ground, owes_first_reports=owes)
    if obstacle is None:
        assert at - since >= MINIMUM_STAY[level]
        assert not owes
        assert to == level - 1 or (to == CLOSED and ground not in (None, Ground.RESOLVED))


def test_the_obstacles_are_told_apart() -> None:
    soon, late = AT + timedelta(days=13), AT + timedelta(days=14)

    def ask(**given: object) -> Obstacle | None:
        asked = {"level": AlertLevel.RED, "to": 2, "since": AT, "at": late, "ground": None, "owes_first_reports": False}
        return obstacle_to_lowering(**(asked | given))  # type: ignore[arg-type]

    assert ask() is None
    assert ask(to=1) == Obstacle.NOT_ONE_STEP
    assert ask(to=3) == Obstacle.NOT_ONE_STEP
    assert ask(to=CLOSED, ground=Ground.RESOLVED) == Obstacle.NOT_ONE_STEP
    assert ask(to=CLOSED, ground=Ground.WITHDRAWN) is None
    assert ask(at=soon) == Obstacle.MINIMUM_STAY
    assert ask(to=CLOSED, ground=Ground.WITHDRAWN, at=soon) == Obstacle.MINIMUM_STAY
    assert ask(owes_first_reports=True) == Obstacle.FIRST_REPORTS


def test_the_groups_are_one_number_and_back() -> None:
    ticked = [Criterion.SUICIDE_OR_VIOLENCE, Criterion.RECOVERING]
    assert mask_of(ticked) == 18
    assert criteria_of(18) == ticked


def test_red_is_told_at_once_and_the_family_the_same_day_unless_abuse_is_feared() -> None:
    told = {task.audience: task.by for task in to_tell(AlertLevel.RED, AT)}
    assert told[Audience.FUDAOYUAN] == told[Audience.DEPUTY_SECRETARY] == told[Audience.CENTER_DIRECTOR] == AT
    assert told[Audience.SCHOOL_LEADER] == AT + timedelta(hours=2)
    assert told[Audience.GUARDIAN] == datetime(2026, 11, 10, 23, 59, 59, tzinfo=TZ)
    assert Audience.GUARDIAN not in {task.audience for task in to_tell(AlertLevel.RED, AT, abuse_feared=True)}


def test_orange_is_told_within_a_day_and_yellow_within_three_working_days() -> None:
    assert {task.by for task in to_tell(AlertLevel.ORANGE, AT)} == {AT + timedelta(hours=24)}
    friday = datetime(2026, 11, 13, 16, 0, tzinfo=TZ)
    assert {task.by.date() for task in to_tell(AlertLevel.YELLOW, friday)} == {date(2026, 11, 18)}
    assert working_days_after(date(2026, 9, 30), 1) == date(2026, 10, 8)


@unhurried
@given(raised=moments, minutes=st.lists(st.integers(0, 600), min_size=3, max_size=3).map(sorted))
def test_an_alarm_climbs_upward_minute_by_minute(raised: datetime, minutes: list[int]) -> None:
    times = times_of(raised, EscalationDelay(*minutes))
    assert times[Step.NEAR] == raised
    assert [times[step] for step in STEPS] == sorted(times.values())


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        (datetime(2026, 11, 10, 8, 0, tzinfo=TZ), True),
        (datetime(2026, 11, 10, 7, 59, tzinfo=TZ), False),
        (datetime(2026, 11, 10, 18, 0, tzinfo=TZ), False),
        (datetime(2026, 11, 14, 10, 0, tzinfo=TZ), False),
        (datetime(2026, 10, 1, 10, 0, tzinfo=TZ), False),
    ],
)
def test_outside_working_hours_the_roster_answers(moment: datetime, works: bool) -> None:
    assert is_working_time(moment, starts=time(8), ends=time(18)) is works


def test_a_level_has_its_word() -> None:
    assert [level.word for level in AlertLevel] == ["yellow", "orange", "red"]
