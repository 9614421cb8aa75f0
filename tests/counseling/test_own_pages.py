"""A student's own pages, from the first question to the time that was taken, moved or given up."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from counseling.forms.booking import TimeKey
from counseling.models import Booking, Feedback, Intake, Offer, WaitingEntry
from counseling.rules.kinds import BookingState, OfferState
from counseling.services.changes import cancel_booking
from counseling.services.offers import offer_openings
from counseling.services.outcomes import record_attendance
from counseling.services.waiting import Wishes, join_waiting_list
from crisis.models import Alarm
from kernel.models import AuditEvent, Notice
from network.models import Student, User
from network.rules import Role
from network.rules.consents import Purpose
from network.services import withdraw_consent
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, book, moment

HOUR = timedelta(hours=1)


@pytest.fixture
def phone(client: Client, student: Student, november: datetime) -> Client:
    client.force_login(student.user)
    return client


def sent(center: Center, starts_at: datetime, **fields: Any) -> dict[str, Any]:
    key = TimeKey(center.counselor.pk, starts_at)
    return {"time": str(key), "kind": "first_talk", "channel": "in_person", "client_id": str(uuid4()), **fields}


def test_free_times_lead_to_a_booking(center: Center, student: Student, phone: Client) -> None:
    page = phone.get(reverse("counseling:appointment-times"), {"day": str(MONDAY)})
    times = page.context["times"]
    assert [chip.starts_at for chip in times][:2] == [moment(MONDAY, 9), moment(MONDAY, 9, 15)]
    confirm = phone.get(times[0].url)
    assert center.counselor.user.name in confirm.content.decode()
    answer = phone.post(reverse("counseling:appointment-book"), confirm.context["book"].initial)
    booking = Booking.objects.get()
    assert answer["Location"] == reverse("counseling:appointment-detail", args=[booking.pk])
    page = phone.get(answer["Location"]).content.decode()
    assert booking.code in page
    assert "咨询室 1" in page


def test_only_free_times_are_shown(center: Center, student: Student, others: list[Student], phone: Client) -> None:
    book(others[0], center.counselor, moment(MONDAY, 9), at=moment(MONDAY, 9) - 5 * 24 * HOUR)
    page = phone.get(reverse("counseling:appointment-times"), {"day": str(MONDAY)})
    assert page.context["times"][0].starts_at == moment(MONDAY, 10)


def test_a_time_that_was_taken_meanwhile_shows_three_others_and_keeps_what_was_typed(
    center: Center, student: Student, others: list[Student], phone: Client, november: datetime
) -> None:
    phone.post(reverse("counseling:intake-save"), {"name": "reason", "value": "想聊聊睡眠"})
    book(others[0], center.counselor, moment(MONDAY, 9), at=november)
    answer = phone.post(reverse("counseling:appointment-book"), sent(center, moment(MONDAY, 9)))
    assert answer.status_code == 422
    assert len(answer.context["alternatives"]) == 3
    assert "想聊聊睡眠" in answer.content.decode()
    assert Booking.objects.filter(student=student).count() == 0


def test_the_same_request_twice_is_one_booking(center: Center, student: Student, phone: Client) -> None:
    form = sent(center, moment(MONDAY, 9))
    first, second = (phone.post(reverse("counseling:appointment-book"), form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Booking.objects.count() == 1


def test_a_form_that_was_opened_in_time_and_sent_too_late_is_refused(center: Center, student: Student) -> None:
    browser = Client()
    with time_machine.travel(moment(MONDAY, 8) + timedelta(seconds=1), tick=False):
        browser.force_login(student.user)
        answer = browser.post(reverse("counseling:appointment-book"), sent(center, moment(MONDAY, 10)))
    assert answer.status_code == 422
    assert Booking.objects.count() == 0


def test_without_consent_the_text_comes_first(center: Center, world: World, november: datetime, client: Client) -> None:
    student = world.students["shared"][0]
    client.force_login(student.user)
    to_text = client.get(reverse("counseling:appointment-times"), {"triage": "2"})
    assert to_text["Location"].startswith(reverse("counseling:appointment-consent"))
    assert client.post(reverse("counseling:appointment-consent"), {"version": 1}).status_code == 422
    onward = client.post(to_text["Location"], {"version": 1, "agreed": "on"})
    assert onward["Location"] == reverse("counseling:appointment-times") + "?triage=2"
    assert client.get(onward["Location"]).status_code == 200


def test_a_consent_that_was_taken_back_leads_to_the_text_again(
    center: Center, student: Student, phone: Client, november: datetime
) -> None:
    withdraw_consent(student=student, purpose=Purpose.COUNSELING, by=student.user, at=november)
    answer = phone.post(reverse("counseling:appointment-book"), sent(center, moment(MONDAY, 9)))
    assert answer["Location"] == reverse("counseling:appointment-consent")


def test_answers_are_kept_one_by_one_and_handed_in_with_the_time(
    center: Center, student: Student, phone: Client
) -> None:
    for name, value in (("reason", "睡不着"), ("topics", ["sleep", "mood"])):
        answer = phone.post(
            reverse("counseling:intake-save"), {"name": name, "value": value}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200
    assert not Intake.objects.submitted().exists()
    phone.post(reverse("counseling:appointment-book"), sent(center, moment(MONDAY, 9)))
    intake = Intake.objects.submitted().get()
    assert "sleep,mood" in intake.answers
    assert not Alarm.objects.exists()


def test_danger_in_an_answer_shows_help_first_and_calls_the_center_once(
    center: Center, student: Student, phone: Client, world: World
) -> None:
    for _ in range(2):
        answer = phone.post(
            reverse("counseling:intake-save"), {"name": "plan", "value": "yes"}, headers={"HX-Request": "true"}
        )
        assert 'href="tel:12356"' in answer.content.decode()
    alarm = Alarm.objects.get()
    assert alarm.student == student
    page = phone.get(reverse("counseling:appointment-confirm"), {"time": sent(center, moment(MONDAY, 9))["time"]})
    assert page.context["shows_help"]
    assert not Alarm.objects.visible_to(world.holder(Role.FUDAOYUAN, world.it2)).exists()


def test_moving_and_cancelling(center: Center, student: Student, phone: Client, november: datetime) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 9), at=november)
    move = reverse("counseling:appointment-move", args=[booking.pk])
    assert phone.get(move, {"day": str(MONDAY)}).context["times"]
    key = str(TimeKey(center.counselor.pk, moment(MONDAY, 11)))
    phone.post(move, {"time": key})
    booking.session.refresh_from_db()
    assert booking.session.starts_at == moment(MONDAY, 11)
    for _ in range(2):
        phone.post(reverse("counseling:appointment-cancel", args=[booking.pk]))
    booking.refresh_from_db()
    assert booking.state == BookingState.EXCUSED
    assert phone.get(reverse("counseling:appointment-list")).context["upcoming"] == []


def test_a_look_changes_nothing(center: Center, student: Student, phone: Client, november: datetime) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 9), at=november)
    for name in ("appointment-move", "appointment-detail", "appointment-calendar"):
        phone.get(reverse(f"counseling:{name}", args=[booking.pk]))
    assert phone.get(reverse("counseling:appointment-cancel", args=[booking.pk])).status_code == 405
    booking.refresh_from_db()
    assert booking.state == BookingState.BOOKED


def test_the_waiting_list_and_an_offer(
    center: Center, student: Student, others: list[Student], phone: Client, november: datetime
) -> None:
    booking = book(others[0], center.counselor, moment(MONDAY, 9), at=november)
    form = {"kind": "individual", "triage": "3", "client_id": str(uuid4())}
    phone.post(reverse("counseling:waiting-join"), form)
    page = phone.get(reverse("counseling:appointment-list"))
    assert page.context["waiting"].place.count("1") >= 1
    cancel_booking(booking=booking, by=others[0].user, at=november)
    offer_openings(at=november)
    offer = Offer.objects.get()
    address = reverse("counseling:offer-detail", args=[offer.pk])
    assert "data-countdown" in phone.get(address).content.decode()
    assert phone.get(reverse("counseling:offer-accept", args=[offer.pk])).status_code == 405
    phone.post(reverse("counseling:offer-accept", args=[offer.pk]))
    assert Booking.objects.booked().get(student=student).session.starts_at == moment(MONDAY, 9)


def test_an_offer_that_lapsed_keeps_the_place(
    center: Center, student: Student, others: list[Student], november: datetime
) -> None:
    booking = book(others[0], center.counselor, moment(MONDAY, 9), at=november)
    join_waiting_list(student=student, wishes=Wishes(), client_id=uuid4(), by=student.user, at=november)
    cancel_booking(booking=booking, by=others[0].user, at=november)
    offer_openings(at=november)
    offer = Offer.objects.get()
    browser = Client()
    with time_machine.travel(offer.held_until + timedelta(seconds=1), tick=False):
        browser.force_login(student.user)
        browser.post(reverse("counseling:offer-accept", args=[offer.pk]))
    assert WaitingEntry.objects.open().filter(student=student).exists()
    assert not Booking.objects.filter(student=student).exists()
    assert Offer.objects.get().state == OfferState.OPEN


def test_today_never_ends_without_an_answer(center: Center, student: Student, phone: Client) -> None:
    address = reverse("counseling:appointment-today")
    page = phone.get(address).content.decode()
    assert page.index('href="tel:12356"') < page.index('name="safe"')
    assert phone.post(address, {}).status_code == 422
    answer = phone.post(address, {"safe": "yes", "alone": "no", "call": "yes"})
    assert answer.context["call_until"] is not None
    assert WaitingEntry.objects.open().get(student=student).triage == 1
    assert not Alarm.objects.exists()


def test_titles_and_addresses_say_nothing(center: Center, student: Student, phone: Client) -> None:
    for name in ("appointment-list", "appointment-new", "appointment-times", "appointment-today", "waiting-join"):
        answer = phone.get(reverse(f"counseling:{name}"))
        title = answer.content.decode().split("<title>")[1].split("</title>")[0]
        assert "咨询" not in title
        assert "counsel" not in reverse(f"counseling:{name}")
        assert "no-store" in answer["Cache-Control"]


def test_the_log_does_not_name_who_books(center: Center, student: Student, phone: Client) -> None:
    phone.post(reverse("counseling:appointment-book"), sent(center, moment(MONDAY, 9)))
    rows = str(list(AuditEvent.objects.filter(action__startswith="booking.").values()))
    assert AuditEvent.objects.filter(action="booking.make").exists()
    assert student.number not in rows
    assert str(student.pk) not in rows


def test_feedback_is_given_once_and_names_nobody(center: Center, student: Student) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 9), at=moment(MONDAY, 9) - 100 * HOUR)
    browser, address = Client(), reverse("counseling:appointment-feedback", args=[booking.pk])
    with time_machine.travel(moment(MONDAY, 11), tick=False):
        record_attendance(
            booking=booking, outcome=BookingState.ATTENDED, by=center.counselor.user, at=moment(MONDAY, 10)
        )
        browser.force_login(student.user)
        assert address in browser.get(reverse("counseling:appointment-list")).content.decode()
        assert browser.post(address, {"heard": "5"}).status_code == 422
        answers = {"heard": "5", "goals": "4", "way": "4", "overall": "5"}
        assert browser.post(address, answers).status_code == 302
        assert browser.post(address, answers).status_code == 422
    assert Feedback.objects.count() == 1
    assert str(student.pk) not in str(list(Feedback.objects.values()))


def test_whoever_shares_a_phone_is_signed_out_sooner_and_gets_no_mail(
    center: Center, student: Student, phone: Client, november: datetime
) -> None:
    User.objects.filter(pk=student.user_id).update(email="student@example.com")
    phone.post(reverse("counseling:phone-set"), {"shared": "yes"})
    assert phone.session["sitting"]["limit"] == 15 * 60
    student.user.refresh_from_db()
    book(student, center.counselor, moment(MONDAY, 9), at=november)
    notice = Notice.objects.get(recipient=student.user)
    assert (notice.discreet, notice.mail_state) == (True, "none")
    phone.post(reverse("counseling:phone-set"), {"shared": "no"})
    assert phone.session["sitting"]["limit"] == 12 * 3600
