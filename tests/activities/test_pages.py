"""The pages of students and organizers, and how much they ask of the database."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from activities.models import Activity, Enrolment
from activities.rules.activities import Admission
from activities.services import draw_places, submit_activity
from activities.tasks import move_up
from network.models import User
from network.rules import Role
from tests.activities import acts
from tests.conftest import World

MOST_QUERIES = 25


@pytest.fixture(autouse=True)
def today(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(world: World, at: datetime, **changes: Any) -> dict[str, Any]:
    starts_at = at + timedelta(days=7)
    values = {
        "title": "团体游戏",
        "unit": world.school.pk,
        "kind": "games",
        "audience": "school",
        "admission": "queue",
        "capacity": "20",
        "enrol_from": f"{at:%Y-%m-%dT%H:%M}",
        "enrol_until": f"{starts_at - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "times-TOTAL_FORMS": "1",
        "times-INITIAL_FORMS": "0",
        "times-0-starts_at": f"{starts_at:%Y-%m-%dT%H:%M}",
        "times-0-ends_at": f"{starts_at + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "times-0-place": "操场",
        "times-0-hours": "2.0",
    }
    return values | changes


def test_an_activity_goes_from_plan_to_enrolment_by_pages(world: World, at: datetime) -> None:
    counselor, director = browser_of(acts.organizer(world)), browser_of(world.holder(Role.CENTER_DIRECTOR))
    answer = counselor.post(reverse("activities:activity-plan"), form_of(world, at, repeats="2"))
    activity = Activity.objects.get()
    assert answer["Location"] == reverse("activities:activity-run", args=[activity.pk])
    assert activity.occasions.count() == 3
    counselor.post(reverse("activities:activity-submit", args=[activity.pk]))
    assert activity.title in director.get(reverse("home")).content.decode()
    director.post(reverse("activities:activity-approve", args=[activity.pk]))
    [student] = acts.crowd(world, 1)
    own = browser_of(student.user)
    assert activity.title in own.get(reverse("activities:activity-list")).content.decode()
    own.post(reverse("activities:activity-enroll", args=[activity.pk]))
    row = Enrolment.objects.get()
    assert row.state == "in"
    assert activity.title in own.get(reverse("home")).content.decode()
    own.post(reverse("activities:enrolment-cancel", args=[row.pk]))
    assert Enrolment.objects.get().state == "cancelled"


@pytest.mark.parametrize(
    "changes",
    [
        {"capacity": "0"},
        {"capacity": "-1"},
        {"times-0-hours": "0.3"},
        {"times-0-hours": "NaN"},
        {"times-0-ends_at": "2026-11-01T08:00"},
        {"enrol_until": "2026-11-01T08:00"},
        {"title": ""},
        {"admission": "auction"},
        {"unit": "999999"},
        {"enrol_from": "0001-01-01T00:00"},
        {"times-TOTAL_FORMS": "0"},
    ],
)
def test_a_form_that_cannot_be_keeps_what_was_typed(world: World, at: datetime, changes: dict[str, str]) -> None:
    answer = browser_of(acts.organizer(world)).post(
        reverse("activities:activity-plan"), form_of(world, at, description="写了很久的介绍", **changes)
    )
    assert answer.status_code == 422
    assert "写了很久的介绍" in answer.content.decode()
    assert not Activity.objects.exists()


def test_students_see_only_what_is_meant_for_them(world: World, at: datetime) -> None:
    here = acts.published(world, at, title="给信息学院", unit=world.it, by=world.holder(Role.COLLEGE_COORDINATOR),
                          approver=world.holder(Role.DEPUTY_SECRETARY), audience="unit")  # fmt: skip
    draft = acts.drafted(world, at, title="还没批")
    inside, outside = world.students["far"][2], world.students["away"][2]
    assert "给信息学院" in browser_of(inside.user).get(reverse("activities:activity-list")).content.decode()
    assert "给信息学院" not in browser_of(outside.user).get(reverse("activities:activity-list")).content.decode()
    for student, activity in ((outside, here), (inside, draft)):
        address = reverse("activities:activity-detail", args=[activity.pk])
        assert browser_of(student.user).get(address).status_code == 404


@pytest.mark.parametrize("month", ["2026-13", "x", "0000-01", "2026-1"])
def test_a_month_that_is_none_is_not_there(world: World, month: str) -> None:
    answer = browser_of(acts.crowd(world, 1)[0].user).get(reverse("activities:activity-list"), {"month": month})
    assert answer.status_code == 404


def many(world: World, at: datetime) -> Activity:
    students = acts.crowd(world, 30)
    activities = [acts.published(world, at, title=f"活动 {number}", capacity=10) for number in range(12)]
    for activity in activities[:4]:
        acts.enrolled(activity, students, at)
    acts.published(world, at, is_discreet=True, title="不公开")
    return activities[0]


def test_lists_ask_few_questions(world: World, at: datetime, django_assert_max_num_queries: Any) -> None:
    activity = many(world, at)
    occasion = acts.first_occasion(activity)
    student, organizer = acts.crowd(world, 1)[0].user, acts.organizer(world)
    pages = [
        (student, reverse("activities:activity-list")),
        (student, reverse("activities:activity-detail", args=[activity.pk])),
        (student, reverse("activities:own-activities")),
        (organizer, reverse("activities:activity-board")),
        (organizer, reverse("activities:activity-run", args=[activity.pk])),
        (organizer, reverse("activities:occasion-list", args=[occasion.pk])),
        (organizer, reverse("activities:festival-list")),
        (world.holder(Role.COLLEGE_COORDINATOR), reverse("activities:activity-board")),
    ]
    for user, address in pages:
        client = browser_of(user)
        client.get(address)
        with django_assert_max_num_queries(MOST_QUERIES):
            assert client.get(address).status_code == 200, address


def test_the_task_lets_offers_lapse_and_asks_the_next(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=1)
    first, second, third = acts.enrolled(activity, acts.crowd(world, 3), at)
    Enrolment.objects.filter(pk=first.pk).update(state="cancelled")
    with time_machine.travel(activity.starts_at - timedelta(hours=5), tick=False):
        move_up()
    second.refresh_from_db()
    assert second.state == "offered"
    with time_machine.travel(activity.starts_at - timedelta(hours=4, minutes=29), tick=False):
        move_up()
    third.refresh_from_db()
    assert third.state == "offered"


def test_the_draw_is_verified_on_the_command_line(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=2, admission=Admission.DRAW)
    acts.enrolled(activity, acts.crowd(world, 5), at)
    arguments = ("draw", "--activity", str(activity.pk), "--verify", "--json")
    with pytest.raises(CommandError, match="not been held"):
        call_command(*arguments)
    draw_places(activity=activity, by=acts.organizer(world), at=activity.enrol_until + timedelta(seconds=1))
    out = StringIO()
    call_command(*arguments, stdout=out)
    assert '"matches": true' in out.getvalue()
    first, second = Enrolment.objects.order_by("draw_rank")[:2]
    Enrolment.objects.filter(pk=first.pk).update(draw_rank=99)
    with pytest.raises(CommandError, match="not the one"):
        call_command(*arguments, stdout=StringIO())
    assert second.draw_rank == 2


def test_what_waits_for_approval_is_not_shown_to_its_author_as_such(world: World, at: datetime) -> None:
    activity = submit_activity(activity=acts.drafted(world, at), by=acts.organizer(world), at=at)
    body = browser_of(activity.planned_by).get(reverse("home")).content.decode()
    assert 'id="approve"' not in body
