from collections.abc import Callable
from datetime import datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connections
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from crisis.models import Alarm
from crisis.services import acknowledge, raise_alarm
from kernel.errors import Refused
from kernel.models import AuditEvent, Notice
from network.models import User
from network.rules import Role
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
HANDLING = (
    Role.CENTER_DIRECTOR,
    Role.FULL_TIME_COUNSELOR,
    Role.DEPUTY_SECRETARY,
    Role.COLLEGE_COORDINATOR,
    Role.FUDAOYUAN,
)
OTHERS = tuple(role for role in Role if role not in HANDLING)


def ring(world: World, at: datetime, *, index: int = 2, key: str = "k1") -> Alarm:
    return raise_alarm(
        student=world.students["own"][index],
        source=Alarm.Source.THUNDER_LINE,
        source_key=key,
        evidence="写了告别的话",
        by=world.holder(Role.DORM_HEAD),
        at=at,
    )


@pytest.fixture
def alarm(world: World, at: datetime) -> Alarm:
    return ring(world, at)


@pytest.mark.parametrize("role", HANDLING)
def test_who_handles_alarms_reads_the_evidence_and_the_phone_numbers(
    world: World, alarm: Alarm, login: Login, role: Role
) -> None:
    client = login(world.holder(role))
    assert alarm.student.name in client.get(reverse("crisis:alarm-list")).content.decode()
    page = client.get(reverse("crisis:alarm-detail", args=[alarm.pk])).content.decode()
    assert "写了告别的话" in page
    assert 'href="tel:10000000001"' in page
    actions = set(AuditEvent.objects.filter(actor_id=str(world.holder(role).pk)).values_list("action", flat=True))
    assert {"alarm.list", "alarm.read"} <= actions


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_sees_anything_of_an_alarm(world: World, alarm: Alarm, login: Login, role: Role) -> None:
    client = login(world.holder(role))
    assert client.get(reverse("crisis:alarm-list")).status_code == 403
    assert client.get(reverse("crisis:alarm-detail", args=[alarm.pk])).status_code == 404
    told = {"action_taken": "x"}
    assert client.post(reverse("crisis:alarm-acknowledge", args=[alarm.pk]), told).status_code == 404
    assert "写了告别的话" not in client.get(reverse("home")).content.decode()
    alarm.refresh_from_db()
    assert alarm.acknowledged_at is None


def test_the_other_college_does_not_find_the_alarm(world: World, alarm: Alarm, login: Login) -> None:
    client = login(world.holder(Role.COLLEGE_COORDINATOR, world.arts))
    assert client.get(reverse("crisis:alarm-detail", args=[alarm.pk])).status_code == 404
    assert alarm.student.name not in client.get(reverse("crisis:alarm-list")).content.decode()


def test_one_tap_takes_an_alarm_on_and_the_words_follow(world: World, alarm: Alarm, login: Login) -> None:
    client = login(world.holder(Role.FUDAOYUAN))
    assert client.post(reverse("crisis:alarm-action", args=[alarm.pk]), {"action_taken": "早"}).status_code == 422
    assert client.post(reverse("crisis:alarm-acknowledge", args=[alarm.pk])).status_code == 302
    action = reverse("crisis:alarm-action", args=[alarm.pk])
    assert client.post(action, {"action_taken": " "}).status_code == 422
    assert client.post(action, {"action_taken": "马上到宿舍"}).status_code == 302
    director = login(world.holder(Role.CENTER_DIRECTOR))
    assert director.post(action, {"action_taken": "我也去"}).status_code == 302
    alarm.refresh_from_db()
    assert alarm.acknowledged_by == world.holder(Role.FUDAOYUAN)
    assert alarm.action_taken.startswith("马上到宿舍\n")
    assert alarm.action_taken.endswith("我也去")
    assert "马上到宿舍" in client.get(reverse("crisis:alarm-detail", args=[alarm.pk])).content.decode()


def test_who_comes_second_is_told_the_name_and_keeps_the_words(
    world: World, alarm: Alarm, login: Login, at: datetime
) -> None:
    first = world.holder(Role.CENTER_DIRECTOR)
    acknowledge(alarm=alarm, action_taken="在路上", by=first, at=at)
    url = reverse("crisis:alarm-acknowledge", args=[alarm.pk])
    answer = login(world.holder(Role.FUDAOYUAN)).post(url, {"action_taken": "我也去"})
    assert answer.status_code == 422
    assert f"{first.name} took this on" in answer.content.decode()
    alarm.refresh_from_db()
    assert alarm.action_taken == "在路上"


def test_who_may_not_handle_it_cannot_acknowledge(world: World, alarm: Alarm, at: datetime) -> None:
    with pytest.raises(Refused, match="may not acknowledge"):
        acknowledge(alarm=alarm, action_taken="x", by=world.holder(Role.DORM_HEAD), at=at)


def test_the_same_source_rings_once(world: World, alarm: Alarm, at: datetime) -> None:
    assert ring(world, at) == alarm
    assert Notice.objects.filter(recipient=world.holder(Role.FUDAOYUAN), urgent=True).count() == 1


def test_unacknowledged_alarms_stand_first(world: World, alarm: Alarm, login: Login, at: datetime) -> None:
    newer = ring(world, at, index=3, key="k2")
    director = world.holder(Role.CENTER_DIRECTOR)
    acknowledge(alarm=newer, action_taken="好了", by=director, at=at)
    page = login(director).get(reverse("crisis:alarm-list"))
    assert [one.pk for one in page.context["page"]] == [alarm.pk, newer.pk]
    assert page.context["waiting"] == 1


def test_an_alarm_rings_with_the_broker_on_a_closed_port(
    world: World, settings: LazySettings, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    User.objects.filter(pk=world.holder(Role.COLLEGE_COORDINATOR).pk).update(email="coordinator@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        alarm = ring(world, at)
    assert Alarm.objects.filter(pk=alarm.pk).exists()
    assert Notice.objects.filter(recipient=world.holder(Role.COLLEGE_COORDINATOR), urgent=True).count() == 1


def test_the_list_of_alarms_costs_the_same_for_one_and_for_many(
    world: World, login: Login, at: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for index in range(4):
        ring(world, at, index=index, key=f"k{index}")
    client = login(world.holder(Role.CENTER_DIRECTOR))
    with django_assert_max_num_queries(12):
        client.get(reverse("crisis:alarm-list"))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_acknowledge_at_once_one_is_told_the_other_name(world: World, alarm: Alarm, at: datetime) -> None:
    people = [world.holder(role) for role in (Role.CENTER_DIRECTOR, Role.FUDAOYUAN)]
    gate, outcomes = Barrier(2), list[str]()

    def act(by: User) -> None:
        gate.wait()
        try:
            acknowledge(alarm=alarm, action_taken="在路上", by=by, at=at)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [Thread(target=act, args=[by]) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already-acknowledged", "done"]
