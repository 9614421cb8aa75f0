"""The first hours of red are duties with owners."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from crisis.models import Alarm, Case
from crisis.rules import AlertLevel
from crisis.services.alarms.handling import acknowledge, settle_alarm
from crisis.services.care.guardians import FamilyContact, note_reached, start_notice
from crisis.services.care.safety_watches import Turn, start_watch
from crisis.services.cases.handover import transfer_case
from crisis.services.cases.lifecycle import Opening, open_case, raise_level
from crisis.services.cases.notes import add_note, edit_case, mark_told
from kernel.models import Notice
from network.models import Duty, User
from network.rules import Role
from network.services import relieve, remind
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Open = Callable[..., Case]
FIRST = ("red_leader", "red_family", "red_watch", "red_contact")


@pytest.fixture
def red(opened: Open) -> Case:
    return opened(AlertLevel.RED)


@pytest.fixture
def counselor(world: World) -> User:
    return world.holder(Role.FULL_TIME_COUNSELOR)


def owed() -> dict[str, Duty]:
    return {duty.kind: duty for duty in Duty.objects.unsettled().filter(kind__in=(*FIRST, "alarm_outcome"))}


def test_a_case_that_becomes_red_owes_leader_family_watch_and_contact_by_its_owner(red: Case, at: datetime) -> None:
    duties = owed()
    assert set(duties) == set(FIRST)
    assert {duty.owner for duty in duties.values()} == {red.owner}
    assert {duty.role for duty in duties.values()} == {Role.CENTER_DIRECTOR}
    assert duties["red_leader"].due_at == at + timedelta(hours=2)
    assert duties["red_watch"].due_at == at + timedelta(hours=1)
    assert duties["red_family"].due_at.astimezone(at.tzinfo) == at.replace(hour=23, minute=59, second=59)
    assert duties["red_contact"].due_at - duties["red_family"].due_at == timedelta(days=1)


def test_a_case_below_red_owes_none_of_them_until_it_is_raised(opened: Open, counselor: User, at: datetime) -> None:
    case = opened(AlertLevel.ORANGE)
    assert not owed()
    raise_level(case=case, level=AlertLevel.RED, reason="有计划", by=counselor, at=at)
    assert set(owed()) == set(FIRST)


def test_the_family_owes_no_call_while_abuse_is_feared(world: World, counselor: User, at: datetime) -> None:
    opening = Opening(AlertLevel.RED, 2, "…", counselor, abuse_feared=True)
    case = open_case(student=world.students["own"][1], opening=opening, by=counselor, at=at)
    assert "red_family" not in owed()
    words = {"situation": "…", "criteria": 2, "by": counselor, "at": at}
    case.refresh_from_db()
    case = edit_case(case=case, abuse_feared=False, version=case.version, **words)
    assert "red_family" in owed()
    edit_case(case=case, abuse_feared=True, version=case.version, **words)
    assert "red_family" not in owed()


def test_each_is_settled_by_the_act_itself(red: Case, world: World, counselor: User, at: datetime) -> None:
    leader = red.members.get(user=world.holder(Role.SCHOOL_LEADER))
    mark_told(member=leader, by=counselor, at=at)
    assert "red_leader" not in owed()
    notice = start_notice(case=red, legal_ground="emergency", by=counselor, at=at)
    contact = FamilyContact(counselor, "王母", "母亲", "phone", "…", "…", "…", "fetch")
    note_reached(notice=notice, contact=contact, by=counselor, at=at)
    assert "red_family" not in owed()
    turn = Turn(at, at + timedelta(hours=6), people=[counselor], others=["王某 138"])
    start_watch(case=red, place="宿舍", instructions="", turn=turn, by=counselor, at=at)
    assert set(owed()) == {"red_contact"}


def test_the_daily_contact_is_owed_again_for_the_day_after_the_last(red: Case, counselor: User, at: datetime) -> None:
    first = owed()["red_contact"].due_at
    tomorrow = at + timedelta(days=1)
    add_note(case=red, is_contact=False, text="记事", happened_at=None, by=counselor, at=tomorrow)
    assert owed()["red_contact"].due_at == first
    add_note(case=red, is_contact=True, text="谈过", happened_at=None, by=counselor, at=tomorrow)
    assert owed()["red_contact"].due_at == first + timedelta(days=1)


def test_they_go_with_the_case_to_its_new_owner_and_are_reminded_of(red: Case, world: World, at: datetime) -> None:
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    red.refresh_from_db()
    transfer_case(case=red, owner=fudaoyuan, deputy=None, version=red.version, by=red.owner, at=at)
    assert {duty.owner for duty in owed().values()} == {fudaoyuan}
    remind(at=at + timedelta(days=4))
    assert Notice.objects.filter(recipient=world.holder(Role.CENTER_DIRECTOR), kind="duty.red_leader").exists()


def test_whoever_acknowledges_an_alarm_owes_its_outcome(alarm: Alarm, world: World, at: datetime) -> None:
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    acknowledge(alarm=alarm, action_taken="在路上", by=fudaoyuan, at=at)
    duty = owed()["alarm_outcome"]
    assert (duty.owner, duty.due_at) == (fudaoyuan, at + timedelta(hours=24))
    for post in fudaoyuan.posts.all():
        relieve(post=post, by=None, at=at)
    assert Duty.objects.owed_by(world.holder(Role.CENTER_DIRECTOR), (at + timedelta(days=1)).date()).filter(pk=duty.pk)
    settle_alarm(alarm=alarm, outcome=Alarm.Outcome.CARE, note="好了", by=world.holder(Role.CENTER_DIRECTOR), at=at)
    assert not owed()


def test_an_alarm_that_becomes_a_case_owes_no_outcome(
    alarm: Alarm, world: World, counselor: User, at: datetime
) -> None:
    acknowledge(alarm=alarm, action_taken="在路上", by=counselor, at=at)
    opening = Opening(AlertLevel.YELLOW, 2, "…", counselor)
    open_case(student=alarm.student, opening=opening, by=counselor, at=at, alarm=alarm)
    assert "alarm_outcome" not in owed()
