from datetime import date, datetime, timedelta

import pytest

from kernel.models import AuditEvent
from network.models import Placement, Student, Unit
from network.rules import EnrollmentStatus
from network.services import move_student, place, placements, settle_home_classes
from tests import factories
from tests.conftest import World


def test_a_move_keeps_the_history(world: World, at: datetime) -> None:
    student = world.students["own"][2]
    moved = move_student(student=student, school_class=world.arts1, dorm=world.away, bed="4", by=None, at=at)
    assert (moved.college, moved.school_class, moved.dorm, moved.bed) == (world.arts, world.arts1, world.away, "4")
    before, after = student.placements.order_by("starts_on")
    assert (before.dorm, before.ends_on, after.dorm, after.starts_on) == (world.own, at.date(), world.away, at.date())
    assert AuditEvent.objects.filter(action="student.move", object_id=str(student.pk)).exists()


def test_listeners_hear_of_changed_placements(world: World, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[placements.PlacementChange] = []
    monkeypatch.setattr(placements, "_listeners", [])
    placements.on_placement_change(heard.append)
    student = world.students["own"][2]
    move_student(student=student, school_class=world.arts1, dorm=world.away, by=None, at=at)
    (change,) = heard
    assert (change.school_id, change.since) == (world.school.pk, at.date())
    assert change.units == {world.arts.pk, world.arts1.pk, world.away.pk}


def test_a_second_change_on_the_same_day_replaces_the_first(world: World, at: datetime) -> None:
    student = world.students["own"][2]
    move_student(student=student, school_class=world.it2, dorm=world.far, by=None, at=at)
    move_student(student=student, school_class=world.it2, dorm=None, by=None, at=at)
    assert [one.dorm for one in student.placements.order_by("starts_on")] == [world.own, None]


def test_leave_is_written_into_the_history(world: World, at: datetime) -> None:
    student = world.students["own"][2]
    on_leave = EnrollmentStatus.ON_LEAVE
    move_student(
        student=student, school_class=world.it1, dorm=world.own, by=None, at=at, enrollment_status=on_leave
    )  # fmt: skip
    assert Placement.objects.open().get(student=student).enrollment_status == on_leave
    assert str(Placement.objects.open().get(student=student)) == f"{student.pk} 2026-11-10"


def test_a_shared_room_keeps_its_class_while_one_resident_is_left_there(world: World, at: datetime) -> None:
    first, second, _other = world.students["shared"]
    move_student(student=first, school_class=world.it1, dorm=world.own, by=None, at=at)
    world.shared.refresh_from_db()
    assert world.shared.parent == world.it1
    move_student(student=second, school_class=world.it1, dorm=None, by=None, at=at)
    world.shared.refresh_from_db()
    assert (world.shared.parent, world.shared.college) == (world.arts1, world.arts)


def test_an_empty_room_stays_where_it_is(world: World) -> None:
    Student.objects.filter(dorm=world.far).update(dorm=None)
    assert settle_home_classes(dorm_ids=[world.far.pk]) == 0
    assert Unit.objects.get(pk=world.far.pk).parent == world.it2


def test_placing_on_a_later_day_closes_what_was_open(world: World) -> None:
    student = world.students["own"][0]
    day = date(2026, 12, 1)
    place(students=[student], on=day)
    assert Placement.objects.on(day - timedelta(days=1)).get(student=student).ends_on == day
    assert Placement.objects.on(day).get(student=student).starts_on == day


def test_search_finds_by_the_start_of_a_number_or_a_part_of_a_name(world: World) -> None:
    student = factories.make_students(world.it1, 1, on=world.at.date())[0]
    Student.objects.filter(pk=student.pk).update(name="欧阳子轩")
    assert list(Student.objects.matching("阳子")) == [student]
    assert list(Student.objects.matching(student.number)) == [student]
    assert Student.objects.matching("").count() == Student.objects.count()
    assert str(Student.objects.matching("阳子").get()) == "欧阳子轩"
