from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from crisis.models import Alarm
from crisis.services.alarms.escalation import escalate_alarms
from crisis.services.alarms.handling import acknowledge, settle_alarm
from kernel.errors import Refused
from kernel.models import Notice
from network.models import User
from network.rules import Role
from reporting.models import Cycle, Report
from reporting.rules.dorm_lines import Status
from reporting.services import LineEntry, file_dorm_report, raise_alarm_from_report
from reporting.services.alarms import raise_or_append_alarm
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]


@pytest.fixture
def report(world: World, cycle: Cycle) -> Report:
    return world.report(cycle, world.own)


def test_one_tap_in_the_form_rings_before_anything_is_filed(world: World, report: Report, login: Login) -> None:
    who, other, *_ = world.students["own"]
    data = {
        "revision": 0,
        "client_id": uuid4(),
        "student": [str(one.pk) for one in world.students["own"]],
        f"{who.pk}-status": "5",
        f"{who.pk}-observation": "说不想活了",
        f"{who.pk}-where": "在阳台",
        f"{who.pk}-company": "我陪着",
        f"{other.pk}-observation": "别的话",
    }
    answer = login(world.holder(Role.DORM_HEAD)).post(
        reverse("reporting:line-alarm-raise", args=[report.pk, who.pk]), data
    )
    assert answer.status_code == 200
    assert "The alarm has gone out" in answer.content.decode()
    assert "别的话" in answer.content.decode()
    alarm = Alarm.objects.get()
    assert alarm.evidence == "说不想活了\nWhere: 在阳台\nWith them: 我陪着"
    assert alarm.student == who
    report.refresh_from_db()
    assert report.revision == 0


def test_an_alarm_needs_no_words_at_all(world: World, report: Report, login: Login) -> None:
    who = world.students["own"][0]
    url = reverse("reporting:line-alarm-raise", args=[report.pk, who.pk])
    assert login(world.holder(Role.DORM_HEAD)).post(url, {}).status_code == 200
    assert Alarm.objects.get().evidence == ""


def test_an_alarm_still_rings_when_the_report_is_filed_and_the_month_locked(
    world: World, cycle: Cycle, report: Report, login: Login, at: datetime
) -> None:
    coordinator = world.holder(Role.COLLEGE_COORDINATOR)
    Report.objects.filter(unit=world.it).update(
        state="accepted", first_filed_at=at, filed_at=at, filed_by=coordinator, on_time=True
    )
    client = login(world.holder(Role.DORM_HEAD))
    url = reverse("reporting:alarm-raise", args=[report.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"student_id": "", "observation": "看到"}).status_code == 422
    answer = client.post(url, {"student_id": str(world.students["own"][2].pk), "observation": "看到"})
    assert answer.url == f"{url}?sent"
    assert "have been called" in client.get(answer.url).content.decode()
    assert Alarm.objects.get().evidence == "看到"


def test_an_alarm_calls_fudaoyuan_and_college_at_once_then_the_center_and_no_peer(
    world: World, report: Report, at: datetime
) -> None:
    raise_alarm_from_report(
        report=report,
        student_id=world.students["own"][2].pk,
        evidence="",
        by=world.holder(Role.DORM_HEAD),
        at=at,
    )
    told = Notice.objects.filter(urgent=True).values_list("recipient", flat=True)
    near = (Role.DEPUTY_SECRETARY, Role.COLLEGE_COORDINATOR, Role.FUDAOYUAN)
    assert set(told) == {world.holder(role).pk for role in near}
    escalate_alarms(at=at + timedelta(minutes=15))
    center = (Role.FULL_TIME_COUNSELOR, Role.CENTER_DIRECTOR)
    assert set(told.all()) == {world.holder(role).pk for role in near + center}


def test_thunder_again_within_a_day_is_one_alarm_and_the_next_day_another(
    world: World, report: Report, at: datetime
) -> None:
    who, head = world.students["own"][2], world.holder(Role.DORM_HEAD)
    first = raise_alarm_from_report(report=report, student_id=who.pk, evidence="一", by=head, at=at)
    again = raise_alarm_from_report(
        report=report, student_id=who.pk, evidence="二", by=head, at=at + timedelta(hours=23, minutes=59)
    )
    later = raise_alarm_from_report(
        report=report, student_id=who.pk, evidence="三", by=head, at=at + timedelta(hours=24)
    )
    assert first == again
    assert later != first


def test_a_filed_thunder_rings_with_where_and_with_whom(world: World, report: Report, at: datetime) -> None:
    who, *others = world.students["own"]
    thunder = LineEntry(who.pk, Status.THUNDER, observation="写遗书", whereabouts="在操场")
    entries = [thunder, *(LineEntry(one.pk, Status.CLEAR) for one in others)]
    head = world.holder(Role.DORM_HEAD)
    file_dorm_report(report=report, entries=entries, all_well=False, revision=0, client_id=uuid4(), by=head, at=at)
    assert Alarm.objects.get().evidence == "写遗书\n在操场"


def test_who_has_no_part_in_the_report_cannot_ring_from_it(
    world: World, report: Report, cycle: Cycle, at: datetime
) -> None:
    who = world.students["own"][0]
    refused = [
        (report, who, world.holder(Role.DORM_HEAD, world.far), "may-not-raise-alarm"),
        (world.report(cycle, world.it), who, world.holder(Role.COLLEGE_COORDINATOR), "may-not-raise-alarm"),
        (report, world.students["far"][0], world.holder(Role.DORM_HEAD), "not-here"),
    ]
    for one, student, by, code in refused:
        with pytest.raises(Refused) as no:
            raise_alarm_from_report(report=one, student_id=student.pk, evidence="", by=by, at=at)
        assert no.value.code == code
    assert not Alarm.objects.exists()


def test_a_stranger_to_the_room_is_not_found_and_a_reader_is_refused(
    world: World, report: Report, login: Login
) -> None:
    client = login(world.holder(Role.DORM_HEAD))
    assert client.post(reverse("reporting:line-alarm-raise", args=[report.pk, uuid4()]), {}).status_code == 404
    reader = login(world.holder(Role.COLLEGE_COORDINATOR))
    assert reader.get(reverse("reporting:alarm-raise", args=[report.pk])).status_code == 403


def test_what_is_told_later_the_same_day_joins_the_alarm_and_is_heard(
    world: World, report: Report, at: datetime
) -> None:
    who, *_ = world.students["own"]
    head, coordinator = world.holder(Role.DORM_HEAD), world.holder(Role.COLLEGE_COORDINATOR)
    raise_or_append_alarm(student=who, evidence="说不想活了", by=head, at=at)
    again = raise_or_append_alarm(student=who, evidence="在阳台，我陪着", by=head, at=at + timedelta(hours=1))
    assert again == Alarm.objects.get()
    assert again.evidence == "说不想活了\n\n在阳台，我陪着"
    told = Notice.objects.filter(recipient=coordinator, kind="alarm")
    assert (told.count(), told.filter(urgent=True).count()) == (2, 2)
    raise_or_append_alarm(student=who, evidence="说不想活了", by=head, at=at + timedelta(hours=2))
    assert told.count() == 2


def test_a_settled_alarm_swallows_no_new_thunder(world: World, report: Report, at: datetime) -> None:
    who, *_ = world.students["own"]
    head, fudaoyuan = world.holder(Role.DORM_HEAD), world.holder(Role.FUDAOYUAN)
    first = raise_or_append_alarm(student=who, evidence="说不想活了", by=head, at=at)
    acknowledge(alarm=first, action_taken="谈过", by=fudaoyuan, at=at)
    settle_alarm(alarm=first, outcome=Alarm.Outcome.CARE, note="平稳", by=fudaoyuan, at=at)
    again = raise_or_append_alarm(student=who, evidence="又说了", by=head, at=at + timedelta(hours=3))
    assert again != first
    assert again.acknowledged_at is None
