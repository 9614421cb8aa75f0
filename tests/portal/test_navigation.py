from collections.abc import Callable

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import ResolverMatch, reverse
from pytest_django import DjangoAssertNumQueries

from kernel.navigation import declared
from network.models import User
from network.rules import Role
from portal.navigation import GROUPS, Group, Link, current_route, groups_of, navigation
from reporting.models import Calendar
from tests.conftest import World


@pytest.fixture
def links(rf: RequestFactory) -> Callable[..., list[Link]]:
    def links(user: User, here: str = "home") -> list[Link]:
        groups: list[Group] = list(navigation(asked_by(rf, user, here))["navigation"])  # type: ignore[call-overload]
        return [link for group in groups for link in group.links]

    return links


def asked_by(rf: RequestFactory, user: User, here: str) -> HttpRequest:
    request = rf.get("/")
    request.user = user
    namespaces = here.split(":")[:-1]
    request.resolver_match = ResolverMatch(print, (), {}, here.split(":")[-1], namespaces=namespaces)
    return request


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (Role.DORM_HEAD, "reporting:report-list", "network:unit-list"),
        (Role.FUDAOYUAN, "crisis:alarm-list", "network:import-list"),
        (Role.SCHOOL_LEADER, "reporting:summary-page", "network:student-list"),
        (Role.SYSTEM_ADMINISTRATOR, "network:school-edit", "network:import-list"),
        (Role.SECURITY_ADMINISTRATOR, "access-table", "audit-list"),
        (Role.AUDITOR, "audit-list", "reporting:summary-page"),
    ],
)
def test_each_role_is_offered_its_own_ways(
    role: Role, shown: str, hidden: str, world: World, links: Callable[..., list[Link]]
) -> None:
    routes = {link.route for link in links(world.holder(role))}
    assert {"home", shown} <= routes
    assert hidden not in routes


def test_without_a_post_there_are_only_the_pages_of_everybody(world: World, links: Callable[..., list[Link]]) -> None:
    assert world.outsider is not None
    assert [link.route for link in links(world.outsider)] == [
        "home",
        "duty-list",
        "notices",
        "activities:activity-list",
        "network:own-phone",
    ]


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_has_at_most_eight_groups_in_one_order_and_only_the_current_one_is_open(
    role: Role, world: World, client: Client
) -> None:
    user = world.holder(role)
    groups = groups_of(user, here="reporting:report-detail")
    assert len([group for group in groups if group.key]) <= 8
    assert [group.key for group in groups] == [key for key in GROUPS if key in {group.key for group in groups}]
    assert {group.key for group in groups if group.is_current} <= {"reports"}
    client.force_login(user)
    page = client.get(reverse("home")).content.decode()
    assert '<details class="nav-group" open>' not in page


def test_every_entry_belongs_to_a_group() -> None:
    assert {item.group for item in declared()} == set(GROUPS)


def test_a_page_belongs_to_its_own_entry_or_to_the_list_of_its_noun() -> None:
    routes = ["crisis:alarm-raise", "crisis:alarm-list", "crisis:case-dashboard", "crisis:case-list", "home"]
    assert current_route(routes, "crisis:alarm-raise") == "crisis:alarm-raise"
    assert current_route(routes, "crisis:alarm-detail") == "crisis:alarm-list"
    assert current_route(routes, "crisis:case-detail") == "crisis:case-list"
    assert current_route(routes, "healthz") == ""


def test_a_page_of_the_same_noun_marks_its_way(world: World, links: Callable[..., list[Link]]) -> None:
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    assert [link.route for link in links(fudaoyuan, "reporting:report-detail") if link.active] == [
        "reporting:report-list"
    ]
    assert [link.route for link in links(fudaoyuan) if link.active] == ["home"]


def test_nothing_is_asked_of_the_database_until_a_page_shows_it(
    world: World, rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        context = navigation(asked_by(rf, world.holder(Role.FUDAOYUAN), "home"))
    with django_assert_num_queries(3):
        assert str(context["unread"]) == "0"
        assert list(context["navigation"])  # type: ignore[call-overload]


def test_the_duty_phone_is_the_own_schools_and_for_strangers_the_only_one(
    world: World, rf: RequestFactory, client: Client
) -> None:
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    assert str(navigation(asked_by(rf, fudaoyuan, "home"))["duty_phone"]) == ""
    Calendar.objects.create(school=world.school, duty_phone="0571-1")
    assert str(navigation(asked_by(rf, fudaoyuan, "home"))["duty_phone"]) == "0571-1"
    assert "tel:0571-1" in client.get(reverse("account_login")).content.decode()
    Calendar.objects.create(school=world.other, duty_phone="0571-2")
    assert "tel:0571" not in client.get(reverse("account_login")).content.decode()
