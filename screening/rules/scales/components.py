"""Scores that are a sum of parts rather than of items, as the sleep quality index. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from screening.rules.scales.definitions import Scale
from screening.rules.scales.parts import Component, Efficiency, Number

MINUTES_OF_DAY = 24 * 60
MINUTES_OF_HOUR = 60
HUNDRED = 100
# Source: docs/domain.md § 5, PSQI.
MOST_HOURS_IN_BED = 14
FEW_HOURS_ASLEEP = 4
LEAST_PERCENT = 40


def component_points(scale: Scale, values: Sequence[Any]) -> dict[str, int]:
    """The points of each component; nothing may be missing."""
    return {component.name: _points(scale, component, values) for component in scale.components}


def _points(scale: Scale, component: Component, values: Sequence[Any]) -> int:
    if component.efficiency is not None:
        return int(component.steps.of(efficiency(scale, component.efficiency, values) * HUNDRED))
    quantity = sum(summand.steps.of(values[scale.places[summand.item]]) for summand in component.summands)
    return int(component.steps.of(quantity))


def efficiency(scale: Scale, rule: Efficiency, values: Sequence[Any]) -> Fraction:
    """Time asleep ÷ time in bed; the same time twice is a whole day in bed."""
    in_bed = minutes_in_bed(scale, rule, values)
    asleep: Number = values[scale.places[rule.hours]]
    return Fraction(asleep) * MINUTES_OF_HOUR / in_bed


def minutes_in_bed(scale: Scale, rule: Efficiency, values: Sequence[Any]) -> int:
    """From going to bed to getting up, across midnight."""
    bed, up = values[scale.places[rule.bed]], values[scale.places[rule.up]]
    return (int(up) - int(bed)) % MINUTES_OF_DAY or MINUTES_OF_DAY


@dataclass(frozen=True, slots=True)
class Rest:
    """Hours in bed and hours asleep, as somebody states them of themselves."""

    in_bed: Fraction
    asleep: Fraction

    @property
    def is_too_long(self) -> bool:
        """Nobody is in bed that long every night; a time of the twelve-hour clock looks like it."""
        return self.in_bed > MOST_HOURS_IN_BED

    @property
    def is_too_light(self) -> bool:
        """Awake most of a night that is called a night's sleep."""
        return self.asleep > FEW_HOURS_ASLEEP and self.asleep * HUNDRED < self.in_bed * LEAST_PERCENT

    @property
    def is_implausible(self) -> bool:
        return self.asleep > self.in_bed or self.is_too_long or self.is_too_light


def rests(scale: Scale, values: Sequence[Any]) -> Iterator[Rest]:
    """The hours of every component that asks for them and whose answers are there."""
    for component in scale.components:
        rule = component.efficiency
        if rule and None not in (values[scale.places[code]] for code in (rule.bed, rule.up, rule.hours)):
            hours = Fraction(minutes_in_bed(scale, rule, values), MINUTES_OF_HOUR)
            yield Rest(hours, Fraction(values[scale.places[rule.hours]]))
