"""Whether a paper may be counted. Pure.

Source: gaps, all lie items and haste spoil a paper, the same answer nearly everywhere is a hint.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Any

from screening.rules.components import efficiencies
from screening.rules.definitions import Scale
from screening.rules.parts import Kind

Seconds = Mapping[str, float | None] | Sequence[float | None]


class Flag(StrEnum):
    """What is odd about a paper."""

    MISSING_ITEMS = "missing_items"
    LIE_ITEMS = "lie_items"
    TOO_FAST = "too_fast"
    SAME_ANSWER = "same_answer"
    IMPLAUSIBLE_TIMES = "implausible_times"

    @property
    def spoils(self) -> bool:
        """Whether the paper must not be counted; else it is a hint."""
        return self in SPOILING


SPOILING = frozenset({Flag.MISSING_ITEMS, Flag.LIE_ITEMS, Flag.TOO_FAST})


def missing_items(scale: Scale, values: Sequence[Any]) -> list[str]:
    """Codes of the items that were left out and must not be."""
    if None not in values:
        return []
    return [item.code for item, value in zip(scale.items, values, strict=True) if value is None and not item.optional]


def flags_of(scale: Scale, values: Sequence[Any], seconds: Seconds | None) -> tuple[Flag, ...]:
    found = {
        Flag.MISSING_ITEMS: bool(missing_items(scale, values)),
        Flag.LIE_ITEMS: lied(scale, values),
        Flag.TOO_FAST: too_fast(scale, seconds),
        Flag.SAME_ANSWER: same_answer(scale, values),
        Flag.IMPLAUSIBLE_TIMES: any(share > 1 for share in efficiencies(scale, values)),
    }
    return tuple(flag for flag, there in found.items() if there)


def lied(scale: Scale, values: Sequence[Any]) -> bool:
    """Whether every lie item is answered with its highest value."""
    return bool(scale.lie) and all(values[scale.places[code]] == scale.item(code).high for code in scale.lie)


def mean_seconds(seconds: Seconds | None) -> float | None:
    """Seconds per item over those that were timed."""
    if seconds is None:
        return None
    given = [second for second in (seconds.values() if isinstance(seconds, Mapping) else seconds) if second is not None]
    return sum(given) / len(given) if given else None


def too_fast(scale: Scale, seconds: Seconds | None) -> bool:
    mean = mean_seconds(seconds)
    return mean is not None and scale.seconds_per_item is not None and mean < scale.seconds_per_item


def same_share(scale: Scale, values: Sequence[Any]) -> Fraction:
    """The share of the choice items that have the most frequent answer."""
    given = (
        [
            value
            for item, value in zip(scale.items, values, strict=True)
            if item.kind is Kind.CHOICE and value is not None
        ]
        if not scale.offered
        else [value for value in values if value is not None]
    )
    return Fraction(max(map(given.count, set(given))), len(given)) if given else Fraction(0)


def same_answer(scale: Scale, values: Sequence[Any]) -> bool:
    return scale.same_answer is not None and same_share(scale, values) >= scale.same_answer
