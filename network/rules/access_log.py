"""Why somebody looks into a file, when the student is told, and when sealed data may be opened. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from network.rules import Role


class LookPurpose(StrEnum):
    """What a reader says before looking."""

    CARE = "care"
    DUTY = "duty"
    FOLLOW_UP = "follow_up"
    REVIEW = "review"
    EMERGENCY = "emergency"
    OWN_REQUEST = "own_request"


DEFAULT_PURPOSE = LookPurpose.CARE
# Not chosen: it stands in the log where a glass was broken.
BREAK_GLASS = "break_glass"

# Looks at what belongs to a crisis are told to the student later: the first week belongs to the people who help. [D]
TOLD_AFTER = timedelta(days=7)
LONGEST_DELAY = timedelta(days=180)
SHORTEST_DELAY_REASON = 5
CLINICIANS = frozenset({Role.CENTER_DIRECTOR, Role.FULL_TIME_COUNSELOR})


class Sealed(StrEnum):
    """Kinds of data that open to some only behind a glass."""

    DORM_LINES = "dorm_lines"
    SESSION_NOTES = "session_notes"


# Source: "B" in the table of roles in the domain rules.
BREAKERS: Mapping[Sealed, frozenset[Role]] = {
    Sealed.DORM_LINES: frozenset({Role.CENTER_DIRECTOR}),
    Sealed.SESSION_NOTES: frozenset({Role.CENTER_DIRECTOR}),
}
# Kinds of which nobody else may learn that there are any.
DISCREET = frozenset({Sealed.SESSION_NOTES})
OPEN_FOR = timedelta(minutes=60)
REVIEW_WITHIN = timedelta(hours=72)
SHORTEST_REASON = 20
SHORTEST_REVIEW_NOTE = 5


def hidden_since(now: datetime, delayed_since: datetime | None) -> datetime:
    """Looks at a crisis after this moment are not told to the student yet; `delayed_since`: of the delay in force."""
    usual = now - TOLD_AFTER
    return usual if delayed_since is None else min(usual, delayed_since)


def delay_is_possible(*, ends_on: date, today: date) -> bool:
    """A delay ends: today, which lifts it, or within half a year."""
    return today <= ends_on <= today + LONGEST_DELAY


def reason_is_enough(reason: str, *, is_emergency: bool) -> bool:
    """Where a life may be at risk a word is enough, help comes first; else a sentence that others can judge."""
    length = len("".join(reason.split()))
    return length >= (1 if is_emergency else SHORTEST_REASON)


def review_role(opener: frozenset[Role]) -> Role:
    """Nobody reviews themselves: what a director opened goes to the school's leaders, the rest to the director."""
    return Role.SCHOOL_LEADER if Role.CENTER_DIRECTOR in opener else Role.CENTER_DIRECTOR
