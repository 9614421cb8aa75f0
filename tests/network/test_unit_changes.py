from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kernel.errors import Refused
from network.models import Duty, Post, Student, Unit, User
from network.rules import EnrollmentStatus, Level, Role
from network.services import owe
from network.services.unit_changes import close_unit, end_closed_units, keep_unit, open_unit, rename_unit
from tests import factories
from tests.conftest import World
from tests.network.test_duties import dorm_duty

Login = Callable[[User], Client]


@pytest.fixture
def director(world: World) -> User:
    return world.holder(Role.CENTER_DIRECTOR)


@pytest.fixture
def empty(world: World, at: datetime) -> Unit:
    return factories.make_dorm(world.it1, "109", at=at)


def test_a_college_a_class_and_a_dorm_are_opened(world: World, director: User, at: datetime) -> None:
    college = open_unit(parent=world.school, name="理学院", by=director, at=at)
    school_class = open_unit(parent=college, name="物理2601班", major="物理", grade=2026, by=director, at=at)
    dorm = open_unit(parent=school_class, campus="东校区", building="东9栋", room="101", by=director, at=at)
    assert (college.level, school_class.level, dorm.level) == (Level.COLLEGE, Level.CLASS, Level.DORM)
    assert (dorm.name, dorm.college_id, school_class.grade) == ("东9栋-101", college.pk, 2026)


def test_what_cannot_be_opened_is_refused(world: World, director: User, at: datetime) -> None:
    for options, code in (
        ({"parent": world.it, "name": "计科 2601班"}, "name-taken"),
        ({"parent": world.it1}, "no-room"),
        ({"parent": world.school, "name": ""}, "no-name"),
        ({"parent": world.own}, "no-parent"),
        ({"parent": world.school, "name": "理学院", "by": world.holder(Role.FUDAOYUAN)}, "may-not-configure"),
    ):
        with pytest.raises(Refused) as refused:
            open_unit(**{"by": director, "at": at} | options)
        assert refused.value.code == code


def test_a_class_is_renamed_and_keeps_everything(world: World, director: User, at: datetime) -> None:
    posts = Post.objects.filter(unit=world.it1).count()
    rename_unit(unit=world.it1, name="计算机2601班", by=director, at=at)
    world.it1.refresh_from_db()
    assert (world.it1.name, Post.objects.filter(unit=world.it1).count()) == ("计算机2601班", posts)
    assert rename_unit(unit=world.it1, name="计算机2601班", by=director, at=at) == world.it1
    for unit, name, code in ((world.it1, "计科2602班", "name-taken"), (world.own, "a", "not-named")):
        with pytest.raises(Refused) as refused:
            rename_unit(unit=unit, name=name, by=director, at=at)
        assert refused.value.code == code


def test_where_somebody_lives_nothing_is_closed(world: World, director: User, at: datetime) -> None:
    for unit, code in ((world.own, "inhabited"), (world.it1, "inhabited"), (world.school, "not-open")):
        with pytest.raises(Refused) as refused:
            close_unit(unit=unit, last_day=at.date(), by=director, at=at)
        assert refused.value.code == code
    hall = open_unit(parent=world.school, name="空学院", by=director, at=at)
    open_unit(parent=hall, name="空班", by=director, at=at)
    with pytest.raises(Refused) as refused:
        close_unit(unit=hall, last_day=at.date(), by=director, at=at)
    assert refused.value.code == "open-below"


def test_a_unit_closes_after_its_last_day(world: World, director: User, empty: Unit, at: datetime) -> None:
    head = world.students["far"][0].user
    post = Post.objects.create(holder=head, unit=empty, role=Role.DORM_HEAD, starts_on=date(2026, 9, 1))
    owe(duties=[dorm_duty(empty)])
    close_unit(unit=empty, last_day=at.date(), by=director, at=at)
    empty.refresh_from_db()
    assert (empty.is_active, end_closed_units(at=at)) == (True, 0)
    later = at + timedelta(days=1)
    assert (end_closed_units(at=later), end_closed_units(at=later)) == (1, 0)
    empty.refresh_from_db()
    post.refresh_from_db()
    assert (empty.is_active, post.ends_on, Duty.objects.count()) == (False, later.date(), 0)
    keep_unit(unit=empty, by=director, at=later)
    empty.refresh_from_db()
    assert (empty.is_active, empty.last_day) == (True, None)


def test_a_last_day_that_is_over_closes_at_once_and_one_far_off_is_refused(
    world: World, director: User, empty: Unit, at: datetime
) -> None:
    for days in (-60, 800):
        with pytest.raises(Refused) as refused:
            close_unit(unit=empty, last_day=at.date() + timedelta(days=days), by=director, at=at)
        assert refused.value.code == "out-of-reach"
    close_unit(unit=empty, last_day=at.date() - timedelta(days=1), by=director, at=at)
    empty.refresh_from_db()
    assert not empty.is_active


def test_who_moves_in_meanwhile_keeps_it_open(world: World, director: User, empty: Unit, at: datetime) -> None:
    close_unit(unit=empty, last_day=at.date(), by=director, at=at)
    Student.objects.filter(pk=world.roomless.pk).update(dorm=empty, enrollment_status=EnrollmentStatus.STUDYING)
    assert end_closed_units(at=at + timedelta(days=1)) == 0


def test_the_pages_open_rename_close_and_keep(
    world: World, director: User, empty: Unit, november: datetime, login: Login
) -> None:
    browser = login(director)
    page = browser.get(reverse("network:unit-detail", args=[world.it.pk]))
    assert reverse("network:unit-open", args=[world.it.pk]) in page.text
    for name, unit, data in (
        ("open", world.it, {"name": "计科2603班", "grade": "2026"}),
        ("rename", world.it1, {"name": "计算机2601班"}),
        ("close", empty, {"last_day": "2026-11-10"}),
        ("keep", empty, {}),
    ):
        url = reverse(f"network:unit-{name}", args=[unit.pk])
        assert browser.get(url).status_code == (405 if name == "keep" else 200)
        answer = browser.post(url, data, follow=True)
        assert (answer.status_code, answer.resolver_match.url_name) == (200, "unit-detail")
    assert Unit.objects.filter(name__in=["计科2603班", "计算机2601班"]).count() == 2
    wrong = browser.post(reverse("network:unit-close", args=[world.own.pk]), {"last_day": "2026-11-10"})
    assert (wrong.status_code, "2026-11-10" in wrong.text) == (422, True)
    assert browser.get(reverse("network:unit-open", args=[world.own.pk])).status_code == 404
