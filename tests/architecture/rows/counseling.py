"""Counseling: sessions with one student, keys of calendars."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from counseling.models import Booking, Counselor, Room, Session
from network.models import Student, User
from network.rules import Role
from tests.architecture.rows.town import Row, Town, above, keys, kind


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
