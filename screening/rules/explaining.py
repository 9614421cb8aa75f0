"""Says of each result which rule gave it, as sentences that a page can translate. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from screening.rules.scoring import Outcome


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence with its figures."""

    sentence: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str]) -> str:
        return translate(self.sentence) % self.params


@dataclass(frozen=True, slots=True)
class Reason:
    """One result, its value, and why: what is said together is joined by semicolons."""

    result: str
    value: Any
    because: tuple[Phrase, ...]

    def text(self, translate: Callable[[str], str]) -> str:
        return "; ".join(phrase.text(translate) for phrase in self.because)

    def __str__(self) -> str:
        return self.text(str)


def reasons_of(outcome: Outcome) -> tuple[Reason, ...]:
    """The reasons of all results of the outcome."""
    return ()
