from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from crisis.models import Alarm
from kernel.models import AuditEvent, Notice
from network.models import User
from network.rules import Level, Role
from reporting.models import Cycle, Line, Report
from reporting.rules.dorm_lines import Event, Help, Sign, Status
from reporting.rules.filing import State
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]


@pytest.fixture
def report(world: World, cycle: Cycle) -> Report:
    return world.report(cycle, world.own)


@pytest.fixture
def head(world: World, login: Login) -> Client:
    return login(world.holder(Role.DORM_HEAD))


def sheet(world: World, report: Report, room: str = "own", **said: Any) -> dict[str, Any]:
    students = world.students[room]
    data: dict[str, Any] = {
        "revision": report.revision,
        "client_id": uuid4(),
        "student": [str(one.pk) for one in students],
    }
    data |= {f"{one.pk}-status": "1" for one in students}
    return data | said


def test_one_tap_files_clear_weather_for_everybody(head: Client, world: World, report: Report) -> None:
    data = {"revision": 0, "client_id": uuid4()}
    answer = head.post(reverse("reporting:dorm-well", args=[report.pk]), data)
    assert answer.status_code == 302
    assert head.get(answer.url).status_code == 200
    report.refresh_from_db()
    assert (report.state, report.all_well, report.on_time, report.revision) == (State.FILED, True, True, 1)
    assert list(report.lines.current().values_list("status", flat=True)) == [Status.CLEAR] * 4


def test_the_page_shows_one_picker_for_each_roommate(head: Client, world: World, report: Report) -> None:
    page = head.get(reverse("reporting:report-detail", args=[report.pk]))
    assert page.status_code == 200
    for student in world.students["own"]:
        assert f'name="{student.pk}-status"' in page.content.decode()
    assert "12356" in page.content.decode()
    assert AuditEvent.objects.filter(action="report.read", object_id=str(report.pk)).count() == 1


def test_a_cloudy_roommate_is_filed_with_what_was_seen(head: Client, world: World, report: Report) -> None:
    who = world.students["own"][2]
    said = {
        f"{who.pk}-status": "2",
        f"{who.pk}-signs": [int(Sign.SLEEP), int(Sign.CRYING)],
        f"{who.pk}-events": [int(Event.LOSS)],
        f"{who.pk}-helps": [int(Help.TALKED)],
        f"{who.pk}-observation": "夜里常哭",
    }
    answer = head.post(reverse("reporting:dorm-file", args=[report.pk]), sheet(world, report, **said))
    assert answer.status_code == 302
    line = Line.objects.current().get(student=who)
    assert (line.status, line.signs, line.events, line.helps) == (2, Sign.SLEEP | Sign.CRYING, Event.LOSS, Help.TALKED)
    assert line.observation == "夜里常哭"
    assert Line.objects.current().filter(status=1).count() == 3
    page = head.get(reverse("reporting:report-detail", args=[report.pk])).content.decode()
    assert "夜里常哭" in page
    assert "Sleeps badly, Cries, Loss of somebody close, Talked with them" in page


def test_words_about_clear_weather_are_not_kept(head: Client, world: World, report: Report) -> None:
    who = world.students["own"][2]
    said = {f"{who.pk}-observation": "改了主意", f"{who.pk}-signs": [int(Sign.SLEEP)]}
    head.post(reverse("reporting:dorm-file", args=[report.pk]), sheet(world, report, **said))
    line = Line.objects.current().get(student=who)
    assert (line.observation, line.signs) == ("", 0)


def test_a_missing_weather_keeps_what_was_typed(head: Client, world: World, report: Report) -> None:
    first, second, *_ = world.students["own"]
    said = {f"{first.pk}-status": "", f"{second.pk}-status": "3", f"{second.pk}-observation": "很久没有笑了"}
    answer = head.post(reverse("reporting:dorm-file", args=[report.pk]), sheet(world, report, **said))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose the weather." in page
    assert "很久没有笑了" in page
    assert not Line.objects.exists()


def test_the_same_sending_twice_has_one_effect(head: Client, world: World, report: Report) -> None:
    data = sheet(world, report)
    url = reverse("reporting:dorm-file", args=[report.pk])
    first, second = head.post(url, data), head.post(url, data)
    assert first.url == second.url == reverse("reporting:report-done", args=[report.pk])
    report.refresh_from_db()
    assert report.revision == 1
    assert Line.objects.count() == 4


def test_who_files_on_top_of_another_is_told_and_keeps_the_words(
    head: Client, world: World, report: Report, at: datetime
) -> None:
    who = world.students["own"][0]
    old = sheet(world, report, **{f"{who.pk}-status": "2", f"{who.pk}-observation": "我写的话"})
    other_phone = Client()
    other_phone.force_login(world.holder(Role.DORM_HEAD))
    other_phone.post(reverse("reporting:dorm-well", args=[report.pk]), {"revision": 0, "client_id": uuid4()})
    answer = head.post(reverse("reporting:dorm-file", args=[report.pk]), old)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "filed this report at" in page
    assert "我写的话" in page
    assert 'name="revision" value="1"' in page
    again = old | {"revision": 1, "client_id": uuid4()}
    assert head.post(reverse("reporting:dorm-file", args=[report.pk]), again).status_code == 302
    assert Line.objects.current().get(student=who).observation == "我写的话"


def test_a_roommate_who_moved_in_meanwhile_is_asked_about(head: Client, world: World, report: Report) -> None:
    data = sheet(world, report)
    newcomer = world.roomless
    newcomer.dorm = world.own
    newcomer.save()
    answer = head.post(reverse("reporting:dorm-file", args=[report.pk]), data)
    assert answer.status_code == 422
    assert "Who lives here has changed" in answer.content.decode()
    assert f'name="{newcomer.pk}-status"' in answer.content.decode()


def test_a_roommate_who_left_meanwhile_is_noticed(head: Client, world: World, report: Report) -> None:
    data = sheet(world, report)
    gone = world.students["own"][3]
    gone.dorm = None
    gone.save()
    answer = head.post(reverse("reporting:dorm-file", args=[report.pk]), data | {"student": [*data["student"], "x"]})
    assert answer.status_code == 422
    assert f'name="{gone.pk}-status"' not in answer.content.decode()


def test_thunder_in_the_form_rings_even_when_the_form_is_wrong(head: Client, world: World, report: Report) -> None:
    who, other, *_ = world.students["own"]
    said = {f"{who.pk}-status": "5", f"{who.pk}-observation": "写了告别的话", f"{other.pk}-status": ""}
    answer = head.post(reverse("reporting:dorm-file", args=[report.pk]), sheet(world, report, **said))
    assert answer.status_code == 422
    assert Alarm.objects.get().evidence == "写了告别的话"
    assert Notice.objects.filter(urgent=True, recipient=world.holder(Role.COLLEGE_COORDINATOR)).count() == 1


def test_a_dorm_cannot_be_filed_after_the_center_has_accepted_the_college(
    head: Client, world: World, cycle: Cycle, report: Report, at: datetime
) -> None:
    college = world.report(cycle, world.it)
    Report.objects.filter(pk=college.pk).update(
        state=State.ACCEPTED,
        first_filed_at=at,
        filed_at=at,
        filed_by=world.holder(Role.COLLEGE_COORDINATOR),
        on_time=True,
    )
    answer = head.post(reverse("reporting:dorm-file", args=[report.pk]), sheet(world, report))
    assert answer.status_code == 422
    assert "can no longer be changed" in answer.content.decode()
    well = head.post(reverse("reporting:dorm-well", args=[report.pk]), {"revision": 0, "client_id": uuid4()})
    assert well.status_code == 422
    read = head.get(reverse("reporting:report-detail", args=[report.pk]))
    assert "This month is closed" in read.content.decode()


def test_a_zero_report_without_its_hidden_fields_is_not_filed(head: Client, report: Report) -> None:
    assert head.post(reverse("reporting:dorm-well", args=[report.pk]), {}).status_code == 422


@pytest.mark.parametrize("role", [Role.FUDAOYUAN, Role.CLASS_COMMITTEE_MEMBER])
def test_who_may_read_but_not_file_is_refused(role: Role, world: World, report: Report, login: Login) -> None:
    client = login(world.holder(role))
    assert client.post(reverse("reporting:dorm-file", args=[report.pk]), sheet(world, report)).status_code == 403
    assert client.get(reverse("reporting:report-detail", args=[report.pk])).status_code == 200
    report.refresh_from_db()
    assert report.revision == 0


@pytest.mark.parametrize("role", [Role.DEPUTY_SECRETARY, Role.CLASS_ADVISER, Role.AUDITOR, Role.SCHOOL_LEADER])
def test_who_has_no_part_in_dorm_reports_does_not_find_them(
    world: World, report: Report, login: Login, role: Role
) -> None:
    assert login(world.holder(role)).get(reverse("reporting:report-detail", args=[report.pk])).status_code == 404


def test_the_head_of_another_room_does_not_find_it(world: World, report: Report, login: Login) -> None:
    client = login(world.holder(Role.DORM_HEAD, world.far))
    assert client.get(reverse("reporting:report-detail", args=[report.pk])).status_code == 404


def test_the_done_page_of_an_unfiled_report_leads_back(head: Client, report: Report) -> None:
    answer = head.get(reverse("reporting:report-done", args=[report.pk]))
    assert answer.url == reverse("reporting:report-detail", args=[report.pk])


def test_a_filed_report_can_be_changed(head: Client, report: Report) -> None:
    head.post(reverse("reporting:dorm-well", args=[report.pk]), {"revision": 0, "client_id": uuid4()})
    page = head.get(reverse("reporting:report-detail", args=[report.pk]) + "?change")
    assert 'name="revision" value="1"' in page.content.decode()
    assert report.level == Level.DORM
