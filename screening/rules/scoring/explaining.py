"""Says of each result which rule gave it, as sentences that a page can translate. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from screening.rules.scales.components import efficiency, minutes_in_bed, rests
from screening.rules.scales.definitions import Scale
from screening.rules.scales.faults import gettext_noop
from screening.rules.scales.parts import BAND_WORDS, Component, Condition, Measure, Step
from screening.rules.scales.phrases import Phrase, bounds, listed, number
from screening.rules.scoring.outcomes import Outcome, plain
from screening.rules.scoring.paper_figures import Figures, figures_of
from screening.rules.scoring.validity import Flag, mean_seconds, missing_items, same_share


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
    """The reasons of all results of the outcome, in the order of its fields."""
    scale = outcome.scale
    gaps = missing_items(scale, outcome.values)
    if gaps:
        nothing = Phrase(gettext_noop("no score, because items are left out: %(codes)s"), {"codes": listed(gaps)})
        scored: list[Reason] = [Reason("total", None, (nothing,))]
    else:
        scored = list(_scored(outcome, figures_of(scale, outcome.values)))
    critical = Reason("critical", outcome.critical, tuple(_critical(outcome)))
    return (*scored, critical, Reason("valid", outcome.valid, tuple(_validity(outcome))))


def as_record(outcome: Outcome) -> dict[str, Any]:
    """The outcome as plain data: codes that are numbers as numbers, each rule in English."""
    rules = [{"result": r.result, "value": r.value, "rule": str(r)} for r in reasons_of(outcome)]
    return {**plain(outcome), "rules": rules}


def _scored(outcome: Outcome, figures: Figures) -> Iterator[Reason]:
    scale = figures.scale
    yield Reason("total", figures.total, (*_total(scale), *_counted_as(outcome)))
    if scale.standard:
        params = {"raw": figures.total, "times": scale.standard.times, "over": scale.standard.over}
        sentence = gettext_noop("%(raw)s × %(times)s ÷ %(over)s, rounded down")
        yield Reason("standard", figures.standard, (Phrase(sentence, params),))
    for name, value in (outcome.factors or {}).items():
        yield Reason(f"factors.{name}", value, (_factor(figures, name),))
    if figures.positive is not None:
        symptom = gettext_noop("number of items answered %(border)s or higher")
        yield Reason("positives", figures.positives, (Phrase(symptom, {"border": scale.positive_from}),))
        yield Reason("psdi", outcome.psdi, (_psdi(figures.positive),))
    if figures.band is not None:
        yield Reason("band", figures.band, tuple(_band(figures)))
    if scale.classes:
        yield Reason("class", figures.class_, tuple(_step(figures, scale.classes, figures.class_)))
    if scale.interview:
        yield Reason("interview", outcome.interview, tuple(_step(figures, scale.interview, outcome.interview)))


def _total(scale: Scale) -> Iterator[Phrase]:
    if scale.components:
        yield Phrase(gettext_noop("sum of the %(n)s components"), {"n": len(scale.components)})
        return
    if not scale.scored:
        yield Phrase(gettext_noop("this scale gives no score"))
        return
    yield Phrase(gettext_noop("sum of %(n)s items"), {"n": len(scale.scored)})
    left_out = [item.code for item in scale.items if item.code not in set(scale.scored)]
    if left_out:
        yield Phrase(gettext_noop("not counted: %(codes)s"), {"codes": listed(left_out)})
    if scale.reverse:
        reverse = [item.code for item in scale.items if item.code in scale.reverse]
        yield Phrase(gettext_noop("reversed: %(codes)s"), {"codes": listed(reverse)})


def _counted_as(outcome: Outcome) -> Iterator[Phrase]:
    for place, value in outcome.scale.stand_ins:
        if outcome.values[place] is None:
            sentence = gettext_noop("item %(code)s is left out and counts as %(value)s")
            yield Phrase(sentence, {"code": outcome.scale.items[place].code, "value": value})


def _factor(figures: Figures, name: str) -> Phrase:
    scale = figures.scale
    for factor in scale.factors:
        if factor.name == name:
            points, n = figures.sums[name]
            sentence = gettext_noop("mean of items %(codes)s: %(points)s ÷ %(n)s")
            return Phrase(sentence, {"codes": listed(factor.items), "points": points, "n": n})
    component = next(component for component in scale.components if component.name == name)
    return _component(scale, component, figures.values)


def _component(scale: Scale, component: Component, values: Sequence[Any]) -> Phrase:
    rule = component.efficiency
    if rule is not None:
        hours = minutes_in_bed(scale, rule, values) / 60
        percent = round(float(efficiency(scale, rule, values)) * 100, 1)
        params = {"asleep": number(values[scale.places[rule.hours]]), "hours": number(hours), "percent": percent}
        return Phrase(gettext_noop("asleep %(asleep)s of %(hours)s hours in bed: %(percent)s %%"), params)
    given = {summand.item: number(values[scale.places[summand.item]]) for summand in component.summands}
    told = ", ".join(f"{code} = {value}" for code, value in given.items())
    return Phrase(gettext_noop("points of the answers %(answers)s"), {"answers": told})


def _psdi(positive: Sequence[int]) -> Phrase:
    if not positive:
        return Phrase(gettext_noop("none, for no item is positive"))
    params = {"points": sum(positive), "n": len(positive)}
    return Phrase(gettext_noop("mean of the positive items: %(points)s ÷ %(n)s"), params)


def _band(figures: Figures) -> Iterator[Phrase]:
    scale = figures.scale
    if scale.band_steps:
        yield from _step(figures, scale.band_steps, figures.band)
        return
    band = next(band for band in scale.bands if band.name == figures.band)
    by_standard = scale.band_of is Measure.STANDARD
    score = figures.standard if by_standard else figures.total
    params = {"score": score, "low": band.low, "high": band.high}
    if by_standard:
        yield Phrase(gettext_noop("the standard score %(score)s lies within %(low)s–%(high)s"), params)
    else:
        yield Phrase(gettext_noop("the total %(score)s lies within %(low)s–%(high)s"), params)


def _step(figures: Figures, steps: Sequence[Step], name: Any) -> Iterator[Phrase]:
    step = next(step for step in steps if step.name == name)
    if not step.any:
        yield Phrase(gettext_noop("nothing leads to a step before"))
    for condition in step.any:
        points, per = figures.measure(condition)
        if condition.holds(points, per):
            yield _condition(condition, points, per)


HELD = {
    Measure.TOTAL: gettext_noop("the total %(value)s is %(bounds)s"),
    Measure.STANDARD: gettext_noop("the standard score %(value)s is %(bounds)s"),
    Measure.POSITIVES: gettext_noop("%(value)s positive items are %(bounds)s"),
    Measure.FACTOR: gettext_noop("the factor mean %(value)s is %(bounds)s"),
    Measure.ITEM: gettext_noop("item %(name)s is answered %(value)s, which is %(bounds)s"),
    Measure.GROUP: gettext_noop("of the items “%(name)s” %(value)s are answered yes, which is %(bounds)s"),
    Measure.BAND: gettext_noop("the band is %(words)s"),
    Measure.CLASS: gettext_noop("the class is %(value)s"),
}


def _condition(condition: Condition, points: Any, per: int) -> Phrase:
    if condition.of is Measure.BAND:
        return Phrase(HELD[condition.of], words=(BAND_WORDS[points],))
    value = points if per == 1 else round(points / per, 2)
    return Phrase(HELD[condition.of], {"name": condition.name, "value": value, "bounds": bounds(condition)})


def _critical(outcome: Outcome) -> Iterator[Phrase]:
    scale = outcome.scale
    if not scale.critical:
        yield Phrase(gettext_noop("this scale has no critical item"))
    for rule in scale.critical:
        value = outcome.values[scale.places[rule.item]]
        params = {"code": rule.item, "value": value, "border": rule.at_least}
        if value is None:
            yield Phrase(gettext_noop("item %(code)s is left out; critical from %(border)s"), params)
        else:
            yield Phrase(gettext_noop("item %(code)s is answered %(value)s; critical from %(border)s"), params)


def _validity(outcome: Outcome) -> Iterator[Phrase]:
    if not outcome.flags:
        yield Phrase(gettext_noop("nothing speaks against it"))
    for flag in outcome.flags:
        yield _flag(outcome, flag)


def _flag(outcome: Outcome, flag: Flag) -> Phrase:
    scale, values = outcome.scale, outcome.values
    if flag is Flag.MISSING_ITEMS:
        return Phrase(gettext_noop("items left out: %(codes)s"), {"codes": listed(missing_items(scale, values))})
    if flag is Flag.LIE_ITEMS:
        return Phrase(gettext_noop("all lie items are answered yes: %(codes)s"), {"codes": listed(scale.lie)})
    if flag is Flag.TOO_FAST:
        params = {"seconds": round(mean_seconds(outcome.seconds) or 0, 2), "border": number(scale.seconds_per_item)}
        return Phrase(gettext_noop("%(seconds)s seconds an item, fewer than %(border)s"), params)
    if flag is Flag.SAME_ANSWER:
        same, given = same_share(scale, values)
        return Phrase(
            gettext_noop("a hint: %(same)s of %(given)s answers are the same"), {"same": same, "given": given}
        )
    return next(_implausible(scale, values))


def _implausible(scale: Scale, values: Sequence[Any]) -> Iterator[Phrase]:
    for rest in rests(scale, values):
        params = {"asleep": number(rest.asleep), "hours": number(rest.in_bed)}
        if rest.asleep > rest.in_bed:
            yield Phrase(gettext_noop("a hint: more hours asleep than in bed"))
        elif rest.is_too_long:
            yield Phrase(gettext_noop("a hint: %(hours)s hours in bed; perhaps 11:30 was meant as 23:30"), params)
        elif rest.is_too_light:
            yield Phrase(gettext_noop("a hint: only %(asleep)s of %(hours)s hours in bed asleep"), params)
