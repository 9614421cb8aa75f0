"""Who needs a second factor, how long a session may stay alone, how often somebody may guess. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from network.rules import PEER_ROLES, Ability, Role

# A desk stands in an office where others pass by; a phone is in its owner's pocket.
DESK_IDLE = timedelta(minutes=30)
HAND_IDLE = timedelta(hours=12)
# Whose phone is used by others too has said so.
SHARED_IDLE = timedelta(minutes=15)
# SECURITY: however much it is used, a session ends this long after the sign-in.
LONGEST_SESSION = timedelta(hours=12)
# How exact "last seen" is: one write a minute at most.
SEEN_EVERY = timedelta(minutes=1)


def demands_second_factor(abilities: Collection[Ability]) -> bool:
    """Whoever can see other people's data. Each ability opens some: names of a room at the least, and figures, from
    which a person can be guessed; so any one of them is enough, also that of a dorm head."""
    return bool(abilities)


def idle_limit(*, is_student: bool, roles: Iterable[Role]) -> timedelta:
    """How long a session may be left alone: a student's, with or without a post among peers, or anybody else's."""
    if is_student and PEER_ROLES.issuperset(roles):
        return HAND_IDLE
    return DESK_IDLE


class Stay(StrEnum):
    """What a request finds: a session just seen, one to be noted as seen, one left alone for too long, or one
    that began too long ago."""

    FRESH = "fresh"
    SEEN = "seen"
    LEFT = "left"
    OVER = "over"


def stay(*, alone: timedelta, limit: timedelta, age: timedelta) -> Stay:
    """`alone`: the time since the session was last seen; `age`: since the sign-in."""
    if age >= LONGEST_SESSION:
        return Stay.OVER
    if alone >= limit:
        return Stay.LEFT
    return Stay.SEEN if alone >= SEEN_EVERY else Stay.FRESH


@dataclass(frozen=True)
class Limit:
    """At most `amount` failures in the `seconds` past; whoever reaches it waits."""

    name: str
    amount: int
    seconds: int


# SECURITY: ten guesses in half a day, from wherever they come, and five in a row. A device on which the account was
# used before counts for itself, so that strangers who guess cannot lock out the one who knows.
ACCOUNT_LIMITS = (Limit("account", 5, 5 * 60), Limit("account", 10, 12 * 3600))
DEVICE_LIMITS = (Limit("device", 5, 5 * 60), Limit("device", 20, 12 * 3600))
# A campus often has one address: the limit leaves room for a morning's mistyping of thousands.
ADDRESS_LIMIT = Limit("address", 60, 60)
# All failures of the portal together: a guess at every account from everywhere makes unknown devices wait. Failures for
# numbers that nobody has count apart, and make only such numbers wait.
WHOLE_LIMIT = Limit("whole", 1200, 10 * 60)
# What one address can add to the whole, so that a few addresses cannot make everybody wait.
SHARE_LIMIT = Limit("share", 100, 10 * 60)
