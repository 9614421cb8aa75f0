"""The key of an instrument in words, as a center reads it before it puts the instrument to use. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from screening.rules.scales.definitions import Scale
from screening.rules.scales.faults import gettext_noop
from screening.rules.scales.parts import BAND_WORDS, Condition, Measure, Step
from screening.rules.scales.phrases import Phrase, bounds, listed, number


@dataclass(frozen=True, slots=True)
class Rule:
    """What the key says of one result: `result` names it, `name` the band, class or factor it is about."""

    result: str
    name: str
    says: tuple[Phrase, ...]


def rules_of(scale: Scale) -> list[Rule]:
    """Every rule of the scale, in the order in which they are applied."""
    return list(_rules(scale))


def _rules(scale: Scale) -> Iterator[Rule]:
    yield Rule("total", "", (*_total(scale), *_counted_as(scale)))
    if scale.standard:
        params = {"times": scale.standard.times, "over": scale.standard.over}
        yield Rule("standard", "", (Phrase(gettext_noop("total × %(times)s ÷ %(over)s, rounded down"), params),))
    yield from _factors(scale)
    if scale.positive_from is not None:
        phrase = Phrase(gettext_noop("items answered %(border)s or higher"), {"border": scale.positive_from})
        yield Rule("positives", "", (phrase,))
    yield from _steps(scale)
    for critical in scale.critical:
        sentence = gettext_noop("item %(code)s from %(border)s up")
        yield Rule("critical", "", (Phrase(sentence, {"code": critical.item, "border": critical.at_least}),))
    yield Rule("valid", "", tuple(_validity(scale)))


def _factors(scale: Scale) -> Iterator[Rule]:
    for factor in scale.factors:
        phrase = Phrase(gettext_noop("mean of items %(codes)s"), {"codes": listed(factor.items)})
        yield Rule("factor", factor.name, (phrase,))
    for component in scale.components:
        rule = component.efficiency
        codes = [rule.hours, rule.bed, rule.up] if rule else [summand.item for summand in component.summands]
        phrase = Phrase(gettext_noop("points of items %(codes)s"), {"codes": listed(codes)})
        yield Rule("factor", component.name, (phrase,))


def _steps(scale: Scale) -> Iterator[Rule]:
    for band in scale.bands:
        yield Rule("band", band.name, (Phrase(RANGES[scale.band_of], {"low": band.low, "high": band.high}),))
    for result, steps in (("band", scale.band_steps), ("class", scale.classes), ("interview", scale.interview)):
        for step in steps:
            yield Rule(result, str(step.name), tuple(_step(scale, step)))


RANGES = {
    Measure.TOTAL: gettext_noop("total %(low)s–%(high)s"),
    Measure.STANDARD: gettext_noop("standard score %(low)s–%(high)s"),
}
LOOKS = {
    Measure.TOTAL: gettext_noop("total %(bounds)s"),
    Measure.STANDARD: gettext_noop("standard score %(bounds)s"),
    Measure.POSITIVES: gettext_noop("positive items %(bounds)s"),
    Measure.FACTOR: gettext_noop("factor “%(name)s” %(bounds)s"),
    Measure.ITEM: gettext_noop("item %(name)s %(bounds)s"),
    Measure.GROUP: gettext_noop("yes to items %(codes)s: %(bounds)s"),
    Measure.BAND: gettext_noop("band %(words)s"),
    Measure.CLASS: gettext_noop("class %(names)s"),
}


def _total(scale: Scale) -> Iterator[Phrase]:
    low, high = scale.total_bounds
    if scale.components:
        sentence = gettext_noop("sum of the %(n)s components, %(low)s–%(high)s")
        yield Phrase(sentence, {"n": len(scale.components), "low": low, "high": high})
        return
    if not scale.scored:
        yield Phrase(gettext_noop("this scale gives no score"))
        return
    sentence = gettext_noop("sum of %(n)s items, %(low)s–%(high)s")
    yield Phrase(sentence, {"n": len(scale.scored), "low": low, "high": high})
    if scale.reverse:
        codes = [item.code for item in scale.items if item.code in scale.reverse]
        yield Phrase(gettext_noop("reversed: %(codes)s"), {"codes": listed(codes)})
    left_out = [item.code for item in scale.items if item.code not in set(scale.scored)]
    if left_out:
        yield Phrase(gettext_noop("not counted: %(codes)s"), {"codes": listed(left_out)})


def _counted_as(scale: Scale) -> Iterator[Phrase]:
    for place, value in scale.stand_ins:
        sentence = gettext_noop("item %(code)s counts as %(value)s when it is left out")
        yield Phrase(sentence, {"code": scale.items[place].code, "value": value})


def _step(scale: Scale, step: Step) -> Iterator[Phrase]:
    if not step.any:
        yield Phrase(gettext_noop("all others"))
    for condition in step.any:
        yield _condition(scale, condition)


def _condition(scale: Scale, condition: Condition) -> Phrase:
    if condition.name == "any" and condition.of is Measure.FACTOR:
        return Phrase(gettext_noop("the highest factor %(bounds)s"), {"bounds": bounds(condition)})
    if condition.of is Measure.BAND:
        return Phrase(LOOKS[condition.of], words=tuple(BAND_WORDS[str(name)] for name in condition.among))
    params = {
        "name": condition.name,
        "names": listed([str(name) for name in condition.among]),
        "codes": listed(scale.groups.get(condition.name, ())),
        "bounds": bounds(condition),
    }
    return Phrase(LOOKS[condition.of], params)


def _validity(scale: Scale) -> Iterator[Phrase]:
    yield Phrase(gettext_noop("without gaps"))
    if scale.lie:
        yield Phrase(gettext_noop("not all of the lie items %(codes)s answered yes"), {"codes": listed(scale.lie)})
    if scale.seconds_per_item is not None:
        sentence = gettext_noop("at least %(seconds)s seconds an item")
        yield Phrase(sentence, {"seconds": number(scale.seconds_per_item)})
    if scale.same_answer is not None:
        sentence = gettext_noop("a hint where %(percent)s %% of the answers or more are the same")
        yield Phrase(sentence, {"percent": number(scale.same_answer * 100)})
