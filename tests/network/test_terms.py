import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from crisis.models import SpecialPeriod
from crisis.rules.special_periods import PeriodKind, Proposal, proposals, still_to_set
from crisis.services.center.settings import proposed_periods, set_special_period
from kernel.errors import Refused
from kernel.models import AuditEvent
from kernel.periods import worked_for
from network.models import DayPlan, Duty, Term, User
from network.rules import Role
from network.rules.terms import SchoolCalendar, TermSpan, effective, overlap, term_fault
from network.services import owe, remind
from network.services.terms import drop_day_plan, drop_term, plan_day, runs_as, set_term, week_of
from tests.conftest import World
from tests.network.test_duties import dorm_duty, morning

Login = Callable[[User], Client]
AUTUMN = TermSpan(date(2026, 9, 7), 18, "2026-2027", 1)
SPRING = TermSpan(date(2027, 3, 1), 18, "2026-2027", 2)
ISLAND = TermSpan(date(2026, 9, 14), 17, "2026-2027", 1, "东校区")


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 9, 6), None),
        (date(2026, 9, 7), 1),
        (date(2026, 9, 13), 1),
        (date(2026, 9, 14), 2),
        (date(2027, 1, 10), 18),
        (date(2027, 1, 11), None),
    ],
)
def test_a_teaching_week_is_counted_from_the_first_monday(day: date, week: int | None) -> None:
    assert AUTUMN.week_of(day) == week


@given(st.integers(min_value=0, max_value=18 * 7 - 1))
def test_every_day_of_a_term_lies_in_one_week_that_begins_on_a_monday(number: int) -> None:
    day = AUTUMN.first_monday + timedelta(days=number)
    week = AUTUMN.week_of(day)
    assert week is not None
    assert AUTUMN.first_monday + timedelta(weeks=week - 1) == day - timedelta(days=day.weekday())


@pytest.mark.parametrize(
    ("day", "runs"),
    [
        (date(2026, 9, 7), 1),
        (date(2026, 9, 13), 7),
        (date(2026, 10, 1), None),
        (date(2026, 10, 7), None),
        (date(2026, 10, 10), 3),
        (date(2026, 9, 20), 2),
        (date(2026, 10, 3), None),
    ],
)
def test_a_date_runs_as_the_national_calendar_says(day: date, runs: int | None) -> None:
    assert SchoolCalendar().runs_as(day) == runs


def test_a_worked_saturday_stands_for_its_day_off() -> None:
    assert worked_for(date(2026, 10, 10)) == date(2026, 10, 7)
    assert worked_for(date(2026, 10, 11)) is None


def test_a_plan_of_the_campus_comes_before_that_of_the_school_and_the_nation() -> None:
    day = date(2026, 10, 10)
    calendar = SchoolCalendar(plans={("", day): (6, ""), ("东校区", day): (None, "校庆")})
    assert (calendar.runs_as(day), calendar.runs_as(day, "东校区"), calendar.runs_as(day, "西校区")) == (6, None, 6)
    assert calendar.exceptions() == {day: False}


def test_a_campus_has_its_own_term_instead_of_the_schools() -> None:
    terms = [AUTUMN, SPRING, ISLAND]
    assert effective(terms, "东校区") == [ISLAND, SPRING]
    assert effective(terms) == [AUTUMN, SPRING]
    calendar = SchoolCalendar(terms)
    assert calendar.week_of(date(2026, 9, 14), "东校区") != calendar.week_of(date(2026, 9, 14))
    assert overlap(terms) is None


def test_terms_overlap_at_a_campus_too() -> None:
    late = TermSpan(date(2026, 11, 30), 18, "2026-2027", 1, "东校区")
    assert overlap([AUTUMN, SPRING, late]) == (late, SPRING)


@pytest.mark.parametrize(
    ("term", "fault"),
    [
        (AUTUMN, None),
        (TermSpan(date(2026, 9, 9), 18, "2026-2027", 1), "no-monday"),
        (TermSpan(date(2026, 9, 7), 30, "2026-2027", 1), "weeks"),
        (TermSpan(date(2026, 9, 7), 0, "2026-2027", 1), "weeks"),
        (TermSpan(date(2026, 9, 7), 18, "2026-2028", 1), "year"),
        (TermSpan(date(2026, 9, 7), 18, "2026", 1), "year"),
        (TermSpan(date(2026, 9, 7), 18, "2026-2027", 3), "number"),
        (TermSpan(date(2026, 9, 7), 18, "2026-2027", 2), "another-year"),
        (TermSpan(date(2025, 9, 1), 18, "2026-2027", 1), "another-year"),
        (TermSpan(date(2026, 9, 7), 3, "2026-2027", 1, exam_weeks=4), "exam-weeks"),
    ],
)
def test_a_term_that_cannot_be_is_refused(term: TermSpan, fault: str | None) -> None:
    assert term_fault(term) == fault


def test_the_terms_propose_the_special_periods() -> None:
    assert proposals([AUTUMN, SPRING]) == [
        Proposal(PeriodKind.TERM_START, date(2026, 9, 7), date(2026, 10, 4)),
        Proposal(PeriodKind.EXAMS, date(2026, 12, 14), date(2027, 1, 24)),
        Proposal(PeriodKind.SPRING, date(2027, 3, 1), date(2027, 5, 31)),
        Proposal(PeriodKind.TERM_START, date(2027, 3, 1), date(2027, 3, 28)),
        Proposal(PeriodKind.GRADUATION, date(2027, 4, 1), date(2027, 6, 30)),
        Proposal(PeriodKind.EXAMS, date(2027, 6, 7), date(2027, 7, 18)),
    ]
    kept = [("exams", date(2027, 6, 20), date(2027, 7, 5))]
    left = still_to_set(proposals([AUTUMN, SPRING]), kept, date(2027, 5, 1))
    assert [proposal.kind for proposal in left] == ["spring", "graduation"]


@pytest.fixture
def director(world: World) -> User:
    return world.holder(Role.CENTER_DIRECTOR)


def test_a_term_is_kept_changed_and_dropped(world: World, director: User, at: datetime) -> None:
    set_term(school=world.school, term=AUTUMN, by=director, at=at)
    week = week_of(world.school, date(2026, 11, 10))
    assert week is not None
    assert (week.year, week.number, week.week) == ("2026-2027", 1, 10)
    later = TermSpan(date(2026, 9, 14), 18, "2026-2027", 1)
    term = set_term(school=world.school, term=later, by=director, at=at)
    assert (Term.objects.count(), term.last_day, str(term)) == (1, date(2027, 1, 17), "2026-2027-1")
    drop_term(term=term, by=director, at=at)
    assert week_of(world.school, date(2026, 11, 10)) is None
    assert list(AuditEvent.objects.filter(action__startswith="term.").values_list("action", flat=True).order_by("pk"))


def test_overlapping_terms_an_unknown_campus_and_strangers_are_refused(
    world: World, director: User, at: datetime
) -> None:
    set_term(school=world.school, term=AUTUMN, by=director, at=at)
    early = TermSpan(date(2027, 1, 4), 18, "2026-2027", 2)
    for term, by, code in (
        (early, director, "overlap"),
        (TermSpan(date(2026, 9, 7), 18, "2026-2027", 1, "月球"), director, "campus"),
        (SPRING, world.holder(Role.FUDAOYUAN), "may-not-configure"),
        (TermSpan(date(2026, 9, 9), 18, "2026-2027", 1), director, "no-monday"),
    ):
        with pytest.raises(Refused) as refused:
            set_term(school=world.school, term=term, by=by, at=at)
        assert refused.value.code == code
    assert Term.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 3},
        {"weeks": 30},
        {"first_monday": date(2026, 9, 9)},
        {"exam_weeks": 7},
        {"first_monday": date(1926, 9, 6)},
    ],
)
def test_the_database_refuses_a_term_that_cannot_be(world: World, wrong: dict[str, Any]) -> None:
    right = {"year": "2026-2027", "number": 1, "first_monday": date(2026, 9, 7), "weeks": 18}
    with pytest.raises(IntegrityError), transaction.atomic():
        Term.objects.create(school=world.school, **right | wrong)


def test_the_school_plans_a_date_and_takes_it_back(world: World, director: User, at: datetime) -> None:
    day = date(2026, 11, 6)
    plan = plan_day(school=world.school, day=day, weekday=None, name="校运会", by=director, at=at)
    assert runs_as(world.school, day) is None
    plan_day(school=world.school, day=day, weekday=1, by=director, at=at)
    assert (runs_as(world.school, day), DayPlan.objects.count()) == (1, 1)
    drop_day_plan(plan=plan, by=director, at=at)
    assert runs_as(world.school, day) == 5
    for weekday, wrong_day, code in ((8, day, "weekday"), (None, date(1999, 1, 1), "out-of-reach")):
        with pytest.raises(Refused) as refused:
            plan_day(school=world.school, day=wrong_day, weekday=weekday, by=director, at=at)
        assert refused.value.code == code


def test_the_first_reminder_reads_the_planned_dates_of_its_school(world: World, director: User, at: datetime) -> None:
    dorm = dorm_duty(world.own)
    owe(duties=[dorm])
    plan_day(school=world.school, day=date(2026, 11, 11), weekday=None, by=director, at=at)
    assert remind(at=morning(10)) == 1
    assert Duty.objects.get().reminded_stage == 1


def test_a_worked_sunday_is_the_day_of_the_first_reminder(world: World, director: User, at: datetime) -> None:
    monday = datetime(2026, 11, 16, 23, 59, 59, tzinfo=morning(10).tzinfo)
    owe(duties=[dorm_duty(world.own, due_at=monday)])
    plan_day(school=world.school, day=date(2026, 11, 15), weekday=3, by=director, at=at)
    assert remind(at=morning(14)) == 0
    assert remind(at=morning(15)) == 1


def test_the_school_takes_over_a_proposed_period_once(
    world: World, director: User, at: datetime, november: datetime, login: Login
) -> None:
    set_term(school=world.school, term=AUTUMN, by=director, at=at)
    proposed = proposed_periods(school=world.school, on=at.date())
    assert proposed == [Proposal(PeriodKind.EXAMS, date(2026, 12, 14), date(2027, 1, 24))]
    page = login(director).get(reverse("crisis:settings-edit"))
    assert 'value="2026-12-14"' in page.text
    days = {"starts_on": proposed[0].starts_on, "ends_on": proposed[0].ends_on}
    set_special_period(school=world.school, kind=SpecialPeriod.Kind.EXAMS, by=director, at=at, **days)
    assert proposed_periods(school=world.school, on=at.date()) == []


def test_the_page_enters_a_term_and_plans_a_date(
    world: World, director: User, november: datetime, login: Login
) -> None:
    browser = login(director)
    url = reverse("network:term-list")
    assert "2027-02-06" in browser.get(url).text
    data = {"year": "2026-2027", "number": 1, "first_monday": "2026-09-07", "weeks": 18, "exam_weeks": 2}
    assert browser.post(reverse("network:term-set"), data).status_code == 302
    wrong = browser.post(reverse("network:term-set"), data | {"first_monday": "2026-09-09"})
    assert (wrong.status_code, 'value="2026-09-09"' in wrong.text) == (422, True)
    plan = {"date": "2026-11-20", "runs": "closed", "name": "校庆"}
    assert browser.post(reverse("network:day-plan-set"), plan).status_code == 302
    assert browser.post(reverse("network:day-plan-set"), plan | {"runs": "9"}).status_code == 422
    row, kept = Term.objects.get(), DayPlan.objects.get()
    page = browser.get(url, {"term": row.pk, "plan": kept.pk})
    assert 'value="校庆"' in page.text
    for strange in ({"term": "x"}, {"day": "2026-13-01"}, {"day": "2027-02-06"}, {"plan": "99999999999"}):
        assert browser.get(url, strange).status_code == 200
    assert browser.post(reverse("network:term-drop", args=[row.pk])).status_code == 302
    assert browser.post(reverse("network:day-plan-drop", args=[kept.pk])).status_code == 302
    assert (Term.objects.count(), DayPlan.objects.count()) == (0, 0)


def answer_of(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("teaching_week", *options, "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_the_command_tells_the_week(world: World, director: User, at: datetime) -> None:
    set_term(school=world.school, term=AUTUMN, by=director, at=at)
    answer = answer_of("--date", "2026-10-10", "--school", world.school.code)
    assert (answer["year"], answer["term"], answer["week"], answer["runs_as"]) == ("2026-2027", 1, 5, 3)
    outside = answer_of("--date", "2026-08-01", "--school", world.school.code)
    assert (outside["week"], outside["closed"]) == (None, False)
    out = StringIO()
    call_command("teaching_week", "--date", "2026-10-01", "--school", world.school.code, stdout=out)
    assert out.getvalue() == "2026-10-01: 2026-2027-1, week 4; closed\n"
    for wrong in ("2026-10", "1026-10-01"):
        with pytest.raises(CommandError):
            answer_of("--date", wrong, "--school", world.school.code)
    with pytest.raises(CommandError):
        answer_of("--date", "2026-10-01")
