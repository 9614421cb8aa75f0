"""Telling the family: whom to try next, and when an attempt, an answer or a signature may be written down. Pure."""

from collections.abc import Iterable
from enum import StrEnum

# After so many vain attempts the next one is tried as well.
TRIES = 2
BY_NUMBER = frozenset({"phone", "video"})


class Whom(StrEnum):
    """Whom one tries to reach, in this order."""

    GUARDIAN = "guardian"
    SECOND = "second"
    POLICE = "police"


def whom_next(tried: Iterable[Whom], *, has_number: bool) -> Whom:
    """Whom to try now: the first contact, then the second, then police or community."""
    counted = list(tried)
    if has_number and counted.count(Whom.GUARDIAN) < TRIES:
        return Whom.GUARDIAN
    if counted.count(Whom.SECOND) < TRIES:
        return Whom.SECOND
    return Whom.POLICE


def lacks_number(channel: str, number: str) -> bool:
    """Whether a call cannot have been made, since there is no number for it."""
    return channel in BY_NUMBER and not number.strip()


def lacks_witness(*, is_signed: bool, has_page: bool, witness: str) -> bool:
    """Whether a signature is not proven: neither by the signed page nor, when refused, by somebody who was there."""
    return not has_page if is_signed else not witness.strip()
