"""An instrument as data: its items, its key and its cut-offs, read from a definition and checked on the way. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from screening.rules.scales import definition_reader, publications
from screening.rules.scales.faults import DefinitionError, gettext_noop
from screening.rules.scales.parts import (
    Band,
    Component,
    Condition,
    Critical,
    Factor,
    Item,
    Kind,
    Measure,
    Norm,
    Number,
    Standard,
    Step,
)

Pick = Callable[[Sequence[Any]], tuple[Any, ...]]

__all__ = ["DefinitionError", "Scale", "parse"]

WORDS = frozenset(
    {
        "key",
        "choices",
        "items",
        "unscored",
        "reverse",
        "factors",
        "components",
        "standard",
        "positive_from",
        "bands",
        "band_of",
        "band_steps",
        "classes",
        "interview",
        "critical",
        "lie",
        "groups",
        "seconds_per_item",
        "same_answer",
        "norm",
        "loinc",
    }
)


@dataclass(frozen=True)
class Scale:
    """One instrument. Codes are texts ("9", "5a"); tuples keep the order of the file.

    `scored`: the items that make the total, none where the scale gives no score; `factors`: means of items;
    `components`: what the total is the sum of, where it is not a sum of items; `bands` on `band_of` (total or
    standard), or `band_steps` by conditions; `classes`: the classes of the instrument itself; `interview`: by which
    class its papers are asked to an interview (1 soon, 2 later, 3 not); `lie`: all of them yes spoils the paper;
    `seconds_per_item`, `same_answer`: the validity rules; `norm`: what figures are compared with.
    """

    key: str
    items: tuple[Item, ...]
    scored: tuple[str, ...]
    reverse: frozenset[str]
    factors: tuple[Factor, ...]
    components: tuple[Component, ...]
    standard: Standard | None
    positive_from: int | None
    bands: tuple[Band, ...]
    band_of: Measure
    band_steps: tuple[Step, ...]
    classes: tuple[Step, ...]
    interview: tuple[Step, ...]
    critical: tuple[Critical, ...]
    lie: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    seconds_per_item: Number | None
    same_answer: Number | None
    norm: Norm | None
    loinc: Mapping[str, Any]

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each item stands, from 0."""
        return {item.code: place for place, item in enumerate(self.items)}

    @cached_property
    def total_bounds(self) -> tuple[int, int]:
        """The lowest and the highest total there can be."""
        if self.components:
            return 0, sum(component.highest for component in self.components)
        scored = [self.item(code) for code in self.scored]
        return sum(item.low for item in scored), sum(item.high for item in scored)

    @cached_property
    def pick_choices(self) -> Pick:
        """Takes the answers to items with choices."""
        return self.picker([item.code for item in self.items if item.kind is Kind.CHOICE])

    @cached_property
    def offered(self) -> frozenset[int | None]:
        """What all items alike offer, and None for one left out; empty where they differ."""
        values = {item.values for item in self.items}
        return frozenset({*self.items[0].values, None}) if len(values) == 1 and self.items[0].values else frozenset()

    @cached_property
    def standard_bounds(self) -> tuple[int, int] | None:
        """The lowest and the highest standard score there can be."""
        low, high = self.total_bounds
        return (self.standard.of(low), self.standard.of(high)) if self.standard else None

    @cached_property
    def stand_ins(self) -> tuple[tuple[int, int], ...]:
        """Where each item stands that counts as a value when it is left out, and that value."""
        return tuple((self.places[item.code], item.missing) for item in self.items if item.missing is not None)

    @cached_property
    def pivots(self) -> tuple[tuple[int, int], ...]:
        """Where each reverse item stands, and what its value is taken from: 3 where 0–3 is offered, 5 for 1–4."""
        return tuple((self.places[code], self.item(code).low + self.item(code).high) for code in sorted(self.reverse))

    @cached_property
    def pick_scored(self) -> Pick:
        return self.picker(self.scored)

    @cached_property
    def pick_factors(self) -> tuple[tuple[str, Pick, int], ...]:
        """Name, picker and number of items of each factor."""
        return tuple((factor.name, self.picker(factor.items), len(factor.items)) for factor in self.factors)

    def picker(self, codes: Sequence[str]) -> Pick:
        """Takes the values of these items out of those of all items."""
        places = [self.places[code] for code in codes]
        if len(places) < 2:
            return lambda values: tuple(values[place] for place in places)
        return itemgetter(*places)

    def item(self, code: str) -> Item:
        return self.items[self.places[code]]


def parse(definition: Any) -> Scale:
    """The scale of a definition as documented in docs/scales.md; DefinitionError names the place of the first fault."""
    data = definition_reader.mapping(definition, "definition", allowed=WORDS)
    items = definition_reader.read_items(data)
    codes = {item.code: item for item in items}
    unscored = definition_reader.read_codes(data, "unscored", codes)
    groups = definition_reader.read_groups(data, codes)
    optional = {item.code for item in items if item.optional and item.missing is None}
    components = definition_reader.read_components(data, codes)
    scored = _scored(items, unscored, components)
    factors = definition_reader.read_factors(data, codes)
    standard = definition_reader.read_standard(data)
    band_of = definition_reader.read_band_of(data, standard)
    scale = Scale(
        key=definition_reader.text(data, "key", "definition"),
        items=items,
        scored=scored,
        reverse=_reverse(data, codes, scored),
        factors=factors,
        components=components,
        standard=standard,
        positive_from=definition_reader.read_positive_from(data),
        bands=definition_reader.read_bands(data),
        band_of=band_of,
        band_steps=definition_reader.read_band_steps(data),
        classes=definition_reader.read_classes(data, "classes"),
        interview=definition_reader.read_classes(data, "interview"),
        critical=definition_reader.read_critical(data, codes),
        lie=definition_reader.read_codes(data, "lie", codes),
        groups=groups,
        seconds_per_item=definition_reader.read_share(data, "seconds_per_item", highest=60),
        same_answer=definition_reader.read_share(data, "same_answer", highest=1),
        norm=publications.read_norm(data, [factor.name for factor in factors]),
        loinc=publications.read_loinc(data),
    )
    _check_needed(scale, optional)
    _check_bands(scale)
    _check_steps(scale)
    return scale


def _scored(items: tuple[Item, ...], unscored: tuple[str, ...], components: tuple[Component, ...]) -> tuple[str, ...]:
    if components:
        used = [summand.item for component in components for summand in component.summands]
        for component in components:
            if component.efficiency is not None:
                used += [component.efficiency.bed, component.efficiency.up, component.efficiency.hours]
        return tuple(item.code for item in items if item.code in set(used))
    for item in items:
        if item.kind is not Kind.CHOICE and item.code not in unscored:
            raise DefinitionError(
                gettext_noop("Only items with choices can be summed: name this one in “unscored” or use components."),
                place=f"items.{item.code}",
            )
    return tuple(item.code for item in items if item.code not in unscored)


def _reverse(data: Mapping[str, Any], codes: Mapping[str, Item], scored: tuple[str, ...]) -> frozenset[str]:
    reverse = definition_reader.read_codes(data, "reverse", codes)
    for code in reverse:
        if code not in scored:
            raise DefinitionError(gettext_noop("A reverse item must be a scored one."), place=f"reverse.{code}")
        if codes[code].kind is not Kind.CHOICE:
            raise DefinitionError(gettext_noop("Only an item with choices can be reversed."), place=f"reverse.{code}")
    return frozenset(reverse)


def _check_needed(scale: Scale, optional: set[str]) -> None:
    """What the score rests on must be answered."""
    needed = {"scored": scale.scored, "lie": scale.lie}
    needed |= {f"factors.{factor.name}": factor.items for factor in scale.factors}
    for place, codes in needed.items():
        for code in codes:
            if code in optional:
                raise DefinitionError(
                    gettext_noop("Item %(code)s is optional, but the score rests on it."), place=place, code=code
                )


def _check_bands(scale: Scale) -> None:
    """Bands follow each other without gap or overlap over everything that can come out."""
    if scale.bands and scale.band_steps:
        raise DefinitionError(gettext_noop("Give either bands or band_steps, not both."), place="bands")
    if not scale.bands:
        return
    if not scale.scored:
        raise DefinitionError(gettext_noop("No item is scored."), place="bands")
    bounds = scale.total_bounds if scale.band_of is Measure.TOTAL else scale.standard_bounds
    assert bounds is not None
    expected, high = bounds
    for band in sorted(scale.bands, key=lambda band: band.low):
        place = f"bands.{band.name}"
        if band.low > expected:
            raise DefinitionError(
                gettext_noop("There is a gap: nothing covers %(first)s to %(last)s."),
                place=place,
                first=expected,
                last=band.low - 1,
            )
        if band.low < expected:
            raise DefinitionError(
                gettext_noop(
                    "It begins at %(low)s where %(expected)s is next: two bands overlap, or one begins too low."
                ),
                place=place,
                low=band.low,
                expected=expected,
            )
        expected = band.high + 1
    if expected != high + 1:
        raise DefinitionError(
            gettext_noop("The bands end at %(last)s, but the highest score is %(high)s."),
            place="bands",
            last=expected - 1,
            high=high,
        )


def _check_steps(scale: Scale) -> None:
    """Conditions look only at what the scale has, and at what is known by then."""
    bands = {band.name for band in scale.bands} | {str(step.name) for step in scale.band_steps}
    classes = {step.name for step in scale.classes}
    known: dict[Measure, set[Any]] = {
        Measure.ITEM: {item.code for item in scale.items if item.kind is Kind.CHOICE},
        Measure.GROUP: set(scale.groups),
        Measure.FACTOR: {factor.name for factor in scale.factors} | ({"any"} if scale.factors else set()),
    }
    absent: set[Measure] = {Measure.STANDARD} if scale.standard is None else set()
    absent |= {Measure.POSITIVES} if scale.positive_from is None else set()
    later = {"band_steps": {Measure.BAND, Measure.CLASS}, "classes": {Measure.CLASS}, "interview": set()}
    for word, steps in (("band_steps", scale.band_steps), ("classes", scale.classes), ("interview", scale.interview)):
        for step in steps:
            for condition in step.any:
                _check_condition(condition, f"{word}.{step.name}", known, absent | later[word], bands, classes)


def _check_condition(
    condition: Condition,
    place: str,
    known: Mapping[Measure, set[Any]],
    absent: set[Measure],
    bands: set[str],
    classes: set[Any],
) -> None:
    if condition.of in absent:
        raise DefinitionError(
            gettext_noop("This scale has no “%(measure)s” to look at here."), place=place, measure=condition.of.value
        )
    if condition.of in known and condition.name not in known[condition.of]:
        raise DefinitionError(
            gettext_noop("“%(name)s” is no %(measure)s of this scale."),
            place=place,
            name=condition.name,
            measure=condition.of.value,
        )
    among = {Measure.BAND: bands, Measure.CLASS: classes}.get(condition.of, set())
    for name in condition.among:
        if name not in among:
            raise DefinitionError(
                gettext_noop("“%(name)s” is no %(measure)s of this scale."),
                place=place,
                name=name,
                measure=condition.of.value,
            )
