"""What conditions look at, and which step of a list they lead to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from screening.rules.scales.components import component_points
from screening.rules.scales.definitions import Scale
from screening.rules.scales.parts import Band, Condition, Measure, Number, Step

Measured = tuple[Number | str | None, int]


@dataclass
class Figures:
    """The figures of one paper without gaps. `values`: the keyed answers; `positive`: those that count as a symptom;
    `sums`: points and number of items of each factor or component."""

    scale: Scale
    values: Sequence[Any]
    total: int | None
    standard: int | None
    positive: Sequence[int] | None
    sums: Mapping[str, tuple[int, int]]
    band: str | None = None
    class_: int | None = None

    def measure(self, condition: Condition) -> Measured:
        """What the condition looks at, and what it is divided by."""
        of = condition.of
        if of is Measure.TOTAL:
            return self.total, 1
        if of is Measure.FACTOR:
            return self.highest if condition.name == "any" else self.sums[condition.name]
        if of is Measure.ITEM:
            return self.values[self.scale.places[condition.name]], 1
        if of is Measure.GROUP:
            return self.answered_yes(condition.name), 1
        if of is Measure.POSITIVES:
            return self.positives, 1
        named = {Measure.STANDARD: self.standard, Measure.BAND: self.band, Measure.CLASS: self.class_}
        return named[of], 1

    @property
    def positives(self) -> int | None:
        return None if self.positive is None else len(self.positive)

    @cached_property
    def highest(self) -> tuple[int, int]:
        """Points and number of items of the factor with the highest mean."""
        return max(self.sums.values(), key=_mean)

    def answered_yes(self, group: str) -> int:
        """How many items of the group are above their lowest value."""
        scale = self.scale
        answers = [(self.values[scale.places[code]], scale.item(code).low) for code in scale.groups[group]]
        return sum(value is not None and value > low for value, low in answers)

    def take(self, steps: Sequence[Step]) -> str | int | None:
        """The name of the first step of which a condition holds; the last one takes what is left. None: no steps."""
        for step in steps:
            if not step.any:
                return step.name
            for condition in step.any:
                if condition.holds(*self.measure(condition)):
                    return step.name
        return None


def _mean(sums: tuple[int, int]) -> float:
    return sums[0] / sums[1]


def figures_of(scale: Scale, values: Sequence[Any]) -> Figures:
    """The figures of a paper without gaps."""
    keyed = list(values)
    for place, value in scale.stand_ins:
        keyed[place] = value if keyed[place] is None else keyed[place]
    for place, pivot in scale.pivots:
        keyed[place] = pivot - keyed[place]
    total: int | None
    if scale.components:
        points = component_points(scale, keyed)
        total, sums = sum(points.values()), {name: (value, 1) for name, value in points.items()}
    else:
        total = sum(scale.pick_scored(keyed)) if scale.scored else None
        sums = {name: (sum(pick(keyed)), n) for name, pick, n in scale.pick_factors}
    figures = Figures(
        scale=scale,
        values=keyed,
        total=total,
        standard=scale.standard.of(total) if scale.standard and total is not None else None,
        positive=_positive(scale, keyed),
        sums=sums,
    )
    figures.band = _band(figures)
    figures.class_ = class_of(figures.take(scale.classes))
    return figures


def _positive(scale: Scale, keyed: Sequence[Any]) -> list[int] | None:
    """The scored answers that count as a symptom; None where the scale does not count them."""
    border = scale.positive_from
    return None if border is None else [value for value in scale.pick_scored(keyed) if value >= border]


def _band(figures: Figures) -> str | None:
    scale = figures.scale
    if scale.band_steps:
        return str(figures.take(scale.band_steps))
    measured = figures.standard if scale.band_of is Measure.STANDARD else figures.total
    return next((band.name for band in scale.bands if _within(band, measured)), None)


def _within(band: Band, measured: int | None) -> bool:
    return measured is not None and band.low <= measured <= band.high


def class_of(name: str | int | None) -> int | None:
    """A step of a list of classes as a class."""
    return None if name is None else int(name)
