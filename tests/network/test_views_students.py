from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.models import AuditEvent
from network.forms.students import MOST_CLASSES
from network.models import Student, User
from network.rules import EnrollmentStatus, Role
from network.services import move_student
from tests import factories
from tests.conftest import World

Login = Callable[[User], Client]


def numbers(page: Any) -> list[str]:
    return [student.number for student in page.context["page"]]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.CENTER_DIRECTOR, 200),
        (Role.FULL_TIME_COUNSELOR, 200),
        (Role.DEPUTY_SECRETARY, 200),
        (Role.CLASS_ADVISER, 200),
        (Role.DORM_HEAD, 200),
        (Role.SCHOOL_LEADER, 403),
        (Role.SYSTEM_ADMINISTRATOR, 403),
        (Role.AUDITOR, 403),
        (Role.PART_TIME_COUNSELOR, 403),
    ],
)
def test_who_opens_the_list_of_students(world: World, login: Login, role: Role, status: int) -> None:
    assert login(world.holder(role)).get(reverse("network:student-list")).status_code == status


def test_a_fudaoyuan_sees_the_own_classes_and_the_look_is_noted(world: World, login: Login) -> None:
    page = login(world.holder(Role.FUDAOYUAN)).get(reverse("network:student-list"), {"q": "2026"})
    assert len(numbers(page)) == 6
    event = AuditEvent.objects.get(action="student.list")
    assert event.detail == {"filters": {"q": "2026"}, "page": 1, "rows": 6}


def test_peers_see_names_and_beds_and_nothing_else(world: World, login: Login) -> None:
    page = login(world.holder(Role.DORM_HEAD)).get(reverse("network:student-list"))
    body = page.content.decode()
    mate = world.students["own"][2]
    assert mate.name in body
    assert mate.number not in body
    assert list(page.context["form"].fields) == ["q"]


def test_filters_narrow_the_list(world: World, login: Login) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    url = reverse("network:student-list")
    student = world.students["far"][0]
    Student.objects.filter(pk=student.pk).update(enrollment_status=EnrollmentStatus.ON_LEAVE, name="欧阳子轩")
    assert len(numbers(browser.get(url))) == 13
    assert len(numbers(browser.get(url, {"college": world.arts.pk}))) == 4
    assert len(numbers(browser.get(url, {"school_class": world.it2.pk}))) == 3
    assert len(numbers(browser.get(url, {"grade": 2026}))) == 13
    assert numbers(browser.get(url, {"status": "on_leave", "q": "子轩"})) == [student.number]
    assert len(numbers(browser.get(url, {"college": "nonsense"}))) == 13
    chips = browser.get(url, {"college": str(world.arts.pk), "sort": "name", "page": "2"}).context["chips"]
    assert chips == [{"label": "College · 文学院", "url": "?sort=name"}]


def test_grades_are_offered_where_there_are_several(world: World, login: Login) -> None:
    world.it2.__class__.objects.filter(pk=world.it2.pk).update(grade=2025)
    browser = login(world.holder(Role.COLLEGE_COORDINATOR))
    assert len(numbers(browser.get(reverse("network:student-list"), {"grade": "2025"}))) == 4


def test_a_very_long_list_of_classes_is_offered_after_the_college_is_chosen(
    world: World, at: datetime, login: Login
) -> None:
    for n in range(MOST_CLASSES):
        factories.make_class(world.arts, f"中文{n}班", at=at)
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    url = reverse("network:student-list")
    assert "school_class" not in browser.get(url).context["form"].fields
    assert "school_class" in browser.get(url, {"college": world.it.pk}).context["form"].fields


@pytest.mark.parametrize("sort", ["", "name", "room"])
def test_the_list_can_be_sorted(world: World, login: Login, sort: str) -> None:
    page = login(world.holder(Role.CENTER_DIRECTOR)).get(reverse("network:student-list"), {"sort": sort})
    keys: dict[str, Callable[[Student], str]] = {
        "": lambda one: one.number,
        "name": lambda one: one.name,
        "room": lambda one: one.dorm.name if one.dorm else "",
    }
    shown = [one for one in page.context["page"] if one.dorm or sort != "room"]
    assert [keys[sort](one) for one in shown] == sorted(keys[sort](one) for one in shown)


def test_nobody_found_says_so(world: World, login: Login) -> None:
    page = login(world.holder(Role.FUDAOYUAN)).get(reverse("network:student-list"), {"q": "没有这个人"})
    assert "Nobody found" in page.content.decode()


def test_the_card_shows_phones_to_the_roster_and_the_history(world: World, at: datetime, login: Login) -> None:
    student = world.students["own"][2]
    move_student(student=student, school_class=world.it2, dorm=world.far, by=None, at=at)
    page = login(world.holder(Role.COLLEGE_COORDINATOR)).get(reverse("network:student-detail", args=[student.pk]))
    body = page.content.decode()
    assert "tel:10000000001" in body
    assert [one.dorm.name for one in page.context["history"]] == ["东6栋-103", "东6栋-101"]
    event = AuditEvent.objects.get(action="student.read")
    assert (event.object_id, event.unit) == (str(student.pk), world.it2.code)


@pytest.mark.parametrize("role", [Role.DORM_HEAD, Role.CLASS_COMMITTEE_MEMBER])
def test_the_card_shows_peers_no_number_phone_or_guardian(world: World, login: Login, role: Role) -> None:
    student = world.students["own"][3]
    page = login(world.holder(role)).get(reverse("network:student-detail", args=[student.pk]))
    body = page.content.decode()
    assert student.name in body
    for hidden in (student.number, "10000000000", "10000000001", student.guardian_name):
        assert hidden not in body


@pytest.mark.parametrize(
    ("role", "room"),
    [
        (Role.FUDAOYUAN, "far"),
        (Role.COLLEGE_COORDINATOR, "away"),
        (Role.DORM_HEAD, "shared"),
        (Role.SCHOOL_LEADER, "own"),
        (Role.SYSTEM_ADMINISTRATOR, "own"),
        (Role.AUDITOR, "own"),
    ],
)
def test_a_student_out_of_sight_is_not_there_and_no_look_is_noted(
    world: World, login: Login, role: Role, room: str
) -> None:
    student = world.students[room][-1]
    answer = login(world.holder(role)).get(reverse("network:student-detail", args=[student.pk]))
    assert answer.status_code == 404
    assert not AuditEvent.objects.filter(action="student.read").exists()


@pytest.mark.parametrize("more", [0, 80])
def test_the_list_takes_the_same_few_queries_for_any_number_of_students(
    world: World, at: datetime, login: Login, more: int, django_assert_max_num_queries: Any
) -> None:
    factories.make_students(world.it1, more, on=at.date(), dorm=world.own)
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    for path in (
        reverse("network:student-list"),
        reverse("network:student-list") + "?page=2",
        reverse("network:student-detail", args=[world.students["own"][0].pk]),
    ):
        with django_assert_max_num_queries(14):
            assert browser.get(path).status_code == 200
