from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from activities.models import Lesson, Training
from activities.services.indicators import Reference, indicators_of
from activities.services.trainings import (
    add_lesson,
    confirm_training,
    drop_training,
    log_training,
    record_attendance,
    training_years,
)
from kernel.errors import Refused
from network.models import User
from network.rules import Role
from tests.conftest import World

Login = Callable[[User], Client]
DAY = date(2026, 5, 4)


def log(world: World, at: datetime, **values: Any) -> Training:
    given: dict[str, Any] = {
        "school": world.school,
        "kind": "hours",
        "title": "个案督导",
        "organizer": "省教育厅",
        "level": "provincial",
        "day": DAY,
        "hours": Decimal("39.5"),
        "upload": None,
        "by": world.holder(Role.FULL_TIME_COUNSELOR),
        "at": at,
    }
    return log_training(**given | values)


def enough(world: World) -> bool:
    return training_years([world.holder(Role.FULL_TIME_COUNSELOR)], 2026)[0].is_enough


def test_only_what_another_person_confirmed_counts(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    first = log(world, at)
    confirm_training(training=first, by=director, at=at)
    confirm_training(training=log(world, at, kind="conference", hours=None), by=director, at=at)
    assert not enough(world), "39.5 hours and one conference are not enough"
    half = log(world, at, hours=Decimal("0.5"))
    assert not enough(world), "not confirmed yet"
    confirm_training(training=half, by=director, at=at)
    assert enough(world)


@pytest.mark.parametrize(("level", "is_enough"), [("provincial", True), ("society", True), ("university", False)])
def test_two_conferences_count_by_who_held_them(world: World, at: datetime, level: str, is_enough: bool) -> None:
    for title in ("年会", "论坛"):
        row = log(world, at, kind="conference", level=level, title=title, hours=None)
        confirm_training(training=row, by=world.holder(Role.CENTER_DIRECTOR), at=at)
    assert enough(world) is is_enough
    figure = indicators_of(Reference(world.school, None, 2026, at.date()))["training"]
    assert (figure.numerator, figure.denominator) == (int(is_enough), 1)


def test_nobody_confirms_a_training_of_their_own(world: World, at: datetime) -> None:
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    row = log(world, at)
    with pytest.raises(Refused, match="Somebody else"):
        confirm_training(training=row, by=counselor, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Training.objects.filter(pk=row.pk).update(confirmed_by=counselor, confirmed_at=at)


def test_a_confirmed_training_stays(world: World, at: datetime) -> None:
    row = log(world, at)
    confirm_training(training=row, by=world.holder(Role.CENTER_DIRECTOR), at=at)
    with pytest.raises(Refused, match="stays"):
        drop_training(training=row, by=world.holder(Role.FULL_TIME_COUNSELOR), at=at)


@pytest.mark.parametrize("hours", ["0.3", "0", "-1", "NaN", "Infinity", "200.5"])
def test_hours_come_in_halves(world: World, at: datetime, hours: str) -> None:
    with pytest.raises(Refused, match="in halves"):
        log(world, at, hours=Decimal(hours))


def test_a_conference_dated_tomorrow_is_refused(world: World, at: datetime) -> None:
    with pytest.raises(Refused, match="has not come"):
        log(world, at, kind="conference", hours=None, day=at.date() + timedelta(days=1))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.pdf", b"<!doctype html><script>alert(1)</script>"),
    ],
)
def test_svg_and_html_are_no_certificates_and_nothing_typed_is_lost(
    world: World, november: datetime, login: Login, name: str, content: bytes
) -> None:
    browser = login(world.holder(Role.FULL_TIME_COUNSELOR))
    form = {
        "kind": "hours", "title": "=cmd|' /C calc'!A0 <script>", "organizer": "学会", "level": "society",
        "day": "2026-05-04", "hours": "4", "upload": SimpleUploadedFile(name, content),
    }  # fmt: skip
    page = browser.post(reverse("activities:training-new"), form)
    assert page.status_code == 422
    assert "This file is of a kind that is not taken." in page.content.decode()
    assert "=cmd|&#x27; /C calc&#x27;!A0 &lt;script&gt;" in page.content.decode()
    assert not Training.objects.exists()


def test_the_ledger_shows_ones_own_and_to_the_center_all(world: World, november: datetime, login: Login) -> None:
    log(world, november, title="咨询师的培训")
    log(world, november, title="辅导员的培训", by=world.holder(Role.FUDAOYUAN))
    page = login(world.holder(Role.FUDAOYUAN)).get(reverse("activities:training-list")).content.decode()
    assert "辅导员的培训" in page
    assert "咨询师的培训" not in page
    page = login(world.holder(Role.CENTER_DIRECTOR)).get(reverse("activities:training-list")).content.decode()
    assert "辅导员的培训" in page
    assert "咨询师的培训" in page


def lesson(world: World, at: datetime) -> Lesson:
    by = world.holder(Role.CENTER_DIRECTOR)
    return add_lesson(
        school=world.school, title="朋辈培训", audience="peers", day=at.date(), hours=Decimal(4), by=by, at=at
    )


def test_peers_count_once_a_holder_of_the_unit_was_trained(world: World, at: datetime) -> None:
    by = world.holder(Role.CENTER_DIRECTOR)
    head, member = world.holder(Role.DORM_HEAD, world.own), world.holder(Role.CLASS_COMMITTEE_MEMBER, world.it1)
    row = lesson(world, at)
    assert record_attendance(lesson=row, numbers=[head.number, member.number, head.number], by=by, at=at) == 2
    assert record_attendance(lesson=row, numbers=[head.number], by=by, at=at) == 0
    whole = indicators_of(Reference(world.school, None, 2026, at.date()))["peers"]
    # Three classes and four dorms are inhabited.
    assert (whole.numerator, whole.denominator) == (2, 7)
    arts = indicators_of(Reference(world.school, world.arts, 2026, at.date()))["peers"]
    assert arts.numerator == 0
    assert indicators_of(Reference(world.school, None, 2025, at.date()))["peers"].numerator == 0


def test_a_number_without_such_a_post_is_named_and_nothing_is_noted(world: World, at: datetime) -> None:
    by, head = world.holder(Role.CENTER_DIRECTOR), world.holder(Role.DORM_HEAD, world.own)
    row = lesson(world, at)
    with pytest.raises(Refused, match="2099"):
        record_attendance(lesson=row, numbers=[head.number, "2099"], by=by, at=at)
    assert not row.attendances.exists()
