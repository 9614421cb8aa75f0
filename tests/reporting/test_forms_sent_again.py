"""One form, one id, one content: sent again it counts once; sent with other content it is told, and nothing is lost."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from crisis.models import Alarm
from kernel.errors import Refused
from network.rules import Role
from reporting.models import Cycle, Filing, Line, Report
from reporting.rules.dorm_lines import Sign, Status
from reporting.services import ClassEntry, LineEntry, file_class_report, file_college_report, file_dorm_report
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")


@pytest.fixture
def report(world: World, cycle: Cycle) -> Report:
    return world.report(cycle, world.own)


@pytest.fixture
def head(world: World, login: Any) -> Client:
    client: Client = login(world.holder(Role.DORM_HEAD))
    return client


def ids(page: str) -> list[str]:
    return re.findall(r'name="client_id" value="([0-9a-f-]{36})"', page)


def rain(world: World, client_id: str, *, revision: int = 0) -> dict[str, Any]:
    who, *_ = students = world.students["own"]
    data = {f"{student.pk}-status": "1" for student in students} | {f"{who.pk}-status": "4"}
    return data | {
        "revision": revision,
        "client_id": client_id,
        "student": [str(student.pk) for student in students],
        f"{who.pk}-observation": "几天没有出门",
    }


def test_both_forms_of_the_dorm_page_have_an_id_of_their_own(head: Client, report: Report) -> None:
    first, second = ids(head.get(reverse("reporting:report-detail", args=[report.pk])).content.decode())
    assert first != second


def test_all_well_and_then_rain_under_the_same_id_is_told_kept_and_can_be_filed(
    head: Client, world: World, report: Report
) -> None:
    client_id = str(uuid4())
    head.post(reverse("reporting:dorm-well", args=[report.pk]), {"revision": 0, "client_id": client_id})
    url = reverse("reporting:dorm-file", args=[report.pk])
    answer = head.post(url, rain(world, client_id))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "with other content" in page
    assert "几天没有出门" in page
    assert not Line.objects.current().filter(status=Status.RAIN).exists()
    assert head.post(url, rain(world, ids(page)[-1], revision=1)).status_code == 302
    assert Line.objects.current().get(status=Status.RAIN).observation == "几天没有出门"


@pytest.mark.parametrize("change", ["status", "signs", "observation", "all_well"])
def test_each_part_of_a_dorm_report_makes_another_content(
    change: str, world: World, report: Report, at: datetime
) -> None:
    who, *others = world.students["own"]
    client_id, by = uuid4(), world.holder(Role.DORM_HEAD)
    clear = [LineEntry(student.pk, Status.CLEAR) for student in others]
    changed: dict[str, Any] = {"status": Status.RAIN, "signs": int(Sign.SLEEP), "observation": "哭了"}

    def file(entry: LineEntry, *, all_well: bool = False) -> Report:
        entries = [*clear, entry]
        sent: dict[str, Any] = {"revision": 0, "client_id": client_id, "by": by, "at": at}
        return file_dorm_report(report=report, entries=entries, all_well=all_well, **sent)

    first = LineEntry(who.pk, Status.CLOUDY)
    file(first)
    assert file(first).revision == 1
    with pytest.raises(Refused) as no:
        if change == "all_well":
            file(first, all_well=True)
        else:
            file(LineEntry(**{"student_id": who.pk, "status": Status.CLOUDY, change: changed[change]}))
    assert no.value.code == "other-content"
    assert Filing.objects.count() == 1


def test_the_order_of_the_lines_is_no_content(world: World, report: Report, at: datetime) -> None:
    entries = [LineEntry(student.pk, Status.CLOUDY) for student in world.students["own"]]
    sent: dict[str, Any] = {"revision": 0, "client_id": uuid4(), "by": world.holder(Role.DORM_HEAD), "at": at}
    for order in (entries, entries[::-1]):
        assert file_dorm_report(report=report, entries=order, all_well=False, **sent).revision == 1


def test_another_class_or_college_form_under_the_same_id_is_refused(world: World, cycle: Cycle, at: datetime) -> None:
    klass, college = world.report(cycle, world.it1), world.report(cycle, world.it)
    sent: dict[str, Any] = {"revision": 0, "at": at}
    member, coordinator = world.holder(Role.CLASS_COMMITTEE_MEMBER), world.holder(Role.COLLEGE_COORDINATOR)
    first, second = uuid4(), uuid4()

    def file_class(requests: str) -> Report:
        entry = ClassEntry(missing_reason="实习", requests=requests)
        return file_class_report(report=klass, entry=entry, client_id=first, by=member, **sent)

    def file_college(narrative: str) -> Report:
        texts = {"narrative": narrative, "missing_reason": "实习"}
        return file_college_report(report=college, client_id=second, by=coordinator, **texts, **sent)

    for file in (file_class, file_college):
        assert file("一").revision == 1
        assert file("一").revision == 1
        with pytest.raises(Refused) as no:
            file("二")
        assert no.value.code == "other-content"


def test_the_digest_tells_nothing_without_the_secret_key(
    world: World, report: Report, at: datetime, settings: Any
) -> None:
    sent: dict[str, Any] = {"revision": 0, "client_id": uuid4(), "by": world.holder(Role.DORM_HEAD), "at": at}
    file_dorm_report(report=report, entries=(), all_well=True, **sent)
    digest = Filing.objects.get().digest
    Filing.objects.all().delete()
    settings.SECRET_KEY = "another-key-another-key-another-key-another-key"
    file_dorm_report(report=report, entries=(), all_well=True, **{**sent, "revision": 1})
    assert Filing.objects.get().digest != digest


def test_an_alarm_sent_twice_with_other_words_or_another_student_is_lost_in_no_case(
    head: Client, world: World, report: Report
) -> None:
    first, second, *_ = world.students["own"]
    url = reverse("reporting:alarm-raise", args=[report.pk])
    for student, words in ((first, "说不想活了"), (first, "在楼顶"), (second, "也在楼顶")):
        head.post(url, {"student_id": str(student.pk), "observation": words})
    assert {alarm.student_id: alarm.evidence for alarm in Alarm.objects.all()} == {
        first.pk: "说不想活了\n\n在楼顶",
        second.pk: "也在楼顶",
    }


def test_an_id_of_another_person_or_report_is_refused(world: World, cycle: Cycle, report: Report, at: datetime) -> None:
    client_id: UUID = uuid4()
    sent: dict[str, Any] = {"revision": 0, "client_id": client_id, "at": at, "entries": (), "all_well": True}
    file_dorm_report(report=report, by=world.holder(Role.DORM_HEAD), **sent)
    with pytest.raises(Refused) as no:
        far = world.report(cycle, world.far)
        file_dorm_report(report=far, by=world.holder(Role.DORM_HEAD, world.far), **sent)
    assert no.value.code == "stale"
