"""Response plans and the register of incidents."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from crisis.models import Alarm, Hospital, Incident, PlanTick, ResponsePlan
from crisis.services.center.incidents import record_incident
from network.models import User
from network.rules import Role
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]


def publish(client: Client, steps: str = "到学生身边 | 辅导员 | 5\n电话通知") -> ResponsePlan:
    given = {"situation": "any", "title": "应急预案", "steps": steps}
    assert client.post(reverse("crisis:plan-publish"), given).status_code == 302
    return ResponsePlan.objects.get(is_current=True)


def test_a_plan_has_versions_and_is_ticked_off_on_the_page_of_an_alarm(
    world: World, alarm: Alarm, login: Login
) -> None:
    director, fudaoyuan = world.holder(Role.CENTER_DIRECTOR), world.holder(Role.FUDAOYUAN)
    first = publish(login(director))
    step = first.steps.first()
    assert (step.text, step.who, step.within_minutes) == ("到学生身边", "辅导员", 5)
    page = reverse("crisis:alarm-detail", args=[alarm.pk])
    tick = reverse("crisis:plan-tick", args=[alarm.pk, step.pk])
    client = login(fudaoyuan)
    assert "到学生身边" in client.get(page).content.decode()
    assert client.post(tick, {"remark": "已到"}).status_code == 302
    assert client.post(tick).status_code == 302
    made = PlanTick.objects.get()
    assert (made.by, made.remark) == (fudaoyuan, "已到")
    second = publish(login(director), "新的一步")
    assert second.version == 2
    shown = login(fudaoyuan).get(page).content.decode()
    assert "到学生身边" in shown
    assert "新的一步" not in shown
    assert "到学生身边" in client.get(reverse("crisis:plan-list")).content.decode()
    assert login(world.holder(Role.FUDAOYUAN, world.it2)).post(tick).status_code == 404


def test_a_plan_that_cannot_be_read_is_refused_and_kept(world: World, login: Login) -> None:
    client = login(world.holder(Role.CENTER_DIRECTOR))
    given = {"situation": "any", "title": "应急预案", "steps": "到场 | 辅导员 | 很快"}
    answer = client.post(reverse("crisis:plan-publish"), given)
    assert answer.status_code == 422
    assert "很快" in answer.content.decode()
    assert client.post(reverse("crisis:plan-publish"), given | {"steps": "字" * 201}).status_code == 422
    assert client.post(reverse("crisis:plan-publish"), given | {"steps": "步\n" * 41}).status_code == 422
    plan = publish(client)
    assert "应急预案" in client.get(reverse("crisis:plan-list") + f"?from={plan.pk}").content.decode()
    counselor = login(world.holder(Role.FULL_TIME_COUNSELOR))
    assert counselor.post(reverse("crisis:plan-publish"), given).status_code == 403


def test_the_register_counts_by_month_and_a_college_reads_its_own(world: World, login: Login) -> None:
    client = login(world.holder(Role.FULL_TIME_COUNSELOR))
    add, register = reverse("crisis:incident-add"), reverse("crisis:incident-list")
    given = {"unit": world.it.pk, "kind": "prevented", "happened_at": "2026-11-03T22:00", "account": "及时劝下"}
    assert client.get(add).status_code == 200
    assert client.post(add, given | {"happened_at": "2027-01-01T00:00"}).status_code == 422
    assert client.post(add, given).status_code == 302
    assert client.post(add, given | {"unit": world.school.pk, "kind": "missing"}).status_code == 302
    answer = client.get(register)
    series = {row.name: row.values for row in answer.context["trend"].series}
    assert series == {"Missing": [0] * 11 + [1], "Prevented in time": [0] * 11 + [1]}
    incident = Incident.objects.get(kind="prevented")
    page = reverse("crisis:incident-detail", args=[incident.pk])
    assert "及时劝下" in client.get(page).content.decode()
    assert login(world.holder(Role.DEPUTY_SECRETARY)).get(page).status_code == 200
    assert login(world.holder(Role.DEPUTY_SECRETARY, world.arts)).get(page).status_code == 404
    assert login(world.holder(Role.FUDAOYUAN)).get(register).status_code == 403


def test_the_lists_of_hospitals_and_incidents_cost_the_same_for_one_and_for_many(
    world: World, login: Login, django_assert_max_num_queries: DjangoAssertNumQueries, at: datetime
) -> None:
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    client, told = login(counselor), dict.fromkeys(("place", "account", "measures", "lessons"), "…")
    for number in range(30):
        Hospital.objects.create(school=world.school, name=f"第{number}医院")
        record_incident(unit=world.it, kind="prevented", happened_at=at, **told, by=counselor, at=at)
    for name in ("hospital-list", "incident-list"):
        with django_assert_max_num_queries(12):
            assert client.get(reverse(f"crisis:{name}")).status_code == 200
