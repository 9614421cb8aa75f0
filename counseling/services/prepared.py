"""What a student has written beforehand, draft and submitted versions together."""

from datetime import datetime

from counseling.models import Booking, Intake
from counseling.rules.intakes import is_at_risk
from counseling.services.intakes import answers_of, save_intake_field, submit_intake
from network.models import Student, User


def own_answers(student: Student) -> dict[str, str]:
    """The newest answer to each question, submitted or not."""
    answers: dict[str, str] = {}
    for intake in Intake.objects.filter(student=student).order_by("version"):
        answers |= answers_of(intake)
    return answers


def keep_answer(*, student: Student, field: str, text: str, by: User, at: datetime) -> dict[str, str]:
    """Keep one answer. It is handed in at once where the student has a time already, or where it tells of danger: then
    the center is called, whether a time is booked or not. Returns all answers."""
    save_intake_field(student=student, field=field, text=text, by=by, at=at)
    answers = own_answers(student)
    if is_at_risk(answers) or Booking.objects.upcoming(at).filter(student=student).exists():
        submit_intake(student=student, answers=answers, by=by, at=at)
    return answers


def hand_in(*, student: Student, by: User, at: datetime) -> None:
    """Hand in what was kept so far, if there is anything."""
    if Intake.objects.drafts().filter(student=student).exists():
        submit_intake(student=student, answers=own_answers(student), by=by, at=at)
