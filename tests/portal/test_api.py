from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import ResolverMatch, reverse
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from network.access import own, public, requires
from network.models import User
from network.rules import Ability, Role
from reporting.models import Cycle
from tests import factories
from tests.conftest import World

Login = Callable[[User], Client]


@pytest.mark.parametrize("name", ["api:unit-list", "api:duty-list"])
def test_the_api_serves_nobody_who_has_not_signed_in(name: str, client: Client, world: World) -> None:
    answer = client.get(reverse(name))
    assert answer.status_code in {302, 403}
    assert world.it.name not in answer.content.decode()


def test_a_unit_is_told_with_its_parent_code(world: World, login: Login) -> None:
    answer = login(world.holder(Role.DORM_HEAD)).get(reverse("api:unit-detail", args=[world.own.code]))
    assert answer.json() == {
        "code": world.own.code,
        "level": "dorm",
        "name": "东6栋-101",
        "parent": world.it1.code,
        "campus": "东校区",
        "building": "东6栋",
        "room": "101",
        "grade": None,
    }


def test_units_are_those_of_ones_posts_and_all_below(world: World, login: Login) -> None:
    def codes(user: User, **narrowed: str) -> list[str]:
        rows = login(user).get(reverse("api:unit-list"), narrowed).json()["results"]
        return [row["code"] for row in rows]

    coordinator = world.holder(Role.COLLEGE_COORDINATOR)
    inside = [world.it, world.it1, world.it2, world.own, world.shared, world.far]
    assert codes(coordinator) == sorted(unit.code for unit in inside)
    assert codes(coordinator, level="class") == sorted([world.it1.code, world.it2.code])
    assert codes(coordinator, level="school") == []
    for user in (world.outsider, world.holder(Role.AUDITOR)):
        assert login(user).get(reverse("api:unit-list")).status_code == 403


def test_a_unit_out_of_sight_is_not_there(world: World, login: Login) -> None:
    coordinator = login(world.holder(Role.COLLEGE_COORDINATOR))
    assert coordinator.get(reverse("api:unit-detail", args=[world.arts1.code])).status_code == 404


def test_units_that_are_gone_are_not_told(world: World, login: Login) -> None:
    world.far.is_active = False
    world.far.save()
    rows = login(world.holder(Role.COLLEGE_COORDINATOR)).get(reverse("api:unit-list"), {"level": "dorm"}).json()
    assert [row["code"] for row in rows["results"]] == sorted([world.own.code, world.shared.code])


def test_long_lists_come_in_pages(world: World, at: datetime, login: Login) -> None:
    for room in range(201, 260):
        factories.make_dorm(world.it2, str(room), at=at)
    first = login(world.holder(Role.COLLEGE_COORDINATOR)).get(reverse("api:unit-list"), {"level": "dorm"}).json()
    assert first["count"] == 62
    assert len(first["results"]) < 62
    assert first["next"]


def test_duties_are_the_callers_own_soonest_first(world: World, cycle: Cycle, at: datetime, login: Login) -> None:
    def duties(role: Role) -> list[tuple[str, str]]:
        with time_machine.travel(at, tick=False):
            rows = login(world.holder(role)).get(reverse("api:duty-list")).json()["results"]
        return [(row["title"], row["unit"]) for row in rows]

    assert duties(Role.DORM_HEAD) == [("Dorm report 2026-11, 东6栋-101", world.own.code)]
    assert duties(Role.CLASS_COMMITTEE_MEMBER) == [("Class report 2026-11, 计科2601班", world.it1.code)]
    assert duties(Role.SCHOOL_LEADER) == []


def test_the_api_is_for_reading_only(world: World, login: Login) -> None:
    client = login(world.holder(Role.CENTER_DIRECTOR))
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(reverse("api:unit-detail", args=[world.it.code])).status_code == 405


def test_a_view_that_names_nobody_serves_nobody(world: World) -> None:
    view = APIView.as_view()
    request = APIRequestFactory().get("/")
    force_authenticate(request, user=world.holder(Role.CENTER_DIRECTOR))
    request.resolver_match = ResolverMatch(view, (), {})
    assert view(request).status_code == 403


@pytest.mark.parametrize(
    ("mark", "role", "status"),
    [
        (public, None, 405),
        (own, None, 403),
        (own, Role.STUDENT_UNION_OFFICER, 405),
        (requires(Ability.VIEW_AUDIT), None, 403),
        (requires(Ability.VIEW_AUDIT), Role.CENTER_DIRECTOR, 403),
        (requires(Ability.VIEW_AUDIT), Role.AUDITOR, 405),
    ],
)
def test_a_token_is_asked_by_the_same_door(mark: Any, role: Role | None, status: int, world: World) -> None:
    """The authentication of the API finds somebody whom the middleware does not know."""

    class Declared(APIView):
        pass

    view = mark(Declared).as_view()
    for kwargs in ({}, {"pk": 1}):
        request = APIRequestFactory().get("/")
        if role:
            force_authenticate(request, user=world.holder(role))
        request.resolver_match = ResolverMatch(view, (), kwargs)
        out_of_sight = role is Role.CENTER_DIRECTOR and kwargs
        assert view(request, **kwargs).status_code == (404 if out_of_sight else status)
