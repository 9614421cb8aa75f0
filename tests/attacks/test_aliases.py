"""Somebody who reads the whole audit log looks for one student who comes to counseling."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from crisis.services import hand_to_counseling
from crisis.services.care.counseling import end_counseling, give_counseling, take_on_counseling
from kernel import aliases
from kernel.errors import Refused
from kernel.models import AuditEvent, Notice
from network.models import BreakGlass, Student, User
from network.rules import Role
from network.rules.access_log import Sealed
from network.rules.consents import Purpose, Wording
from network.services import (
    break_glass,
    give_consent,
    looks_at,
    publish_text,
    record_look,
    resolve_alias,
    withdraw_consent,
)
from network.services.privacy.break_glass import readings_through
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
REASON = "上级来函调查投诉，需要核对这次咨询的记录内容"


@pytest.fixture
def student(world: World) -> Student:
    return world.students["own"][2]


@pytest.fixture
def client_of_counseling(world: World, student: Student, at: datetime) -> Student:
    """Somebody who agrees, is handed over and given away, comes, is read about, and takes the consent back."""
    text = Wording("咨询知情同意", "内容", "Consent", "Body")
    publish_text(school=world.school, purpose=Purpose.COUNSELING, wording=text, asks_again=False, by=None, at=at)
    give_consent(student=student, purpose=Purpose.COUNSELING, version=1, by=student.user, at=at)
    counselor, director = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.CENTER_DIRECTOR)
    referral = hand_to_counseling(student=student, reason="想谈谈", by=counselor, at=at)
    referral = give_counseling(referral=referral, counselor=counselor, by=director, at=at)
    look: dict[str, Any] = {"purpose": "counseling", "obj": referral, "discreet": True}
    record_look(action="counseling.read", student=student, by=counselor, at=at, **look)
    take_on_counseling(referral=referral, by=counselor, at=at)
    again = hand_to_counseling(student=student, reason="又想谈谈", by=counselor, at=at)
    end_counseling(referral=again, reason="不来了", by=director, at=at)
    break_glass(student=student, kind=Sealed.SESSION_NOTES, reason=REASON, is_emergency=False, by=director, at=at)
    withdraw_consent(student=student, purpose=Purpose.COUNSELING, by=student.user, at=at)
    return student


def secrets(student: Student) -> list[str]:
    keys = [str(student.pk), student.number, student.name, str(student.user_id)]
    return [*keys, student.school_class.code, student.school_class.name]


ACTIONS = (
    "consent.give", "counseling.hand_over", "counseling.give", "counseling.read", "counseling.take_on",
    "counseling.end", "glass.break", "consent.withdraw",
)  # fmt: skip


def test_no_event_of_a_client_names_them(client_of_counseling: Student) -> None:
    events = AuditEvent.objects.filter(action__in=ACTIONS)
    assert set(events.values_list("action", flat=True)) == set(ACTIONS)
    for event in events:
        values = {name: str(getattr(event, name)) for name in ("actor_id", "actor", "object_id", "subject", "unit")}
        for secret in secrets(client_of_counseling):
            assert secret not in values.values(), (event.action, secret)
            assert len(secret) < 6 or secret not in str(values) + str(event.detail)


def test_the_auditor_searches_the_number_and_finds_nothing(
    world: World, client_of_counseling: Student, login: Login
) -> None:
    browser, number = login(world.holder(Role.AUDITOR)), client_of_counseling.number
    for asked in ({"student": number}, {"actor": number}, {"about": number}, {"about": str(client_of_counseling.pk)}):
        assert browser.get(reverse("audit-list"), asked).context["page"].paginator.count == 0
    page = browser.get(reverse("audit-list")).content.decode()
    assert "a client of counseling" in page
    for secret in (number, client_of_counseling.name, str(client_of_counseling.pk)):
        assert secret not in page
    book = load_workbook(BytesIO(browser.post(reverse("audit-export")).content))
    cells = str(list(book.active.iter_rows(values_only=True)))
    for secret in (number, client_of_counseling.name, str(client_of_counseling.pk)):
        assert secret not in cells


def test_the_student_still_sees_who_looked(client_of_counseling: Student, at: datetime) -> None:
    looks = looks_at(student=client_of_counseling, at=at + timedelta(days=8))
    assert {"counseling.read", "glass.break"} <= set(looks.values_list("action", flat=True))
    assert not looks.filter(action__startswith="consent.").exists()
    # The alias of others is another one.
    other = Student.objects.exclude(pk=client_of_counseling.pk).first()
    assert other is not None
    assert not looks_at(student=other, at=at + timedelta(days=8)).exists()


def test_the_director_alone_resolves_an_alias_on_record(
    world: World, client_of_counseling: Student, login: Login, at: datetime
) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    address = reverse("network:alias-resolve")
    for action in ("consent.give", "counseling.read"):
        entry = AuditEvent.objects.filter(action=action).get()
        page = login(director).post(address, {"entry": entry.pk})
        assert client_of_counseling.number in page.content.decode()
    events = AuditEvent.objects.filter(action="alias.resolve")
    assert {event.subject for event in events} == {aliases.alias_of(str(client_of_counseling.pk))}
    assert events.filter(actor_id=str(director.pk)).count() == 2
    assert Notice.objects.filter(kind="alias.resolved", recipient=world.holder(Role.AUDITOR)).count() == 2
    assert looks_at(student=client_of_counseling, at=at).filter(action="alias.resolve").count() == 2
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    assert login(counselor).post(address, {"entry": entry.pk}).status_code == 403
    with pytest.raises(Refused):
        resolve_alias(school=world.school, entry=entry.pk, by=counselor, at=at)
    plain = AuditEvent.objects.exclude(subject__startswith="~").order_by("pk")[0]
    for number in (plain.pk, 10**15):
        assert login(director).post(address, {"entry": number}).status_code == 422


def test_a_director_elsewhere_resolves_nothing(world: World, client_of_counseling: Student, login: Login) -> None:
    assert world.other is not None
    entry = AuditEvent.objects.get(action="consent.give")
    post = world.other.posts.get(role=Role.CENTER_DIRECTOR)
    assert login(post.holder).post(reverse("network:alias-resolve"), {"entry": entry.pk}).status_code == 422
    assert not AuditEvent.objects.filter(action="alias.resolve").exists()


def test_the_reviewer_sees_what_was_read_through_the_glass(
    world: World, client_of_counseling: Student, at: datetime
) -> None:
    row = BreakGlass.objects.get()
    assert row.review_role == Role.SCHOOL_LEADER
    look: dict[str, Any] = {"purpose": "break_glass", "discreet": True}
    director = world.holder(Role.CENTER_DIRECTOR)
    record_look(action="notes.read", student=client_of_counseling, by=director, at=at, **look)
    assert [event.action for event in readings_through(row)] == ["notes.read"]


def test_other_consents_stay_in_clear(world: World, student: Student, at: datetime) -> None:
    text = Wording("研究", "内容", "Research", "Body")
    publish_text(school=world.school, purpose=Purpose.RESEARCH, wording=text, asks_again=False, by=None, at=at)
    give_consent(student=student, purpose=Purpose.RESEARCH, version=1, by=student.user, at=at)
    assert AuditEvent.objects.get(action="consent.give").actor_id == str(student.user_id)
