from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from kernel.errors import Refused
from kernel.models import Notice
from network.models import Duty, Post, User
from network.rules import Role
from reporting.models import Cycle, Report
from reporting.rules.filing import State
from reporting.services import (
    ClassEntry,
    accept,
    correct,
    file_class_report,
    file_college_report,
    file_dorm_report,
    nudge,
    send_back,
)
from reporting.services.cycles import duty_key
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]


def file_dorm(world: World, cycle: Cycle, at: datetime) -> Report:
    report, by = world.report(cycle, world.own), world.holder(Role.DORM_HEAD)
    return file_dorm_report(
        report=report, entries=(), all_well=True, revision=report.revision, client_id=uuid4(), by=by, at=at
    )


def file_class(world: World, cycle: Cycle, at: datetime, reason: str = "实习") -> Report:
    report, by = world.report(cycle, world.it1), world.holder(Role.CLASS_COMMITTEE_MEMBER)
    entry = ClassEntry(missing_reason=reason)
    return file_class_report(report=report, entry=entry, revision=report.revision, client_id=uuid4(), by=by, at=at)


def file_college(world: World, cycle: Cycle, at: datetime) -> Report:
    report, by = world.report(cycle, world.it), world.holder(Role.COLLEGE_COORDINATOR)
    return file_college_report(
        report=report, narrative="", missing_reason="实习", revision=report.revision, client_id=uuid4(), by=by, at=at
    )


def test_a_dorm_is_sent_back_and_keeps_its_first_time(world: World, cycle: Cycle, login: Login, at: datetime) -> None:
    report = file_dorm(world, cycle, at)
    client = login(world.holder(Role.CLASS_COMMITTEE_MEMBER))
    url = reverse("reporting:report-send-back", args=[report.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "请补充晚归情况"}).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.first_filed_at, report.on_time) == (State.RETURNED, at, True)
    assert Duty.objects.get(key=duty_key(report)).settled_at is None
    assert Notice.objects.filter(kind="report.returned", recipient=world.holder(Role.DORM_HEAD)).count() == 1
    head = login(world.holder(Role.DORM_HEAD))
    assert "请补充晚归情况" in head.get(reverse("reporting:report-detail", args=[report.pk])).content.decode()
    again = file_dorm(world, cycle, at + timedelta(days=20))
    assert (again.first_filed_at, again.on_time, again.revision) == (at, True, 2)


def test_what_stands_in_a_filed_level_is_not_sent_back(world: World, cycle: Cycle, login: Login, at: datetime) -> None:
    report = file_dorm(world, cycle, at)
    file_class(world, cycle, at)
    url = reverse("reporting:report-send-back", args=[report.pk])
    answer = login(world.holder(Role.FUDAOYUAN)).post(url, {"reason": "再看看"})
    assert answer.status_code == 422
    assert "has been filed already" in answer.content.decode()
    assert "再看看" in answer.content.decode()


def test_the_fudaoyuan_accepts_a_class_once(world: World, cycle: Cycle, login: Login, at: datetime) -> None:
    report = file_class(world, cycle, at)
    client = login(world.holder(Role.FUDAOYUAN))
    url = reverse("reporting:report-accept", args=[report.pk])
    client.post(url)
    report.refresh_from_db()
    assert (report.state, report.decided_by) == (State.ACCEPTED, world.holder(Role.FUDAOYUAN))
    answer = client.post(url, follow=True)
    assert "cannot be accepted now" in answer.content.decode()


def test_sending_a_class_back_settles_its_check_and_a_new_filing_owes_another(
    world: World, cycle: Cycle, at: datetime
) -> None:
    report = file_class(world, cycle, at)
    send_back(report=report, reason="缺", by=world.holder(Role.FUDAOYUAN), at=at)
    assert not Duty.objects.unsettled().filter(kind="class_check").exists()
    file_class(world, cycle, at)
    file_class(world, cycle, at)
    keys = Duty.objects.unsettled().filter(kind="class_check").values_list("key", flat=True)
    assert list(keys) == [f"check:{report.pk}:3"]


def test_a_college_that_files_counts_its_classes_as_checked(world: World, cycle: Cycle, at: datetime) -> None:
    file_class(world, cycle, at)
    file_college(world, cycle, at)
    assert not Duty.objects.unsettled().filter(kind="class_check").exists()
    assert Duty.objects.get(kind="college_check").due_at == at + timedelta(days=3)


def test_a_class_filed_late_still_leaves_a_day_for_its_check(world: World, cycle: Cycle) -> None:
    late = cycle.college_due_at + timedelta(days=2)
    file_class(world, cycle, late)
    assert Duty.objects.get(kind="class_check").due_at == late + timedelta(days=1)


def test_what_misses_below_without_a_reason_is_not_accepted(world: World, cycle: Cycle, at: datetime) -> None:
    report = file_class(world, cycle, at)
    Report.objects.filter(pk=report.pk).update(missing_reason="")
    with pytest.raises(Refused, match="nobody said why"):
        accept(report=report, by=world.holder(Role.FUDAOYUAN), at=at)


def test_an_earlier_version_can_neither_be_accepted_nor_sent_back_nor_corrected(
    world: World, cycle: Cycle, at: datetime
) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    old = accept(report=file_college(world, cycle, at), by=director, at=at)
    correct(report=old, reason="数字", by=director, at=at)
    for act in (
        lambda: accept(report=old, by=director, at=at),
        lambda: send_back(report=old, reason="x", by=director, at=at),
        lambda: correct(report=old, reason="x", by=director, at=at),
    ):
        with pytest.raises(Refused):
            act()


def test_after_a_correction_a_class_that_goes_back_gets_a_new_version(world: World, cycle: Cycle, at: datetime) -> None:
    file_class(world, cycle, at)
    director = world.holder(Role.CENTER_DIRECTOR)
    correct(report=accept(report=file_college(world, cycle, at), by=director, at=at), reason="数字", by=director, at=at)
    first = world.report(cycle, world.it1)
    fresh = send_back(report=first, reason="请改", by=world.holder(Role.FUDAOYUAN), at=at)
    assert (fresh.version, fresh.pk != first.pk, fresh.first_filed_at) == (2, True, at)


def test_while_the_post_is_vacant_the_checker_files(world: World, cycle: Cycle, login: Login) -> None:
    Post.objects.filter(unit=world.own).delete()
    url = reverse("reporting:dorm-well", args=[world.report(cycle, world.own).pk])
    answer = login(world.holder(Role.FUDAOYUAN)).post(url, {"revision": 0, "client_id": uuid4()})
    assert answer.status_code == 302


def test_nobody_can_be_reminded_where_nobody_holds_the_post(
    world: World, cycle: Cycle, login: Login, at: datetime
) -> None:
    report, by = world.report(cycle, world.own), world.holder(Role.FUDAOYUAN)
    Post.objects.filter(unit=world.own).delete()
    with pytest.raises(Refused, match="Nobody holds this post"):
        nudge(report=report, by=by, at=at)
    answer = login(by).post(reverse("reporting:report-nudge", args=[report.pk]), follow=True)
    assert "Nobody holds this post" in answer.content.decode()
