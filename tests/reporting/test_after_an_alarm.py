"""Clear weather right after an alarm: the page asks, names the student, and the alarm shows the change."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from crisis.models import Alarm
from kernel.errors import Refused
from network.models import Post, Student, Unit, User
from network.rules import Role
from reporting.models import Cycle, Line, Report
from reporting.rules.dorm_lines import Status
from reporting.services import LineEntry, accept, file_dorm_report, raise_alarm_from_report, refresh_cycle
from tests.conftest import World
from tests.reporting.months import file_college, file_room

pytestmark = pytest.mark.usefixtures("november")


@pytest.fixture
def report(world: World, cycle: Cycle) -> Report:
    return world.report(cycle, world.own)


@pytest.fixture
def head(world: World, login: Any) -> Client:
    client: Client = login(world.holder(Role.DORM_HEAD))
    return client


def filing(report: Report) -> dict[str, Any]:
    report.refresh_from_db()
    return {"revision": report.revision, "client_id": str(uuid4())}


def test_all_well_below_an_alarm_asks_and_names_the_student(head: Client, world: World, report: Report) -> None:
    who, *_ = world.students["own"]
    head.post(reverse("reporting:line-alarm-raise", args=[report.pk, who.pk]), {f"{who.pk}-observation": "说不想活了"})
    url = reverse("reporting:dorm-well", args=[report.pk])
    answer = head.post(url, filing(report))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"An alarm has gone out for {who.name}." in page
    assert f'name="calmed" value="{who.pk}"' in page
    assert not Line.objects.exists()
    # Said for somebody else, it is not said for this student.
    other = world.students["own"][1]
    assert head.post(url, {**filing(report), "calmed": str(other.pk)}).status_code == 422
    assert head.post(url, {**filing(report), "calmed": str(who.pk)}).status_code == 302
    assert Line.objects.current().get(student=who).status == Status.CLEAR
    alarm = Alarm.objects.get()
    filer = world.holder(Role.DORM_HEAD)
    assert alarm.evidence == f"说不想活了\n\n{filer.name} has changed the line of the monthly report to: Clear."
    # Who was called just now hears of the addition a little later.
    assert alarm.addition_due_at is not None


def test_the_lines_form_asks_as_well_and_only_about_clear(
    head: Client, world: World, report: Report, at: datetime
) -> None:
    who, *others = world.students["own"]
    raise_alarm_from_report(report=report, student_id=who.pk, evidence="", by=world.holder(Role.DORM_HEAD), at=at)
    data = {"student": [str(student.pk) for student in world.students["own"]]}
    data |= {f"{student.pk}-status": ["1"] for student in others}
    url = reverse("reporting:dorm-file", args=[report.pk])
    answer = head.post(url, {**data, **filing(report), f"{who.pk}-status": "1"})
    assert answer.status_code == 422
    assert f'name="calmed" value="{who.pk}"' in answer.content.decode()
    assert head.post(url, {**data, **filing(report), f"{who.pk}-status": "4"}).status_code == 302
    assert "has changed the line of the monthly report to: Rain." in Alarm.objects.get().evidence


def test_thunder_of_an_earlier_day_of_the_month_asks_too_and_one_of_last_month_does_not(
    world: World, cycle: Cycle, report: Report, at: datetime
) -> None:
    head = world.holder(Role.DORM_HEAD)
    file_room(world, cycle, "own", [5, 1, 1, 1], at=at)
    report.refresh_from_db()
    sent: dict[str, Any] = {"report": report, "entries": (), "all_well": True, "by": head, "client_id": uuid4()}
    with pytest.raises(Refused) as no:
        file_dorm_report(revision=1, at=at + timedelta(days=9), **sent)
    assert no.value.code == "thunder-before"
    Alarm.objects.update(raised_at=at - timedelta(days=40))
    Line.objects.update(status=Status.RAIN)
    assert file_dorm_report(revision=1, at=at + timedelta(days=9), **sent).all_well


def test_an_alarm_about_somebody_who_left_the_room_meanwhile_goes_out(
    head: Client, world: World, report: Report, at: datetime
) -> None:
    who, *others = world.students["own"]
    data = {"student": [str(student.pk) for student in world.students["own"]]}
    data |= {f"{student.pk}-status": ["1"] for student in others}
    data |= {f"{who.pk}-status": ["5"], f"{who.pk}-observation": ["写了告别的话"]}
    move(who, dorm=world.far, on=at)
    answer = head.post(reverse("reporting:dorm-file", args=[report.pk]), {**data, **filing(report)})
    assert answer.status_code == 422
    assert (Alarm.objects.get().student, Alarm.objects.get().evidence) == (who, "写了告别的话")
    now = reverse("reporting:line-alarm-raise", args=[report.pk, who.pk])
    assert head.post(now, {f"{who.pk}-observation": "在楼顶"}).status_code == 200
    assert Alarm.objects.get().evidence == "写了告别的话\n\n在楼顶"
    stranger = world.students["away"][0]
    assert head.post(reverse("reporting:line-alarm-raise", args=[report.pk, stranger.pk]), {}).status_code == 404


# --- A student, a class or a room changes college while the month of the first college is accepted. ---


@pytest.fixture
def accepted(world: World, cycle: Cycle) -> Cycle:
    file_room(world, cycle, "away", [2, 1, 1])
    filed = file_college(world, cycle, "arts")
    accept(report=filed, by=world.holder(Role.CENTER_DIRECTOR), at=filed.filed_at)
    return cycle


def move(student: Student, *, on: datetime, **places: Unit) -> None:
    """The student and the placement of today, as an import leaves them."""
    for name, unit in places.items():
        setattr(student, name, unit)
    student.save(update_fields=list(places))
    placement = student.placements.filter(ends_on=None).get()
    placement.ends_on = on.date()
    placement.save(update_fields=["ends_on"])
    placement.pk, placement.starts_on, placement.ends_on = None, on.date(), None
    for name, unit in places.items():
        setattr(placement, name, unit)
    placement.save()


def counted(cycle: Cycle, college: Unit) -> set[tuple[Any, int]]:
    return set(Line.objects.current().filter(cycle=cycle, college=college).values_list("student", "status"))


def test_a_room_with_a_student_of_an_accepted_college_reports_and_its_thunder_rings(
    world: World, accepted: Cycle, login: Any, at: datetime
) -> None:
    guest, who = world.students["away"][0], world.students["far"][1]
    before = counted(accepted, world.arts)
    move(guest, on=at, dorm=world.far, school_class=world.it2, college=world.it)
    report = world.report(accepted, world.far)
    students = [guest, *world.students["far"]]
    data = {"student": [str(student.pk) for student in students], **filing(report)}
    data |= {f"{student.pk}-status": "1" for student in students} | {f"{who.pk}-status": "5"}
    head = login(world.holder(Role.DORM_HEAD, world.far))
    assert head.post(reverse("reporting:dorm-file", args=[report.pk]), data).status_code == 302
    assert Alarm.objects.get().student == who
    assert counted(accepted, world.arts) == before
    assert Line.objects.filter(student=guest, is_current=True).count() == 1
    # Filed again, it is the same.
    assert head.post(reverse("reporting:dorm-file", args=[report.pk]), {**data, **filing(report)}).status_code == 302
    assert counted(accepted, world.arts) == before


def test_a_class_that_changes_college_goes_on_reporting(world: World, accepted: Cycle, at: datetime) -> None:
    before = counted(accepted, world.arts)
    Unit.objects.filter(pk=world.arts1.pk).update(parent=world.it, college=world.it)
    Unit.objects.filter(pk=world.away.pk).update(college=world.it)
    Student.objects.filter(school_class=world.arts1).update(college=world.it)
    # The room filed under the college that is accepted: it is told so in words.
    report = world.report(accepted, world.away)
    sent: dict[str, Any] = {"entries": (), "all_well": True, "revision": report.revision, "client_id": uuid4()}
    with pytest.raises(Refused) as no:
        file_dorm_report(report=report, by=head_of(world.away), at=at, **sent)
    assert no.value.code == "locked"
    # A room of two classes, whose guest was of that class, files.
    file_room(world, accepted, "shared", [1, 1, 4])
    assert counted(accepted, world.arts) == before
    assert counted(accepted, world.it) >= {(world.students["shared"][2].pk, Status.RAIN)}


def test_a_room_that_changes_college_before_it_filed_reports_there(world: World, accepted: Cycle, at: datetime) -> None:
    before = counted(accepted, world.arts)
    room = world.report(accepted, world.own)
    Report.objects.filter(pk=room.pk).update(college=world.arts, school_class=world.arts1)
    refresh_cycle(cycle=accepted, at=at)
    file_room(world, accepted, "own", [1, 1, 1, 2])
    assert counted(accepted, world.arts) == before
    assert len(counted(accepted, world.it)) == 4


def head_of(room: Unit) -> User:
    return Post.objects.get(unit=room, role=Role.DORM_HEAD).holder


def test_a_line_of_thunder_rings_when_the_service_alone_is_called(world: World, report: Report, at: datetime) -> None:
    who, *others = world.students["own"]
    entries = [LineEntry(who.pk, Status.THUNDER), *(LineEntry(student.pk, Status.CLEAR) for student in others)]
    sent: dict[str, Any] = {"revision": 0, "client_id": uuid4(), "by": world.holder(Role.DORM_HEAD), "at": at}
    file_dorm_report(report=report, entries=entries, all_well=False, **sent)
    assert Alarm.objects.get().student == who


def test_filed_thunder_ends_on_the_page_of_an_alarm(head: Client, world: World, cycle: Cycle, report: Report) -> None:
    file_room(world, cycle, "own", [5, 1, 1, 1])
    filed = head.get(reverse("reporting:report-done", args=[report.pk])).content.decode()
    sent = head.get(reverse("reporting:alarm-raise", args=[report.pk]) + "?sent").content.decode()
    for sentence in ("The alarm has gone out", "What happens now", "Until then", "Do not leave them alone"):
        assert sentence in filed
        assert sentence in sent
    assert "Thank you" not in filed


def test_filed_rain_says_who_follows_up(head: Client, world: World, cycle: Cycle, report: Report) -> None:
    file_room(world, cycle, "own", [4, 1, 1, 1])
    page = head.get(reverse("reporting:report-done", args=[report.pk])).content.decode()
    assert "Who follows up" in page
    assert f"{world.holder(Role.FUDAOYUAN).name} reads what you wrote" in page
    assert "The alarm has gone out" not in page


def test_clear_weather_is_thanked_for(head: Client, world: World, cycle: Cycle, report: Report) -> None:
    file_room(world, cycle, "own", [1, 1, 1, 2])
    page = head.get(reverse("reporting:report-done", args=[report.pk])).content.decode()
    assert "Thank you for looking after each other" in page
    assert "Who follows up" not in page
