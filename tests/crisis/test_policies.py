"""A graduate student may hold a post of the center. Then nobody decides about themselves."""

from datetime import datetime

import pytest

from crisis import policies
from crisis.models import Alarm, Case
from crisis.rules import AlertLevel
from crisis.services.care.returns import start_leave, start_leave_without_case
from network.models import User
from network.rules import EnrollmentStatus, Role
from tests.conftest import World
from tests.factories import give_post

pytestmark = pytest.mark.usefixtures("november")


@pytest.fixture
def double(world: World, at: datetime) -> User:
    """The student of the alarm and the case, who also directs the center."""
    student = world.students["own"][2]
    give_post(world.school, Role.CENTER_DIRECTOR, at=at, holder=student.user)
    return User.objects.get(pk=student.user_id)


def test_nobody_decides_about_their_own_case(world: World, case: Case, double: User) -> None:
    for user, may in ((double, False), (world.holder(Role.CENTER_DIRECTOR), True)):
        assert policies.may_open_case(user, case.student) is may
        assert policies.may_manage(user, case) is may
        assert policies.may_request_lowering(user, case) is may
        assert policies.may_decide(user, case, AlertLevel.RED) is may


def test_nobody_takes_on_an_alarm_about_themselves(world: World, alarm: Alarm, double: User) -> None:
    assert alarm.student_id == double.student.pk
    assert policies.may_acknowledge(double, alarm) is False
    assert policies.may_acknowledge(world.holder(Role.CENTER_DIRECTOR), alarm) is True


def test_nobody_works_on_their_own_return(world: World, double: User, at: datetime) -> None:
    student, director = double.student, world.holder(Role.CENTER_DIRECTOR)
    student.enrollment_status = EnrollmentStatus.ON_LEAVE
    student.save()
    row = start_leave_without_case(student=student, left_on=at.date(), expected_on=None, by=director, at=at)
    for user, may in ((double, False), (director, True)):
        assert policies.may_start_leave(user, student) is may
        assert policies.may_work_on_return(user, row) is may
        assert policies.may_interview(user, row) is may
        assert policies.may_decide_return(user, row) is may


def test_a_return_with_a_case_follows_the_case(world: World, case: Case, double: User, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    row = start_leave(case=case, left_on=at.date(), expected_on=None, by=director, at=at)
    for user, may in ((double, False), (director, True)):
        assert policies.may_work_on_return(user, row) is may
        assert policies.may_interview(user, row) is may
        assert policies.may_decide_return(user, row) is may
