from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.models import AuditEvent
from network.models import Unit, User
from network.rules import Role
from tests import factories
from tests.conftest import World

Login = Callable[[User], Client]


def names(page: Any) -> list[str]:
    return [row["unit"].name for row in page.context["rows"]]


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.CENTER_DIRECTOR, ["明德大学", "信息学院", "文学院"]),
        (Role.COLLEGE_COORDINATOR, ["信息学院", "计科2601班", "计科2602班"]),
        (Role.FUDAOYUAN, ["计科2601班", "东6栋-101", "东6栋-102"]),
        (Role.DORM_HEAD, ["东6栋-101"]),
        (Role.SYSTEM_ADMINISTRATOR, ["明德大学", "信息学院", "文学院"]),
        (Role.SCHOOL_LEADER, ["明德大学", "信息学院", "文学院"]),
    ],
)
def test_the_list_starts_at_the_top_units_of_the_reader(
    world: World, login: Login, role: Role, shown: list[str]
) -> None:
    page = login(world.holder(role)).get(reverse("network:unit-list"))
    assert (page.status_code, names(page)) == (200, shown)


def test_a_search_reaches_everything_below_and_nothing_beside(world: World, login: Login) -> None:
    browser = login(world.holder(Role.COLLEGE_COORDINATOR))
    assert names(browser.get(reverse("network:unit-list"), {"q": "10"})) == ["东6栋-101", "东6栋-102", "东6栋-103"]
    assert names(browser.get(reverse("network:unit-list"), {"level": "class"})) == ["计科2601班", "计科2602班"]
    assert names(browser.get(reverse("network:unit-list"), {"q": "中文"})) == []
    chips = browser.get(reverse("network:unit-list"), {"q": "10", "level": "dorm"}).context["chips"]
    assert [chip["url"] for chip in chips] == ["?level=dorm", "?q=10"]


def test_a_unit_shows_who_is_there_and_what_is_open(world: World, at: datetime, login: Login) -> None:
    spare = factories.make_dorm(world.it1, "109", at=at)
    factories.make_students(world.it1, 2, on=at.date(), dorm=spare)
    page = login(world.holder(Role.COLLEGE_COORDINATOR)).get(reverse("network:unit-detail", args=[world.it.pk]))
    context = page.context
    assert (context["present"], context["counts"], context["vacant"]) == (12, {"class": 2, "college": 1, "dorm": 4}, 1)
    assert [(row["students"], row["vacant"]) for row in context["rows"]] == [(8, 1), (4, 0)]
    assert [one.name for one in context["above"]] == []
    assert {post.role for post in context["posts"]} == {
        Role.DEPUTY_SECRETARY, Role.COLLEGE_COORDINATOR, Role.COLLEGE_UNION_OFFICER,
    }  # fmt: skip


def test_the_school_page_counts_vacancies_of_its_colleges(world: World, at: datetime, login: Login) -> None:
    new = factories.make_college(world.school, "理学院", at=at)
    factories.make_students(factories.make_class(new, "数学2601班", at=at), 2, on=at.date())
    page = login(world.holder(Role.CENTER_DIRECTOR)).get(reverse("network:unit-detail", args=[world.school.pk]))
    assert [row["vacant"] for row in page.context["rows"]] == [0, 0, 2]
    assert page.context["vacant"] == 2


def test_a_dorm_shows_its_residents_and_the_look_is_noted(world: World, login: Login) -> None:
    head = world.holder(Role.DORM_HEAD, world.shared)
    page = login(head).get(reverse("network:unit-detail", args=[world.shared.pk]))
    assert set(page.context["residents"]) == set(world.students["shared"])
    assert [student.bed for student in page.context["residents"]] == ["1", "1", "2"]
    assert AuditEvent.objects.get(action="unit.read").unit == world.shared.code


def test_a_fudaoyuan_sees_only_own_students_in_a_shared_room(world: World, login: Login) -> None:
    page = login(world.holder(Role.FUDAOYUAN)).get(reverse("network:unit-detail", args=[world.shared.pk]))
    assert page.context["residents"] == world.students["shared"][:2]
    assert [one.name for one in page.context["above"]] == ["计科2601班"]


def test_a_leader_sees_figures_without_names(world: World, login: Login) -> None:
    page = login(world.holder(Role.SCHOOL_LEADER)).get(reverse("network:unit-detail", args=[world.own.pk]))
    assert page.status_code == 200
    assert page.context["residents"] == []
    assert page.context["posts"] == []
    body = page.content.decode()
    assert not any(student.name in body for student in world.students["own"])


@pytest.mark.parametrize("where", ["it2", "far", "arts", "school"])
def test_a_unit_out_of_sight_is_not_there(world: World, login: Login, where: str) -> None:
    unit: Unit = getattr(world, where)
    answer = login(world.holder(Role.FUDAOYUAN)).get(reverse("network:unit-detail", args=[unit.pk]))
    assert answer.status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.STUDENT_UNION_OFFICER, Role.COLLEGE_UNION_OFFICER])
def test_the_tree_is_closed_to_whom_it_is_no_matter_of(world: World, login: Login, role: Role) -> None:
    assert login(world.holder(role)).get(reverse("network:unit-list")).status_code == 403


def test_the_school_is_renamed(world: World, login: Login) -> None:
    browser = login(world.holder(Role.SYSTEM_ADMINISTRATOR))
    assert browser.get(reverse("network:school-edit")).status_code == 200
    assert browser.post(reverse("network:school-edit"), {"name": " "}).status_code == 422
    assert browser.post(reverse("network:school-edit"), {"name": "明德  理工大学"}).status_code == 302
    assert Unit.objects.get(code="MD").name == "明德 理工大学"


@pytest.mark.parametrize("role", [Role.FUDAOYUAN, Role.SCHOOL_LEADER, Role.AUDITOR, Role.SECURITY_ADMINISTRATOR])
def test_the_settings_are_closed_to_others(world: World, login: Login, role: Role) -> None:
    assert login(world.holder(role)).get(reverse("network:school-edit")).status_code == 403


@pytest.mark.parametrize("more", [0, 60])
def test_pages_take_the_same_few_queries_for_any_number_of_units(
    world: World, at: datetime, login: Login, more: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(more):
        room = factories.make_dorm(world.it1, f"4{n:02d}", at=at)
        factories.make_students(world.it1, 1, on=at.date(), dorm=room)
    browser = login(world.holder(Role.COLLEGE_COORDINATOR))
    for path in (
        reverse("network:unit-list"),
        reverse("network:unit-list") + "?level=dorm",
        reverse("network:unit-detail", args=[world.it.pk]),
        reverse("network:unit-detail", args=[world.it1.pk]),
        reverse("network:unit-detail", args=[world.own.pk]),
    ):
        with django_assert_max_num_queries(24):
            assert browser.get(path).status_code == 200
