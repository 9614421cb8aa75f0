"""Reads the words of a definition; each function reads one and names the place of a fault. Pure."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from screening.rules.scales.faults import DefinitionError, gettext_noop
from screening.rules.scales.parts import (
    BANDS,
    Band,
    Component,
    Condition,
    Critical,
    Efficiency,
    Factor,
    Item,
    Kind,
    Measure,
    Number,
    Standard,
    Step,
    Steps,
    Summand,
)

CODE = re.compile(r"[0-9A-Za-z_./-]{1,60}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
RANGE = re.compile(r"(\d{1,3})-(\d{1,3})")
HIGHEST_VALUE = 1000
HIGHEST_NUMBER = 100_000


def mapping(value: Any, place: str, *, allowed: Collection[str] | None = None) -> Mapping[str, Any]:
    """An object; with `allowed`, of these words alone, so that a mistyped one is not silently lost."""
    if not isinstance(value, Mapping):
        raise DefinitionError(gettext_noop("This must be an object with names and values."), place=place)
    for word in value:
        if allowed is not None and word not in allowed:
            raise DefinitionError(gettext_noop("“%(word)s” is no word of this format."), place=place, word=word)
    return value


def listing(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise DefinitionError(gettext_noop("This must be a list."), place=place)
    return list(value)


def text(data: Mapping[str, Any], word: str, place: str) -> str:
    """A short name in small letters, such as phq9."""
    value = data.get(word)
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise DefinitionError(
            gettext_noop("“%(word)s” must be a name of small letters, digits and _."), place=place, word=word
        )
    return value


def slug(title: str) -> str:
    """A title as a name: small letters, digits and _."""
    plain = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    return (plain if plain[:1].isalpha() else f"scale_{plain}".rstrip("_"))[:40]


def whole(value: Any, place: str, *, low: int = 0, high: int = HIGHEST_VALUE) -> int:
    if type(value) is not int or not low <= value <= high:
        raise DefinitionError(
            gettext_noop("This must be a whole number from %(low)s to %(high)s."), place=place, low=low, high=high
        )
    return value


def number(value: Any, place: str) -> Number:
    """A number without the rounding of binary fractions."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DefinitionError(gettext_noop("This must be a number."), place=place)
    if not -HIGHEST_NUMBER <= value <= HIGHEST_NUMBER:
        raise DefinitionError(
            gettext_noop("Numbers must lie between %(low)s and %(high)s."),
            place=place,
            low=-HIGHEST_NUMBER,
            high=HIGHEST_NUMBER,
        )
    exact = Fraction(Decimal(str(value)))
    return int(exact) if exact.denominator == 1 else exact


def read_items(data: Mapping[str, Any]) -> tuple[Item, ...]:
    choices = mapping(data.get("choices", {}), "choices")
    values = {name: _values(found, f"choices.{name}") for name, found in choices.items()}
    items: list[Item] = []
    seen: set[str] = set()
    for row, entry in enumerate(listing(data.get("items"), "items"), start=1):
        for item in _items(entry, f"items.{row}", values):
            if item.code in seen:
                raise DefinitionError(
                    gettext_noop("Code %(code)s is given to two items."), place=f"items.{row}", code=item.code
                )
            seen.add(item.code)
            items.append(item)
    if not items:
        raise DefinitionError(gettext_noop("A scale needs items."), place="items")
    return tuple(items)


def _values(found: Any, place: str) -> tuple[int, ...]:
    values = tuple(whole(value, place) for value in listing(found, place))
    if len(values) < 2 or len(set(values)) != len(values):
        raise DefinitionError(gettext_noop("Choices need two different values or more."), place=place)
    return values


def _items(entry: Any, place: str, values: Mapping[str, tuple[int, ...]]) -> list[Item]:
    words = ("code", "codes", "kind", "choices", "low", "high", "optional", "missing")
    data = mapping(entry, place, allowed=words)
    optional = data.get("optional", "missing" in data)
    if not isinstance(optional, bool):
        raise DefinitionError(gettext_noop("“optional” is true or false."), place=place)
    try:
        kind = Kind(data.get("kind", Kind.CHOICE))
    except ValueError:
        raise DefinitionError(gettext_noop("“kind” is choice, time, number, date or text."), place=place) from None
    name, low, high = "", 0, 0
    offered: tuple[int, ...] = ()
    if kind is Kind.CHOICE:
        name = data.get("choices", "")
        if not isinstance(name, str) or name not in values:
            raise DefinitionError(gettext_noop("It names choices that are not there."), place=place)
        offered = values[name]
        low, high = min(offered), max(offered)
    elif kind is Kind.NUMBER:
        low, high = whole(data.get("low", 0), place), whole(data.get("high"), place, high=HIGHEST_NUMBER)
    missing = _missing(data, place, offered)
    return [Item(code, kind, name, offered, low, high, optional, missing) for code in _codes_of(data, place)]


def _missing(data: Mapping[str, Any], place: str, offered: tuple[int, ...]) -> int | None:
    if "missing" not in data:
        return None
    if type(data["missing"]) is not int or data["missing"] not in offered or data.get("optional") is False:
        raise DefinitionError(
            gettext_noop("“missing” is one of the values that the item offers, and the item is optional."), place=place
        )
    return int(data["missing"])


def _codes_of(data: Mapping[str, Any], place: str) -> list[str]:
    """“code” is one; “codes” are many, as a list or as "1-20"."""
    given = data.get("codes", [data.get("code")])
    found = RANGE.fullmatch(given) if isinstance(given, str) else None
    if found:
        return [str(value) for value in range(int(found[1]), int(found[2]) + 1)]
    codes = listing(given, place)
    for code in codes:
        if not isinstance(code, str) or not CODE.fullmatch(code):
            raise DefinitionError(
                gettext_noop("“%(code)s” cannot be an item's code: letters and digits alone."), place=place, code=code
            )
    return codes


def read_codes(data: Mapping[str, Any], word: str, known: Mapping[str, Item]) -> tuple[str, ...]:
    return _codes(data.get(word, []), word, known)


def _codes(given: Any, place: str, known: Mapping[str, Item]) -> tuple[str, ...]:
    codes = listing(given, place)
    for code in codes:
        if not isinstance(code, str) or code not in known:
            raise DefinitionError(
                gettext_noop("It names item %(code)s, which is not there."), place=f"{place}.{code}", code=code
            )
    if len(set(codes)) != len(codes):
        raise DefinitionError(gettext_noop("It names an item twice."), place=place)
    return tuple(codes)


def read_groups(data: Mapping[str, Any], known: Mapping[str, Item]) -> dict[str, tuple[str, ...]]:
    groups = mapping(data.get("groups", {}), "groups")
    return {name: _codes(codes, f"groups.{name}", known) for name, codes in groups.items()}


def read_factors(data: Mapping[str, Any], known: Mapping[str, Item]) -> tuple[Factor, ...]:
    found = []
    owners: dict[str, str] = {}
    for name, given in mapping(data.get("factors", {}), "factors").items():
        place = f"factors.{name}"
        codes = _codes(given, place, known)
        if not codes or not NAME.fullmatch(name):
            raise DefinitionError(gettext_noop("A factor needs a name and items."), place=place)
        for code in codes:
            if known[code].kind is not Kind.CHOICE:
                raise DefinitionError(gettext_noop("Item %(code)s has no choices."), place=place, code=code)
            if code in owners:
                raise DefinitionError(
                    gettext_noop("Item %(code)s belongs to “%(factor)s” already."),
                    place=place,
                    code=code,
                    factor=owners[code],
                )
            owners[code] = name
        found.append(Factor(name, codes))
    return tuple(found)


def read_components(data: Mapping[str, Any], known: Mapping[str, Item]) -> tuple[Component, ...]:
    found: list[Component] = []
    for row, entry in enumerate(listing(data.get("components", []), "components"), start=1):
        place = f"components.{row}"
        given = mapping(entry, place, allowed=("name", "sum", "efficiency", "above", "at_most", "below"))
        name = text(given, "name", place)
        if name in {component.name for component in found}:
            raise DefinitionError(gettext_noop("Two components are called “%(name)s”."), place=place, name=name)
        steps = _steps(given, place)
        summands = tuple(_summand(summand, place, known) for summand in listing(given.get("sum", []), place))
        efficiency = _efficiency(given.get("efficiency"), place, known)
        if bool(summands) == (efficiency is not None) or (efficiency is not None and not steps.highest):
            raise DefinitionError(
                gettext_noop("A component is a sum of items, or the efficiency of sleep in steps."), place=place
            )
        highest = steps.highest or sum(summand.steps.highest or known[summand.item].high for summand in summands)
        found.append(Component(name, summands, efficiency, steps, highest))
    return tuple(found)


def _steps(given: Mapping[str, Any], place: str) -> Steps:
    borders = {word: tuple(number(border, place) for border in listing(given.get(word, []), place)) for word in BORDERS}
    return Steps(**borders)


BORDERS = ("above", "at_most", "below")


def _summand(given: Any, place: str, known: Mapping[str, Item]) -> Summand:
    if isinstance(given, str):
        given = {"item": given}
    data = mapping(given, place, allowed=("item", *BORDERS))
    (code,) = _codes([data.get("item")], place, known)
    steps = _steps(data, place)
    if known[code].kind is not Kind.CHOICE and not steps.highest:
        raise DefinitionError(gettext_noop("Item %(code)s needs steps to become points."), place=place, code=code)
    return Summand(code, steps)


def _efficiency(given: Any, place: str, known: Mapping[str, Item]) -> Efficiency | None:
    if given is None:
        return None
    data = mapping(given, place, allowed=("bed", "up", "hours"))
    bed, up, hours = _codes([data.get(word) for word in ("bed", "up", "hours")], place, known)
    kinds = (known[bed].kind, known[up].kind, known[hours].kind)
    if kinds != (Kind.TIME, Kind.TIME, Kind.NUMBER):
        raise DefinitionError(gettext_noop("Efficiency needs two times and a number of hours."), place=place)
    return Efficiency(bed, up, hours)


def read_standard(data: Mapping[str, Any]) -> Standard | None:
    if "standard" not in data:
        return None
    given = mapping(data["standard"], "standard", allowed=("times", "over"))
    return Standard(
        whole(given.get("times"), "standard.times", low=1), whole(given.get("over", 1), "standard.over", low=1)
    )


def read_positive_from(data: Mapping[str, Any]) -> int | None:
    return whole(data["positive_from"], "positive_from") if "positive_from" in data else None


def read_band_of(data: Mapping[str, Any], standard: Standard | None) -> Measure:
    given = data.get("band_of", "total")
    if given not in ("total", "standard") or (given == "standard" and standard is None):
        raise DefinitionError(
            gettext_noop("Bands go by the total, or by the standard score where there is one."), place="band_of"
        )
    return Measure(given)


def read_bands(data: Mapping[str, Any]) -> tuple[Band, ...]:
    found: list[Band] = []
    for row, entry in enumerate(listing(data.get("bands", []), "bands"), start=1):
        place = f"bands.{row}"
        given = mapping(entry, place, allowed=("name", "from", "to"))
        name = _band_name(given.get("name"), place, {band.name for band in found})
        low, high = (whole(given.get(word), f"bands.{name}") for word in ("from", "to"))
        if high < low:
            raise DefinitionError(gettext_noop("It ends before it begins."), place=f"bands.{name}")
        found.append(Band(name, low, high))
    return tuple(found)


def read_band_steps(data: Mapping[str, Any]) -> tuple[Step, ...]:
    found: list[Step] = []
    entries = listing(data.get("band_steps", []), "band_steps")
    for row, entry in enumerate(entries, start=1):
        place = f"band_steps.{row}"
        given = mapping(entry, place, allowed=("name", "any"))
        name = _band_name(given.get("name"), place, {str(step.name) for step in found})
        found.append(Step(name, _conditions(given, place, last=row == len(entries))))
    return tuple(found)


def _band_name(name: Any, place: str, taken: set[str]) -> str:
    if name not in BANDS:
        raise DefinitionError(
            gettext_noop("“%(name)s” is no band; there are %(bands)s."), place=place, name=name, bands=", ".join(BANDS)
        )
    if name in taken:
        raise DefinitionError(gettext_noop("Band “%(name)s” is there twice."), place=place, name=name)
    return str(name)


def read_classes(data: Mapping[str, Any], word: str) -> tuple[Step, ...]:
    found: list[Step] = []
    entries = listing(data.get(word, []), word)
    for row, entry in enumerate(entries, start=1):
        place = f"{word}.{row}"
        given = mapping(entry, place, allowed=("name", "any"))
        name = whole(given.get("name"), place, low=1, high=9)
        if name in {step.name for step in found}:
            raise DefinitionError(gettext_noop("Class %(name)s is there twice."), place=place, name=name)
        found.append(Step(name, _conditions(given, place, last=row == len(entries))))
    return tuple(found)


def _conditions(given: Mapping[str, Any], place: str, *, last: bool) -> tuple[Condition, ...]:
    found = tuple(_condition(condition, place) for condition in listing(given.get("any", []), place))
    if last and found:
        raise DefinitionError(gettext_noop("The last one takes all that is left: it has no conditions."), place=place)
    if not last and not found:
        raise DefinitionError(gettext_noop("Only the last one may be without conditions."), place=place)
    return found


def _condition(entry: Any, place: str) -> Condition:
    words = ("of", "item", "group", "factor", "at_least", "at_most", "in")
    given = mapping(entry, place, allowed=words)
    try:
        of = Measure(str(given.get("of")))
    except ValueError:
        raise DefinitionError(gettext_noop("A condition says what it is “of”."), place=place) from None
    name = given.get(of.value, "") if of in (Measure.ITEM, Measure.GROUP, Measure.FACTOR) else ""
    if of in (Measure.BAND, Measure.CLASS):
        among = tuple(listing(given.get("in"), place))
        if not among or not all(isinstance(name, str | int) for name in among):
            raise DefinitionError(gettext_noop("A condition on a band or class needs “in”."), place=place)
        return Condition(of, among=among)
    at_least, at_most = (number(given[word], place) if word in given else None for word in ("at_least", "at_most"))
    if at_least is None and at_most is None:
        raise DefinitionError(gettext_noop("A condition needs “at_least” or “at_most”."), place=place)
    return Condition(of, str(name), at_least, at_most)


def read_critical(data: Mapping[str, Any], known: Mapping[str, Item]) -> tuple[Critical, ...]:
    found = []
    for row, entry in enumerate(listing(data.get("critical", []), "critical"), start=1):
        place = f"critical.{row}"
        given = mapping(entry, place, allowed=("item", "at_least"))
        (code,) = _codes([given.get("item")], place, known)
        item = known[code]
        if item.kind is not Kind.CHOICE:
            raise DefinitionError(gettext_noop("Item %(code)s has no choices."), place=place, code=code)
        found.append(Critical(code, whole(given.get("at_least"), place, low=item.low, high=item.high)))
    return tuple(found)


def read_share(data: Mapping[str, Any], word: str, *, highest: int) -> Number | None:
    """A number above 0 up to `highest`; None where the scale has no such rule."""
    if data.get(word) is None:
        return None
    value = number(data[word], word)
    if not 0 < value <= highest:
        raise DefinitionError(gettext_noop("This must be above 0 and at most %(high)s."), place=word, high=highest)
    return value
