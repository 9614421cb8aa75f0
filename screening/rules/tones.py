"""Which gentle words a student reads afterwards. Pure: it chooses a tone, the templates hold the words."""

from collections.abc import Iterable
from enum import StrEnum


class Tone(StrEnum):
    """How the portal speaks to a student of their own paper; never a number, never a class."""

    STEADY = "steady"
    TIRED = "tired"
    HEAVY = "heavy"
    CALLED = "called"
    UNCLEAR = "unclear"


def tone_of(levels: Iterable[int | None], *, critical: bool, valid: bool) -> Tone:
    """The tone for the heaviest of the results; of a paper that cannot be read, none is guessed. After a critical
    answer the center comes to the student, so nothing says that it is up to them."""
    heaviest = min((level for level in levels if level), default=3)
    if critical:
        return Tone.CALLED
    if heaviest == 1:
        return Tone.HEAVY
    if not valid:
        return Tone.UNCLEAR
    return Tone.TIRED if heaviest == 2 else Tone.STEADY
