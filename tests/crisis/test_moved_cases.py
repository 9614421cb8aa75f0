"""A case follows its student into another college: the new one is told, the old one hands over."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from crisis.models import Case
from crisis.rules import AlertLevel
from crisis.services.cases.handover import keep_cases
from kernel.models import Notice
from network.models import Student, User
from network.rules import Role
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Open = Callable[..., Case]
COLLEGE = (Role.COLLEGE_COORDINATOR, Role.DEPUTY_SECRETARY)


@pytest.fixture
def moved(opened: Open, world: World, at: datetime) -> Case:
    case = opened(AlertLevel.RED, owner=world.holder(Role.FUDAOYUAN))
    Student.objects.filter(pk=case.student_id).update(college=world.arts, school_class=world.arts1, dorm=None)
    assert keep_cases(at=at + timedelta(hours=1)) == 1
    case.refresh_from_db()
    return case


def new_people(world: World) -> set[User]:
    return {world.holder(role, world.arts) for role in COLLEGE} | {world.holder(Role.FUDAOYUAN, world.arts1)}


def test_the_people_of_the_new_college_must_be_told(moved: Case, world: World, at: datetime) -> None:
    members = {member.user: member for member in moved.members.select_related("user")}
    for person in new_people(world):
        assert members[person].must_by == at + timedelta(hours=1)
        assert members[person].told_at is None
        assert Notice.objects.filter(recipient=person, link=f"/cases/{moved.pk}/", urgent=True).exists()
    assert moved.owner in new_people(world)


def test_the_old_college_loses_the_case_with_a_line_of_hand_over(moved: Case, world: World) -> None:
    old = {world.holder(role) for role in (*COLLEGE, Role.FUDAOYUAN)}
    assert not Case.objects.visible_to(world.holder(Role.FUDAOYUAN)).filter(pk=moved.pk).exists()
    entry = next(event.sentence() for event in moved.events.all() if event.sentence().startswith("Moved"))
    assert "信息学院 计科2601班" in entry
    assert "文学院 中文2601班" in entry
    for person in old:
        assert person.name in entry
        assert Notice.objects.filter(recipient=person, key__startswith=f"moved:{moved.pk}").count() == 1
    assert not moved.members.filter(user__in=old, told_at=None).exists()


def test_a_move_to_another_room_alone_tells_nobody(opened: Open, world: World, at: datetime) -> None:
    case = opened()
    before = Notice.objects.count()
    Student.objects.filter(pk=case.student_id).update(dorm=world.shared)
    assert keep_cases(at=at) == 1
    assert keep_cases(at=at) == 0
    assert Notice.objects.count() == before
