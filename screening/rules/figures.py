"""What conditions look at, and which step of a list they lead to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from screening.rules.definitions import Scale
from screening.rules.parts import Condition, Measure, Number, Step

Sums = Mapping[str, tuple[int, int]]


@dataclass(slots=True)
class Figures:
    """The figures of one paper. `values`: the keyed answers; `sums`: points and number of items of each factor."""

    scale: Scale
    values: Sequence[Any]
    total: int
    standard: int | None
    positives: int | None
    sums: Sums
    band: str | None = None
    class_: int | None = None

    def value(self, condition: Condition) -> Number | str | None:
        """What the condition looks at."""
        if condition.of is Measure.ITEM:
            found: Number | None = self.values[self.scale.places[condition.name]]
            return found
        if condition.of is Measure.GROUP:
            return self.answered_yes(condition.name)
        if condition.of is Measure.FACTOR:
            return self.factor(condition.name)
        plain: dict[Measure, Number | str | None] = {
            Measure.TOTAL: self.total,
            Measure.STANDARD: self.standard,
            Measure.POSITIVES: self.positives,
            Measure.BAND: self.band,
            Measure.CLASS: self.class_,
        }
        return plain[condition.of]

    def answered_yes(self, group: str) -> int:
        """How many items of the group are above their lowest value."""
        scale = self.scale
        answers = ((self.values[scale.places[code]], scale.item(code).low) for code in scale.groups[group])
        return sum(value is not None and value > low for value, low in answers)

    def factor(self, name: str) -> Fraction:
        """The exact mean of a factor; “any” is the highest one."""
        chosen = self.highest if name == "any" else name
        return Fraction(*self.sums[chosen])

    @property
    def highest(self) -> str:
        """The factor with the highest mean; the first of several."""
        return max(self.sums, key=lambda name: self.sums[name][0] / self.sums[name][1])

    def take(self, steps: Sequence[Step]) -> str | int | None:
        """The name of the first step of which a condition holds; the last step takes what is left. None: no steps."""
        for step in steps:
            if not step.any or self.holding(step):
                return step.name
        return None

    def holding(self, step: Step) -> list[Condition]:
        """The conditions of a step that hold."""
        return [condition for condition in step.any if condition.holds(self.value(condition))]
