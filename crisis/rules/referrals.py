"""Handing a student to a hospital: one step after the other, none left out. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum


class Step(StrEnum):
    """The steps of a referral, in their order."""

    ASSESSED = "assessed"
    APPROVED = "approved"
    GUARDIAN_TOLD = "guardian_told"
    ESCORTED = "escorted"
    ARRIVED = "arrived"
    REPLIED = "replied"
    PLANNED = "planned"
    FOLLOWED_UP = "followed_up"
    BROKEN_OFF = "broken_off"


class Hitch(StrEnum):
    """Why a step cannot be taken."""

    NOT_ITS_TURN = "not-its-turn"
    SAME_PERSON = "same-person"
    BEFORE_THE_LAST = "before-the-last"


ORDER: tuple[Step, ...] = tuple(step for step in Step if step != Step.BROKEN_OFF)
# How soon the next step is owed after each; the school's own measure.
WITHIN: Mapping[Step, timedelta] = {
    Step.ASSESSED: timedelta(hours=4),
    Step.APPROVED: timedelta(hours=4),
    Step.GUARDIAN_TOLD: timedelta(hours=24),
    Step.ESCORTED: timedelta(hours=12),
    Step.ARRIVED: timedelta(days=7),
    Step.REPLIED: timedelta(days=3),
    Step.PLANNED: timedelta(days=14),
}


def next_step(taken: Sequence[Step]) -> Step | None:
    """What comes now; None when all is done or it was broken off."""
    if Step.BROKEN_OFF in taken or len(taken) >= len(ORDER):
        return None
    return ORDER[len(taken)]


def due_after(step: Step, at: datetime) -> datetime | None:
    """By when the step after this one is owed; None after the last."""
    return at + WITHIN[step] if step in WITHIN else None


def hitch(
    taken: Sequence[Step], step: Step, *, at: datetime, last_at: datetime | None, is_assessor: bool
) -> Hitch | None:
    """Why a step, taken at `at`, may not be written down: not its turn, approved by whoever assessed, or said to have
    been before the step that precedes it."""
    if step != next_step(taken) and not (step == Step.BROKEN_OFF and next_step(taken)):
        return Hitch.NOT_ITS_TURN
    if step == Step.APPROVED and is_assessor:
        return Hitch.SAME_PERSON
    if last_at is not None and at < last_at:
        return Hitch.BEFORE_THE_LAST
    return None
