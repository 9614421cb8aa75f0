"""The page of an alarm on a phone, alarms about oneself, and what happens to an alarm afterwards."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from crisis.models import Alarm, Case, DutyShift, EscalationSettings, Incident
from crisis.rules import AlertLevel
from crisis.services import latest_help_request, note_line_changed
from crisis.services.alarms.handling import acknowledge, raise_alarm, settle_alarm
from crisis.services.alarms.help_requests import ask_for_help
from crisis.services.cases.lifecycle import Opening, open_case, reopen_case
from crisis.services.cases.reports import file_report
from crisis.services.center.settings import Escalation, set_escalation
from kernel.errors import Refused
from kernel.models import Notice
from network.models import Student, User
from network.rules import EnrollmentStatus, Role
from network.services import appoint
from network.services.staff_phones import keep_phones
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
Open = Callable[..., Case]
HOURS = {"work_starts": time(8), "work_ends": time(18)}


def page_of(client: Client, alarm: Alarm) -> str:
    return client.get(reverse("crisis:alarm-detail", args=[alarm.pk])).content.decode()


def test_the_page_begins_with_buttons_that_call_and_with_one_that_takes_the_alarm_on(
    world: World, alarm: Alarm, login: Login, at: datetime
) -> None:
    hour = timedelta(hours=1)
    counselor, fudaoyuan = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.FUDAOYUAN)
    DutyShift.objects.create(
        school=world.school, officer=counselor, starts_at=at - hour, ends_at=at + hour, phone="010-555"
    )
    DutyShift.objects.create(
        school=world.school, officer=fudaoyuan, starts_at=at - 9 * hour, ends_at=at - 8 * hour, phone="010-777"
    )
    keep_phones({fudaoyuan.pk: "13900000000"})
    reporter = Student.objects.get(user=alarm.raised_by)
    reporter.phone = "13911112222"
    reporter.save()
    page = page_of(login(world.holder(Role.CENTER_DIRECTOR)), alarm)
    top = page[: page.index("What was told")]
    assert alarm.student is not None
    for phone in (alarm.student.phone, "13911112222", "13900000000", "010-555", "120", "110"):
        assert f'href="tel:{phone}"' in top, phone
    assert reverse("crisis:alarm-acknowledge", args=[alarm.pk]) in top
    assert "<textarea" not in top


def test_a_red_case_shows_the_numbers_of_everybody(opened: Open, world: World, login: Login, at: datetime) -> None:
    DutyShift.objects.create(
        school=world.school,
        officer=world.holder(Role.CENTER_DIRECTOR),
        starts_at=at - timedelta(hours=9),
        ends_at=at - timedelta(hours=1),
        phone="010-888",
    )
    case = opened(AlertLevel.RED)
    case.student.guardian_name, case.student.guardian_phone = "王母", "13700000000"
    case.student.save()
    client, url = login(world.holder(Role.FULL_TIME_COUNSELOR)), reverse("crisis:case-detail", args=[case.pk])
    page = client.get(url).content.decode()
    for phone in (case.student.phone, "13700000000", "010-888"):
        assert f'href="tel:{phone}"' in page
    assert world.holder(Role.SCHOOL_LEADER).name in page
    Case.objects.update(abuse_feared=True)
    assert 'href="tel:13700000000"' not in client.get(url).content.decode()


def test_nobody_handles_an_alarm_about_themselves(world: World, alarm: Alarm, at: datetime) -> None:
    assert alarm.student is not None
    oneself = alarm.student.user
    appoint(holder=oneself, unit=world.it1, role=Role.FUDAOYUAN, by=None, at=at)
    with pytest.raises(Refused) as refused:
        acknowledge(alarm=alarm, by=oneself, at=at)
    assert refused.value.code == "about-oneself"
    with pytest.raises(Refused):
        opening = Opening(AlertLevel.YELLOW, 2, "…", world.holder(Role.FUDAOYUAN))
        open_case(student=alarm.student, opening=opening, by=oneself, at=at, alarm=alarm)
    taken_on = acknowledge(alarm=alarm, by=world.holder(Role.FUDAOYUAN), at=at)
    with pytest.raises(Refused) as refused:
        settle_alarm(alarm=taken_on, outcome=Alarm.Outcome.MISTAKE, note="没事", by=oneself, at=at)
    assert refused.value.code == "about-oneself"


@pytest.mark.parametrize("steps", [(16, 30, 60), (5, 61, 61), (5, 15, 121)])
def test_no_step_of_the_escalation_comes_later_than_its_bound(
    world: World, at: datetime, steps: tuple[int, int, int]
) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    with pytest.raises(Refused) as refused:
        set_escalation(school=world.school, escalation=Escalation(*steps, **HOURS), by=director, at=at)
    assert refused.value.code == "too-late"
    names = ("center_duty_after", "director_after", "school_leader_after")
    with pytest.raises(IntegrityError), transaction.atomic():
        EscalationSettings.objects.create(school=world.school, **dict(zip(names, steps, strict=True)))


def test_a_change_of_the_escalation_tells_the_director(world: World, at: datetime) -> None:
    administrator, director = world.holder(Role.SYSTEM_ADMINISTRATOR), world.holder(Role.CENTER_DIRECTOR)
    set_escalation(school=world.school, escalation=Escalation(15, 60, 120, **HOURS), by=administrator, at=at)
    notice = Notice.objects.get(recipient=director, kind="settings")
    assert notice.params == {"center": 15, "director": 60, "leader": 120}


def test_an_alarm_shows_that_its_line_was_changed_afterwards_and_by_whom(
    world: World, alarm: Alarm, login: Login, at: datetime
) -> None:
    counselor, head = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.DORM_HEAD)
    assert alarm.student is not None
    opening = Opening(AlertLevel.RED, 2, "…", counselor)
    case = open_case(student=alarm.student, opening=opening, by=counselor, at=at, alarm=alarm)
    assert note_line_changed(student=alarm.student, before="雷", after="晴", by=head, at=at) == alarm
    words = f"changed from 雷 to 晴 by {head.name}"
    assert words in page_of(login(counselor), alarm)
    assert words in case.events.get(title__startswith="The line").sentence()
    other = world.students["own"][3]
    assert note_line_changed(student=other, before="雷", after="晴", by=head, at=at) is None


def test_triage_lists_the_longest_wait_first(world: World, at: datetime) -> None:
    ages = {index: at - timedelta(minutes=minutes) for index, minutes in ((0, 5), (1, 50), (2, 20), (3, 40))}
    alarms = {
        index: raise_alarm(
            student=world.students["own"][index],
            source=Alarm.Source.THUNDER_LINE,
            source_key=f"k{index}",
            evidence="…",
            by=world.holder(Role.DORM_HEAD),
            at=raised_at,
        )
        for index, raised_at in ages.items()
    }
    for index in (2, 3):
        acknowledge(alarm=alarms[index], by=world.holder(Role.FUDAOYUAN), at=ages[index] + timedelta(minutes=1))
    assert list(Alarm.objects.waiting_first()) == [alarms[1], alarms[0], alarms[3], alarms[2]]


def test_a_student_sees_that_the_request_was_received_and_taken_on(world: World, login: Login, at: datetime) -> None:
    student = world.students["own"][2]
    assert latest_help_request(student=student, at=at) is None
    alarm = ask_for_help(student=student, evidence="", contact="", by=student.user, at=at)
    receipt = latest_help_request(student=student, at=at)
    assert receipt is not None
    assert (receipt.received_at, receipt.is_taken_on) == (at, False)
    page = login(student.user).get(reverse("crisis:help-ask") + "?sent").content.decode()
    assert "Received" in page
    acknowledge(alarm=alarm, by=world.holder(Role.FUDAOYUAN), at=at)
    receipt = latest_help_request(student=student, at=at)
    assert receipt is not None
    assert receipt.is_taken_on
    assert latest_help_request(student=student, at=at + timedelta(days=8)) is None


def test_a_report_filed_in_its_due_second_is_in_time(opened: Open, world: World, at: datetime) -> None:
    for index, (after, is_late) in enumerate((("0.5", False), ("0.999", False), ("1", True))):
        case = opened(AlertLevel.YELLOW, index=index)
        report = case.reports.owed().get()
        content = {"risk": "低", "next_step": "再约"}
        filed_at = report.due_at + timedelta(seconds=float(after))
        assert file_report(report=report, content=content, by=case.owner, at=filed_at).is_late is is_late


def test_incidents_show_their_year(world: World, login: Login, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    row = Incident.objects.create(
        school=world.school, kind="other", happened_at=at - timedelta(days=800), recorded_by=director, recorded_at=at
    )
    client = login(director)
    for url in (reverse("crisis:incident-list"), reverse("crisis:incident-detail", args=[row.pk])):
        assert "2024" in client.get(url).content.decode()


def test_a_case_of_a_student_on_leave_is_opened_and_reopened(opened: Open, world: World, at: datetime) -> None:
    counselor, student = world.holder(Role.FULL_TIME_COUNSELOR), world.students["own"][2]
    Student.objects.filter(pk=student.pk).update(enrollment_status=EnrollmentStatus.ON_LEAVE)
    case = opened(AlertLevel.YELLOW)
    Case.objects.filter(pk=case.pk).update(closed_at=at, ground="resolved", next_due_at=None)
    reopen_case(case=case, level=AlertLevel.RED, reason="又说起", owner=counselor, by=counselor, at=at)
    Student.objects.filter(pk=student.pk).update(enrollment_status=EnrollmentStatus.GRADUATED)
    Case.objects.filter(pk=case.pk).update(closed_at=at, ground="resolved", next_due_at=None)
    with pytest.raises(Refused) as refused:
        reopen_case(case=case, level=AlertLevel.RED, reason="又说起", owner=counselor, by=counselor, at=at)
    assert refused.value.code == "student-left"


def test_the_words_of_the_pages_mean_what_stands_there(world: World, login: Login, alarm: Alarm) -> None:
    director = login(world.holder(Role.CENTER_DIRECTOR))
    director.cookies["django_language"] = "zh-hans"
    with translation.override("zh-hans"):
        page = page_of(director, alarm)
        hospitals = director.get(reverse("crisis:hospital-list")).content.decode()
        settings = director.get(reverse("crisis:settings-edit")).content.decode()
        alarms = director.get(reverse("crisis:alarm-list")).content.decode()
    assert alarm.student is not None
    assert f"为{alarm.student.name}发出警报" in page
    assert "医院名称" in hospitals
    assert "联系电话" in hospitals
    assert "值班人" in settings
    assert "处理结果" in alarms
    assert "约谈结果" not in alarms
