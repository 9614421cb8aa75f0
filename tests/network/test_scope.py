import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from network.models import Placement, Post, Student, Unit, User
from network.rules import Ability, Role
from network.scope import Scope
from network.services import appoint, relieve
from tests.conftest import World

SEEN = {
    Role.CENTER_DIRECTOR: {"own", "shared", "far", "away", "roomless"},
    Role.FULL_TIME_COUNSELOR: {"own", "shared", "far", "away", "roomless"},
    Role.DEPUTY_SECRETARY: {"own", "shared", "far", "roomless"},
    Role.COLLEGE_COORDINATOR: {"own", "shared", "far", "roomless"},
    Role.FUDAOYUAN: {"own", "shared"},
    Role.CLASS_ADVISER: {"own", "shared"},
    Role.CLASS_COMMITTEE_MEMBER: set(),
    Role.DORM_HEAD: set(),
    Role.LEADING_GROUP: set(),
    Role.SCHOOL_LEADER: set(),
    Role.PART_TIME_COUNSELOR: set(),
    Role.STUDENT_UNION_OFFICER: set(),
    Role.COLLEGE_UNION_OFFICER: set(),
    Role.AUDITOR: set(),
    Role.SYSTEM_ADMINISTRATOR: set(),
    Role.SECURITY_ADMINISTRATOR: set(),
}


def without_tokens(body: bytes) -> bytes:
    return re.sub(rb'data-csrf="[^"]*"', b"", body)


@pytest.fixture(autouse=True)
def today(at: datetime) -> object:
    with time_machine.travel(at, tick=False):
        yield


@pytest.mark.parametrize("role", list(Role))
def test_the_roster_is_open_to_each_role_as_far_as_its_unit_reaches(world: World, role: Role) -> None:
    seen = set(Student.objects.visible_to(world.holder(role), Ability.VIEW_ROSTER))
    expected = {student for room in SEEN[role] for student in world.students[room]}
    if role in (Role.DEPUTY_SECRETARY, Role.COLLEGE_COORDINATOR, Role.FUDAOYUAN, Role.CLASS_ADVISER):
        expected -= {student for student in expected if student.college_id != world.it.pk}
    assert seen == expected


def test_a_dorm_head_sees_the_names_of_room_mates_of_any_class(world: World) -> None:
    head = world.holder(Role.DORM_HEAD, world.shared)
    assert set(Student.objects.visible_to(head, Ability.VIEW_NAMES)) == set(world.students["shared"])


def test_a_committee_member_sees_the_names_of_the_class(world: World) -> None:
    member = world.holder(Role.CLASS_COMMITTEE_MEMBER)
    expected = {*world.students["own"], *world.students["shared"][:2]}
    assert set(Student.objects.visible_to(member, Ability.VIEW_NAMES)) == expected


@pytest.mark.parametrize("user", ["outsider", "anonymous", "inactive"])
def test_without_a_post_nothing_is_seen(world: World, user: str) -> None:
    inactive = world.holder(Role.CENTER_DIRECTOR)
    inactive.is_active = False
    who = {"outsider": world.outsider, "anonymous": AnonymousUser(), "inactive": inactive}[user]
    assert not Scope.of(who).abilities
    assert not Student.objects.visible_to(who, Ability.VIEW_ROSTER).exists()
    assert not Unit.objects.visible_to(who).exists()
    assert not Post.objects.visible_to(who).exists()


def test_units_are_seen_from_the_post_downwards(world: World) -> None:
    assert set(Unit.objects.visible_to(world.holder(Role.FUDAOYUAN))) == {world.it1, world.own, world.shared}
    assert set(Unit.objects.visible_to(world.holder(Role.DORM_HEAD))) == {world.own}
    below_it = {world.it, world.it1, world.it2, world.own, world.shared, world.far}
    assert set(Unit.objects.visible_to(world.holder(Role.COLLEGE_COORDINATOR))) == below_it
    director = Unit.objects.visible_to(world.holder(Role.CENTER_DIRECTOR), Ability.VIEW_ROSTER)
    assert director.count() == 10
    assert not director.filter(code__startswith="OT").exists()


def test_posts_are_seen_from_the_post_downwards(world: World) -> None:
    seen = Post.objects.visible_to(world.holder(Role.FUDAOYUAN), Ability.APPOINT_PEER)
    assert {post.unit for post in seen} == {world.it1, world.own, world.shared}
    assert not Post.objects.visible_to(world.holder(Role.FUDAOYUAN), Ability.CONFIGURE).exists()


def test_units_filters(world: World) -> None:
    assert set(Unit.objects.of_school(world.school).colleges()) == {world.it, world.arts}
    assert set(Unit.objects.of_school(world.school).schools()) == {world.school}
    assert set(Unit.objects.within(world.school).classes()) == {world.it1, world.it2, world.arts1}
    assert set(Unit.objects.within(world.it1)) == {world.it1, world.own, world.shared}
    assert set(Unit.objects.within(world.own).active()) == {world.own}
    assert set(Unit.objects.of_school(world.school).dorms().vacant(Role.DORM_HEAD, world.at.date())) == set()


def test_placements_follow_the_day(world: World, at: datetime) -> None:
    assert Placement.objects.on(date(2026, 8, 31)).count() == 0
    placed = Placement.objects.visible_to(world.holder(Role.FUDAOYUAN), Ability.VIEW_ROSTER)
    assert placed.on(at.date()).present().open().count() == 6


@pytest.mark.parametrize(
    ("where", "covered"), [("school", False), ("it", False), ("it1", True), ("own", True), ("far", False)]
)
def test_an_ability_covers_its_unit_and_all_below(world: World, where: str, covered: bool) -> None:
    scope = Scope.load(world.holder(Role.FUDAOYUAN))
    assert scope.covers(Ability.APPOINT_PEER, getattr(world, where)) is covered


def test_the_scope_is_read_once_in_a_request(world: World, django_assert_num_queries: Any) -> None:
    user = User.objects.get(pk=world.holder(Role.FUDAOYUAN).pk)
    user.request_scope = None  # type: ignore[attr-defined]
    with django_assert_num_queries(1):
        assert Scope.of(user) is Scope.of(user)


def test_rights_end_with_the_post_in_the_same_session(
    world: World, at: datetime, login: Callable[[User], Client]
) -> None:
    browser = login(world.holder(Role.FUDAOYUAN))
    page = reverse("network:student-detail", args=[world.students["own"][0].pk])
    assert browser.get(page).status_code == 200
    relieve(post=Post.objects.get(unit=world.it1, role=Role.FUDAOYUAN), by=None, at=at)
    assert browser.get(page).status_code == 404


def test_rights_end_on_the_last_day_before_anything_has_been_tidied_up(world: World, at: datetime) -> None:
    outsider = world.outsider
    assert outsider is not None
    appoint(holder=outsider, unit=world.it1, role=Role.FUDAOYUAN, by=None, at=at, ends_on=at.date() + timedelta(days=3))
    for days, held in ((2, True), (3, False)):
        with time_machine.travel(at + timedelta(days=days), tick=False):
            assert bool(Scope.load(outsider).abilities) is held


def test_another_school_answers_like_a_row_that_does_not_exist(world: World, login: Callable[[User], Client]) -> None:
    stranger = Post.objects.get(unit=world.other, role=Role.CENTER_DIRECTOR).holder
    browser = login(stranger)
    there = browser.get(reverse("network:student-detail", args=[world.students["own"][0].pk]))
    nowhere = browser.get(reverse("network:student-detail", args=["00000000-0000-4000-8000-000000000000"]))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert without_tokens(there.content) == without_tokens(nowhere.content)
