"""Self-service rooms and links of online sessions."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from counseling.models import Booking, Room, Slot
from counseling.rules.kinds import Channel, RoomKind
from counseling.services.changes import cancel_booking
from counseling.services.closures import close_days
from counseling.services.links import link_for, set_link
from counseling.services.rooms import book_room, free_room_times
from counseling.services.staff import save_room
from network.models import Student
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, alternatives_of, book, code_of, days, moment, refusal

START = moment(MONDAY, 10)
LINK = "https://meet.example.edu/8f3a"


@pytest.fixture
def quiet(center: Center, now: datetime) -> Room:
    return save_room(
        school=center.school,
        name="放松室",
        kind=RoomKind.RELAXATION,
        capacity=1,
        self_service=True,
        by=center.director,
        at=now,
    )


def take(student: Student, room: Room, start: datetime, at: datetime) -> Booking:
    return book_room(student=student, room=room, starts_at=start, client_id=uuid4(), by=student.user, at=at)


def test_a_room_is_taken_once_and_its_pause_is_kept(
    quiet: Room, student: Student, others: list[Student], now: datetime
) -> None:
    booking = take(student, quiet, START, now)
    assert Slot.objects.count() == 2
    refused = refusal(lambda: take(others[0], quiet, START, now))
    assert refused is not None
    assert (refused.code, alternatives_of(refused)) == ("taken", 3)
    assert code_of(lambda: take(others[0], quiet, START + timedelta(minutes=60), now)) == "done"
    cancel_booking(booking=booking, by=student.user, at=now)
    assert Slot.objects.count() == 2
    assert code_of(lambda: take(others[1], quiet, START, now)) == "done"


def test_without_consent_but_within_hours_and_rarely(quiet: Room, center: Center, world: World, now: datetime) -> None:
    silent = world.students["away"][0]
    assert code_of(lambda: take(silent, quiet, moment(MONDAY, 19), now)) == "no-hours"
    assert code_of(lambda: take(silent, quiet, moment(date(2026, 11, 15), 10), now)) == "no-hours"
    for n in range(3):
        take(silent, quiet, START + days(n), now)
    assert code_of(lambda: take(silent, quiet, START + days(3), now)) == "full-week"
    assert code_of(lambda: take(silent, center.rooms[0], START + days(7), now)) == "not-bookable"
    span = {"starts_at": START + days(7), "ends_at": START + days(8)}
    close_days(school=center.school, room=quiet, by=center.director, at=now, **span)
    assert code_of(lambda: take(silent, quiet, START + days(7), now)) == "closed"
    free = free_room_times(room=quiet, first=MONDAY + days(7), last=MONDAY + days(7), at=now)
    assert free[-1].ends_at <= START + days(7)


def test_a_link_is_https_and_names_nobody(center: Center, student: Student, now: datetime) -> None:
    booking = book(student, center.counselor, START, channel=Channel.ONLINE, at=now)
    by = center.counselor.user

    def keep(link: str) -> str:
        return code_of(lambda: set_link(session=booking.session, link=link, by=by, at=now))

    assert keep("http://meet.example.edu/x") == "not-https"
    assert keep("javascript:alert(1)") == "not-https"
    assert keep(f"{LINK}/{student.number}") == "names-somebody"
    assert keep(LINK) == "done"
    assert code_of(lambda: set_link(session=booking.session, link=LINK, by=student.user, at=now)) == "not-yours"
    booking.session.refresh_from_db()
    assert link_for(booking, at=START - timedelta(minutes=11)) == ""
    assert link_for(booking, at=START - timedelta(minutes=10)) == LINK
    assert link_for(booking, at=START + timedelta(minutes=50)) == ""
    spoken = book(student, center.counselor, START + days(1), at=now)
    assert code_of(lambda: set_link(session=spoken.session, link=LINK, by=by, at=now)) == "not-online"


def test_a_student_takes_a_room_on_the_page(quiet: Room, student: Student, client: Client, november: datetime) -> None:
    client.force_login(student.user)
    page = client.get(reverse("counseling:room-times"), {"day": str(MONDAY)})
    chosen = page.context["times"][0]
    assert chosen["starts_at"] == moment(MONDAY, 8)
    sent = chosen["form"].initial
    answer = client.post(reverse("counseling:room-book"), sent)
    booking = Booking.objects.get()
    assert answer["Location"] == reverse("counseling:appointment-detail", args=[booking.pk])
    assert "放松室" in client.get(answer["Location"]).content.decode()
    again = client.post(reverse("counseling:room-book"), {**sent, "client_id": str(uuid4())})
    assert again.status_code == 422
    assert "just been taken" in again.content.decode()
    assert client.post(reverse("counseling:room-book"), {"time": "x"}).status_code == 302
