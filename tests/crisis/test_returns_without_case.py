"""A leave and the way back of a student who has no case."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from crisis.models import Return
from crisis.rules import AlertLevel
from crisis.services.care.returns import Decision, decide_return, start_leave_without_case
from crisis.services.cases.lifecycle import Opening, open_case
from kernel.errors import Refused
from network.models import Duty, Student, User
from network.rules import EnrollmentStatus, Role
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]


@pytest.fixture
def student(world: World) -> Student:
    student = world.students["own"][2]
    student.enrollment_status = EnrollmentStatus.ON_LEAVE
    student.save()
    return student


def start(client: Client, student: Student) -> Return:
    url = reverse("crisis:student-leave", args=[student.pk])
    section = client.get(reverse("crisis:student-section", args=[student.pk])).content.decode()
    assert url in section
    assert client.get(url).status_code == 200
    assert client.post(url, {"left_on": "2026-11-02"}).status_code == 302
    return Return.objects.get()


def test_a_return_begins_and_is_decided_without_a_case(world: World, student: Student, login: Login) -> None:
    counselor, director = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.CENTER_DIRECTOR)
    row = start(login(counselor), student)
    assert row.case is None

    def send(by: User, key: str, **data: str) -> int:
        return login(by).post(reverse("crisis:return-act", args=[row.pk, key]), data).status_code

    decision = {"comes_back": "1", "note": "可以", "returned_on": "2026-11-10", "support_plan": "每周见一次"}
    assert send(director, "decide", **decision) == 422
    assert send(counselor, "apply", applied_on="2026-11-09", opinion="医院：稳定") == 302
    assert send(counselor, "interview", interview="睡得好") == 302
    assert send(counselor, "commit", commitment="母亲陪读") == 302
    assert send(counselor, "decide", **decision) == 422
    assert send(director, "decide", **decision) == 302
    row.refresh_from_db()
    assert (row.state, row.follow_ups.count()) == ("returned", 14)
    assert Duty.objects.unsettled().filter(kind="return_follow_up", link=f"/returns/{row.pk}/").count() == 14
    assert send(counselor, "look-1", text="适应良好") == 302
    assert send(counselor, "nothing") == 404
    assert "适应良好" in login(counselor).get(reverse("crisis:return-page", args=[row.pk])).content.decode()


def test_a_case_that_is_opened_takes_the_return_in(world: World, student: Student, at: datetime) -> None:
    by = world.holder(Role.FULL_TIME_COUNSELOR)
    row = start_leave_without_case(student=student, left_on=at.date(), expected_on=None, by=by, at=at)
    case = open_case(student=student, opening=Opening(AlertLevel.YELLOW, 2, "…", by), by=by, at=at)
    row.refresh_from_db()
    assert row.case == case
    with pytest.raises(Refused) as refused:
        start_leave_without_case(student=student, left_on=at.date(), expected_on=None, by=by, at=at)
    assert refused.value.code == "case-open"


def test_a_class_has_no_say_in_a_return_without_a_case(
    world: World, student: Student, at: datetime, login: Login
) -> None:
    fudaoyuan, by = world.holder(Role.FUDAOYUAN), world.holder(Role.FULL_TIME_COUNSELOR)
    with pytest.raises(Refused) as refused:
        start_leave_without_case(student=student, left_on=at.date(), expected_on=None, by=fudaoyuan, at=at)
    assert refused.value.code == "may-not-manage"
    row = start_leave_without_case(student=student, left_on=at.date(), expected_on=None, by=by, at=at)
    assert login(fudaoyuan).get(reverse("crisis:return-page", args=[row.pk])).status_code == 404
    with pytest.raises(Refused):
        decide_return(student_return=row, decision=Decision(False, "还早"), by=fudaoyuan, at=at)
