"""The parts an instrument is made of. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from screening.rules.scales.faults import gettext_noop

# The names a band may have, from well to ill, and how they are read; a scale takes some of them.
BAND_WORDS = {
    "normal": gettext_noop("normal"),
    "minimal": gettext_noop("minimal"),
    "mild": gettext_noop("mild"),
    "moderate": gettext_noop("moderate"),
    "moderately_severe": gettext_noop("moderately severe"),
    "severe": gettext_noop("severe"),
}
BANDS = tuple(BAND_WORDS)
Number = int | Fraction


class Kind(StrEnum):
    """How an item is answered: one of the values offered, a time of day (HH:MM), a number within bounds, a date
    (2026-11-25), or a text of one's own. The last two are never scored."""

    CHOICE = "choice"
    TIME = "time"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `choices` names the set whose `values` are offered; `low` and `high` bound the value; `missing`:
    what it counts as when it is left out, where the authors of the scale say so."""

    code: str
    kind: Kind
    choices: str
    values: tuple[int, ...]
    low: int
    high: int
    optional: bool = False
    missing: int | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """A part of the scale with a score of its own, the mean of its items."""

    name: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standard:
    """The standard score: floor(raw × times ÷ over), in whole numbers so that nothing is rounded by accident."""

    times: int
    over: int

    def of(self, raw: int) -> int:
        return raw * self.times // self.over


@dataclass(frozen=True, slots=True)
class Steps:
    """Turns a quantity into points: one for each border passed. None given: the quantity itself."""

    above: tuple[Number, ...] = ()
    at_most: tuple[Number, ...] = ()
    below: tuple[Number, ...] = ()

    def of(self, quantity: Number) -> Number:
        if not self.highest:
            return quantity
        return (
            sum(quantity > border for border in self.above)
            + sum(quantity <= border for border in self.at_most)
            + sum(quantity < border for border in self.below)
        )

    @property
    def highest(self) -> int:
        """The most points there are; 0 where the quantity is taken as it is."""
        return len(self.above) + len(self.at_most) + len(self.below)


@dataclass(frozen=True, slots=True)
class Norm:
    """Published means of the total and the factors, and where they come from."""

    source: str
    means: Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class Summand:
    """An item, in points where it has steps of its own."""

    item: str
    steps: Steps = Steps()


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Hours asleep in per cent of the time between going to bed and getting up, across midnight."""

    bed: str
    up: str
    hours: str


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the total: a sum of items, or the efficiency of sleep, turned into points."""

    name: str
    summands: tuple[Summand, ...]
    efficiency: Efficiency | None
    steps: Steps
    highest: int


@dataclass(frozen=True, slots=True)
class Band:
    """A range of the score, both ends included."""

    name: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Critical:
    """An answer from `at_least` up calls somebody, whatever the rest of the paper says."""

    item: str
    at_least: int


class Measure(StrEnum):
    """What a condition may look at. Group: how many of its items are answered above their lowest value."""

    TOTAL = "total"
    STANDARD = "standard"
    POSITIVES = "positives"
    FACTOR = "factor"
    ITEM = "item"
    GROUP = "group"
    BAND = "band"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Condition:
    """`name`: the item, group or factor looked at (factor "any": the highest one). `among`: bands or classes."""

    of: Measure
    name: str = ""
    at_least: Number | None = None
    at_most: Number | None = None
    among: tuple[str | int, ...] = ()

    def holds(self, points: Number | str | None, per: int = 1) -> bool:
        """Whether it holds of points ÷ per; multiplied out, so that no mean is rounded."""
        if self.among:
            return points in self.among
        if points is None or isinstance(points, str):
            return False
        if self.at_least is not None and points < self.at_least * per:
            return False
        return self.at_most is None or points <= self.at_most * per


@dataclass(frozen=True, slots=True)
class Step:
    """A band or class that is given where any of the conditions holds; without conditions: to all that are left."""

    name: str | int
    any: tuple[Condition, ...]
