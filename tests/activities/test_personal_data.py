"""How long rows about participants are kept, and what an erasure takes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from activities.models import Credit, Enrolment, Presence
from activities.services import check_in_by_hand, credit_hours, print_certificate
from kernel import personal_data
from network.models import Student
from network.services.privacy.retention import plan
from tests.activities import acts
from tests.conftest import World

YEARS = timedelta(days=365 * 9)


@pytest.fixture(autouse=True)
def today(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def take_part(world: World, at: datetime) -> Student:
    activity = acts.published(world, at)
    [student] = acts.crowd(world, 1)
    acts.enrolled(activity, [student], at)
    occasion = acts.first_occasion(activity)
    by = activity.planned_by
    check_in_by_hand(occasion=occasion, student=student, by=by, at=occasion.starts_at)
    credit_hours(activity=activity, by=by, at=activity.ends_at)
    print_certificate(activity=activity, student=student, by=student.user, at=activity.ends_at)
    return student


def test_rows_about_participants_are_due_in_time(world: World, at: datetime) -> None:
    take_part(world, at)
    due = {row.state.category.name: row.count for row in plan(school=world.school, at=at + YEARS)}
    names = {"activities.enrolments", "activities.presences", "activities.certificates"}
    assert {name: due[name] for name in names} == dict.fromkeys(names, 1)
    early = {row.state.category.name: row.count for row in plan(school=world.school, at=at + timedelta(days=30))}
    assert not any(early[name] for name in names)


def test_an_erasure_keeps_what_hours_rest_on(world: World, at: datetime) -> None:
    student = take_part(world, at)
    for category in personal_data.declared():
        if category.name.startswith("activities.") and category.erase is not None:
            category.erase(student, at)
    assert not Enrolment.objects.filter(student=student).exists()
    assert Presence.objects.filter(student=student).count() == 1
    assert Credit.objects.filter(student=student).count() == 1


def test_everybody_may_have_their_own_rows(world: World, at: datetime) -> None:
    student = take_part(world, at)
    own = {
        category.name: category.own(student)
        for category in personal_data.declared()
        if category.name.startswith("activities.") and category.own is not None
    }
    for name in ("enrolments", "presences", "credits", "certificates"):
        assert len(own[f"activities.{name}"]) == 1
