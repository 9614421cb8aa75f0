"""A center that lives: counselors with hours, rooms, weeks of talks that were held, talks to come, and who waits."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from django.utils.timezone import localdate

from counseling.models import Counselor
from counseling.rules.free_times import FreeTime, monday_of
from counseling.rules.kinds import BookingState, Channel, CredentialKind, HoursUse, RoomKind, SessionKind, Triage, Weeks
from counseling.services.booking import book_session
from counseling.services.calls import CallRecord, register_call
from counseling.services.changes import cancel_booking
from counseling.services.free_times import free_times_of
from counseling.services.intakes import submit_intake
from counseling.services.outcomes import record_attendance
from counseling.services.shared import NotBooked
from counseling.services.staff import (
    WeeklyHours,
    add_hours,
    check_credential,
    register_counselor,
    register_credential,
    save_room,
)
from counseling.services.upkeep import freeze_minutes
from counseling.services.waiting import Wishes, join_waiting_list
from demo import counseling_words as words
from demo.settling import Cast
from kernel.periods import TZ
from network.models import Student, User
from network.rules import PRESENT, EnrollmentStatus, Role
from network.rules.consents import Purpose
from network.services import give_consent

DAY, WEEK, HOUR = timedelta(days=1), timedelta(weeks=1), timedelta(hours=1)
MOST_COUNSELORS, PAST_WEEKS = 6, 8
CLIENTS, WAITING = 26, 7
# Of those who booked: who comes, who stays away, who cancels.
CAME, STAYED_AWAY = 0.84, 0.91
COMES_AGAIN = 0.7


@dataclass
class Center:
    """Who works here, who comes, and who waits; `known`: the counselor of each student who has been here."""

    cast: Cast
    director: User
    counselors: list[Counselor]
    clients: list[Student]
    waiting: list[Student]
    draw: Random
    known: dict[UUID, UUID] = field(default_factory=dict)


def tell_counseling(cast: Cast, *, seed: int, founded_at: datetime, now: datetime) -> None:
    """Set the center up, hold eight weeks of talks, and leave some to come and some who wait."""
    director = cast.holder(Role.CENTER_DIRECTOR, cast.school.pk)
    assert director is not None
    draw = Random(f"counseling {seed}")
    _furnish(cast, director, at=founded_at)
    counselors = _hire(cast, director, at=founded_at)
    people = _people(cast, draw)
    for student in people:
        give_consent(student=student, purpose=Purpose.COUNSELING, version=1, by=student.user, at=founded_at + DAY)
    center = Center(cast, director, counselors, people[WAITING:], people[:WAITING], draw)
    first = max(monday_of(localdate(now)) - PAST_WEEKS * WEEK, localdate(founded_at) + 3 * DAY)
    for day in _days(first, localdate(now)):
        _live(center, day, now)
        freeze_minutes(at=datetime.combine(day + DAY, time(1), TZ))
    _look_ahead(center, now)
    _wait(center, now)
    _phone(center, now)


def _furnish(cast: Cast, director: User, *, at: datetime) -> None:
    for name, kind, seats in words.ROOMS:
        save_room(school=cast.school, name=name, kind=RoomKind(kind), capacity=seats, by=director, at=at)


def _hire(cast: Cast, director: User, *, at: datetime) -> list[Counselor]:
    """The counselors of the school go on the list, with credentials that the director has seen."""
    roles = (Role.FULL_TIME_COUNSELOR, Role.PART_TIME_COUNSELOR)
    people = [user for role in roles for user in cast.holders[role, cast.school.pk]]
    found = []
    for number, user in enumerate({person.pk: person for person in people}.values()):
        if number == MOST_COUNSELORS:
            break
        intro, topics = words.INTROS[number % len(words.INTROS)]
        counselor = register_counselor(
            user=user, school=cast.school, by=director, at=at, intro=intro, topics=topics, weekly_cap=18
        )
        credential = register_credential(
            counselor=counselor,
            kind=CredentialKind.REGISTERED_PSYCHOLOGIST,
            starts_on=localdate(at) - 700 * DAY,
            # The last one's ends soon: the director has something to look at.
            ends_on=localdate(at) + (700 if number else 260) * DAY,
            issuer="中国心理学会",
            by=user,
            at=at,
        )
        check_credential(credential=credential, by=director, at=at)
        add_hours(counselor=counselor, lines=_hours(number, localdate(at)), by=user, at=at)
        found.append(counselor)
    return found


def _hours(number: int, since: date) -> list[WeeklyHours]:
    """Two afternoons, a morning, an hour for urgent talks, and an evening by phone in odd weeks."""
    first, second, third = (number % 5 + 1, (number + 2) % 5 + 1, (number + 3) % 5 + 1)
    lines = [
        WeeklyHours(first, time(14), time(17), since),
        WeeklyHours(second, time(14), time(17), since),
        WeeklyHours(third, time(9), time(12), since, use=HoursUse.FIRST_TALK),
        WeeklyHours((number + 1) % 5 + 1, time(17), time(18), since, use=HoursUse.URGENT),
    ]
    if number % 2:
        lines.append(WeeklyHours(first, time(19), time(21), since, use=HoursUse.PHONE, weeks=Weeks.ODD))
    return lines


def _people(cast: Cast, draw: Random) -> list[Student]:
    present = [
        student
        for _number, student in sorted(cast.students.items())
        if EnrollmentStatus(student.enrollment_status) in PRESENT
    ]
    return draw.sample(present, min(CLIENTS + WAITING, len(present) // 3))


def _days(first: date, until: date) -> Iterator[date]:
    while first <= until:
        yield first
        first += DAY


def _live(center: Center, day: date, now: datetime) -> None:
    """One day: some book a talk for the days to come; those whose time has come are noted."""
    at = datetime.combine(day, time(8, 30), TZ)
    if at > now:
        return
    for student in list(center.clients):
        if center.draw.random() < 1 / 9:
            _book(center, student, day + DAY, day + 8 * DAY, at=at, now=now)


def _book(center: Center, student: Student, first: date, last: date, *, at: datetime, now: datetime) -> None:
    kind = SessionKind.INDIVIDUAL if student.pk in center.known else SessionKind.FIRST_TALK
    counselor_key = center.known.get(student.pk)
    free = _free(center, student, kind, first, last, counselor_key, at)
    if not free:
        return
    row = center.draw.choice(free)
    counselor = next(person for person in center.counselors if person.pk == row.counselor)
    try:
        booking = book_session(
            student=student, counselor=counselor, starts_at=row.starts_at, kind=kind, by=student.user, at=at
        )
    except NotBooked:
        return
    center.known.setdefault(student.pk, counselor.pk)
    if kind == SessionKind.FIRST_TALK:
        topic, reason = center.draw.choice(words.REASONS)
        submit_intake(student=student, answers={"topics": topic, "reason": reason}, by=student.user, at=at)
    ended_at, chance = booking.session.ends_at, center.draw.random()
    if ended_at > now - 3 * HOUR:
        return
    if chance > STAYED_AWAY:
        cancel_booking(booking=booking, by=student.user, at=max(at, booking.session.starts_at - 30 * HOUR))
        return
    outcome = BookingState.ATTENDED if chance < CAME else BookingState.NO_SHOW
    record_attendance(booking=booking, outcome=outcome, by=counselor.user, at=ended_at + timedelta(minutes=5))
    if center.draw.random() > COMES_AGAIN:
        center.clients.remove(student)


def _free(
    center: Center, student: Student, kind: SessionKind, first: date, last: date, counselor: UUID | None, at: datetime
) -> list[FreeTime]:
    _center, free = free_times_of(
        school_id=center.cast.school.pk,
        kind=kind,
        channel=Channel.IN_PERSON,
        first=first,
        last=last,
        at=at,
        student=student,
        counselors=[counselor] if counselor else None,
    )
    return [row for row in free if row.use != HoursUse.URGENT.value]


def _look_ahead(center: Center, now: datetime) -> None:
    """Whoever has been here before books once more; the weeks to come fill up."""
    today = localdate(now)
    for student in [one for one in center.clients if one.pk in center.known]:
        _book(center, student, today, today + 12 * DAY, at=now, now=now)


def _wait(center: Center, now: datetime) -> None:
    """Some wait for a time that suits them, the first for almost two weeks."""
    for number, student in enumerate(center.waiting):
        triage = Triage.SOON if number % 3 == 0 else Triage.REGULAR
        wishes = Wishes(kind=SessionKind.FIRST_TALK, triage=triage, parts=words.PARTS[number % len(words.PARTS)])
        since = now - (13 - 2 * number) * DAY
        join_waiting_list(student=student, wishes=wishes, client_id=student.pk, by=student.user, at=since)


def _phone(center: Center, now: datetime) -> None:
    counselor = center.counselors[0].user
    for ago, minutes, topic, alias in words.CALLS:
        record = CallRecord(at=now - ago * DAY, minutes=minutes, topic=topic, alias=alias)
        register_call(school=center.cast.school, record=record, by=counselor, at=now)
