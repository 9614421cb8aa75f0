"""Courses of counseling, what passes on, and what a college is told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from counseling.models import CollegeMessage, Counselor, Course, Transfer
from crisis.models import Referral
from network.models import BreakGlass, Student, User
from network.rules import Role
from network.rules.access_log import Sealed
from tests import factories
from tests.architecture.rows.counseling import counselors
from tests.architecture.rows.town import Row, Town, above, keys, kind


def course_of(town: Town, student: Student, counselor: Counselor) -> Course:
    course: Course | None = Course.objects.open().filter(student=student).first()
    if course is not None:
        return course
    made: Course = Course.objects.create(
        student=student, **keys(student), counselor=counselor, opened_by=counselor.user, opened_at=town.at
    )
    return made


def courses(town: Town) -> Iterator[Course]:
    """With each student of the school, in turn by one and the other counselor."""
    people = list(counselors(town).values())
    students = [student for student in town.students() if student.school_id == town.world.school.pk]
    for number, student in enumerate(students):
        yield course_of(town, student, people[number % len(people)])


def _of_course(course: Course, kwargs: dict[str, Any], asks: dict[str, Any] | None = None, *, shows: str = "") -> Row:
    assigned = frozenset({course.counselor.user_id})
    return Row(str(course.student), kwargs, asks or {}, units=above(course), assigned=assigned, shows=shows)


@kind("course of a client")
def course_rows(town: Town, me: User | None) -> Iterator[Row]:
    for course in courses(town):
        yield _of_course(course, {"pk": course.pk}, shows=course.student.name)


@kind("course to act on")
def course_to_act_on_rows(town: Town, me: User | None) -> Iterator[Row]:
    for course in courses(town):
        yield _of_course(course, {"pk": course.pk, "act": "suds"}, {"value": 4})


@kind("referral given")
def referral_given_rows(town: Town, me: User | None) -> Iterator[Row]:
    """The director sees all of them; a counselor those that were given to them."""
    for counselor in counselors(town).values():
        student = town.world.students["away"][0] if counselor.user.name.startswith("part") else town.world.roomless
        referral, _is_new = Referral.objects.get_or_create(
            target=Referral.Target.COUNSELING, student=student, state=Referral.State.OPEN,
            defaults={
                **keys(student), "reason": "town", "opened_by": counselor.user, "opened_at": town.at,
                "counselor": counselor.user, "assigned_at": town.at,
            },
        )  # fmt: skip
        yield Row(
            counselor.user.name, {"pk": referral.pk}, units=above(referral), assigned=frozenset({counselor.user_id})
        )


def _transfers(town: Town, state: str) -> Iterator[Transfer]:
    both = list(counselors(town).values())
    for course in courses(town):
        to = next(counselor for counselor in both if counselor.pk != course.counselor_id)
        agreed_at = town.at if state == "agreed" else None
        transfer, _is_new = Transfer.objects.update_or_create(
            course=course, ended_at=None,
            defaults={
                "student": course.student, **keys(course.student), "to": to, "summary": "town" * 5, "state": state,
                "asked_by": course.counselor.user, "asked_at": town.at, "agreed_at": agreed_at,
                "due_at": town.at + timedelta(days=5),
            },
        )  # fmt: skip
        yield transfer


@kind("transfer given")
def transfer_given_rows(town: Town, me: User | None) -> Iterator[Row]:
    """Until the student has agreed, only whoever gives and the director know."""
    for transfer in _transfers(town, "asked"):
        yield _of_course(transfer.course, {"pk": transfer.pk}, shows=transfer.student.name)


@kind("transfer offered")
def transfer_offered_rows(town: Town, me: User | None) -> Iterator[Row]:
    """Offered by somebody who has left; the other counselor answers."""
    left = User.objects.filter(number="left").first() or factories.make_user(
        "走了", number="left", school=town.world.school
    )
    giver, _is_new = Counselor.objects.get_or_create(school=town.world.school, user=left)
    for counselor in counselors(town).values():
        student = town.world.students["shared" if counselor.user.name.startswith("part") else "far"][0]
        course = course_of(town, student, giver)
        transfer, _fresh = Transfer.objects.get_or_create(
            course=course, ended_at=None,
            defaults={
                "student": student, **keys(student), "to": counselor, "summary": "town" * 5, "state": "agreed",
                "asked_by": left, "asked_at": town.at, "agreed_at": town.at, "due_at": town.at + timedelta(days=3),
            },
        )  # fmt: skip
        assigned = frozenset({counselor.user_id})
        yield Row(str(student), {"pk": transfer.pk}, {"answer": "no"}, units=above(transfer), assigned=assigned)


@kind("student with an opening")
def opened_student_rows(town: Town, me: User | None) -> Iterator[Row]:
    """The director of the school has opened the glass."""
    director = town.world.holder(Role.CENTER_DIRECTOR)
    students = [student for student in town.students() if student.school_id == town.world.school.pk]
    for student in students:
        glass = {"kind": Sealed.SESSION_NOTES, "opened_by": director}
        if not BreakGlass.objects.filter(student=student, **glass).exists():
            BreakGlass.objects.create(
                student=student, **keys(student), **glass, reason="town", opened_at=town.at,
                ends_at=town.at + timedelta(hours=1), review_role=Role.SCHOOL_LEADER,
                review_due_at=town.at + timedelta(hours=72),
            )  # fmt: skip
        yield Row(str(student), {"pk": student.pk}, units=above(student), shows=student.name)


@kind("message to a college")
def message_rows(town: Town, me: User | None) -> Iterator[Row]:
    for message in _messages(town, "agreed"):
        yield Row(str(message.student), {"pk": message.pk}, units=above(message), shows=message.student.name)


@kind("message about a student")
def own_message_rows(town: Town, me: User | None) -> Iterator[Row]:
    for message in _messages(town, "asked"):
        yield Row(str(message.student), {"pk": message.pk}, {"answer": "no"}, owner=message.student.user_id)


def _messages(town: Town, state: str) -> Iterator[CollegeMessage]:
    for course in courses(town):
        answered_at = town.at if state == "agreed" else None
        message, _is_new = CollegeMessage.objects.get_or_create(
            course=course, phrase="contact", state=state,
            defaults={
                "student": course.student, **keys(course.student), "asked_by": course.counselor.user,
                "asked_at": town.at, "answered_at": answered_at,
            },
        )  # fmt: skip
        yield message


@kind("transfer of a student")
def own_transfer_rows(town: Town, me: User | None) -> Iterator[Row]:
    for transfer in _transfers(town, "asked"):
        yield Row(str(transfer.student), {"pk": transfer.pk}, {"answer": "no"}, owner=transfer.student.user_id)
