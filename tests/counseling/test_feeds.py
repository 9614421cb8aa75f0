"""A counselor's own calendar elsewhere: times alone, under an address that can be taken back."""

import logging
import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from counseling.models import FeedToken
from counseling.services.changes import cancel_booking, move_booking
from counseling.services.feeds import make_feed, own_time, read_feed, revoke_feed
from kernel.logs import SecretPathFilter
from network.models import Post, Student, User
from network.rules import Role
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, book, code_of, moment

DAY = timedelta(days=1)


@pytest.fixture
def counselor(center: Center) -> User:
    return User.objects.get(pk=center.counselor.user_id)


def events(content: bytes | None) -> list[dict[str, object]]:
    assert content is not None
    return [
        {name: event[name].to_ical().decode() for name in event} for event in Calendar.from_ical(content).walk("VEVENT")
    ]


def test_the_feed_says_when_and_nothing_else(
    center: Center, counselor: User, student: Student, november: datetime
) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 14), at=november)
    content = read_feed(key=make_feed(by=counselor, at=november), at=november)
    (event,) = events(content)
    assert event["DTSTART"] == "20261116T060000Z"
    assert (event["SUMMARY"], event["CLASS"], event["STATUS"]) == ("预约", "PRIVATE", "CONFIRMED")
    assert set(event) == {
        "UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "CLASS", "STATUS", "TRANSP",
    }  # fmt: skip
    text = (content or b"").decode()
    for word in (student.name, student.number, booking.code, str(booking.pk), str(booking.session_id), "咨询"):
        assert word not in text


def test_a_moved_time_has_a_higher_sequence_and_a_cancelled_one_stays_for_a_month(
    center: Center, counselor: User, student: Student, november: datetime
) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 14), at=november)
    key = make_feed(by=counselor, at=november)
    first = events(read_feed(key=key, at=november))[0]
    move_booking(booking=booking, starts_at=moment(MONDAY, 16), by=student.user, at=november)
    moved = events(read_feed(key=key, at=november))[0]
    assert (moved["UID"], int(str(moved["SEQUENCE"]))) == (first["UID"], int(str(first["SEQUENCE"])) + 1)
    cancel_booking(booking=booking, by=student.user, at=november)
    cancelled = events(read_feed(key=key, at=november + 29 * DAY))[0]
    assert cancelled["STATUS"] == "CANCELLED"
    assert int(str(cancelled["SEQUENCE"])) > int(str(moved["SEQUENCE"]))
    assert events(read_feed(key=key, at=november + 31 * DAY)) == []


def test_wrong_revoked_and_ended_addresses_look_the_same(
    center: Center, counselor: User, world: World, november: datetime, client: Client
) -> None:
    def face(key: str) -> tuple[int, str]:
        address = reverse("counseling:feed-read", args=[key])
        answer = client.get(address)
        text = re.sub(r'nonce="[^"]*"|data-csrf="[^"]*"|value="[^"]*"', "", answer.content.decode())
        return answer.status_code, text.replace(address, "")

    wrong = face("nobody-knows-this")
    assert wrong[0] == 404
    revoked = make_feed(by=counselor, at=november)
    assert face(revoked)[0] == 200
    revoke_feed(by=counselor, at=november)
    ended = make_feed(by=counselor, at=november)
    FeedToken.objects.filter(revoked_at=None).update(ends_on=november.date() - DAY)
    assert [face(key) for key in (revoked, ended)] == [wrong, wrong]
    without_post = make_feed(by=counselor, at=november)
    assert face(without_post)[0] == 200
    Post.objects.filter(holder=counselor).update(ends_on=november.date())
    assert face(without_post) == wrong


def test_the_address_is_stored_as_a_hash_and_shown_once(center: Center, counselor: User, client: Client) -> None:
    client.force_login(counselor)
    client.post(reverse("counseling:feed-make"))
    page = client.get(reverse("counseling:feed-page")).content.decode()
    key = page.split("/feeds/")[1].split(".ics")[0]
    assert key not in str(list(FeedToken.objects.values_list()))
    assert key not in client.get(reverse("counseling:feed-page")).content.decode()


def test_nobody_but_a_counselor_has_one(world: World, at: datetime) -> None:
    leader = world.holder(Role.SCHOOL_LEADER)
    assert code_of(lambda: make_feed(by=leader, at=at)) == "no-counselor"


def test_a_student_takes_one_time_along(center: Center, student: Student, november: datetime, client: Client) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 14), at=november)
    assert [event["SUMMARY"] for event in events(own_time(booking, at=november))] == ["预约"]
    client.force_login(student.user)
    answer = client.get(reverse("counseling:appointment-calendar", args=[booking.pk]))
    assert answer["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer["Cache-Control"]


def test_keys_of_calendars_stay_out_of_the_log() -> None:
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "%s: %s", ("Not Found", "/feeds/abc.ics"), None
    )
    assert SecretPathFilter().filter(record)
    assert record.getMessage() == "Not Found: /feeds/…"
