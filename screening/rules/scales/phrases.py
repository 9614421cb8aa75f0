"""Sentences with figures in them that a page can translate. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from screening.rules.scales.faults import gettext_noop
from screening.rules.scales.parts import Condition, Number

COMMA = gettext_noop(", ")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence with its figures, and with words that are translated with it."""

    sentence: str
    params: dict[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()

    def text(self, translate: Callable[[str], str]) -> str:
        words = {"words": translate(COMMA).join(map(translate, self.words))} if self.words else {}
        return translate(self.sentence) % {**self.params, **words}


def bounds(condition: Condition) -> str:
    """≥ 20, or ≥ 20, ≤ 24."""
    borders = ((condition.at_least, "≥ "), (condition.at_most, "≤ "))
    return ", ".join(f"{sign}{number(border)}" for border, sign in borders if border is not None)


def listed(codes: Sequence[str]) -> str:
    return ", ".join(codes)


def number(value: Number | float | None) -> str:
    """A number as people write it: 7.5, and 7 for 7.0."""
    plain = float(value or 0)
    return str(int(plain)) if plain.is_integer() else f"{plain:.10g}"
