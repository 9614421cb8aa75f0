"""The words of groups and conferences. Pure."""

from datetime import datetime
from enum import StrEnum


class GroupState(StrEnum):
    RECRUITING = "recruiting"
    RUNNING = "running"
    CANCELLED = "cancelled"
    ENDED = "ended"


class MemberState(StrEnum):
    WAITING = "waiting"
    MEMBER = "member"
    LEFT = "left"


class ConferenceKind(StrEnum):
    CONFERENCE = "conference"
    SUPERVISION = "supervision"


MOST_DATES = 20


def decided(members: int, least: int) -> GroupState:
    """What becomes of a group at its deadline."""
    return GroupState.RUNNING if members >= least else GroupState.CANCELLED


def knows_names(first_meeting: datetime | None, at: datetime) -> bool:
    """Whether members know each other's names: from the first meeting on."""
    return first_meeting is not None and first_meeting <= at
