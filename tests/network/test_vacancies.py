from datetime import datetime, timedelta

import pytest
from django.db.models.query import QuerySet

from network.models import Duty, Post, Student, Unit, User
from network.rules import EnrollmentStatus, Role
from network.services import (
    appoint,
    chase_vacancies,
    dorms_to_fill,
    fill_vacancies,
    propose_heads,
    relieve,
    vacant_units,
)
from network.services.duties import vacancy_key
from tests import factories
from tests.conftest import World


def leave(unit: Unit, role: Role, at: datetime) -> None:
    relieve(post=Post.objects.active(at.date()).get(unit=unit, role=role), by=None, at=at)


def heads(at: datetime) -> dict[Unit, User]:
    return {post.unit: post.holder for post in Post.objects.active(at.date()).filter(role=Role.DORM_HEAD)}


@pytest.fixture
def empty_rooms(world: World, at: datetime) -> list[Unit]:
    """None of the three rooms of college `it` has a head."""
    rooms = [world.own, world.shared, world.far]
    for room in rooms:
        leave(room, Role.DORM_HEAD, at)
    return rooms


def test_a_unit_is_vacant_when_students_live_there_and_nobody_holds_the_post(
    world: World, at: datetime, empty_rooms: list[Unit]
) -> None:
    vacant: QuerySet[Unit] = vacant_units(role=Role.DORM_HEAD, on=at.date()).filter(school=world.school)
    assert set(vacant) == set(empty_rooms)


def test_an_empty_room_is_not_vacant(world: World, at: datetime, empty_rooms: list[Unit]) -> None:
    Student.objects.filter(dorm=world.own).update(enrollment_status=EnrollmentStatus.GRADUATED)
    assert world.own not in vacant_units(role=Role.DORM_HEAD, on=at.date())


def test_the_lowest_bed_is_proposed_counting_2_before_10(world: World, empty_rooms: list[Unit]) -> None:
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    for student, bed in zip(world.students["own"], ["10", "", "3号", "2"], strict=True):
        Student.objects.filter(pk=student.pk).update(bed=bed)
    proposed = dict(propose_heads(dorms=[world.own], by=fudaoyuan))
    assert proposed == {world.own: world.students["own"][3]}


def test_a_room_is_passed_over_when_none_of_its_residents_may_be_seen(world: World, empty_rooms: list[Unit]) -> None:
    assert propose_heads(dorms=[world.far], by=world.holder(Role.FUDAOYUAN)) == []


def test_somebody_whose_account_is_closed_is_not_proposed(world: World, empty_rooms: list[Unit]) -> None:
    first, second, *_rest = world.students["own"]
    User.objects.filter(pk=first.user_id).update(is_active=False)
    assert dict(propose_heads(dorms=[world.own], by=world.holder(Role.FUDAOYUAN))) == {world.own: second}


def test_filling_appoints_in_all_my_rooms_and_in_no_other(world: World, at: datetime, empty_rooms: list[Unit]) -> None:
    n = fill_vacancies(below=None, by=world.holder(Role.FUDAOYUAN), at=at)
    assert n == 2
    assert heads(at)[world.own] == world.students["own"][0].user
    assert heads(at)[world.shared] == world.students["shared"][0].user
    assert world.far not in heads(at)


def test_filling_one_class_leaves_the_others(world: World, at: datetime, empty_rooms: list[Unit]) -> None:
    coordinator = world.holder(Role.COLLEGE_COORDINATOR)
    assert set(dorms_to_fill(below=world.it2, by=coordinator, on=at.date())) == {world.far}
    assert fill_vacancies(below=world.it2, by=coordinator, at=at) == 1
    assert world.own not in heads(at)


def test_filling_twice_appoints_once(world: World, at: datetime, empty_rooms: list[Unit]) -> None:
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    fill_vacancies(below=None, by=fudaoyuan, at=at)
    assert fill_vacancies(below=None, by=fudaoyuan, at=at) == 0


def test_who_may_not_appoint_fills_nothing(world: World, at: datetime, empty_rooms: list[Unit]) -> None:
    assert fill_vacancies(below=None, by=world.holder(Role.CLASS_ADVISER), at=at) == 0


def test_a_vacant_room_is_owed_by_the_fudaoyuan_of_its_class_within_a_week(
    world: World, at: datetime, empty_rooms: list[Unit]
) -> None:
    chase_vacancies(at=at)
    duty = Duty.objects.get(key=vacancy_key(world.own.pk, Role.DORM_HEAD))
    assert (duty.unit, duty.role, duty.due_at) == (world.it1, Role.FUDAOYUAN, at + timedelta(days=7))
    assert duty.text() == "东6栋-101 has no dorm head yet"
    owed = Duty.objects.owed_by(world.holder(Role.FUDAOYUAN), at.date()).unsettled()
    assert owed.count() == 2


def test_a_class_without_a_committee_member_and_a_college_without_a_coordinator_are_owed(
    world: World, at: datetime
) -> None:
    leave(world.it2, Role.CLASS_COMMITTEE_MEMBER, at)
    leave(world.arts, Role.COLLEGE_COORDINATOR, at)
    chase_vacancies(at=at)
    owed = {(duty.unit, duty.role) for duty in Duty.objects.filter(unit__school=world.school)}
    owed |= {(duty.unit, duty.role) for duty in Duty.objects.filter(unit=world.school)}
    assert owed == {(world.it2, Role.FUDAOYUAN), (world.school, Role.CENTER_DIRECTOR)}


def test_chasing_daily_keeps_the_first_due_time(world: World, at: datetime, empty_rooms: list[Unit]) -> None:
    first = chase_vacancies(at=at)
    again = chase_vacancies(at=at + timedelta(days=1))
    assert (first > 0, again) == (True, 0)
    assert Duty.objects.get(key=vacancy_key(world.own.pk, Role.DORM_HEAD)).due_at == at + timedelta(days=7)


def test_filling_settles_and_a_new_vacancy_is_owed_anew(world: World, at: datetime, empty_rooms: list[Unit]) -> None:
    key = vacancy_key(world.own.pk, Role.DORM_HEAD)
    chase_vacancies(at=at)
    appoint(holder=world.students["own"][1].user, unit=world.own, role=Role.DORM_HEAD, by=None, at=at)
    assert Duty.objects.get(key=key).settled_at == at
    later = at + timedelta(days=30)
    leave(world.own, Role.DORM_HEAD, later)
    Duty.objects.filter(key=key).update(reminded_stage=5)
    chase_vacancies(at=later)
    duty = Duty.objects.get(key=key)
    assert (duty.settled_at, duty.due_at, duty.reminded_stage) == (None, later + timedelta(days=7), 0)


def test_a_room_that_empties_is_owed_no_more(world: World, at: datetime, empty_rooms: list[Unit]) -> None:
    chase_vacancies(at=at)
    Student.objects.filter(dorm=world.far).update(dorm=None)
    chase_vacancies(at=at + timedelta(days=1))
    assert Duty.objects.get(key=vacancy_key(world.far.pk, Role.DORM_HEAD)).settled_at == at + timedelta(days=1)


@pytest.mark.parametrize("more", [0, 30])
def test_chasing_takes_the_same_few_queries_for_any_number_of_rooms(
    world: World, at: datetime, more: int, django_assert_max_num_queries: object
) -> None:
    for n in range(more):
        room = factories.make_dorm(world.it1, f"3{n:02d}", at=at)
        factories.make_students(world.it1, 1, on=at.date(), dorm=room)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        chase_vacancies(at=at)
