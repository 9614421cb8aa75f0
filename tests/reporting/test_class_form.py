from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from crisis.models import Alarm
from kernel.models import Notice
from network.models import Duty, User
from network.rules import Role
from reporting.models import Cycle, Line, Report
from reporting.rules.dorm_lines import Sign, Status, Topic
from reporting.rules.filing import State
from reporting.services import LineEntry, file_dorm_report
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]


@pytest.fixture
def it1(world: World, cycle: Cycle) -> Report:
    return world.report(cycle, world.it1)


@pytest.fixture
def it2(world: World, cycle: Cycle) -> Report:
    return world.report(cycle, world.it2)


def file_shared(world: World, cycle: Cycle, at: datetime) -> None:
    first, second, guest = world.students["shared"]
    entries = [
        LineEntry(first.pk, Status.CLEAR),
        LineEntry(second.pk, Status.OVERCAST, signs=int(Sign.SLEEP), observation="总说睡不着"),
        LineEntry(guest.pk, Status.RAIN, observation="别班同学的话"),
    ]
    file_dorm_report(
        report=world.report(cycle, world.shared),
        entries=entries,
        all_well=False,
        revision=0,
        client_id=uuid4(),
        by=world.holder(Role.DORM_HEAD, world.shared),
        at=at,
    )


def form(report: Report, **said: Any) -> dict[str, Any]:
    return {"revision": report.revision, "client_id": uuid4(), **said}


def test_the_committee_member_sees_dorms_lines_and_form(
    world: World, cycle: Cycle, it1: Report, login: Login, at: datetime
) -> None:
    file_shared(world, cycle, at)
    page = login(world.holder(Role.CLASS_COMMITTEE_MEMBER)).get(reverse("reporting:report-detail", args=[it1.pk]))
    text = page.content.decode()
    assert "1 of 2" in text
    assert "总说睡不着" in text
    assert "别班同学的话" not in text
    assert 'name="mood_index"' in text
    assert (page.context["figures"].students, page.context["figures"].overcast) == (6, 1)


def test_adviser_and_deputy_see_name_and_weather_without_words(
    world: World, cycle: Cycle, it1: Report, login: Login, at: datetime
) -> None:
    file_shared(world, cycle, at)
    for role in (Role.CLASS_ADVISER, Role.DEPUTY_SECRETARY):
        text = login(world.holder(role)).get(reverse("reporting:report-detail", args=[it1.pk])).content.decode()
        assert world.students["shared"][1].name in text
        assert "Overcast" in text
        assert "总说睡不着" not in text
        assert "Sleeps badly" not in text


def test_a_full_time_counselor_reads_the_class_report_without_names(
    world: World, cycle: Cycle, it1: Report, login: Login, at: datetime
) -> None:
    file_shared(world, cycle, at)
    client = login(world.holder(Role.FULL_TIME_COUNSELOR))
    text = client.get(reverse("reporting:report-detail", args=[it1.pk])).content.decode()
    assert world.students["shared"][1].name not in text


def test_filing_a_class_with_a_roomless_student(world: World, cycle: Cycle, it2: Report, login: Login) -> None:
    well = reverse("reporting:dorm-well", args=[world.report(cycle, world.far).pk])
    assert login(world.holder(Role.DORM_HEAD, world.far)).post(well, form(it2)).status_code == 302
    client = login(world.holder(Role.CLASS_COMMITTEE_MEMBER, world.it2))
    said = {
        "mood_index": "4",
        "topics": [int(Topic.STUDY), int(Topic.CAREER)],
        "activity": "睡个好觉",
        "requests": "多开团辅",
        "student": [str(world.roomless.pk)],
        f"{world.roomless.pk}-status": "2",
        f"{world.roomless.pk}-observation": "常一个人",
    }
    answer = client.post(reverse("reporting:class-file", args=[it2.pk]), form(it2, **said))
    assert answer.status_code == 302
    it2.refresh_from_db()
    assert (it2.state, it2.mood_index, it2.topics) == (State.FILED, 4, Topic.STUDY | Topic.CAREER)
    assert Line.objects.current().get(student=world.roomless).observation == "常一个人"
    assert world.report(cycle, world.far).state == State.ACCEPTED
    read = client.get(reverse("reporting:report-detail", args=[it2.pk])).content.decode()
    assert "Study, Career" in read


def test_missing_dorms_need_a_reason_and_the_words_are_kept(world: World, it1: Report, login: Login) -> None:
    client = login(world.holder(Role.CLASS_COMMITTEE_MEMBER))
    url = reverse("reporting:class-file", args=[it1.pk])
    answer = client.post(url, form(it1, activity="班会"))
    assert answer.status_code == 422
    assert "2 reports below are missing" in answer.content.decode()
    assert 'value="班会"' in answer.content.decode()
    assert client.post(url, form(it1, missing_reason="两间宿舍去实习了")).status_code == 302


def test_a_draft_is_kept_and_not_filed(world: World, it1: Report, login: Login) -> None:
    client = login(world.holder(Role.CLASS_COMMITTEE_MEMBER))
    url = reverse("reporting:class-draft", args=[it1.pk])
    assert client.post(url, form(it1, activity="班会", mood_index="3")).status_code == 200
    it1.refresh_from_db()
    assert (it1.state, it1.activity, it1.mood_index, it1.revision) == (State.DRAFT, "班会", 3, 0)
    assert client.post(url, {"mood_index": "9"}).status_code == 422
    client.post(reverse("reporting:class-file", args=[it1.pk]), form(it1, missing_reason="实习"))
    late = client.post(url, form(it1, activity="改"))
    assert late.status_code == 422
    it1.refresh_from_db()
    assert it1.activity == ""


def test_an_unfiled_draft_is_not_read_by_others(world: World, it1: Report, login: Login) -> None:
    client = login(world.holder(Role.CLASS_COMMITTEE_MEMBER))
    client.post(reverse("reporting:class-draft", args=[it1.pk]), form(it1, requests="还没想好"))
    text = login(world.holder(Role.FUDAOYUAN)).get(reverse("reporting:report-detail", args=[it1.pk])).content.decode()
    assert "还没想好" not in text


def test_a_reminder_reaches_the_dorm_head_once_a_day(world: World, cycle: Cycle, it1: Report, login: Login) -> None:
    client = login(world.holder(Role.CLASS_COMMITTEE_MEMBER))
    url = reverse("reporting:report-nudge", args=[world.report(cycle, world.own).pk])
    back = client.post(url, {"back": str(it1.pk)})
    assert back.url == reverse("reporting:report-detail", args=[it1.pk])
    part = client.post(url, headers={"HX-Request": "true"})
    assert "reminded" in part.content.decode()
    assert Notice.objects.filter(kind="report.nudge", recipient=world.holder(Role.DORM_HEAD)).count() == 1


@pytest.mark.parametrize("back", ["", "\u202e", "\0", "../../accounts/logout", "https://example.org/"])
def test_a_reminder_leads_back_to_a_report_alone(world: World, cycle: Cycle, login: Login, back: str) -> None:
    client = login(world.holder(Role.CLASS_COMMITTEE_MEMBER))
    report = world.report(cycle, world.own)
    answer = client.post(reverse("reporting:report-nudge", args=[report.pk]), {"back": back})
    assert (answer.status_code, answer["Location"]) == (302, reverse("reporting:report-detail", args=[report.pk]))


def test_a_reminder_for_what_has_arrived_is_refused(world: World, cycle: Cycle, login: Login, at: datetime) -> None:
    file_shared(world, cycle, at)
    client = login(world.holder(Role.CLASS_COMMITTEE_MEMBER))
    url = reverse("reporting:report-nudge", args=[world.report(cycle, world.shared).pk])
    answer = client.post(url, headers={"HX-Request": "true"})
    assert "arrived already" in answer.content.decode()
    assert client.post(url).status_code == 302
    assert not Notice.objects.filter(kind="report.nudge").exists()


def test_thunder_for_a_roomless_student_rings_from_the_class_form(world: World, it2: Report, login: Login) -> None:
    client = login(world.holder(Role.CLASS_COMMITTEE_MEMBER, world.it2))
    who = world.roomless
    said = {"student": [str(who.pk)], f"{who.pk}-status": "5", f"{who.pk}-where": "教学楼顶", "activity": "班会"}
    answer = client.post(reverse("reporting:line-alarm-raise", args=[it2.pk, who.pk]), form(it2, **said))
    assert answer.status_code == 200
    assert "教学楼顶" in Alarm.objects.get().evidence
    assert 'value="班会"' in answer.content.decode()


def test_a_filed_class_report_is_owed_a_check_by_the_fudaoyuan(world: World, it1: Report, login: Login) -> None:
    login(world.holder(Role.CLASS_COMMITTEE_MEMBER)).post(
        reverse("reporting:class-file", args=[it1.pk]), form(it1, missing_reason="实习")
    )
    duty = Duty.objects.get(kind="class_check")
    assert (duty.role, duty.unit, duty.settled_at) == (Role.FUDAOYUAN, world.it1, None)
    assert f"{duty.due_at.astimezone(it1.cycle.college_due_at.tzinfo):%m-%d}" == "11-29"
    login(world.holder(Role.FUDAOYUAN)).post(reverse("reporting:report-accept", args=[it1.pk]))
    duty.refresh_from_db()
    assert duty.settled_at is not None


def test_the_class_form_costs_the_same_for_two_dorms_and_for_ten(
    world: World, cycle: Cycle, it1: Report, login: Login, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = login(world.holder(Role.CLASS_COMMITTEE_MEMBER))
    with django_assert_max_num_queries(25):
        client.get(reverse("reporting:report-detail", args=[it1.pk]))
