"""The part of the month that nearly nobody reads: what students write before a talk, and what counselors note."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from counseling.rules.groups import ConferenceKind
from counseling.rules.kinds import BookingState, Topic
from counseling.rules.measures import MeasureKind
from counseling.services.calls import CallRecord, register_call
from counseling.services.changes import cancel_booking
from counseling.services.closures import close_days
from counseling.services.conferences import check_text, plan_conference, present_case
from counseling.services.courses import open_course
from counseling.services.intakes import submit_intake
from counseling.services.measures import take_measure
from counseling.services.notes import write_note
from counseling.services.outcomes import record_attendance
from counseling.services.staff import extend_limit
from counseling.services.transfers import ask_transfer
from network.rules import Role
from tests.conftest import World
from tests.counseling.centers import MONDAY, agree, book, make_center, moment

Texts = Callable[[str, int], str]
TRIES = 120


def tell(world: World, texts: Texts, *, at: datetime) -> None:
    """Through the services that write it in life."""
    director = world.holder(Role.CENTER_DIRECTOR)
    center = make_center(world.school, director, at=world.at, counselors=2)
    counselor, other = center.counselors
    student = world.students["far"][0]
    agree([student], at=world.at)
    answers = {"reason": texts("counseling_intake.answers", 500), "hope": texts("counseling_intake.answers", 500)}
    submit_intake(student=student, answers=answers, by=student.user, at=at)
    booking = book(student, counselor, moment(MONDAY, 10), at=at)
    extend_limit(student=student, sessions=4, reason=texts("counseling_extension.reason", 300), by=director, at=at)
    again = book(student, counselor, moment(MONDAY, 14), at=at, client_id=uuid4())
    cancel_booking(booking=again, reason=texts("counseling_booking.reason", 300), by=counselor.user, at=at)
    over = moment(MONDAY, 12)
    record_attendance(booking=booking, outcome=BookingState.ATTENDED, by=counselor.user, at=over)
    course = open_course(student=student, counselor=counselor, limit=8, by=counselor.user, at=over)
    for _number in range(12):
        text = texts("counseling_sessionnote.text", 4000)
        write_note(course=course, text=text, session=booking.session, by=counselor.user, at=over)
    take_measure(course=course, kind=MeasureKind.WHO5, items=[1, 2, 3, 4, 5], by=counselor.user, at=over)
    # Three times: a summary of fewer than twenty characters is refused.
    summary = texts("counseling_transfer.summary", 1300) * 3
    ask_transfer(course=course, to=other, summary=summary, by=counselor.user, at=over)
    span = (over + timedelta(days=1), over + timedelta(days=1, hours=1))
    people = {"invited": [counselor.user], "by": counselor.user, "at": over}
    conference = plan_conference(school=world.school, kind=ConferenceKind.CONFERENCE, span=span, **people)
    present_case(conference=conference, text=_about_nobody(world, texts), by=counselor.user, at=over)
    alias, note = texts("counseling_call.alias", 20), texts("counseling_call.note", 500)
    call = CallRecord(at=at - timedelta(hours=1), minutes=20, topic=Topic.MOOD, alias=alias, note=note)
    register_call(school=world.school, record=call, by=counselor.user, at=at)
    reason = texts("counseling_closure.reason", 200)
    days_off = {"starts_at": at + timedelta(days=30), "ends_at": at + timedelta(days=31)}
    close_days(school=world.school, counselor=other, reason=reason, by=director, at=at, **days_off)


def _about_nobody(world: World, texts: Texts) -> str:
    """The first text that a conference takes: the people of the month may be named like what is told there."""
    tries = (texts("counseling_presentation.text", 80) for _number in range(TRIES))
    return next(text for text in tries if not check_text(text=text, school=world.school).refused)
