from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from network.models import Post, Unit, User
from network.rules import Role
from network.services import relieve
from tests import factories
from tests.conftest import World

Login = Callable[[User], Client]
LIST, FILL = "network:vacancy-list", "network:vacancy-fill"


def shown(page: Any) -> list[str]:
    return [row["unit"].name for row in page.context["rows"]]


@pytest.fixture
def empty_rooms(world: World, at: datetime) -> list[Unit]:
    for room in (world.own, world.shared, world.far):
        relieve(post=Post.objects.get(unit=room, role=Role.DORM_HEAD), by=None, at=at)
    relieve(post=Post.objects.get(unit=world.it2, role=Role.CLASS_COMMITTEE_MEMBER), by=None, at=at)
    relieve(post=Post.objects.get(unit=world.arts, role=Role.COLLEGE_COORDINATOR), by=None, at=at)
    return [world.own, world.shared, world.far]


def test_a_fudaoyuan_finds_the_own_rooms_with_a_choice_of_residents(
    world: World, login: Login, empty_rooms: list[Unit]
) -> None:
    page = login(world.holder(Role.FUDAOYUAN)).get(reverse(LIST))
    assert shown(page) == ["东6栋-101", "东6栋-102"]
    assert page.context["rows"][0]["residents"] == world.students["own"]
    assert [(tab["active"], tab["count"]) for tab in page.context["tabs"]] == [(True, 2), (False, 0)]


def test_the_center_finds_rooms_classes_and_colleges(world: World, login: Login, empty_rooms: list[Unit]) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    assert len(shown(browser.get(reverse(LIST)))) == 3
    assert shown(browser.get(reverse(LIST), {"role": "class_committee_member"})) == ["计科2602班"]
    assert shown(browser.get(reverse(LIST), {"role": "college_coordinator"})) == ["文学院"]
    assert shown(browser.get(reverse(LIST), {"q": "计科2602"})) == ["东6栋-103"]
    assert "No vacancy found" in browser.get(reverse(LIST), {"q": "没有"}).content.decode()


def test_a_kind_that_is_not_mine_to_fill_shows_the_rooms(world: World, login: Login, empty_rooms: list[Unit]) -> None:
    page = login(world.holder(Role.FUDAOYUAN)).get(reverse(LIST), {"role": "college_coordinator"})
    assert len(shown(page)) == 2


def test_when_every_post_is_filled_there_is_nothing_to_do(world: World, login: Login) -> None:
    assert "Every post here is filled" in login(world.holder(Role.FUDAOYUAN)).get(reverse(LIST)).content.decode()


@pytest.mark.parametrize("role", [Role.CLASS_ADVISER, Role.DORM_HEAD, Role.SCHOOL_LEADER, Role.AUDITOR])
def test_vacancies_are_for_those_who_appoint(world: World, login: Login, role: Role) -> None:
    browser = login(world.holder(role))
    assert browser.get(reverse(LIST)).status_code == 403
    assert browser.get(reverse(FILL)).status_code == 403
    assert browser.post(reverse(FILL)).status_code == 403


def test_a_preview_says_who_becomes_head_and_changes_nothing(
    world: World, login: Login, empty_rooms: list[Unit]
) -> None:
    page = login(world.holder(Role.COLLEGE_COORDINATOR)).get(reverse(FILL))
    assert dict(page.context["heads"]) == {room: world.students[key][0] for room, key in
                                           zip(empty_rooms, ("own", "shared", "far"), strict=True)}  # fmt: skip
    assert not Post.objects.active(localdate()).filter(unit=world.own, role=Role.DORM_HEAD).exists()


def test_confirming_fills_the_rooms_of_one_class(world: World, login: Login, empty_rooms: list[Unit]) -> None:
    browser = login(world.holder(Role.COLLEGE_COORDINATOR))
    assert len(browser.get(reverse(FILL), {"below": world.it2.pk}).context["heads"]) == 1
    page = browser.post(reverse(FILL), {"below": world.it2.pk}, follow=True)
    assert "1 dorm has a head now." in page.content.decode()
    assert len(shown(page)) == 2


def test_confirming_fills_all_my_rooms(world: World, login: Login, empty_rooms: list[Unit]) -> None:
    browser = login(world.holder(Role.FUDAOYUAN))
    page = browser.post(reverse(FILL), follow=True)
    assert "2 dorms have a head now." in page.content.decode()
    assert "No room to fill" in browser.get(reverse(FILL)).content.decode()


@pytest.mark.parametrize("below", ["far", "nonsense"])
def test_a_unit_out_of_sight_is_not_filled(world: World, login: Login, empty_rooms: list[Unit], below: str) -> None:
    key = getattr(world, below).pk if below == "far" else below
    assert login(world.holder(Role.FUDAOYUAN)).post(reverse(FILL), {"below": key}).status_code == 404


@pytest.mark.parametrize("more", [0, 60])
def test_lists_take_the_same_few_queries_for_any_number_of_rooms(
    world: World, at: datetime, login: Login, more: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(more):
        room = factories.make_dorm(world.it1, f"5{n:02d}", at=at)
        factories.make_students(world.it1, 1, on=at.date(), dorm=room)
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    for path in (reverse(LIST), reverse(LIST) + "?role=college_coordinator", reverse(FILL)):
        with django_assert_max_num_queries(16):
            assert browser.get(path).status_code == 200
