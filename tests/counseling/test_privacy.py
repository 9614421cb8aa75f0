"""Who sees bookings and who waits, and what time and an erasure take away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import QuerySet

from counseling.models import Booking, Extension, Intake, Offer, Opening, Session, Slot, WaitingEntry
from counseling.services.changes import cancel_booking
from counseling.services.intakes import submit_intake
from counseling.services.offers import offer_openings
from counseling.services.staff import extend_limit
from counseling.services.waiting import Wishes, join_waiting_list
from kernel import personal_data
from network.models import Student, User
from network.rules import Role
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, book, moment

START = moment(MONDAY, 14)
Rows = Callable[[User], QuerySet[Any]]
SEEN: dict[str, Rows] = {
    "bookings": Booking.objects.visible_to,
    "sessions": Session.objects.visible_to,
    "entries": WaitingEntry.objects.visible_to,
    "openings": Opening.objects.visible_to,
    "offers": Offer.objects.visible_to,
    "extensions": Extension.objects.visible_to,
}


@pytest.fixture
def story(center: Center, student: Student, others: list[Student], now: datetime) -> Center:
    """One booking, one who waits, one freed time on offer, one extension."""
    join_waiting_list(student=others[0], wishes=Wishes(), client_id=uuid4(), by=others[0].user, at=now)
    given = book(student, center.counselor, START + timedelta(hours=2), at=now)
    cancel_booking(booking=given, by=student.user, at=now)
    offer_openings(at=now)
    book(student, center.counselor, START, at=now)
    extend_limit(student=student, sessions=4, reason="需要", by=center.director, at=now)
    return center


@pytest.mark.parametrize("kind", SEEN)
def test_only_the_director_and_the_counselor_see_them(story: Center, world: World, kind: str) -> None:
    other = story.add_counselor().user
    assert SEEN[kind](story.director).exists()
    of_the_counselor = kind in ("bookings", "sessions", "openings")
    assert SEEN[kind](story.counselor.user).exists() is of_the_counselor
    assert not SEEN[kind](other).exists()
    for (role, _unit), person in world.people.items():
        if role != Role.CENTER_DIRECTOR:
            assert not SEEN[kind](person).exists(), role


def test_students_see_their_own(story: Center, student: Student, others: list[Student]) -> None:
    assert Booking.objects.for_user(student.user).count() == 2
    assert not Booking.objects.for_user(others[0].user).exists()
    assert WaitingEntry.objects.for_user(others[0].user).count() == 1
    assert Offer.objects.for_user(others[0].user).count() == 1
    assert not Offer.objects.for_user(student.user).exists()


def test_an_erasure_takes_bookings_waiting_and_intakes_and_frees_the_time(
    story: Center, student: Student, others: list[Student], now: datetime
) -> None:
    submit_intake(student=student, answers={"reason": "x"}, by=student.user, at=now)
    for person in (student, others[0]):
        for name in ("bookings", "waiting", "intakes"):
            category = personal_data.find(f"counseling.{name}")
            assert category is not None
            assert category.erase is not None
            category.erase(person, now)
            category.erase(person, now)
    for model in (Booking, Extension, Intake, WaitingEntry, Offer):
        assert not model.objects.exists(), model
    assert set(Slot.objects.values_list("session", flat=True)) == {None}
    assert not Session.objects.planned().exists()


def test_old_bookings_go_with_the_key_of_their_student(story: Center, student: Student, now: datetime) -> None:
    category = personal_data.find("counseling.bookings")
    assert category is not None
    assert category.due is not None
    assert category.expire is not None
    nobody = Student.objects.none().values("pk")
    assert not category.due(story.school.pk, START - timedelta(days=1), nobody).exists()
    held = Student.objects.filter(pk=student.pk).values("pk")
    assert not category.due(story.school.pk, START + timedelta(days=1), held).exists()
    category.expire(category.due(story.school.pk, START + timedelta(days=1), nobody))
    assert not Booking.objects.exists()
    assert not Slot.objects.filter(owner=student.pk).exists()
    assert Session.objects.exists()


def test_people_are_handed_what_is_theirs(story: Center, student: Student, others: list[Student]) -> None:
    for name, person, count in (("bookings", student, 2), ("waiting", others[0], 1), ("intakes", student, 0)):
        category = personal_data.find(f"counseling.{name}")
        assert category is not None
        assert category.own is not None
        records = category.own(person)
        assert len(records) == count
        assert not any(story.director.name in str(value) for record in records for _key, _label, value in record)
