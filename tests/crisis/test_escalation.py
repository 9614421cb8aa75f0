from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections

from crisis.models import Alarm, AlarmStep, DutyShift
from crisis.rules import Step
from crisis.services.alarms.escalation import escalate_alarms
from crisis.services.alarms.handling import acknowledge, complete_alarm, raise_alarm
from crisis.services.center.settings import Escalation, set_escalation
from kernel.errors import Refused
from kernel.models import Notice
from network.models import User
from network.rules import Role
from network.services import appoint, relieve
from tests import factories
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

NEAR = (Role.FUDAOYUAN, Role.COLLEGE_COORDINATOR, Role.DEPUTY_SECRETARY)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def called() -> set[User]:
    return {notice.recipient for notice in Notice.objects.filter(kind="alarm").select_related("recipient")}


def holders(world: World, *roles: Role) -> set[User]:
    return {world.holder(role) for role in roles}


def test_each_step_is_called_at_its_minute_and_not_before(world: World, alarm: Alarm, at: datetime) -> None:
    near = holders(world, *NEAR)
    assert called() == near
    escalate_alarms(at=at + minutes(4.9))
    assert called() == near
    escalate_alarms(at=at + minutes(5))
    assert called() == near | holders(world, Role.FULL_TIME_COUNSELOR)
    escalate_alarms(at=at + minutes(14.9))
    assert called() == near | holders(world, Role.FULL_TIME_COUNSELOR)
    escalate_alarms(at=at + minutes(15))
    assert called() == near | holders(world, Role.FULL_TIME_COUNSELOR, Role.CENTER_DIRECTOR)
    escalate_alarms(at=at + minutes(30))
    everybody = (*NEAR, Role.FULL_TIME_COUNSELOR, Role.CENTER_DIRECTOR, Role.SCHOOL_LEADER)
    assert called() == holders(world, *everybody)
    escalate_alarms(at=at + minutes(600))
    assert list(alarm.steps.values_list("step", flat=True)) == list(Step)
    assert Notice.objects.filter(kind="alarm").count() == len(everybody)


def test_after_an_outage_of_the_clock_all_steps_that_have_come_due_are_called(
    world: World, alarm: Alarm, at: datetime
) -> None:
    assert escalate_alarms(at=at + minutes(45)) == 3
    assert called() >= holders(world, Role.CENTER_DIRECTOR, Role.SCHOOL_LEADER)
    leader = Notice.objects.get(recipient=world.holder(Role.SCHOOL_LEADER))
    assert leader.params == {"minutes": 45}
    assert leader.link == "/cases/red/"


def test_taken_on_it_climbs_no_more(world: World, alarm: Alarm, at: datetime) -> None:
    acknowledge(alarm=alarm, action_taken="在路上", by=world.holder(Role.FUDAOYUAN), at=at + minutes(3))
    assert escalate_alarms(at=at + minutes(60)) == 0
    assert called() == holders(world, *NEAR)


def test_the_school_sets_the_minutes_and_nobody_else(world: World, alarm: Alarm, at: datetime) -> None:
    hours = {"work_starts": at.time().replace(hour=8), "work_ends": at.time().replace(hour=18)}
    director = world.holder(Role.CENTER_DIRECTOR)
    set_escalation(school=world.school, escalation=Escalation(1, 2, 3, **hours), by=director, at=at)
    escalate_alarms(at=at + minutes(2))
    assert escalate_alarms(at=at + minutes(3)) == 1
    for escalation, by, code in (
        (Escalation(9, 2, 3, **hours), director, "order"),
        (Escalation(1, 2, 3, work_starts=hours["work_ends"], work_ends=hours["work_starts"]), director, "hours"),
        (Escalation(1, 2, 3, **hours, bots="file:///etc/passwd"), director, "bot"),
        (Escalation(1, 2, 3, **hours), world.holder(Role.FUDAOYUAN), "may-not-configure"),
    ):
        with pytest.raises(Refused) as refused:
            set_escalation(school=world.school, escalation=escalation, by=by, at=at)
        assert refused.value.code == code


def test_at_night_whoever_is_on_the_roster_hears_at_once(world: World, at: datetime) -> None:
    night = at.replace(hour=2)
    officer = world.holder(Role.PART_TIME_COUNSELOR)
    DutyShift.objects.create(
        school=world.school, officer=officer, starts_at=night - minutes(60), ends_at=night + minutes(300)
    )
    ring(world, night)
    assert called() == holders(world, *NEAR) | {officer}
    escalate_alarms(at=night + minutes(5))
    assert called() == holders(world, *NEAR) | {officer}


def test_a_gap_in_the_roster_rings_the_counselors(world: World, at: datetime) -> None:
    night = at.replace(hour=2)
    ring(world, night)
    escalate_alarms(at=night + minutes(5))
    assert called() == holders(world, *NEAR, Role.FULL_TIME_COUNSELOR)


def test_a_step_without_anybody_passes_on_to_the_next_at_once(world: World, at: datetime) -> None:
    for role in (*NEAR, Role.FULL_TIME_COUNSELOR):
        for post in world.holder(role).posts.all():
            relieve(post=post, by=None, at=at)
    alarm = ring(world, at)
    assert called() == holders(world, Role.CENTER_DIRECTOR)
    assert list(alarm.steps.values_list("step", "told")) == [(0, 0), (1, 0), (2, 1)]
    alarm.refresh_from_db()
    assert alarm.escalates_at == at + minutes(30)


def test_who_it_is_may_be_told_later(world: World, at: datetime) -> None:
    alarm = raise_alarm(
        student=None,
        source=Alarm.Source.PHONE,
        source_key="call",
        evidence="有人在楼顶",
        by=world.holder(Role.FULL_TIME_COUNSELOR),
        at=at,
    )
    assert called() == holders(world, Role.FULL_TIME_COUNSELOR)
    student = world.students["own"][2]
    stranger = world.holder(Role.DORM_HEAD)
    with pytest.raises(Refused):
        complete_alarm(alarm=alarm, student=student, by=stranger, at=at)
    complete_alarm(alarm=alarm, student=student, by=world.holder(Role.FULL_TIME_COUNSELOR), at=at)
    assert called() >= holders(world, *NEAR)
    with pytest.raises(Refused) as refused:
        other = world.students["own"][3]
        complete_alarm(alarm=alarm, student=other, by=world.holder(Role.FULL_TIME_COUNSELOR), at=at)
    assert refused.value.code == "another-student"


@pytest.mark.django_db(transaction=True)
def test_two_beats_and_two_workers_call_each_step_once(world: World, at: datetime) -> None:
    colleague = factories.make_user("同事", school=world.school)
    appoint(holder=colleague, unit=world.school, role=Role.FULL_TIME_COUNSELOR, by=None, at=at)
    for index in range(4):
        ring(world, at, index=index)
    gate = Barrier(4)

    def tick() -> None:
        gate.wait()
        try:
            for minute in (5, 15, 30):
                escalate_alarms(at=at + minutes(minute))
        finally:
            connections.close_all()

    for thread in list(started(Thread(target=tick) for _ in range(4))):
        thread.join()
    assert Counter(AlarmStep.objects.values_list("step", flat=True)) == dict.fromkeys(Step, 4)
    told = Counter(Notice.objects.filter(kind="alarm").values_list("recipient", "link"))
    assert set(told.values()) <= {1, 4}


def started(threads: Iterator[Thread]) -> Iterator[Thread]:
    for thread in list(threads):
        thread.start()
        yield thread


def ring(world: World, at: datetime, *, index: int = 2) -> Alarm:
    return raise_alarm(
        student=world.students["own"][index],
        source=Alarm.Source.THUNDER_LINE,
        source_key=f"ring{index}",
        evidence="…",
        by=world.holder(Role.DORM_HEAD),
        at=at,
    )
