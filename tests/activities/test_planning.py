"""Plans: what cannot be is refused with a sentence, and nobody approves their own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from activities.models import Activity
from activities.rules.activities import Admission
from activities.services import approve_activity, edit_activity, plan_activity, send_back_activity, submit_activity
from kernel.errors import Refused
from kernel.models import Notice
from network.rules import Role
from tests.activities import acts
from tests.conftest import World


@pytest.fixture(autouse=True)
def today(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"capacity": 0}, "at least one place"),
        ({"capacity": -1}, "at least one place"),
        ({"capacity": 10**9}, "at least one place"),
        ({"admission": Admission.DRAW}, "number of places"),
        ({"hours": "0.3"}, "halves"),
        ({"hours": "NaN"}, "halves"),
        ({"hours": "-2"}, "halves"),
        ({"hours": "25"}, "halves"),
        ({"is_discreet": True, "is_public": True}, "one of the two"),
        ({"count": 61}, "At most 60"),
        ({"starts_at": datetime.fromisoformat("1900-01-01T10:00+08:00")}, "year cannot be right"),
    ],
)
def test_what_cannot_be_is_refused_in_words(world: World, at: datetime, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        acts.drafted(world, at, **changes)
    assert not Activity.objects.exists()


def test_enrolment_does_not_close_before_it_opens(world: World, at: datetime) -> None:
    plan = acts.plan_for(world, at)
    with pytest.raises(Refused, match="closes before it opens"):
        plan_activity(plan=replace(plan, enrol_until=plan.enrol_from), by=acts.organizer(world), at=at)


def test_a_title_with_markup_or_a_formula_stays_text(world: World, at: datetime) -> None:
    assert acts.drafted(world, at, title="=cmd|' /C calc'!A0<script>").title == "=cmd|' /C calc'!A0<script>"


def test_nobody_approves_what_they_planned_or_wrote_last(world: World, at: datetime) -> None:
    director, counselor = world.holder(Role.CENTER_DIRECTOR), acts.organizer(world)
    activity = acts.drafted(world, at)
    submit_activity(activity=activity, by=counselor, at=at)
    with pytest.raises(Refused, match="Somebody else"):
        approve_activity(activity=activity, by=counselor, at=at)
    edit_activity(activity=activity, plan=acts.plan_for(world, at, title="改过"), by=director, at=at)
    submit_activity(activity=activity, by=counselor, at=at)
    with pytest.raises(Refused, match="Somebody else"):
        approve_activity(activity=activity, by=director, at=at)


def test_the_database_refuses_an_author_as_approver(world: World, at: datetime) -> None:
    activity = acts.drafted(world, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.filter(pk=activity.pk).update(
            state="published", approved_by=activity.planned_by, approved_at=at
        )


@pytest.mark.parametrize(
    ("planner", "approver"),
    [
        (Role.FUDAOYUAN, Role.COLLEGE_COORDINATOR),
        (Role.CLASS_COMMITTEE_MEMBER, Role.FUDAOYUAN),
        (Role.COLLEGE_UNION_OFFICER, Role.DEPUTY_SECRETARY),
        (Role.STUDENT_UNION_OFFICER, Role.CENTER_DIRECTOR),
    ],
)
def test_each_level_plans_and_the_level_or_one_above_approves(
    world: World, at: datetime, planner: Role, approver: Role
) -> None:
    units = {Role.STUDENT_UNION_OFFICER: world.school, Role.COLLEGE_UNION_OFFICER: world.it}
    unit = units.get(planner, world.it1)
    activity = acts.drafted(world, at, by=world.holder(planner), unit=unit)
    activity = submit_activity(activity=activity, by=activity.planned_by, at=at)
    assert approve_activity(activity=activity, by=world.holder(approver), at=at).is_published


def test_nobody_plans_for_another_unit(world: World, at: datetime) -> None:
    with pytest.raises(Refused, match="your own unit"):
        acts.drafted(world, at, by=world.holder(Role.FUDAOYUAN), unit=world.arts1)
    with pytest.raises(Refused, match="your own unit"):
        acts.drafted(world, at, by=world.holder(Role.STUDENT_UNION_OFFICER), unit=world.own)


def test_what_is_sent_back_tells_its_author_why(world: World, at: datetime) -> None:
    activity = submit_activity(activity=acts.drafted(world, at), by=acts.organizer(world), at=at)
    by = world.holder(Role.CENTER_DIRECTOR)
    with pytest.raises(Refused, match="what is to be changed"):
        send_back_activity(activity=activity, reason=" ", by=by, at=at)
    back = send_back_activity(activity=activity, reason="地点太小", by=by, at=at)
    assert (back.state, back.sent_back_for) == ("draft", "地点太小")
    assert Notice.objects.filter(recipient=activity.planned_by, kind="activity.sent_back").exists()


def test_a_published_activity_keeps_what_was_announced(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=5)
    [row] = acts.enrolled(activity, acts.crowd(world, 1), at)
    by = acts.organizer(world)
    with pytest.raises(Refused, match="It is published"):
        edit_activity(activity=activity, plan=acts.plan_for(world, at, admission=Admission.CHOICE), by=by, at=at)
    later = acts.plan_for(world, at, capacity=5, starts_at=at + timedelta(days=8))
    secret = activity.occasions.get().secret
    edit_activity(activity=activity, plan=later, by=by, at=at)
    assert activity.occasions.get().secret == secret
    assert Notice.objects.filter(recipient=row.student.user, kind="activity.moved").count() == 1


def test_hours_can_be_halves(world: World, at: datetime) -> None:
    assert acts.drafted(world, at, hours="1.5").occasions.get().hours == Decimal("1.5")
