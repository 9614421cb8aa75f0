"""An alarm that counseling raised begins at the center and stays there."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crisis.models import Alarm, CaseEvent, Disclosure
from crisis.rules import AlertLevel, Step
from crisis.services import Opening, acknowledge, open_case, raise_alarm, raise_or_append
from crisis.services.alarms.additions import report_danger
from crisis.services.alarms.disclosures import tell_near
from crisis.services.alarms.escalation import escalate_alarms
from crisis.services.center.figures import figures_of, span_of
from kernel import aliases
from kernel.errors import Refused
from kernel.models import AuditEvent, BotMessage, Notice
from network.models import Duty, Student, User
from network.rules import Ability, Role
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
WORDS = "最近总想从楼上跳下去"
NEAR = (Role.FUDAOYUAN, Role.COLLEGE_COORDINATOR, Role.DEPUTY_SECRETARY)
OUTSIDERS = (*NEAR, Role.CLASS_ADVISER)


@pytest.fixture
def student(world: World) -> Student:
    return world.students["own"][2]


@pytest.fixture
def alarm(student: Student, at: datetime) -> Alarm:
    return raise_alarm(
        student=student,
        source=Alarm.Source.COUNSELING,
        source_key="intake:1",
        evidence=WORDS,
        by=student.user,
        at=at,
    )


def called() -> set[int]:
    return set(Notice.objects.filter(kind="alarm").values_list("recipient", flat=True))


def test_it_calls_the_center_at_once_and_nobody_near_ever(
    world: World, alarm: Alarm, at: datetime, settings: Any
) -> None:
    settings.ALARM_BOTS = ["wecombot://abcdefghij"]
    assert called() == {world.holder(Role.FULL_TIME_COUNSELOR).pk}
    assert list(alarm.steps.values_list("step", flat=True)) == [Step.CENTER_DUTY]
    escalate_alarms(at=at + timedelta(minutes=14.9))
    assert called() == {world.holder(Role.FULL_TIME_COUNSELOR).pk}
    escalate_alarms(at=at + timedelta(minutes=15))
    assert world.holder(Role.CENTER_DIRECTOR).pk in called()
    escalate_alarms(at=at + timedelta(minutes=60))
    people = {world.holder(role).pk for role in (Role.FULL_TIME_COUNSELOR, Role.CENTER_DIRECTOR, Role.SCHOOL_LEADER)}
    assert called() == people
    assert not BotMessage.objects.exists()


@pytest.mark.parametrize("role", OUTSIDERS)
def test_nobody_near_sees_it(world: World, alarm: Alarm, login: Login, role: Role) -> None:
    user = world.holder(role)
    assert not Alarm.objects.visible_to(user, *Ability).exists()
    browser = login(user)
    assert browser.get(reverse("crisis:alarm-detail", args=[alarm.pk])).status_code == 404
    if role != Role.CLASS_ADVISER:
        assert "学生" not in browser.get(reverse("crisis:alarm-list")).content.decode().split("<main")[1]


def test_the_center_works_on_it_as_on_any_other(world: World, alarm: Alarm, login: Login) -> None:
    browser = login(world.holder(Role.FULL_TIME_COUNSELOR))
    page = browser.get(reverse("crisis:alarm-detail", args=[alarm.pk])).content.decode()
    assert WORDS in page
    assert "the center alone" in page
    browser.post(reverse("crisis:alarm-acknowledge", args=[alarm.pk]))
    assert Alarm.objects.get().acknowledged_by == world.holder(Role.FULL_TIME_COUNSELOR)
    assert set(Duty.objects.values_list("unit", flat=True)) == {world.school.pk}


def test_the_log_names_neither_student_nor_alarm(world: World, alarm: Alarm, student: Student, at: datetime) -> None:
    acknowledge(alarm=alarm, by=world.holder(Role.FULL_TIME_COUNSELOR), at=at)
    tell_near(alarm=alarm, phrase=Disclosure.Phrase.STAY_NEAR, by=world.holder(Role.FULL_TIME_COUNSELOR), at=at)
    for event in AuditEvent.objects.filter(action__startswith="alarm."):
        text = str(vars(event))
        for secret in (str(student.pk), student.number, student.name, str(alarm.pk), "counseling", world.it1.code):
            assert secret not in text
        assert event.unit == world.school.code
    raised = AuditEvent.objects.get(action="alarm.raise")
    assert aliases.is_alias(raised.actor_id)


def test_what_the_college_hears_is_a_phrase(world: World, alarm: Alarm, login: Login, at: datetime) -> None:
    counselor, fudaoyuan = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.FUDAOYUAN)
    browser = login(counselor)
    address = reverse("crisis:alarm-tell-near", args=[alarm.pk])
    assert browser.post(address, {"phrase": "nonsense"}).status_code == 422
    for _ in range(2):
        assert browser.post(address, {"phrase": "stay_near"}).status_code == 302
    told = Notice.objects.filter(kind="alarm.told")
    assert set(told.values_list("recipient", flat=True)) == {world.holder(role).pk for role in NEAR}
    disclosure = Disclosure.objects.get()
    browser = login(fudaoyuan)
    page = browser.get(told.get(recipient=fudaoyuan).link).content.decode()
    assert "not alone" in page
    assert alarm.student is not None and alarm.student.name in page
    assert WORDS not in page and "ounseling" not in page.split("<main")[1]
    assert browser.get(reverse("crisis:alarm-detail", args=[alarm.pk])).status_code == 404
    assert browser.post(address, {"phrase": "family"}).status_code == 404
    other = world.holder(Role.FUDAOYUAN, world.arts1)
    assert login(other).get(disclosure.get_absolute_url()).status_code == 404
    thunder = raise_alarm(
        student=alarm.student, source=Alarm.Source.STAFF, source_key="x", evidence="", by=counselor, at=at
    )
    with pytest.raises(Refused):
        tell_near(alarm=thunder, phrase=Disclosure.Phrase.FAMILY, by=counselor, at=at)


def test_a_case_hides_the_words_and_where_they_came_from(world: World, alarm: Alarm, at: datetime) -> None:
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    opening = Opening(AlertLevel.ORANGE, 2, "需要关注", counselor)
    case = open_case(student=alarm.student, opening=opening, by=counselor, at=at, alarm=alarm)
    entry = CaseEvent.objects.get(case=case, kind=CaseEvent.Kind.ALARM)
    assert (entry.text, entry.link, entry.params) == ("", "", {"source": "counselor"})
    assert entry.by == counselor
    assert Disclosure.objects.get().phrase == Disclosure.Phrase.CASE


def test_taken_on_during_a_case_it_joins_it_without_its_words(world: World, student: Student, at: datetime) -> None:
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    case = open_case(student=student, opening=Opening(AlertLevel.ORANGE, 2, "关注", counselor), by=counselor, at=at)
    given: Any = {"source": Alarm.Source.COUNSELING, "source_key": "k", "evidence": WORDS, "by": student.user}
    later = at + timedelta(minutes=10)
    acknowledge(alarm=raise_alarm(student=student, at=later, **given), by=counselor, at=later)
    entry = CaseEvent.objects.get(case=case, kind=CaseEvent.Kind.ALARM)
    assert (entry.text, entry.link) == ("", "")
    assert Disclosure.objects.get().phrase == Disclosure.Phrase.CASE


def test_what_others_see_does_not_end_in_it(world: World, alarm: Alarm, student: Student, at: datetime) -> None:
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    second = report_danger(
        student=student,
        source=Alarm.Source.STAFF,
        source_key="staff:1",
        evidence="没来上课",
        place="",
        contact="",
        by=fudaoyuan,
        at=at + timedelta(minutes=2),
    )
    assert second.pk != alarm.pk
    assert fudaoyuan.pk in called() or world.holder(Role.DEPUTY_SECRETARY).pk in called()


def test_more_of_the_intake_goes_into_it(world: World, alarm: Alarm, student: Student, at: datetime) -> None:
    more: Any = {"source": Alarm.Source.COUNSELING, "source_key": "intake:2", "within": timedelta(hours=24)}
    same = raise_or_append(student=student, evidence="还想到更多", by=student.user, at=at, **more)
    assert same.pk == alarm.pk
    assert "还想到更多" in same.evidence
    assert not called() & {world.holder(role).pk for role in OUTSIDERS}


def test_colleges_do_not_count_it(world: World, alarm: Alarm, at: datetime) -> None:
    end = at + timedelta(hours=1)
    for unit, count in ((world.it, 0), (world.school, 1)):
        assert figures_of(unit=unit, span=span_of("weekly", at.date()), at=end)["alarms"] == count
