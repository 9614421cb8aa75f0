"""The page on who will know says what the access rules do."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from counseling.models import Booking, Intake, WaitingEntry
from counseling.rules.who_knows import Fact, knowers, not_told, sees_all, sees_own
from counseling.services.prepared import hand_in, keep_answer
from counseling.services.waiting import Wishes, join_waiting_list
from network.models import Student, User
from network.models.labels import ROLE_LABELS
from network.rules import Role
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, book, moment

SHOWN = {Fact.COMING: Booking, Fact.WRITTEN: Intake, Fact.WAITING: WaitingEntry}


def test_whoever_learns_nothing_is_named_and_nobody_is_named_twice() -> None:
    told = {role for knower in knowers() for role in knower.roles}
    assert told == {Role.CENTER_DIRECTOR, Role.FULL_TIME_COUNSELOR, Role.PART_TIME_COUNSELOR}
    assert set(not_told()) == set(Role) - told
    assert sees_all(Fact.NOTES) == sees_all(Fact.WRITTEN) == frozenset()


@pytest.fixture
def client_of_the_center(center: Center, student: Student, others: list[Student], now: datetime) -> Student:
    """Somebody who has written something, has a time, and another who waits."""
    keep_answer(student=student, field="reason", text="睡不着", by=student.user, at=now)
    book(student, center.counselor, moment(MONDAY, 10), at=now)
    hand_in(student=student, by=student.user, at=now)
    waiting = others[0]
    join_waiting_list(student=waiting, wishes=Wishes(), client_id=waiting.pk, by=waiting.user, at=now)
    return student


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_shown_what_the_page_says(role: Role, client_of_the_center: Student, world: World) -> None:
    holder = world.holder(role)
    for fact, model in SHOWN.items():
        rows = model.objects.visible_to(holder)
        assert rows.exists() == (role in sees_all(fact)), f"{role} and {fact}"


def test_the_counselor_sees_those_whom_they_treat(client_of_the_center: Student, center: Center) -> None:
    treating: User = center.counselor.user
    for fact in (Fact.COMING, Fact.WRITTEN):
        assert Role.PART_TIME_COUNSELOR in sees_own(fact)
        assert SHOWN[fact].objects.visible_to(treating).count() == 1
    assert not WaitingEntry.objects.visible_to(treating).exists()


def test_the_page_names_them_for_strangers_too(client: Client, world: World) -> None:
    page = client.get(reverse("counseling:about"), headers={"Accept-Language": "en"}).content.decode()
    assert str(ROLE_LABELS[Role.CENTER_DIRECTOR]) in page
    assert str(ROLE_LABELS[Role.CLASS_COMMITTEE_MEMBER]) in page
    assert 'href="tel:12356"' in page
