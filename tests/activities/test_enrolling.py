"""Places, the queue and the draw: the cases that the design names, by their numbers."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from activities.models import Enrolment
from activities.rules.activities import Admission
from activities.rules.draws import commitment, order
from activities.services import (
    accept_offer,
    cancel_activity,
    cancel_enrolment,
    choose_participants,
    draw_places,
    edit_activity,
    enroll,
    lapse_offers,
    verify_draw,
)
from kernel.errors import Refused
from kernel.models import Notice
from network.models import Student
from network.rules import EnrollmentStatus, Role
from network.services import move_student
from tests.activities import acts
from tests.conftest import World


@pytest.fixture(autouse=True)
def today(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def test_case_1_fifty_enroll_for_thirty_places(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=30)
    students = acts.crowd(world, 50)
    acts.enrolled(activity, students, at)
    assert acts.states(activity) == {"in": 30, "waiting": 20}
    assert acts.queue(activity) == [student.number for student in students[30:]]


def test_case_2_who_waits_first_moves_up_with_the_cancellation(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=2)
    rows = acts.enrolled(activity, acts.crowd(world, 5), at)
    three_days_before = activity.starts_at - timedelta(days=3)
    cancel_enrolment(enrolment=rows[0], by=rows[0].student.user, at=three_days_before)
    rows[2].refresh_from_db()
    assert rows[2].state == "in"
    assert acts.queue(activity) == [row.student.number for row in rows[3:]]
    assert Notice.objects.filter(recipient=rows[2].student.user, kind="enrolment.moved_up").count() == 1


def test_case_3_who_cancelled_and_comes_back_is_last(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=1)
    rows = acts.enrolled(activity, acts.crowd(world, 4), at)
    cancel_enrolment(enrolment=rows[0], by=rows[0].student.user, at=at)
    again = enroll(activity=activity, by=rows[0].student.user, at=at)
    assert again.pk == rows[0].pk
    assert acts.queue(activity)[-1] == rows[0].student.number


@pytest.mark.parametrize(("minutes", "seconds", "state"), [(29, 59, "in"), (30, 0, "in"), (30, 1, "lapsed")])
def test_case_4_an_offer_is_taken_within_half_an_hour(
    world: World, at: datetime, minutes: int, seconds: int, state: str
) -> None:
    activity = acts.published(world, at, capacity=1)
    first, second, third = acts.enrolled(activity, acts.crowd(world, 3), at)
    late = activity.starts_at - timedelta(hours=5)
    cancel_enrolment(enrolment=first, by=first.student.user, at=late)
    second.refresh_from_db()
    assert second.state == "offered"
    moment = late + timedelta(minutes=minutes, seconds=seconds)
    if state == "in":
        accept_offer(enrolment=second, by=second.student.user, at=moment)
    else:
        with pytest.raises(Refused, match="half hour"):
            accept_offer(enrolment=second, by=second.student.user, at=moment)
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.state, third.state) == (state, "waiting" if state == "in" else "offered")


def test_an_offer_that_nobody_takes_goes_on_by_itself(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=1)
    first, second, third = acts.enrolled(activity, acts.crowd(world, 3), at)
    late = activity.starts_at - timedelta(hours=5)
    cancel_enrolment(enrolment=first, by=first.student.user, at=late)
    assert lapse_offers(activity=activity, at=late + timedelta(minutes=31)) == 1
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.state, third.state) == ("lapsed", "offered")


def test_in_the_last_hour_nobody_is_asked_any_more(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=1)
    first, second = acts.enrolled(activity, acts.crowd(world, 2), at)
    cancel_enrolment(enrolment=first, by=first.student.user, at=activity.starts_at - timedelta(minutes=59))
    second.refresh_from_db()
    assert second.state == "waiting"


def test_case_5_more_places_let_the_first_five_in(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=30)
    rows = acts.enrolled(activity, acts.crowd(world, 40), at)
    plan = acts.plan_for(world, at, capacity=35)
    edit_activity(activity=activity, plan=plan, by=acts.organizer(world), at=at)
    assert acts.states(activity) == {"in": 35, "waiting": 5}
    assert acts.queue(activity) == [row.student.number for row in rows[35:]]


def test_case_6_fewer_places_put_nobody_out(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=5)
    rows = acts.enrolled(activity, acts.crowd(world, 7), at)
    edit_activity(activity=activity, plan=acts.plan_for(world, at, capacity=3), by=acts.organizer(world), at=at)
    assert acts.states(activity) == {"in": 5, "waiting": 2}
    for row in rows[:2]:
        cancel_enrolment(enrolment=row, by=row.student.user, at=at)
    assert acts.states(activity) == {"in": 3, "waiting": 2, "cancelled": 2}
    cancel_enrolment(enrolment=rows[2], by=rows[2].student.user, at=at)
    assert acts.states(activity) == {"in": 3, "waiting": 1, "cancelled": 3}


def go_on_leave(student: Student, at: datetime) -> None:
    move_student(
        student=student,
        school_class=student.school_class,
        dorm=None,
        enrollment_status=EnrollmentStatus.ON_LEAVE,
        by=None,
        at=at,
    )


def test_case_7_who_is_on_leave_is_passed_over_and_told(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=1)
    rows = acts.enrolled(activity, acts.crowd(world, 3), at)
    go_on_leave(rows[1].student, at)
    cancel_enrolment(enrolment=rows[0], by=rows[0].student.user, at=at)
    assert [Enrolment.objects.get(pk=row.pk).state for row in rows] == ["cancelled", "waiting", "in"]
    assert Notice.objects.filter(recipient=rows[1].student.user, kind="enrolment.skipped").count() == 1


def test_case_8_a_draw_is_computed_again_from_its_seed(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=10, admission=Admission.DRAW)
    published_hash = activity.seed_hash
    rows = acts.enrolled(activity, acts.crowd(world, 100), at)
    assert acts.states(activity) == {"waiting": 100}
    with pytest.raises(Refused, match="once enrolment has closed"):
        draw_places(activity=activity, by=acts.organizer(world), at=activity.enrol_until)
    late = activity.enrol_until + timedelta(seconds=1)
    with pytest.raises(Refused, match="closed"):
        enroll(activity=activity, by=acts.crowd(world, 1)[0].user, at=late)
    drawn = draw_places(activity=activity, by=acts.organizer(world), at=late)
    assert commitment(drawn.revealed_seed) == published_hash
    expected = order(drawn.revealed_seed, [str(row.pk) for row in rows])
    inside = Enrolment.objects.filter(activity=activity, state="in")
    assert {str(row.pk) for row in inside} == set(expected[:10])
    assert [str(row.pk) for row in Enrolment.objects.waiting().filter(activity=activity)] == expected[10:]
    assert verify_draw(drawn).matches
    with pytest.raises(Refused, match="result stands"):
        draw_places(activity=activity, by=acts.organizer(world), at=late)


def test_a_draw_that_was_tampered_with_is_found(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=2, admission=Admission.DRAW)
    acts.enrolled(activity, acts.crowd(world, 6), at)
    drawn = draw_places(activity=activity, by=acts.organizer(world), at=activity.enrol_until + timedelta(seconds=1))
    first, last = Enrolment.objects.get(draw_rank=1), Enrolment.objects.get(draw_rank=6)
    Enrolment.objects.filter(pk=first.pk).update(draw_rank=6)
    Enrolment.objects.filter(pk=last.pk).update(draw_rank=1)
    assert not verify_draw(drawn).matches


def test_the_organizer_chooses_no_more_than_there_are_places(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=2, admission=Admission.CHOICE)
    rows = acts.enrolled(activity, acts.crowd(world, 4), at)
    by = acts.organizer(world)
    with pytest.raises(Refused, match="Only 2"):
        choose_participants(activity=activity, chosen=[row.pk for row in rows[:3]], by=by, at=at)
    assert choose_participants(activity=activity, chosen=[row.pk for row in rows[1:3]], by=by, at=at) == 2
    assert acts.states(activity) == {"in": 2, "waiting": 2}


def test_enrolling_twice_takes_one_place(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=2)
    [student] = acts.crowd(world, 1)
    assert enroll(activity=activity, by=student.user, at=at) == enroll(activity=activity, by=student.user, at=at)
    assert acts.states(activity) == {"in": 1}


@pytest.mark.parametrize(
    ("changes", "offset", "words"),
    [
        ({"enrol_from_days": 1}, 0, "not open yet"),
        ({}, 8, "closed"),
        ({"grade": 2020}, 0, "not meant for"),
    ],
)
def test_a_refusal_says_what_to_do(
    world: World, at: datetime, changes: dict[str, int], offset: int, words: str
) -> None:
    values: dict[str, object] = {key: value for key, value in changes.items() if key != "enrol_from_days"}
    if "enrol_from_days" in changes:
        values["enrol_from"] = at + timedelta(days=1)
    activity = acts.published(world, at, **values)
    [student] = acts.crowd(world, 1)
    with pytest.raises(Refused, match=words):
        enroll(activity=activity, by=student.user, at=at + timedelta(days=offset))


def test_staff_do_not_enroll(world: World, at: datetime) -> None:
    activity = acts.published(world, at)
    with pytest.raises(Refused, match="Students enroll"):
        enroll(activity=activity, by=world.holder(Role.FUDAOYUAN), at=at)


def test_nobody_gives_up_the_place_of_somebody_else(world: World, at: datetime) -> None:
    activity = acts.published(world, at)
    [row, other] = acts.enrolled(activity, acts.crowd(world, 2), at)
    with pytest.raises(Refused, match="Only the person"):
        cancel_enrolment(enrolment=row, by=other.student.user, at=at)


def test_whoever_enrolled_is_told_that_it_does_not_take_place(world: World, at: datetime) -> None:
    activity = acts.published(world, at, capacity=1)
    rows = acts.enrolled(activity, acts.crowd(world, 2), at)
    cancel_activity(activity=activity, reason="主讲人生病", by=acts.organizer(world), at=at)
    told = Notice.objects.filter(kind="activity.cancelled").values_list("recipient", flat=True)
    assert set(told) == {row.student.user_id for row in rows}
