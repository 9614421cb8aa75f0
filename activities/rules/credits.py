"""Hours for taking part, and what a certificate calls an activity. Pure."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction

# Whoever was there for less than two thirds of the occasions gets no hours.
LEAST_SHARE = Fraction(2, 3)
NO_HOURS = Decimal("0.0")
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12


def hours_for(occasions: Mapping[str, Decimal], present: Collection[str]) -> Decimal:
    """The hours of the occasions somebody was at, if these are at least two thirds; else none.
    `occasions`: the hours of each."""
    if not occasions:
        return NO_HOURS
    attended = [key for key in occasions if key in present]
    if Fraction(len(attended), len(occasions)) < LEAST_SHARE:
        return NO_HOURS
    return sum((occasions[key] for key in attended), NO_HOURS)


def masked(name: str) -> str:
    """A name as a stranger may read it: the first character, and a star for each of the others."""
    return name[:1] + "*" * max(1, len(name) - 1)
