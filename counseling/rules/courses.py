"""Courses: why they end, how one passes to another counselor, and what a college may be told. Pure."""

from datetime import datetime, time
from enum import StrEnum

from crisis.rules.recipients import working_days_after
from kernel.periods import TZ


class Closing(StrEnum):
    AGREED = "agreed"
    STUDENT_ENDED = "student_ended"
    STAYED_AWAY = "stayed_away"
    TRANSFERRED = "transferred"
    TO_HOSPITAL = "to_hospital"
    LEFT_SCHOOL = "left_school"
    COUNSELOR_LEFT = "counselor_left"


# What a counselor chooses; a transfer closes a course by itself.
CHOSEN = tuple(reason for reason in Closing if reason != Closing.TRANSFERRED)


class TransferState(StrEnum):
    """`ASKED`: the student has not answered; `AGREED`: the new counselor has not; the rest is terminal."""

    ASKED = "asked"
    AGREED = "agreed"
    DONE = "done"
    DECLINED = "declined"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OPEN_TRANSFER = (TransferState.ASKED, TransferState.AGREED)
# Working days until the student's answer is asked after, and until the new counselor answers. [D]
ANSWER_WITHIN, TAKE_ON_WITHIN = 5, 3


class Phrase(StrEnum):
    """All that a college can be told, and only with the student's yes; none of them says how often somebody comes."""

    CONSIDERATE = "considerate"
    DEADLINES = "deadlines"
    ROOM = "room"
    CONTACT = "contact"


class AnswerState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


LEAST_LIMIT, MOST_LIMIT = 1, 60
SUMMARY_LEAST, SUMMARY_MOST = 20, 4000
NOTE_MOST = 8000


def due_after(at: datetime, days: int) -> datetime:
    """The end of the n-th working day after."""
    day = working_days_after(at.astimezone(TZ).date(), days)
    return datetime.combine(day, time(18), TZ)
