"""Counselors, credentials, hours, rooms, outcomes and intakes."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from counseling.models import Booking, Credential, DayMinutes, Hours, Intake, Session
from counseling.rules.kinds import BookingState, Channel, CredentialKind, SessionKind, SessionState, Triage, Weeks
from counseling.services.free_times import free_times_of
from counseling.services.intakes import answers_of, save_intake_field, submit_intake
from counseling.services.outcomes import record_arrival, record_attendance
from counseling.services.staff import (
    WeeklyHours,
    add_hours,
    change_counselor,
    check_credential,
    end_hours,
    register_counselor,
    register_credential,
    save_room,
)
from counseling.services.upkeep import freeze_minutes
from crisis.models import Alarm, Referral
from crisis.services.care.counseling import give_counseling, hand_to_counseling
from kernel.models import AuditEvent
from network.models import Student
from network.rules import Role
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, book, code_of, days, moment

HOUR = timedelta(hours=1)
START = moment(MONDAY, 14)
NINE_TO_TEN = WeeklyHours(6, time(9), time(10), date(2026, 9, 1))


def test_only_holders_of_a_counselors_post_are_registered(center: Center, world: World, now: datetime) -> None:
    adviser = world.holder(Role.CLASS_ADVISER)
    asked: dict[str, Any] = {"school": center.school, "at": now}
    assert code_of(lambda: register_counselor(user=adviser, by=center.director, **asked)) == "no-post"
    part = world.holder(Role.PART_TIME_COUNSELOR)
    assert code_of(lambda: register_counselor(user=part, by=part, **asked)) == "not-yours"
    assert code_of(lambda: register_counselor(user=part, by=center.director, topics=["x"], **asked)) == (
        "unknown-choice"
    )
    counselor = register_counselor(user=part, by=center.director, topics=["sleep"], **asked)
    change_counselor(counselor=counselor, takes_new=False, by=part, at=now)
    counselor.refresh_from_db()
    assert (counselor.topics, counselor.takes_new) == (["sleep"], False)


def test_nobody_checks_their_own_credential(center: Center, now: datetime) -> None:
    user = center.counselor.user
    wanted: dict[str, Any] = {"counselor": center.counselor, "kind": CredentialKind.COUNSELOR, "by": user, "at": now}
    credential = register_credential(starts_on=date(2026, 1, 1), number="12345", **wanted)
    assert code_of(lambda: check_credential(credential=credential, by=user, at=now)) == "may-not-check"
    assert not Credential.objects.checked().filter(pk=credential.pk).exists()
    check_credential(credential=credential, by=center.director, at=now)
    assert Credential.objects.checked().filter(pk=credential.pk).exists()
    reversed_days = {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}
    assert code_of(lambda: register_credential(**reversed_days, **wanted)) == "reversed"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (WeeklyHours(1, time(16), time(18), date(2026, 9, 1)), "overlap"),
        (WeeklyHours(1, time(17), time(19), date(2026, 9, 1)), "done"),
        (WeeklyHours(1, time(19), time(18), date(2026, 9, 1)), "reversed"),
        (WeeklyHours(1, time(22), time(0), date(2026, 9, 1)), "reversed"),
        (WeeklyHours(1, time(16), time(18), date(2026, 1, 1), valid_until=date(2026, 8, 31)), "done"),
    ],
)
def test_hours_do_not_overlap(center: Center, now: datetime, line: WeeklyHours, code: str) -> None:
    assert code_of(lambda: add_hours(counselor=center.counselor, lines=[line], by=center.director, at=now)) == code


def test_odd_and_even_weeks_may_share_an_hour(center: Center, now: datetime) -> None:
    lines = [WeeklyHours(6, time(9), time(10), date(2026, 9, 1), weeks=weeks) for weeks in (Weeks.ODD, Weeks.EVEN)]
    asked: dict[str, Any] = {"counselor": center.counselor, "by": center.counselor.user, "at": now}
    add_hours(lines=lines, **asked)
    assert code_of(lambda: add_hours(lines=[NINE_TO_TEN], **asked)) == "overlap"


def test_hours_that_end_offer_nothing_later(center: Center, student: Student, now: datetime) -> None:
    for hours in Hours.objects.filter(counselor=center.counselor):
        end_hours(hours=hours, last_day=MONDAY, by=center.counselor.user, at=now)
    assert code_of(lambda: book(student, center.counselor, START + days(1), at=now)) == "no-hours"
    assert code_of(lambda: book(student, center.counselor, START, at=now)) == "done"


def test_a_room_name_is_there_once_a_campus(center: Center, now: datetime) -> None:
    asked: dict[str, Any] = {"school": center.school, "by": center.director, "at": now}
    assert code_of(lambda: save_room(name="咨询室 1", **asked)) == "name-taken"
    assert code_of(lambda: save_room(name="咨询室 1", campus="东校区", **asked)) == "done"
    assert code_of(lambda: save_room(name="咨询室 1", room=center.rooms[0], capacity=3, **asked)) == "done"


def test_reading_free_times_asks_six_queries_whatever_the_past_holds(
    center: Center,
    student: Student,
    others: list[Student],
    now: datetime,
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(5):
        center.add_counselor()
    for n in range(4):
        book(others[n % 3], center.counselors[n], START + days(n), at=now)
    with django_assert_max_num_queries(6):
        _center, found = free_times_of(
            school_id=center.school.pk,
            kind=SessionKind.INDIVIDUAL,
            channel=Channel.IN_PERSON,
            first=now.date(),
            last=now.date() + days(28),
            student=student,
            at=now,
        )
    assert len(found) > 1000


def test_the_outcome_is_recorded_after_the_start_by_the_counselor(
    center: Center, student: Student, world: World, now: datetime
) -> None:
    booking = book(student, center.counselor, START, at=now)
    counselor = center.counselor.user

    def record(by: Any, at: datetime, outcome: BookingState = BookingState.ATTENDED) -> Any:
        return record_attendance(booking=booking, outcome=outcome, by=by, at=at)

    record_arrival(booking=booking, by=counselor, at=START - HOUR)
    assert code_of(lambda: record(counselor, START - HOUR)) == "not-begun"
    assert code_of(lambda: record(student.user, START + HOUR)) == "not-yours"
    assert code_of(lambda: record(world.holder(Role.FULL_TIME_COUNSELOR), START + HOUR)) == "not-yours"
    record(counselor, START + HOUR)
    record(counselor, START + HOUR)
    assert Session.objects.get().state == SessionState.HELD
    record(counselor, START + 2 * HOUR, BookingState.NO_SHOW)
    assert Booking.objects.get().state == BookingState.NO_SHOW
    assert AuditEvent.objects.filter(action="booking.record").count() == 2
    with pytest.raises(ValueError, match="not an outcome"):
        record(counselor, START + HOUR, BookingState.LATE)


def test_the_first_session_ends_the_referral(center: Center, student: Student, world: World, now: datetime) -> None:
    full = world.holder(Role.FULL_TIME_COUNSELOR)
    referral = hand_to_counseling(student=student, reason="想谈谈", by=full, at=now)
    give_counseling(referral=referral, counselor=center.counselor.user, by=center.director, at=now)
    booking = book(student, center.counselor, START, at=now)
    record_attendance(booking=booking, outcome=BookingState.ATTENDED, by=center.counselor.user, at=START + HOUR)
    referral.refresh_from_db()
    assert referral.state == Referral.State.DONE


def test_answers_are_saved_one_by_one_and_a_version_stays(student: Student, center: Center, now: datetime) -> None:
    mine: dict[str, Any] = {"student": student, "by": student.user, "at": now}
    save_intake_field(field="reason", text="睡不着", **mine)
    save_intake_field(field="since", text="开学", **mine)
    assert code_of(lambda: save_intake_field(field="shoe", text="43", **mine)) == "unknown-field"
    assert code_of(lambda: save_intake_field(field="reason", text="x" * 2001, **mine)) == "too-long"
    other = center.counselor.user
    assert code_of(lambda: save_intake_field(student=student, field="reason", text="x", by=other, at=now)) == (
        "not-yours"
    )
    first = submit_intake(**mine)
    assert (first.version, answers_of(first)) == (1, {"reason": "睡不着", "since": "开学"})
    second = submit_intake(answers={"reason": "好多了"}, **mine)
    first.refresh_from_db()
    assert (second.version, answers_of(first)["reason"]) == (2, "睡不着")
    assert not Alarm.objects.exists()


def test_risk_raises_one_alarm_that_stays_at_the_center(
    student: Student, center: Center, world: World, now: datetime
) -> None:
    answers = {"plan": "yes", "reason": "独一无二的话"}
    for _ in range(2):
        intake = submit_intake(student=student, answers=answers, by=student.user, at=now)
    assert intake.triage == Triage.TODAY
    alarm = Alarm.objects.get()
    assert alarm.source == Alarm.Source.COUNSELING
    assert "独一无二" not in alarm.evidence
    for role in (Role.FUDAOYUAN, Role.COLLEGE_COORDINATOR, Role.DEPUTY_SECRETARY):
        person = world.people.get((role, world.it2.pk)) or world.people[role, world.it.pk]
        assert not person.notices.exists()
    assert world.holder(Role.FULL_TIME_COUNSELOR).notices.filter(urgent=True).exists()


def test_others_than_the_counselor_read_no_intake(
    student: Student, center: Center, world: World, now: datetime
) -> None:
    submit_intake(student=student, answers={"reason": "x"}, by=student.user, at=now)
    second = center.add_counselor()
    book(student, center.counselor, START, at=now)
    assert Intake.objects.visible_to(center.counselor.user).count() == 1
    assert Intake.objects.for_user(student.user).count() == 1
    for person in (second.user, center.director, world.holder(Role.FUDAOYUAN, world.it2)):
        assert not Intake.objects.visible_to(person).exists()


def test_minutes_of_a_past_day_are_frozen_once(center: Center, student: Student, now: datetime) -> None:
    booking = book(student, center.counselor, START, at=now)
    record_attendance(booking=booking, outcome=BookingState.ATTENDED, by=center.counselor.user, at=START + HOUR)
    morning = moment(MONDAY + days(1), 0, 25)
    assert freeze_minutes(at=morning) == 1
    row = DayMinutes.objects.get()
    assert (row.offered, row.held) == (480, 50)
    for hours in Hours.objects.all():
        end_hours(hours=hours, last_day=date(2026, 9, 2), by=center.director, at=morning)
    assert freeze_minutes(at=morning) == 0
    row.refresh_from_db()
    assert row.offered == 480


def test_what_students_do_has_no_name_in_the_log(center: Center, student: Student, now: datetime) -> None:
    before = AuditEvent.objects.count()
    book(student, center.counselor, START, at=now)
    events = list(AuditEvent.objects.order_by("pk"))[before:]
    assert [event.action for event in events] == ["booking.make"]
    told = str([vars(event) for event in events])
    assert student.number not in told
    assert str(student.pk) not in told
    assert student.name not in told
