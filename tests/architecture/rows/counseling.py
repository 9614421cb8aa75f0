"""Counseling: sessions, appointments, the waiting list, counselors with hours and credentials, rooms, calendars."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

from counseling.models import (
    Booking,
    Closure,
    Counselor,
    Credential,
    Hours,
    Offer,
    Opening,
    Room,
    Session,
    WaitingEntry,
)
from network.models import Student, User
from network.rules import Level, Role
from tests.architecture.rows.town import Row, Town, above, chain, keys, kind


def counselors(town: Town) -> dict[Role, Counselor]:
    """The two counselors of the school, as the center has them on its list."""
    if "counselors" not in town.built:
        roles = (Role.FULL_TIME_COUNSELOR, Role.PART_TIME_COUNSELOR)
        users = {role: town.world.holder(role) for role in roles}
        town.built["counselors"] = {
            role: Counselor.objects.get_or_create(school=town.world.school, user=user)[0]
            for role, user in users.items()
        }
    known: dict[Role, Counselor] = town.built["counselors"]
    return known


def booking_of(town: Town, student: Student, counselor: Counselor, hours: int) -> Booking:
    """A talk that many hours after the town's moment."""
    room, _is_new = Room.objects.get_or_create(school=counselor.school, name="咨询室", kind="counseling")
    starts_at = town.at + timedelta(hours=hours)
    session = Session.objects.create(
        school=counselor.school,
        kind="individual",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50),
        counselor=counselor,
        room=room,
        created_at=town.at,
    )
    booked: dict[str, Any] = {"code": f"A{hours:03}", "booked_by": student.user, "booked_at": town.at}
    booking: Booking = Booking.objects.create(session=session, student=student, **keys(student), **booked)
    return booking


@kind("session of counseling")
def session_rows(town: Town, me: User | None) -> Iterator[Row]:
    """With each student of the school, in turn with one and the other counselor."""
    people = list(counselors(town).values())
    students = [student for student in town.students() if student.school_id == town.world.school.pk]
    for number, student in enumerate(students):
        counselor = people[number % len(people)]
        booking = booking_of(town, student, counselor, 24 * (number + 1))
        yield Row(
            str(student), {"pk": booking.session_id}, units=above(booking), assigned=frozenset({counselor.user_id})
        )


@kind("key of a calendar")
def key_rows(town: Town, me: User | None) -> Iterator[Row]:
    yield Row("key", {"key": "nobody-knows-this"})


def students_of(town: Town, me: User | None) -> Iterator[Student]:
    """The one who asks, if that is a student, and others of the school."""
    own = Student.objects.filter(user=me).first() if me else None
    if own is not None:
        yield own
    yield from (
        student
        for student in town.students()
        if student.school_id == town.world.school.pk and (own is None or student.pk != own.pk)
    )


@kind("appointment")
def appointment_rows(town: Town, me: User | None) -> Iterator[Row]:
    counselor = counselors(town)[Role.FULL_TIME_COUNSELOR]
    for number, student in enumerate(students_of(town, me)):
        booking = booking_of(town, student, counselor, 24 * (number + 20))
        yield Row(str(student), {"pk": booking.pk}, owner=student.user_id)


def entry_of(town: Town, student: Student, triage: int = 3) -> WaitingEntry:
    waits = {"since": town.at - timedelta(minutes=5), "triage": triage, "added_by": student.user}
    entry: WaitingEntry = WaitingEntry.objects.get_or_create(
        student=student, ended_at=None, defaults={**keys(student), **waits}
    )[0]
    return entry


@kind("place on the waiting list")
def place_rows(town: Town, me: User | None) -> Iterator[Row]:
    for student in students_of(town, me):
        yield Row(str(student), {"pk": entry_of(town, student).pk}, owner=student.user_id)


@kind("offer of a time")
def offer_rows(town: Town, me: User | None) -> Iterator[Row]:
    counselor = counselors(town)[Role.FULL_TIME_COUNSELOR]
    for number, student in enumerate(students_of(town, me)):
        starts_at = town.at + timedelta(days=40 + number)
        span = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=50)}
        opening = Opening.objects.create(school=counselor.school, counselor=counselor, made_at=town.at, **span)
        held = {"made_at": town.at, "held_until": town.at + timedelta(hours=2)}
        offer = Offer.objects.create(entry=entry_of(town, student), opening=opening, **held)
        yield Row(str(student), {"pk": offer.pk}, owner=student.user_id)


@kind("urgent entry of counseling")
def urgent_rows(town: Town, me: User | None) -> Iterator[Row]:
    """For whoever is on duty: in working hours the full-time counselors."""
    on_duty = frozenset({town.world.holder(Role.FULL_TIME_COUNSELOR).pk})
    student = town.world.roomless
    entry = entry_of(town, student, triage=1)
    yield Row("urgent", {"pk": entry.pk}, units=above(entry), assigned=on_duty)


@kind("hours of a counselor")
def hours_rows(town: Town, me: User | None) -> Iterator[Row]:
    for counselor in counselors(town).values():
        week = {"weekday": 7, "starts": time(9), "ends": time(10), "valid_from": town.at.date()}
        hours = Hours.objects.create(counselor=counselor, **week)
        units = chain(counselor.school)
        yield Row(str(counselor), {"pk": hours.pk}, units=units, owner=counselor.user_id)


@kind("day off of a counselor")
def day_off_rows(town: Town, me: User | None) -> Iterator[Row]:
    for counselor in counselors(town).values():
        closure = _closure(town, counselor)
        yield Row(str(counselor), {"pk": closure.pk}, units=chain(counselor.school), owner=counselor.user_id)


def _closure(town: Town, counselor: Counselor | None) -> Closure:
    starts_at = town.at + timedelta(days=60)
    school = counselor.school if counselor else town.world.school
    span = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=8), "added_at": town.at}
    return Closure.objects.create(school=school, counselor=counselor, **span)


@kind("closure of the center")
def closure_rows(town: Town, me: User | None) -> Iterator[Row]:
    yield Row("center", {"pk": _closure(town, None).pk}, units=chain(town.world.school))


@kind("counselor")
def counselor_rows(town: Town, me: User | None) -> Iterator[Row]:
    for counselor in counselors(town).values():
        name = counselor.user.name
        yield Row(name, {"pk": counselor.pk}, units=chain(counselor.school), shows=name)


@kind("credential")
def credential_rows(town: Town, me: User | None) -> Iterator[Row]:
    for counselor in counselors(town).values():
        held = {"holder": counselor.user, "kind": "counselor", "starts_on": town.at.date()}
        credential = Credential.objects.create(counselor=counselor, **held)
        yield Row(str(counselor), {"pk": credential.pk}, units=chain(counselor.school))


@kind("room of the center")
def room_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL):
        room = Room.objects.create(school=unit, name=f"咨询室 {unit.code}", kind="counseling")
        yield Row(unit.code, {"pk": room.pk}, units=chain(unit), shows=room.name)
