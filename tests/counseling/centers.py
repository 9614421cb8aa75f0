"""A center of counseling: counselors with credentials and hours, rooms, and students who have agreed."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from threading import Barrier
from typing import Any
from uuid import uuid4

from django.db import connection

from counseling.models import Booking, Counselor, Room, Slot
from counseling.rules.kinds import Channel, CredentialKind, RoomKind, SessionKind
from counseling.services.booking import book_session
from counseling.services.shared import NotBooked
from counseling.services.staff import (
    WeeklyHours,
    add_hours,
    check_credential,
    register_counselor,
    register_credential,
    save_room,
)
from kernel.errors import Refused
from kernel.periods import TZ
from network.models import Student, Unit, User
from network.rules import Role
from network.rules.consent_drafts import DRAFTS
from network.rules.consents import Purpose
from network.services import current_version, give_consent, publish_text
from tests import factories

# A Monday of the term.
MONDAY = date(2026, 11, 16)
EARLY = time(9)
WORKDAYS = range(1, 6)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TZ)


@dataclass
class Center:
    school: Unit
    director: User
    at: datetime
    counselors: list[Counselor] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)

    @property
    def counselor(self) -> Counselor:
        return self.counselors[0]

    def add_counselor(
        self,
        *,
        starts: time = time(9),
        ends: time = time(17),
        weekdays: Iterable[int] = WORKDAYS,
        hours: list[WeeklyHours] | None = None,
        **fields: Any,
    ) -> Counselor:
        """Somebody with a post, a checked credential and hours."""
        user = factories.give_post(self.school, Role.PART_TIME_COUNSELOR, at=self.at)
        counselor = register_counselor(user=user, school=self.school, by=self.director, at=self.at, **fields)
        self.certify(counselor)
        since = self.at.date()
        lines = hours or [WeeklyHours(day, starts, ends, since) for day in weekdays]
        add_hours(counselor=counselor, lines=lines, by=self.director, at=self.at)
        self.counselors.append(counselor)
        return counselor

    def certify(self, counselor: Counselor, *, ends_on: date | None = None) -> None:
        credential = register_credential(
            counselor=counselor,
            kind=CredentialKind.REGISTERED_PSYCHOLOGIST,
            starts_on=date(2026, 1, 1),
            ends_on=ends_on,
            by=self.director,
            at=self.at,
        )
        check_credential(credential=credential, by=self.director, at=self.at)

    def add_rooms(self, count: int) -> None:
        for _ in range(count):
            name = f"咨询室 {len(self.rooms) + 1}"
            room = save_room(school=self.school, name=name, kind=RoomKind.COUNSELING, by=self.director, at=self.at)
            self.rooms.append(room)


def make_center(school: Unit, director: User, *, at: datetime, counselors: int = 1, rooms: int = 1) -> Center:
    center = Center(school, director, at)
    center.add_rooms(rooms)
    for _ in range(counselors):
        center.add_counselor()
    if current_version(school, Purpose.COUNSELING) is None:
        wording = DRAFTS[Purpose.COUNSELING]
        publish_text(school=school, purpose=Purpose.COUNSELING, wording=wording, asks_again=False, by=None, at=at)
    return center


def agree(students: Iterable[Student], *, at: datetime) -> None:
    for student in students:
        give_consent(student=student, purpose=Purpose.COUNSELING, version=1, by=student.user, at=at)


def clients(center: Center, school_class: Unit, count: int) -> list[Student]:
    """New students who have agreed to counseling."""
    students = factories.make_students(school_class, count, on=center.at.date())
    agree(students, at=center.at)
    return students


def book(student: Student, counselor: Counselor, starts_at: datetime, *, at: datetime, **fields: Any) -> Booking:
    wanted: dict[str, Any] = {"kind": SessionKind.INDIVIDUAL, "channel": Channel.IN_PERSON, "client_id": uuid4()}
    wanted |= {"by": student.user, **fields}
    return book_session(student=student, counselor=counselor, starts_at=starts_at, at=at, **wanted)


def refusal(act: Callable[[], Any]) -> Refused | None:
    """The refusal of an act, or None."""
    try:
        act()
    except Refused as refused:
        return refused
    return None


def code_of(act: Callable[[], Any]) -> str:
    """The code of a refusal, "done" without one."""
    refused = refusal(act)
    return refused.code if refused else "done"


def alternatives_of(refused: Refused | None) -> int:
    return len(refused.alternatives) if isinstance(refused, NotBooked) else 0


def race(acts: list[Callable[[], Any]]) -> list[str]:
    """Run all acts at once, each in a thread with a connection of its own; returns their codes."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        try:
            connection.ensure_connection()
            gate.wait(timeout=60)
            return code_of(act)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def overlaps() -> list[tuple[Slot, Slot]]:
    """Pairs of intervals of one owner that overlap."""
    slots = list(Slot.objects.order_by("owner", "starts_at"))
    pairs = pairwise(slots)
    return [(one, other) for one, other in pairs if one.owner == other.owner and one.ends_at > other.starts_at]


def days(count: int) -> timedelta:
    return timedelta(days=count)
