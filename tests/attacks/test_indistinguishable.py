"""Two worlds that differ only in whether one student asks for a talk, books, comes and is noted. Whoever is not of the
center's few reads the same pages, byte for byte.

What is left, and why:
- `audit-list` for the auditor: more entries, each with an alias that is another one each time or nobody can compute.
- `counseling:desk-screen` for another counselor: the screen of the waiting room shows arrival codes; here the session
  is over, so it shows none.
- Times that are free: one fewer, for students who look for one; the staff walked here look for none.
"""

import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from counseling.models import CollegeMessage, SessionNote
from counseling.rules.courses import Closing
from counseling.rules.kinds import BookingState
from counseling.rules.measures import MeasureKind
from counseling.services.courses import close_course, open_course
from counseling.services.measures import take_measure
from counseling.services.notes import write_note
from counseling.services.outcomes import record_arrival, record_attendance
from kernel.models import AuditEvent, BotMessage, Notice
from network.models import Duty, Student, User
from network.rules import Role
from network.rules.consents import Purpose
from network.services import give_consent, looks_at
from tests.architecture.walking import ALL_ROUTES, Browser, Undone, face
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, book, make_center, moment

READERS = (
    Role.AUDITOR,
    Role.SYSTEM_ADMINISTRATOR,
    Role.SECURITY_ADMINISTRATOR,
    Role.FUDAOYUAN,
    Role.COLLEGE_COORDINATOR,
    Role.DEPUTY_SECRETARY,
    Role.CLASS_ADVISER,
    Role.CLASS_COMMITTEE_MEMBER,
    Role.DORM_HEAD,
    Role.SCHOOL_LEADER,
    Role.PART_TIME_COUNSELOR,
    Role.FULL_TIME_COUNSELOR,
)
NOTE = "夜里想不开，反复想到离开"
# Told above, why they are left.
LEFT = {"audit-list"}
# They answer by what only this process or this moment knows.
BEYOND = ("healthz", "healthz_alarms", "metrics")
OF_THE_STUDENT = (
    "network:student-detail",
    "network:student-delay",
    "crisis:student-section",
    "screening:student-section",
    "reporting:student-lines",
    "crisis:case-open",
)


@pytest.fixture
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def center(world: World) -> Center:
    return make_center(world.school, world.holder(Role.CENTER_DIRECTOR), at=world.at)


@pytest.fixture
def student(world: World) -> Student:
    return world.students["own"][2]


def come(center: Center, student: Student, at: datetime) -> None:
    """Agree, book, arrive, come, be noted and measured; the course ends."""
    counselor = center.counselor
    give_consent(student=student, purpose=Purpose.COUNSELING, version=1, by=student.user, at=at)
    starts_at = moment(MONDAY, 10)
    booking = book(student, counselor, starts_at, at=at)
    record_arrival(booking=booking, by=counselor.user, at=starts_at)
    over = starts_at + timedelta(hours=1)
    with time_machine.travel(over, tick=False):
        record_attendance(booking=booking, outcome=BookingState.ATTENDED, by=counselor.user, at=over)
        course = open_course(student=student, counselor=counselor, limit=8, by=counselor.user, at=over)
        write_note(course=course, text=NOTE, session=booking.session, by=counselor.user, at=over)
        take_measure(course=course, kind=MeasureKind.SUDS, items=[7], by=counselor.user, at=over)
        close_course(course=course, closing=Closing.AGREED, by=counselor.user, at=over)


def addresses(student: Student) -> dict[str, str]:
    """Every page without arguments, the pages of the student's file, and searches for the student."""
    plain = {
        name: reverse(name)
        for name, route in ALL_ROUTES.items()
        if not route.arguments and "GET" in route.methods and name not in BEYOND
    }
    of_student = {name: reverse(name, args=[student.pk]) for name in OF_THE_STUDENT if name in ALL_ROUTES}
    searches = {
        "search by name": f"{reverse('search')}?q={student.name}",
        "search by number": f"{reverse('search')}?q={student.number}",
        "log by number": f"{reverse('audit-list')}?student={student.number}",
        "log by person": f"{reverse('audit-list')}?actor={student.number}",
        "log by id": f"{reverse('audit-list')}?about={student.pk}",
    }
    return plain | of_student | searches


def read_all(user: User, student: Student) -> dict[str, Any]:
    """The face of every page, and every trace of the reading taken back."""
    faces: dict[str, Any] = {}
    try:
        with transaction.atomic():
            browser = Browser()
            browser.force_login(user)
            for name, address in addresses(student).items():
                status, body, headers = face(browser.get(address), address)
                body = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", body)
                faces[name] = (status, body, headers)
            raise Undone
    except Undone:
        return faces


@pytest.mark.one_database
@pytest.mark.parametrize("role", READERS)
def test_both_worlds_read_the_same(world: World, center: Center, student: Student, role: Role, quiet: None) -> None:
    at = world.at + timedelta(days=70)
    reader = world.holder(role)
    after = moment(MONDAY, 15)
    # What both worlds have in common: the key of the aliases, as in any center at work.
    give_consent(student=world.roomless, purpose=Purpose.COUNSELING, version=1, by=world.roomless.user, at=at)
    with time_machine.travel(after, tick=False):
        without = read_all(reader, student)
    with time_machine.travel(at, tick=False):
        come(center, student, at)
    with time_machine.travel(after, tick=False):
        with_client = read_all(reader, student)
    told = [name for name in without if without[name] != with_client[name] and name not in LEFT]
    assert told == [], difference(without[told[0]], with_client[told[0]])
    page = with_client["audit-list"][1]
    for secret in (student.name, student.number, str(student.pk), NOTE):
        assert page.count(secret) == without["audit-list"][1].count(secret)
    assert sum(status == 200 for status, _body, _headers in without.values()) > 3, "nothing was compared"


def difference(before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
    """The first lines that differ."""
    pairs = zip(str(before[1]).splitlines(), str(after[1]).splitlines(), strict=False)
    return "\n".join(f"- {one.strip()}\n+ {other.strip()}" for one, other in pairs if one != other)[:2000]


def test_nobody_else_is_told_or_owes_anything(world: World, center: Center, student: Student) -> None:
    at = world.at + timedelta(days=70)
    center_people = {center.counselor.user_id, student.user_id}
    notices, duties = Notice.objects.count(), Duty.objects.count()
    with time_machine.travel(at, tick=False):
        come(center, student, at)
    new = Notice.objects.order_by("-created_at")[: Notice.objects.count() - notices]
    assert new and {notice.recipient_id for notice in new} <= center_people
    assert all(notice.discreet for notice in new)
    assert Duty.objects.count() == duties
    assert not BotMessage.objects.exists()
    assert not CollegeMessage.objects.exists()
    assert looks_at(student=student, at=at + timedelta(days=60)).exists(), "the student sees who looked"


def test_no_event_of_the_story_names_the_student(world: World, center: Center, student: Student) -> None:
    at = world.at + timedelta(days=70)
    last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    with time_machine.travel(at, tick=False):
        come(center, student, at)
    events = AuditEvent.objects.filter(pk__gt=last)
    assert events.count() >= 8
    keys = [str(student.pk), student.number, student.name, student.school_class.code, NOTE]
    keys += [str(note.pk) for note in SessionNote.objects.all()]
    for event in events:
        values = [event.actor_id, event.actor, event.object_id, event.subject, event.unit, str(event.detail)]
        for key in keys:
            assert not any(key in value for value in values), (event.action, key)
        assert str(student.user_id) not in (event.actor_id, event.object_id, event.subject)
