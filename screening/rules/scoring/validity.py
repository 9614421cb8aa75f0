"""Whether a paper may be counted. Pure.

Source: gaps, all lie items and haste spoil a paper, the same answer nearly everywhere is a hint.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from screening.rules.papers.answers import Seconds
from screening.rules.scales.components import rests
from screening.rules.scales.definitions import Scale


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


def flags_of(scale: Scale, values: Sequence[Any], seconds: Seconds | None, gaps: Sequence[str]) -> tuple[Flag, ...]:
    """What is odd about the paper, the spoiling first; `gaps`: its missing items."""
    found = []
    if gaps:
        found.append(Flag.MISSING_ITEMS)
    if lied(scale, values):
        found.append(Flag.LIE_ITEMS)
    if too_fast(scale, seconds):
        found.append(Flag.TOO_FAST)
    if same_answer(scale, values):
        found.append(Flag.SAME_ANSWER)
    if scale.components and any(rest.is_implausible for rest in rests(scale, values)):
        found.append(Flag.IMPLAUSIBLE_TIMES)
    return tuple(found)


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


def same_share(scale: Scale, values: Sequence[Any]) -> tuple[int, int]:
    """How many of the answers with choices are the most frequent one, and how many such answers there are."""
    given = values if scale.offered else scale.pick_choices(values)
    if None in given:
        given = [value for value in given if value is not None]
    return (max(map(given.count, set(given))), len(given)) if given else (0, 0)


def same_answer(scale: Scale, values: Sequence[Any]) -> bool:
    border = scale.same_answer
    if border is None:
        return False
    same, given = same_share(scale, values)
    return given > 0 and same * border.denominator >= border.numerator * given
