"""The acceptance cases of booking that need no race."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest

from counseling.models import Booking, Session, Slot
from counseling.rules.kinds import BookingState, Channel, HoursUse, SessionKind
from counseling.services.booking import book_series
from counseling.services.changes import cancel_booking, move_booking
from counseling.services.closures import bookings_hit, close_days
from counseling.services.reminders import remind
from counseling.services.staff import WeeklyHours, extend_limit, set_rules
from counseling.services.upkeep import end_groundless, keep_moves
from kernel.models import Notice
from network.models import Duty, Student
from network.rules import Role
from network.rules.consents import Purpose
from network.services import appoint, withdraw_consent
from network.services.terms import plan_day
from tests.conftest import World
from tests.counseling.centers import (
    MONDAY,
    Center,
    alternatives_of,
    book,
    clients,
    code_of,
    days,
    moment,
    overlaps,
    refusal,
)

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def test_a_booking_takes_time_of_counselor_room_and_student(center: Center, student: Student, now: datetime) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 14), at=now)
    session = booking.session
    assert (session.starts_at, session.ends_at) == (moment(MONDAY, 14), moment(MONDAY, 14, 50))
    slots = list(Slot.objects.order_by("rank").values_list("owner", "ends_at"))
    assert slots == [
        (center.counselor.pk, moment(MONDAY, 15)),
        (center.rooms[0].pk, moment(MONDAY, 14, 50)),
        (student.pk, moment(MONDAY, 14, 50)),
    ]
    assert len(booking.code) == 4
    assert not Duty.objects.filter(owner=student.user).exists()


def test_times_off_the_grid_are_refused_and_the_pause_is_kept(
    center: Center, student: Student, others: list[Student], now: datetime
) -> None:
    book(student, center.counselor, moment(MONDAY, 14), at=now)
    for hour, minute, code in ((11, 7, "off-grid"), (14, 15, "taken"), (14, 50, "taken"), (13, 15, "taken")):
        start = moment(MONDAY, hour, minute)
        assert code_of(lambda start=start: book(others[0], center.counselor, start, at=now)) == code
    set_rules(school=center.school, grid_minutes=10, by=center.director, at=now)
    assert code_of(lambda: book(others[0], center.counselor, moment(MONDAY, 14, 50), at=now)) == "taken"
    assert code_of(lambda: book(others[0], center.counselor, moment(MONDAY, 15), at=now)) == "done"


def test_a_refusal_names_three_free_times_nearby(
    center: Center, student: Student, others: list[Student], now: datetime
) -> None:
    book(student, center.counselor, moment(MONDAY, 14), at=now)
    refused = refusal(lambda: book(others[0], center.counselor, moment(MONDAY, 14), at=now))
    assert refused is not None
    assert refused.code == "taken"
    assert [row.starts_at for row in refused.alternatives] == [  # type: ignore[attr-defined]
        moment(MONDAY, 12, 45),
        moment(MONDAY, 13),
        moment(MONDAY, 15),
    ]


def test_without_a_room_phone_and_online_are_left(
    center: Center, student: Student, others: list[Student], now: datetime
) -> None:
    second = center.add_counselor()
    book(student, center.counselor, moment(MONDAY, 14), at=now)
    refused = refusal(lambda: book(others[0], second, moment(MONDAY, 14), at=now))
    assert refused is not None
    assert refused.code == "no-room"
    assert "phone or online" in str(refused)
    assert alternatives_of(refused) == 3
    book(others[0], second, moment(MONDAY, 14), channel=Channel.ONLINE, at=now)
    assert Session.objects.get(channel="online").room is None


def test_the_same_request_twice_is_one_booking(center: Center, student: Student, now: datetime) -> None:
    key = uuid4()
    first = book(student, center.counselor, moment(MONDAY, 14), client_id=key, at=now)
    again = book(student, center.counselor, moment(MONDAY, 14), client_id=key, at=now + SECOND)
    assert first == again
    other = code_of(lambda: book(student, center.counselor, moment(MONDAY, 16), client_id=key, at=now))
    assert (other, Booking.objects.count()) == ("other-content", 1)


def test_nobody_is_at_two_counselors_at_once(center: Center, student: Student, now: datetime) -> None:
    second = center.add_counselor()
    center.add_rooms(1)
    book(student, center.counselor, moment(MONDAY, 14), at=now)
    assert code_of(lambda: book(student, second, moment(MONDAY, 14, 30), at=now)) == "own-time"


def test_the_notice_limit_is_the_servers(center: Center, student: Student) -> None:
    start = moment(MONDAY, 14)
    limit = start - timedelta(minutes=120)
    assert code_of(lambda: book(student, center.counselor, start, at=limit + SECOND)) == "notice"
    assert code_of(lambda: book(student, center.counselor, start, at=limit)) == "done"


@pytest.mark.parametrize(("late", "state"), [(timedelta(), BookingState.EXCUSED), (SECOND, BookingState.LATE)])
def test_cancelling_is_free_until_24_hours_before(
    center: Center, student: Student, now: datetime, late: timedelta, state: BookingState
) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 14), at=now)
    at = moment(MONDAY - days(1), 14) + late
    assert cancel_booking(booking=booking, by=student.user, at=at).state == state
    assert not Slot.objects.exists()


def test_the_center_cancels_and_it_never_counts(center: Center, student: Student, now: datetime) -> None:
    set_rules(school=center.school, term_limit=1, by=center.director, at=now)
    booking = book(student, center.counselor, moment(MONDAY, 14), at=now)
    cancel_booking(booking=booking, by=center.counselor.user, at=now)
    booking.refresh_from_db()
    assert booking.state == BookingState.CANCELLED
    assert code_of(lambda: book(student, center.counselor, moment(MONDAY, 14), at=now)) == "done"


def test_the_ninth_of_eight_needs_an_extension(center: Center, student: Student, now: datetime) -> None:
    book(student, center.counselor, moment(MONDAY, 9), kind=SessionKind.FIRST_TALK, at=now)
    for n in range(8):
        book(student, center.counselor, moment(MONDAY + days(n % 4), 10 + n // 4 * 2), at=now)

    def ninth() -> Booking:
        return book(student, center.counselor, moment(MONDAY + days(4), 10), at=now)

    assert code_of(ninth) == "limit"
    assert code_of(lambda: extend_limit(student=student, sessions=4, reason="x", by=student.user, at=now)) == (
        "may-not-extend"
    )
    assert code_of(lambda: extend_limit(student=student, sessions=4, reason=" ", by=center.director, at=now)) == (
        "no-reason"
    )
    extend_limit(student=student, sessions=4, reason="复诊需要", by=center.director, at=now)
    assert code_of(ninth) == "done"


def test_a_series_over_a_holiday_and_a_taken_week_lists_both(
    center: Center, student: Student, others: list[Student], world: World
) -> None:
    at = moment(date(2026, 9, 14), 9)
    start = moment(date(2026, 9, 17), 14)
    book(others[0], center.counselor, start + days(21 + 7), at=moment(date(2026, 10, 1), 9))
    key = uuid4()

    def series() -> tuple[list[datetime], list[tuple[datetime, str]]]:
        result = book_series(
            student=student,
            counselor=center.counselor,
            starts_at=start,
            weeks=8,
            client_id=key,
            by=student.user,
            at=at,
        )
        assert all(len(refused.alternatives) == 3 for _moment, refused in result.refused)
        booked = [booking.session.starts_at for booking in result.booked]
        return booked, [(day, refused.code) for day, refused in result.refused]

    booked, refused = series()
    assert refused == [(start + days(14), "closed"), (start + days(28), "taken")]
    assert len(booked) == 6
    assert series() == (booked, refused)
    assert Session.objects.filter(series=key).count() == 6


def test_a_day_off_cancels_nothing_and_owes_each_move_before_it_begins(
    center: Center, student: Student, others: list[Student], now: datetime
) -> None:
    people = [student, *others[:2]]
    bookings = [book(person, center.counselor, moment(MONDAY, 9 + 2 * n), at=now) for n, person in enumerate(people)]
    span = {"starts_at": moment(MONDAY, 0), "ends_at": moment(MONDAY + days(1), 0)}
    asked = {"school": center.school, "counselor": center.counselor, **span}
    assert bookings_hit(room=None, at=now, **asked) == bookings
    _closure, hit = close_days(reason="培训", by=center.counselor.user, at=now, **asked)
    assert hit == bookings
    assert Booking.objects.booked().count() == 3
    duties = list(Duty.objects.filter(kind="counseling.move").order_by("due_at"))
    assert [duty.owner for duty in duties] == [center.counselor.user] * 3
    assert {duty.unit for duty in duties} == {center.school}
    assert all(duty.due_at < booking.session.starts_at for duty, booking in zip(duties, bookings, strict=True))
    assert not any(person.name in str(duty.params) + duty.text() for duty in duties for person in people)
    assert code_of(lambda: book(others[2], center.counselor, moment(MONDAY, 15), at=now)) == "closed"
    move_booking(booking=bookings[0], starts_at=moment(MONDAY + days(1), 9), by=student.user, at=now)
    assert Duty.objects.filter(kind="counseling.move").count() == 2


def test_a_shifted_saturday_is_closed_until_the_school_says_as_which_day_it_runs(
    center: Center, student: Student, world: World
) -> None:
    at = moment(date(2026, 9, 28), 9)
    holiday, saturday = date(2026, 10, 1), date(2026, 10, 10)
    assert code_of(lambda: book(student, center.counselor, moment(holiday, 10), at=at)) == "closed"
    assert code_of(lambda: book(student, center.counselor, moment(saturday, 10), at=at)) == "closed"
    plan_day(school=center.school, day=saturday, weekday=4, by=center.director, at=at)
    assert code_of(lambda: book(student, center.counselor, moment(saturday, 10), at=at)) == "done"


def test_a_day_that_is_closed_later_owes_the_moves(center: Center, student: Student, now: datetime) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 14), at=now)
    assert keep_moves(at=now) == 0
    plan_day(school=center.school, day=MONDAY, weekday=None, by=center.director, at=now)
    assert keep_moves(at=now) == 1
    assert Duty.objects.get(kind="counseling.move").key.endswith(str(booking.pk))
    plan_day(school=center.school, day=MONDAY, weekday=1, by=center.director, at=now)
    assert keep_moves(at=now) == 0
    assert not Duty.objects.filter(kind="counseling.move").exists()
    booking.refresh_from_db()
    assert booking.state == BookingState.BOOKED


def test_somebody_tied_to_the_student_is_refused_and_later_owes_a_move(
    center: Center, student: Student, now: datetime, world: World
) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 14), at=now)
    appoint(holder=center.counselor.user, unit=world.it2, role=Role.CLASS_ADVISER, by=None, at=now)
    assert code_of(lambda: book(student, center.counselor, moment(MONDAY, 16), at=now)) == "dual-relation"
    assert keep_moves(at=now) == 1
    assert Duty.objects.filter(key=f"counseling:move:{booking.pk}").exists()


def test_nobody_books_for_others_without_consent_or_away_from_school(
    center: Center, student: Student, others: list[Student], now: datetime, world: World
) -> None:
    start = moment(MONDAY, 14)
    assert code_of(lambda: book(student, center.counselor, start, by=others[0].user, at=now)) == "not-yours"
    fudaoyuan = world.holder(Role.FUDAOYUAN, world.it2)
    assert code_of(lambda: book(student, center.counselor, start, by=fudaoyuan, at=now)) == "not-yours"
    silent = world.students["away"][0]
    assert code_of(lambda: book(silent, center.counselor, start, at=now)) == "consent"
    Student.objects.filter(pk=student.pk).update(enrollment_status="on_leave")
    assert code_of(lambda: book(student, center.counselor, start, at=now)) == "not-present"


def test_a_credential_that_ends_stops_bookings(center: Center, student: Student, now: datetime) -> None:
    credential = center.counselor.credentials.get()
    credential.ends_on = MONDAY
    credential.save()
    assert code_of(lambda: book(student, center.counselor, moment(MONDAY + days(1), 9), at=now)) == "not-bookable"
    assert code_of(lambda: book(student, center.counselor, moment(MONDAY, 9), at=now)) == "done"


def test_a_move_that_fails_changes_nothing_and_one_that_works_counts_the_version(
    center: Center, student: Student, others: list[Student], now: datetime
) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 14), at=now)
    book(others[0], center.counselor, moment(MONDAY, 16), at=now)
    before = set(Slot.objects.values_list("owner", "starts_at", "ends_at"))
    assert code_of(lambda: move_booking(booking=booking, starts_at=moment(MONDAY, 16), by=student.user, at=now)) == (
        "taken"
    )
    assert set(Slot.objects.values_list("owner", "starts_at", "ends_at")) == before
    move_booking(booking=booking, starts_at=moment(MONDAY, 14, 15), by=student.user, at=now)
    session = Session.objects.get(pk=booking.session_id)
    assert (session.starts_at, session.version) == (moment(MONDAY, 14, 15), 1)
    move_booking(booking=booking, starts_at=moment(MONDAY, 14, 15), by=student.user, at=now)
    assert Session.objects.get(pk=booking.session_id).version == 1
    assert overlaps() == []


def test_urgent_hours_open_that_morning_for_all(center: Center, student: Student, now: datetime) -> None:
    hours = [WeeklyHours(1, time(14), time(16), date(2026, 9, 1), use=HoursUse.URGENT)]
    urgent = center.add_counselor(hours=hours)
    start = moment(MONDAY, 14)
    for at, code in ((now, "not-yet"), (moment(MONDAY, 7, 59), "not-yet"), (moment(MONDAY, 13, 50), "done")):
        assert code_of(lambda at=at: book(student, urgent, start, at=at)) == code


def test_one_reminder_goes_out_none_after_cancelling_and_a_new_one_after_a_move(
    center: Center, student: Student, now: datetime
) -> None:
    def reminders() -> int:
        return Notice.objects.filter(recipient=student.user, title__startswith="Your time is on").count()

    booking = book(student, center.counselor, moment(MONDAY, 14), at=now)
    eve = moment(MONDAY - days(1), 15)
    for _ in range(2):
        remind(at=eve)
    assert reminders() == 1
    move_booking(booking=booking, starts_at=moment(MONDAY, 16), by=student.user, at=eve)
    remind(at=eve + HOUR + SECOND)
    assert reminders() == 2
    cancel_booking(booking=booking, by=student.user, at=eve + HOUR)
    book(student, center.counselor, moment(MONDAY + days(3), 9), at=eve)
    remind(at=eve + 2 * HOUR)
    assert reminders() == 2


@pytest.mark.parametrize("way", ["consent", "leaves"])
def test_without_consent_or_after_leaving_bookings_to_come_end(
    center: Center, student: Student, others: list[Student], now: datetime, way: str
) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 14), at=now)
    stays = book(others[0], center.counselor, moment(MONDAY, 16), at=now)
    if way == "consent":
        withdraw_consent(student=student, purpose=Purpose.COUNSELING, by=student.user, at=now)
    else:
        Student.objects.filter(pk=student.pk).update(enrollment_status="withdrawn")
    assert end_groundless(at=now) == 1
    booking.refresh_from_db()
    stays.refresh_from_db()
    assert (booking.state, stays.state) == (BookingState.EXCUSED, BookingState.BOOKED)
    assert Slot.objects.filter(session=booking.session).count() == 0


def test_a_week_is_full_at_the_cap(center: Center, world: World, now: datetime) -> None:
    capped = center.add_counselor(weekly_cap=2)
    first, second, third = clients(center, world.it2, 3)
    book(first, capped, moment(MONDAY, 9), at=now)
    book(second, capped, moment(MONDAY, 11), at=now)
    assert code_of(lambda: book(third, capped, moment(MONDAY + days(4), 9), at=now)) == "full-week"
    assert code_of(lambda: book(third, capped, moment(MONDAY + days(7), 9), at=now)) == "done"
