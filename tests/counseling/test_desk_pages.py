"""The desk of a counselor: week, day, one session, hours, days off, duty; and the director's pages."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from counseling.models import Booking, Call, Closure, Counselor, Credential, Extension, Hours, Room, WaitingEntry
from counseling.rules.kinds import BookingState, Triage
from counseling.services.urgent import ask_for_today
from kernel.models import AuditEvent
from network.models import Duty, Student, User
from network.rules import Role
from tests import factories
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, book, moment

AFTERWARDS = moment(MONDAY, 9) + timedelta(minutes=55)


@pytest.fixture
def desk(client: Client, center: Center, november: datetime) -> Client:
    client.force_login(center.counselor.user)
    return client


@pytest.fixture
def office(client: Client, center: Center, november: datetime) -> Client:
    client.force_login(center.director)
    return client


@pytest.fixture
def booking(center: Center, student: Student, november: datetime) -> Booking:
    return book(student, center.counselor, moment(MONDAY, 9), at=november)


def test_the_week_shows_codes_and_names_on_demand_for_five_minutes(
    desk: Client, booking: Booking, student: Student
) -> None:
    week = reverse("counseling:desk-week")
    page = desk.get(week, {"from": str(MONDAY)})
    assert booking.code in page.content.decode()
    assert student.name not in page.content.decode()
    assert "Refresh" not in page.headers
    looks = AuditEvent.objects.filter(action="appointment.read").count()
    named = desk.get(week, {"from": str(MONDAY), "names": "1"})
    assert student.name in named.content.decode()
    assert named["Refresh"].startswith("300; url=")
    assert AuditEvent.objects.filter(action="appointment.read").count() == looks + 1
    assert student.number not in str(list(AuditEvent.objects.filter(action="appointment.read").values()))


def test_another_counselor_sees_nothing_of_it(center: Center, booking: Booking, november: datetime) -> None:
    other = center.add_counselor()
    browser = Client()
    browser.force_login(other.user)
    page = browser.get(reverse("counseling:desk-week"), {"from": str(MONDAY)})
    assert booking.code not in page.content.decode()
    assert browser.get(reverse("counseling:session-detail", args=[booking.session_id])).status_code == 404


def test_a_session_without_outcome_stands_as_a_list_until_it_is_noted(center: Center, booking: Booking) -> None:
    browser = Client()
    with time_machine.travel(AFTERWARDS, tick=False):
        browser.force_login(center.counselor.user)
        page = browser.get(reverse("counseling:desk-today"))
        assert page.context["cards"][0].can_record
        record = reverse("counseling:session-record", args=[booking.session_id])
        assert browser.post(record, {}).status_code == 422
        form = browser.get(reverse("counseling:session-detail", args=[booking.session_id])).context["form"]
        key, _word = form.fields["next_time"].choices[1]
        browser.post(record, {"outcome": "attended", "next_time": key})
    booking.refresh_from_db()
    assert booking.state == BookingState.ATTENDED
    following = Booking.objects.booked().select_related("session").get()
    assert following.session.starts_at == moment(MONDAY, 9) + timedelta(days=7)


def test_arriving_before_the_session(center: Center, booking: Booking) -> None:
    browser = Client()
    with time_machine.travel(moment(MONDAY, 8, 50), tick=False):
        browser.force_login(center.counselor.user)
        assert booking.code in browser.get(reverse("counseling:desk-screen")).content.decode()
        browser.post(reverse("counseling:session-arrive", args=[booking.session_id]))
    booking.refresh_from_db()
    assert booking.arrived_at == moment(MONDAY, 8, 50)


def test_the_screen_of_the_waiting_room_names_nobody(center: Center, booking: Booking, student: Student) -> None:
    browser = Client()
    with time_machine.travel(moment(MONDAY, 8, 50), tick=False):
        browser.force_login(center.counselor.user)
        page = browser.get(reverse("counseling:desk-screen")).content.decode()
    assert student.name not in page
    assert student.number not in page


def test_the_center_cancels_and_the_student_loses_nothing(desk: Client, booking: Booking) -> None:
    desk.post(reverse("counseling:session-cancel", args=[booking.session_id]), {"reason": "会议"})
    booking.refresh_from_db()
    assert booking.state == BookingState.CANCELLED


def test_hours_over_midnight_reversed_or_overlapping_are_refused_and_kept(desk: Client) -> None:
    address, before = reverse("counseling:hours-add"), Hours.objects.count()
    line = {"weekday": "1", "use": "regular", "weeks": "all", "valid_from": "2026-11-10"}
    for starts, ends in (("22:00", "01:00"), ("10:00", "10:00"), ("09:30", "10:30")):
        answer = desk.post(address, line | {"starts": starts, "ends": ends})
        assert answer.status_code == 422
        assert starts in answer.content.decode()
    assert Hours.objects.count() == before
    desk.post(address, line | {"weekday": "6", "starts": "09:00", "ends": "11:00", "weeks": "odd"})
    assert Hours.objects.count() == before + 1


def test_a_day_off_shows_what_must_move_before_it_is_saved(desk: Client, booking: Booking) -> None:
    address = reverse("counseling:closure-plan")
    span = {"starts_at": f"{MONDAY}T00:00", "ends_at": f"{MONDAY}T23:00", "reason": "家里有事"}
    shown = desk.post(address, span)
    assert booking.code in shown.content.decode()
    assert not Closure.objects.exists()
    desk.post(address, span | {"confirmed": shown.context["confirmed"]})
    assert Closure.objects.get().counselor_id == booking.session.counselor_id
    assert Duty.objects.unsettled().filter(kind="counseling.move").count() == 1
    booking.refresh_from_db()
    assert booking.state == BookingState.BOOKED


def test_what_was_confirmed_is_what_was_on_the_screen(
    desk: Client, center: Center, others: list[Student], booking: Booking, november: datetime
) -> None:
    address = reverse("counseling:closure-plan")
    span = {"starts_at": f"{MONDAY}T00:00", "ends_at": f"{MONDAY}T23:00"}
    seen = desk.post(address, span).context["confirmed"]
    book(others[0], center.counselor, moment(MONDAY, 14), at=november)
    again = desk.post(address, span | {"confirmed": seen})
    assert again.status_code == 200
    assert not Closure.objects.exists()


def test_profile_and_credentials(desk: Client, center: Center) -> None:
    form = {"intro": "十一年", "topics": ["sleep"], "length": "45", "pause": "15", "weekly_cap": "12"}
    desk.post(reverse("counseling:profile-edit"), form)
    counselor = Counselor.objects.get(pk=center.counselor.pk)
    assert (counselor.length, counselor.topics, counselor.takes_new) == (45, ["sleep"], False)
    late = {"kind": "counselor", "starts_on": "2026-01-01", "ends_on": "2025-01-01"}
    assert desk.post(reverse("counseling:credential-add"), late).status_code == 422
    desk.post(reverse("counseling:credential-add"), late | {"ends_on": "2030-01-01"})
    credential = Credential.objects.get(checked_at=None)
    assert desk.post(reverse("counseling:credential-check", args=[credential.pk])).status_code == 404


def test_the_director_checks_a_credential(office: Client, center: Center, desk: Client) -> None:
    desk.force_login(center.counselor.user)
    desk.post(reverse("counseling:credential-add"), {"kind": "counselor", "starts_on": "2026-01-01"})
    credential = Credential.objects.get(checked_at=None)
    browser = Client()
    browser.force_login(center.director)
    browser.post(reverse("counseling:credential-check", args=[credential.pk]))
    credential.refresh_from_db()
    assert credential.checked_by == center.director


def test_calls_and_walk_ins(desk: Client, center: Center, student: Student, world: World) -> None:
    call = {"at": "2026-11-10T08:00", "minutes": "20", "topic": "sleep", "alias": "小林", "note": "睡不着"}
    desk.post(reverse("counseling:call-register"), call)
    assert Call.objects.get().alias == "小林"
    assert desk.post(reverse("counseling:call-register"), call | {"at": "2026-11-11T08:00"}).status_code == 422
    walk_in = reverse("counseling:walk-in-register")
    assert desk.post(walk_in, {"number": "nobody", "kind": "first_talk", "triage": "2"}).status_code == 422
    desk.post(walk_in, {"number": student.number, "kind": "first_talk", "triage": "2"})
    assert WaitingEntry.objects.open().get(student=student).triage == Triage.SOON


def test_the_urgent_queue_is_for_whoever_is_on_duty(center: Center, world: World, november: datetime) -> None:
    student = world.roomless
    entry = ask_for_today(student=student, client_id=student.pk, by=student.user, at=november).entry
    on_duty, other = Client(), Client()
    on_duty.force_login(world.holder(Role.FULL_TIME_COUNSELOR))
    other.force_login(center.counselor.user)
    address = reverse("counseling:duty-desk")
    assert student.name in on_duty.get(address).content.decode()
    assert student.name not in other.get(address).content.decode()
    done = reverse("counseling:urgent-called", args=[entry.pk])
    assert other.post(done).status_code == 404
    on_duty.post(done)
    assert not WaitingEntry.objects.open().filter(pk=entry.pk).exists()


def test_the_director_sees_who_waits_and_each_look_is_kept(
    office: Client, center: Center, student: Student, november: datetime
) -> None:
    ask_for_today(student=student, client_id=student.pk, by=student.user, at=november)
    page = office.get(reverse("counseling:center-overview")).content.decode()
    assert student.name in page
    assert AuditEvent.objects.filter(action="waiting.read").count() == 1
    assert student.number not in str(list(AuditEvent.objects.filter(action="waiting.read").values()))


def test_the_director_runs_the_center(office: Client, center: Center, student: Student, booking: Booking) -> None:
    room = {"name": "咨询室 9", "kind": "counseling", "capacity": "2", "is_open": "on"}
    office.post(reverse("counseling:room-list"), room)
    assert office.post(reverse("counseling:room-list"), room).status_code == 422
    kept = Room.objects.get(name="咨询室 9")
    office.post(reverse("counseling:room-edit", args=[kept.pk]), room | {"is_open": ""})
    kept.refresh_from_db()
    assert not kept.is_open
    more = {"number": student.number, "sessions": "4", "reason": "考前焦虑加重"}
    office.post(reverse("counseling:limit-extend"), more)
    assert Extension.objects.get().sessions == 4
    assert office.post(reverse("counseling:limit-extend"), more | {"number": "nobody"}).status_code == 422
    assert booking.code not in office.get(reverse("counseling:booking-list")).content.decode()
    rules = office.get(reverse("counseling:rules-edit")).context["form"].initial
    office.post(reverse("counseling:rules-edit"), {**rules, "term_limit": "6"})
    assert office.get(reverse("counseling:rules-edit")).context["form"].initial["term_limit"] == 6


def test_the_whole_center_closes_and_opens_again(office: Client, center: Center, booking: Booking) -> None:
    span = {"starts_at": f"{MONDAY}T00:00", "ends_at": f"{MONDAY}T23:00"}
    shown = office.post(reverse("counseling:center-close"), span)
    office.post(reverse("counseling:center-close"), span | {"confirmed": shown.context["confirmed"]})
    closure = Closure.objects.get(counselor=None)
    assert "2026" not in shown.context["heading"]
    office.post(reverse("counseling:center-reopen", args=[closure.pk]))
    assert not Closure.objects.exists()


def test_a_counselor_who_is_not_on_the_list_is_told_so(client: Client, world: World, november: datetime) -> None:
    user: User = factories.give_post(world.school, Role.PART_TIME_COUNSELOR, at=world.at)
    client.force_login(user)
    for name in ("hours-list", "profile-edit", "credential-list", "desk-week", "desk-today", "duty-desk"):
        assert client.get(reverse(f"counseling:{name}")).status_code == 200
    answer = client.post(reverse("counseling:hours-add"), {})
    assert answer["Location"] == reverse("counseling:hours-list")


def test_home_pages(center: Center, student: Student, booking: Booking, november: datetime) -> None:
    for user, word in (
        (student.user, "11月16日"),
        (center.director, "咨询排队"),
        (center.counselor.user, "今天的预约"),
    ):
        browser = Client()
        browser.force_login(user)
        page = browser.get(reverse("home"), headers={"Accept-Language": "zh-hans"}).content.decode()
        assert word in page
        assert student.name not in page or user == student.user
