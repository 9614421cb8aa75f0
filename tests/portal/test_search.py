from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kernel.models import AuditEvent
from network.models import Student, User
from network.rules import Role
from portal.pinyin import has_initials
from portal.search import search
from tests.conftest import World

Login = Callable[[User], Client]


@pytest.fixture
def student(world: World) -> Student:
    """The last student of the fudaoyuan's own dorm, under a name whose first character has several readings."""
    student = world.students["own"][-1]
    student.name = "单小明"
    student.save()
    return student


@pytest.mark.parametrize(
    ("name", "initials", "fits"),
    [
        ("王小明", "wxm", True),
        ("王小明", "xm", True),
        ("王小明", "wm", False),
        ("单小明", "sxm", True),
        ("单小明", "dxm", True),
        ("汉语2601班", "hy2601b", True),
        ("阿依努尔·买买提", "aynemmt", True),
        ("王", "wx", False),
    ],
)
def test_initials_fit_characters_that_follow_each_other(name: str, initials: str, fits: bool) -> None:
    assert has_initials(name, initials) is fits


@pytest.mark.parametrize("asked", ["小明", "sxm", "SXM", "part of the number"])
def test_a_student_is_found_by_name_initials_and_part_of_the_number(asked: str, world: World, student: Student) -> None:
    words = student.number[1:] if asked == "part of the number" else asked
    found = search(world.holder(Role.FUDAOYUAN), words)
    assert found.students is not None
    assert student in found.students


@pytest.mark.parametrize("role", list(Role))
def test_nobody_finds_students_or_units_outside_the_own_scope(role: Role, world: World, student: Student) -> None:
    user = world.holder(role)
    found = search(user, "sxm")
    visible = {row["pk"] for row in Student.objects.visible_to(user, "view_roster", "view_names").values("pk")}
    assert {row.pk for row in found.students or []} == ({student.pk} & visible)
    foreign = world.students["other"][0] if "other" in world.students else None
    if foreign is not None:
        assert foreign not in (search(user, foreign.name).students or [])


def test_a_room_mates_number_is_not_found_by_parts(world: World, student: Student) -> None:
    head = world.holder(Role.DORM_HEAD)
    assert search(head, student.number[1:]).students == []
    assert search(head, "sxm").students == [student]


def test_the_search_is_recorded_and_shows_links(world: World, student: Student, login: Login) -> None:
    page = login(world.holder(Role.FUDAOYUAN)).get(reverse("search"), {"q": "sxm"}).content.decode()
    assert reverse("network:student-detail", args=[student.pk]) in page
    event = AuditEvent.objects.get(action="student.list")
    assert event.detail == {"filters": {"q": "sxm"}, "page": 1, "rows": 1}


def test_pages_and_units_are_found(world: World) -> None:
    user = world.holder(Role.FUDAOYUAN)
    assert "reporting:report-list" in [link.route for link in search(user, "Reports").pages]
    unit = world.own
    assert unit in search(user, unit.code).units


def test_one_letter_finds_no_people(world: World, login: Login) -> None:
    login(world.holder(Role.CENTER_DIRECTOR)).get(reverse("search"), {"q": "w"})
    assert not AuditEvent.objects.filter(action="student.list").exists()


def test_without_words_there_is_the_form_alone(world: World, login: Login) -> None:
    page = login(world.holder(Role.AUDITOR)).get(reverse("search"))
    assert page.context["found"] is None
    assert page.status_code == 200
