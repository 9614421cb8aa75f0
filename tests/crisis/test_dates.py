"""A date that cannot be right is refused by form, service and database: nobody could read the row afterwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from crisis import models
from crisis.models import Case, Incident, Return, SafetyWatch, SpecialPeriod, Talk
from crisis.rules import AlertLevel
from crisis.rules.dates import HAPPENED, INCIDENT, LEAVE, PLANNED, SPECIAL_PERIOD, WATCH, Reach
from crisis.services.care.returns import start_leave
from crisis.services.care.talks import plan_talk
from crisis.services.cases.notes import add_note
from kernel.errors import Refused
from kernel.periods import TZ
from network.models import User
from network.rules import Role
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
Open = Callable[..., Case]
FAR = ("0001-01-01", "1900-01-01", "9999-12-31")


def forms(case: Case, world: World, day: str) -> dict[str, tuple[str, dict[str, Any]]]:
    by = world.holder(Role.FULL_TIME_COUNSELOR)
    moment, turn = f"{day}T09:00", {"place": "宿舍", "people": [by.pk], "others": "王某 138"}
    past = {"when": f"{day}T09:00"}
    return {
        "talk": (reverse("crisis:talk-plan", args=[case.pk]), {"holder": by.pk, "planned_at": moment}),
        "note": (reverse("crisis:case-note", args=[case.pk]), {"is_contact": "1", "text": "…", "happened_at": moment}),
        "watch": (
            reverse("crisis:watch-start", args=[case.pk]),
            turn | {"starts_at": moment, "ends_at": f"{day}T10:00"},
        ),
        "leave": (reverse("crisis:return-start", args=[case.pk]), {"left_on": day}),
        "plan": (reverse("crisis:case-plan", args=[case.pk]), {"version": 0, "supports": "母亲", "review_on": day}),
        "incident": (
            reverse("crisis:incident-add"),
            {"unit": world.school.pk, "kind": "other", "happened_at": past["when"], "account": "…"},
        ),
        "task": (
            reverse("crisis:case-ask", args=[case.pk]),
            {"assignee": world.holder(Role.CLASS_ADVISER).pk, "text": "…", "due_on": day},
        ),
    }


@pytest.mark.parametrize("day", FAR)
@pytest.mark.parametrize("name", ["talk", "note", "watch", "leave", "plan", "incident", "task"])
def test_a_date_out_of_bounds_is_refused_in_words_and_the_case_stays_readable(
    opened: Open, world: World, login: Login, name: str, day: str
) -> None:
    case = opened(AlertLevel.RED)
    client = login(world.holder(Role.FULL_TIME_COUNSELOR))
    url, data = forms(case, world, day)[name]
    assert client.post(url, data).status_code == 422
    assert client.get(reverse("crisis:case-detail", args=[case.pk])).status_code == 200


@pytest.mark.parametrize("day", FAR)
def test_the_director_sets_no_roster_and_no_period_out_of_bounds(world: World, login: Login, day: str) -> None:
    client = login(world.holder(Role.CENTER_DIRECTOR))
    officer = world.holder(Role.FULL_TIME_COUNSELOR).pk
    shift = {"officer": officer, "starts_at": f"{day}T08:00", "ends_at": f"{day}T20:00"}
    assert client.post(reverse("crisis:duty-shift-add"), shift).status_code == 422
    period = {"kind": "exams", "starts_on": "2026-12-01", "ends_on": day}
    assert client.post(reverse("crisis:special-period-set"), period).status_code == 422
    asked = {"unit": world.school.pk, "kind": "monthly", "day": day}
    assert client.get(reverse("crisis:figures"), asked).status_code == 200


@pytest.mark.parametrize("far", [timedelta(days=-4000), timedelta(days=4000)])
def test_the_services_refuse_what_no_form_has_checked(case: Case, world: World, at: datetime, far: timedelta) -> None:
    by = world.holder(Role.FULL_TIME_COUNSELOR)
    acts: list[Callable[[], Any]] = [
        lambda: plan_talk(case=case, holder=by, planned_at=at + far, purpose="", by=by, at=at),
        lambda: add_note(case=case, is_contact=True, text="…", happened_at=at + far, by=by, at=at),
        lambda: start_leave(case=case, left_on=(at + far).date(), expected_on=None, by=by, at=at),
    ]
    for act in acts:
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "date"


def test_nobody_comes_back_before_the_leave_began(case: Case, world: World, at: datetime) -> None:
    by, left = world.holder(Role.FULL_TIME_COUNSELOR), date(2026, 11, 2)
    with pytest.raises(Refused, match="expected back"):
        start_leave(case=case, left_on=left, expected_on=date(2026, 11, 1), by=by, at=at)


@pytest.mark.parametrize("reach", [HAPPENED, INCIDENT, PLANNED, WATCH, SPECIAL_PERIOD, LEAVE])
def test_the_first_and_the_last_day_of_a_reach_are_within_it(reach: Reach, at: datetime) -> None:
    first, last = reach.span(at.date())
    assert [reach.covers(day, at) for day in (first, last)] == [True, True]
    assert [reach.covers(day, at) for day in (first - timedelta(days=1), last + timedelta(days=1))] == [False, False]
    midnight = datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=TZ)
    assert reach.covers(midnight, at)


def test_the_database_refuses_dates_out_of_bounds(case: Case, world: World, at: datetime) -> None:
    by = world.holder(Role.FULL_TIME_COUNSELOR)
    talk = plan_talk(case=case, holder=by, planned_at=at, purpose="", by=by, at=at)
    back = start_leave(case=case, left_on=at.date(), expected_on=None, by=by, at=at)
    watch = SafetyWatch.objects.create(case=case, starts_at=at, started_by=by)
    incident = Incident.objects.create(
        school=world.school, kind="other", happened_at=at, recorded_by=by, recorded_at=at
    )
    period = SpecialPeriod.objects.create(school=world.school, kind="exams", starts_on=at.date(), ends_on=at.date())
    rows: list[tuple[Model, str]] = [
        (talk, "planned_at"),
        (back, "left_on"),
        (watch, "starts_at"),
        (incident, "happened_at"),
        (period, "starts_on"),
    ]
    for row, name in rows:
        model: Any = type(row)
        moment = datetime(1900, 1, 1, tzinfo=UTC)
        value = moment.date() if name.endswith("_on") else moment
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.filter(pk=row.pk).update(**{name: value})


def test_no_date_that_people_enter_is_without_bounds_in_the_database() -> None:
    """A new field of this kind has to be named here or bounded."""
    clock = ("created_at", "raised_at", "recorded_at", "opened_at", "added_at", "_by", "saved_at", "filed_at")
    entered = {
        (model._meta.db_table, field.attname)
        for model in (Talk, Return, SafetyWatch, Incident, models.WatchShift, models.DutyShift, SpecialPeriod)
        for field in model._meta.concrete_fields
        if field.get_internal_type() in ("DateField", "DateTimeField") and not field.attname.endswith(clock)
    }
    written_by_the_clock = {
        ("crisis_return", "decided_at"),
        ("crisis_watchshift", "handed_over_at"),
    }
    bounded = {
        (model._meta.db_table, name)
        for model in (Talk, Return, SafetyWatch, Incident, models.WatchShift, models.DutyShift, SpecialPeriod)
        for constraint in model._meta.constraints
        if constraint.name.endswith("_dates_within_bounds")
        for name in [child[0].split("__")[0] for child in constraint.condition.children]  # type: ignore[attr-defined]
    }
    assert entered - written_by_the_clock == bounded
