"""What a line of the monthly form can say. Source: monthly forms in the domain rules. Observations, never diagnoses."""

from collections.abc import Iterable
from enum import IntEnum, IntFlag, auto

OBSERVATION_LENGTH = 200


class Status(IntEnum):
    CLEAR = 1
    CLOUDY = 2
    OVERCAST = 3
    RAIN = 4
    THUNDER = 5


class Sign(IntFlag):
    SLEEP = auto()
    EATING = auto()
    CLASS_ABSENCE = auto()
    WITHDRAWAL = auto()
    CONFLICT = auto()
    CRYING = auto()
    GAMING = auto()
    DRINKING = auto()


class Event(IntFlag):
    LOSS = auto()
    BREAK_UP = auto()
    FAILURE = auto()
    DISCIPLINE = auto()
    DEBT = auto()
    ILLNESS = auto()


class Help(IntFlag):
    TALKED = auto()
    KEPT_COMPANY = auto()
    TOLD_COMMITTEE_MEMBER = auto()
    TOLD_FUDAOYUAN = auto()
    SUGGESTED_COUNSELING = auto()


class Topic(IntFlag):
    """Hot topics of a class."""

    STUDY = auto()
    LIFE = auto()
    RELATIONS = auto()
    LOVE = auto()
    CAREER = auto()
    FAMILY = auto()


def mask(flags: Iterable[int]) -> int:
    """The bits of the flags joined."""
    joined = 0
    for flag in flags:
        joined |= int(flag)
    return joined
