"""Scores a paper: totals, factors, bands, classes, critical answers, validity. Pure.

Whole numbers are compared with whole numbers; a mean is divided last and rounded by nobody but the page that shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from screening.rules.papers.answers import Answer, Seconds, read_answers
from screening.rules.scales.definitions import Scale
from screening.rules.scales.faults import AnswerError
from screening.rules.scoring.paper_figures import Figures, class_of, figures_of
from screening.rules.scoring.validity import Flag, flags_of, missing_items

__all__ = ["Answer", "AnswerError", "Flag", "Outcome", "critical_items", "plain", "score"]


@dataclass(frozen=True)
class Outcome:
    """What a paper comes to. Without a score (items left out) everything is None but what is critical and the flags.

    `raw` is what the standard score is made of, so it is the total. `class_`: where the instrument has classes of its
    own (UPI); `interview`: by which class a paper is asked to an interview, 1 soon, 2 later, 3 not. `critical_items`
    are codes. `valid` is false for papers that must not be counted; other flags are hints.
    """

    scale: Scale = field(repr=False)
    values: Sequence[Any] = field(repr=False)
    seconds: Seconds | None = field(repr=False)
    total: int | None
    standard: int | None
    factors: Mapping[str, float] | None
    positives: int | None
    psdi: float | None
    band: str | None
    class_: int | None
    interview: int | None
    critical_items: tuple[str, ...]
    flags: tuple[Flag, ...]

    @property
    def raw(self) -> int | None:
        return self.total

    @property
    def critical(self) -> bool:
        return bool(self.critical_items)

    @property
    def valid(self) -> bool:
        return not any(flag.spoils for flag in self.flags)


def score(scale: Scale, answers: Mapping[str, Any] | Sequence[Any], seconds_by_item: Seconds | None = None) -> Outcome:
    """Score the answers, given by item code or in the order of the items; None is an item left out. AnswerError names
    the item that has a code which is not offered."""
    values = read_answers(scale, answers)
    gaps = missing_items(scale, values)
    flags = flags_of(scale, values, seconds_by_item, gaps)
    critical = critical_items(scale, values)
    if gaps:
        nothing = (None,) * 8
        return Outcome(scale, values, seconds_by_item, *nothing, critical, flags)
    figures = figures_of(scale, values)
    return Outcome(
        scale,
        values,
        seconds_by_item,
        total=figures.total,
        standard=figures.standard,
        factors=_factors(figures),
        positives=figures.positives,
        psdi=_psdi(figures),
        band=figures.band,
        class_=figures.class_,
        interview=class_of(figures.take(scale.interview)),
        critical_items=critical,
        flags=flags,
    )


def _factors(figures: Figures) -> dict[str, float] | None:
    """Means of items; points where the scale has components."""
    if figures.scale.components:
        return {name: points for name, (points, _n) in figures.sums.items()}
    return {name: points / n for name, (points, n) in figures.sums.items()} or None


def _psdi(figures: Figures) -> float | None:
    """The positive symptom distress index: the mean of the positive answers; None where there is none."""
    return sum(figures.positive) / len(figures.positive) if figures.positive else None


def critical_items(scale: Scale, values: Sequence[Any]) -> tuple[str, ...]:
    """Codes of the critical items that are answered so; also of a paper with gaps. `values` in the order of the
    items, as read_answers gives them."""
    found = []
    for rule in scale.critical:
        value = values[scale.places[rule.item]]
        if value is not None and value >= rule.at_least:
            found.append(rule.item)
    return tuple(found)


def plain(outcome: Outcome) -> dict[str, Any]:
    """The outcome as plain data without the rules, which quote answers."""
    return {
        "scale": outcome.scale.key,
        "total": outcome.total,
        "raw": outcome.raw,
        "standard": outcome.standard,
        "factors": None if outcome.factors is None else dict(outcome.factors),
        "positives": outcome.positives,
        "psdi": outcome.psdi,
        "band": outcome.band,
        "class": outcome.class_,
        "interview": outcome.interview,
        "critical": outcome.critical,
        "critical_items": [int(code) if code.isdecimal() else code for code in outcome.critical_items],
        "valid": outcome.valid,
        "flags": [flag.value for flag in outcome.flags],
    }
