"""A flood of reports about one student: every word is kept, and nobody is called more than once in five minutes."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from crisis.models import Alarm
from crisis.rules import ringing
from crisis.services.alarms.additions import raise_or_append, tell_of_due_additions
from crisis.services.alarms.escalation import escalate_alarms
from crisis.services.alarms.help_requests import ask_for_help
from kernel.models import Notice
from network.models import Student, User
from network.rules import Role
from reporting.services.alarms import raise_or_append_alarm
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
LATER = timedelta(minutes=5)


def calls() -> Counter[User]:
    return Counter(notice.recipient for notice in Notice.objects.filter(kind="alarm").select_related("recipient"))


def flood(world: World, at: datetime, n: int = 40) -> None:
    student = world.students["own"][2]
    for number in range(n):
        moment = at + timedelta(milliseconds=40 * number)
        ask_for_help(student=student, evidence=f"求助第{number}次。", contact="", by=student.user, at=moment)


def test_forty_requests_for_help_call_each_person_once_and_keep_every_word(world: World, at: datetime) -> None:
    flood(world, at)
    assert set(calls().values()) == {1}
    alarm = Alarm.objects.get()
    assert [f"求助第{number}次。" in alarm.evidence for number in range(40)] == [True] * 40


def test_what_was_added_is_told_after_five_minutes_and_once(world: World, at: datetime) -> None:
    flood(world, at, 3)
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    assert calls()[fudaoyuan] == 1
    tell_of_due_additions(at=at + LATER - timedelta(seconds=1))
    assert calls()[fudaoyuan] == 1
    assert tell_of_due_additions(at=at + LATER + timedelta(seconds=1)) == 1
    assert calls()[fudaoyuan] == 2
    tell_of_due_additions(at=at + 3 * LATER)
    assert calls()[fudaoyuan] == 2


def test_thunder_and_help_and_staff_call_nobody_twice_in_five_minutes(world: World, at: datetime, login: Login) -> None:
    student, head = world.students["own"][2], world.holder(Role.DORM_HEAD)
    flood(world, at, 2)
    for number in range(20):
        raise_or_append_alarm(student=student, evidence=f"雷{number}。", by=head, at=at + timedelta(seconds=1 + number))
    client = login(world.holder(Role.CLASS_ADVISER))
    for number in range(5):
        form = {"key": str(uuid4()), "number": student.number, "evidence": f"老师看到{number}。"}
        assert client.post(reverse("crisis:alarm-raise"), form).status_code == 302
    assert set(calls().values()) == {1}
    everything = "".join(alarm.evidence for alarm in Alarm.objects.all())
    assert all(f"雷{number}。" in everything for number in range(20))
    assert all(f"老师看到{number}。" in everything for number in range(5))


def test_two_alarms_for_a_student_escalate_without_calling_anybody_twice_at_once(world: World, at: datetime) -> None:
    student = world.students["own"][2]
    flood(world, at, 1)
    raise_or_append_alarm(
        student=student, evidence="雷。", by=world.holder(Role.DORM_HEAD), at=at + timedelta(seconds=9)
    )
    escalate_alarms(at=at + timedelta(minutes=6))
    assert calls()[world.holder(Role.FULL_TIME_COUNSELOR)] == 1


def test_an_alarm_that_is_full_gives_way_to_another_one_so_that_no_word_is_lost(world: World, at: datetime) -> None:
    student = world.students["own"][2]
    word = "救" * 490
    for number in range(50):
        ask_for_help(student=student, evidence=f"{number}{word}", contact="", by=student.user, at=at)
    alarms = list(Alarm.objects.all())
    assert len(alarms) == 2
    assert all(len(alarm.evidence) <= ringing.LONGEST_EVIDENCE + 200 for alarm in alarms)
    assert sum(alarm.evidence.count(word) for alarm in alarms) == 50


def test_the_form_of_staff_sent_again_is_the_same_alarm_only_with_the_same_content(world: World, login: Login) -> None:
    client = login(world.holder(Role.CLASS_ADVISER))
    first, second = world.students["own"][1:3]
    form = {"key": "one-key", "number": first.number, "evidence": "在楼顶"}
    for sent in (form, form, form | {"number": second.number, "evidence": "在河边"}, form | {"key": "one\x00key"}):
        client.post(reverse("crisis:alarm-raise"), sent)
    assert Alarm.objects.filter(student=first).count() == 1
    assert Alarm.objects.get(student=second).evidence == "在河边"


def test_the_same_key_with_other_words_or_another_student_loses_nothing(world: World, at: datetime) -> None:
    first, second = world.students["own"][1:3]
    head = world.holder(Role.DORM_HEAD)

    def send(student: Student, words: str) -> Alarm:
        return raise_or_append(
            student=student,
            source=Alarm.Source.THUNDER_LINE,
            source_key="one-key",
            evidence=words,
            within=LATER,
            by=head,
            at=at,
        )

    alarm = send(first, "在楼顶")
    assert [send(first, "在楼顶") for _ in range(2)] == [alarm, alarm]
    assert send(first, "刚下楼，手里有刀") == alarm
    assert "刚下楼，手里有刀" in Alarm.objects.get(pk=alarm.pk).evidence
    other = send(second, "也在楼顶")
    assert (other.student, other.evidence) == (second, "也在楼顶")
    Alarm.objects.update(raised_at=at - 2 * LATER)
    assert send(first, "又上去了") not in (alarm, other)
    assert send(first, "又上去了").evidence == "又上去了"
    assert Alarm.objects.count() == 3
