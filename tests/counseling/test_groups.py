"""Groups with their deadline, line and dates; conferences on texts without names."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from counseling.models import Booking, Conference, Group, GroupMember, Invitation, Presentation, Room, Session, Slot
from counseling.rules.groups import ConferenceKind
from counseling.services.conferences import (
    NamesSomebody,
    plan_conference,
    present_case,
    record_minutes,
    supervision_minutes,
)
from counseling.services.groups import decide_groups, join_group, leave_group, plan_group, record_group_attendance
from kernel.aliases import is_alias
from kernel.errors import Refused
from kernel.models import AuditEvent, Notice
from network.models import Duty, Student
from network.rules import Role
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, clients, code_of, moment

pytestmark = pytest.mark.usefixtures("november")

WEEK = timedelta(days=7)


def group_of(center: Center, at: datetime, **changes: Any) -> Group:
    room = Room.objects.get_or_create(school=center.school, name="团体室", kind="group", capacity=12)[0]
    first = moment(MONDAY, 19) + WEEK
    dates = [(first + number * WEEK, first + number * WEEK + timedelta(hours=1)) for number in range(3)]
    wanted: dict[str, Any] = {
        "leader": center.counselor, "title": "人际成长小组", "about": "", "seats": (2, 3), "room": room,
        "dates": dates, "recruits_until": first - timedelta(days=2), "by": center.director, "at": at,
    }  # fmt: skip
    return plan_group(**wanted | changes)


def members(center: Center, world: World, count: int) -> list[Student]:
    return clients(center, world.arts1, count)


def test_the_fourth_of_three_waits_and_moves_up(world: World, center: Center, now: datetime) -> None:
    group, students = group_of(center, now), members(center, world, 4)
    rows = [join_group(group=group, student=student, by=student.user, at=now) for student in students]
    assert [row.state for row in rows] == ["member"] * 3 + ["waiting"]
    assert join_group(group=group, student=students[0], by=students[0].user, at=now).pk == rows[0].pk
    assert Slot.objects.filter(owner=students[0].pk).count() == 3
    assert not Slot.objects.filter(owner=students[3].pk).exists()
    leave_group(member=rows[0], by=students[0].user, at=now)
    assert GroupMember.objects.get(pk=rows[3].pk).state == "member"
    assert Slot.objects.filter(owner=students[3].pk).count() == 3
    assert not Slot.objects.filter(owner=students[0].pk).exists()
    assert not Duty.objects.exists()


def test_too_few_at_the_deadline_and_all_are_told(world: World, center: Center, now: datetime) -> None:
    group, (student,) = group_of(center, now), members(center, world, 1)
    join_group(group=group, student=student, by=student.user, at=now)
    assert decide_groups(at=group.recruits_until - timedelta(seconds=1)) == 0
    assert decide_groups(at=group.recruits_until) == 1
    assert decide_groups(at=group.recruits_until) == 0
    assert Group.objects.get().state == "cancelled"
    assert not Slot.objects.exists()
    assert set(Session.objects.values_list("state", flat=True)) == {"cancelled"}
    last = Notice.objects.filter(recipient=student.user).order_by("-created_at").first()
    assert last is not None and last.discreet and "Too few" in last.title


def test_enough_and_who_came_is_recorded(world: World, center: Center, now: datetime) -> None:
    group, students = group_of(center, now), members(center, world, 2)
    for student in students:
        join_group(group=group, student=student, by=student.user, at=now)
    decide_groups(at=group.recruits_until)
    assert Group.objects.get().state == "running"
    date = group.dates.first()
    assert date is not None
    came = {"date": date, "came": students[:1], "by": center.counselor.user}
    assert code_of(lambda: record_group_attendance(**came, at=now)) == "not-begun"
    record_group_attendance(**came, at=date.session.ends_at)
    states = dict(Booking.objects.filter(session=date.session).values_list("student", "state"))
    assert states == {students[0].pk: "attended", students[1].pk: "no_show"}
    for event in AuditEvent.objects.filter(action__in=["group.join", "booking.record"]):
        assert is_alias(event.subject)


def test_bad_groups_and_registrations_are_refused(world: World, center: Center, now: datetime) -> None:
    first = moment(MONDAY, 19) + WEEK
    for changes, code in (
        ({"seats": (5, 4)}, "seats"), ({"seats": (2, 20)}, "room-too-small"), ({"dates": []}, "dates"),
        ({"recruits_until": first + WEEK}, "deadline"), ({"by": world.holder(Role.FUDAOYUAN)}, "may-not-plan"),
    ):  # fmt: skip
        assert code_of(lambda changes=changes: group_of(center, now, **changes)) == code  # type: ignore[misc]
    assert not Session.objects.exists()
    group, (student,) = group_of(center, now), members(center, world, 1)
    assert code_of(lambda: group_of(center, now)) == "taken"
    late = group.recruits_until + timedelta(seconds=1)
    assert code_of(lambda: join_group(group=group, student=student, by=student.user, at=late)) == "closed"
    assert code_of(lambda: join_group(group=group, student=student, by=center.director, at=now)) == "not-yours"
    stranger = world.students["away"][0]
    assert code_of(lambda: join_group(group=group, student=stranger, by=stranger.user, at=now)) == "consent"


def test_a_case_is_told_without_names(world: World, center: Center, now: datetime) -> None:
    counselor, other = center.counselor.user, world.holder(Role.FULL_TIME_COUNSELOR)
    span = (now + timedelta(days=1), now + timedelta(days=1, hours=2))
    kind = ConferenceKind.SUPERVISION
    conference = plan_conference(school=center.school, kind=kind, span=span, invited=[counselor], by=other, at=now)
    student = world.students["own"][0]
    for text in (
        f"来访者{student.name}失眠",
        f"学号{student.number}",
        f"{world.it1.name}的女生",
        f"{world.it.name}大一",
    ):
        with pytest.raises(NamesSomebody) as refused:
            present_case(conference=conference, text=text, by=counselor, at=now)
        assert refused.value.findings.refused
    present_case(conference=conference, text="来访者女，大一，近来失眠", by=counselor, at=now)
    columns = {field.name for field in Presentation._meta.get_fields()}
    assert not columns & {"student", "course", "session"}
    outsider = world.holder(Role.PART_TIME_COUNSELOR)
    with pytest.raises(Refused):
        present_case(conference=conference, text="来访者失眠", by=outsider, at=now)
    assert not Conference.objects.visible_to(outsider).exists()
    assert not Conference.objects.visible_to(world.holder(Role.FUDAOYUAN)).exists()


def test_hours_of_supervision_are_kept(world: World, center: Center, now: datetime) -> None:
    counselor, leader = center.counselor.user, world.holder(Role.FULL_TIME_COUNSELOR)
    span = (now - timedelta(hours=3), now - timedelta(hours=1))
    kind = ConferenceKind.SUPERVISION
    conference = plan_conference(school=center.school, kind=kind, span=span, invited=[counselor], by=leader, at=now)
    for invitation in Invitation.objects.filter(conference=conference):
        record_minutes(invitation=invitation, minutes=120, by=leader, at=now)
    assert supervision_minutes(user=counselor, first=now.date(), last=now.date()) == 120
    assert supervision_minutes(user=leader, first=now.date(), last=now.date()) == 0
    invitation = Invitation.objects.get(user=counselor)
    assert code_of(lambda: record_minutes(invitation=invitation, minutes=121, by=leader, at=now)) == "minutes"
    assert code_of(lambda: record_minutes(invitation=invitation, minutes=60, by=counselor, at=now)) == "may-not-record"
