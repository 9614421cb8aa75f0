"""The items of a FHIR Questionnaire, one after the other, whatever groups they stand in. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from screening.rules.fhir.words import (
    CORE,
    HIGHEST,
    LOINC,
    LOWEST,
    ORDINAL,
    SDC,
    SYSTEM,
    WEIGHT,
    extensions,
    objects,
    text_of,
    texts_of,
)
from screening.rules.scales.definition_reader import HIGHEST_NUMBER, HIGHEST_VALUE
from screening.rules.scales.faults import DefinitionError, gettext_noop
from screening.rules.scales.parts import Kind

KINDS = {
    "integer": Kind.NUMBER,
    "decimal": Kind.NUMBER,
    "quantity": Kind.NUMBER,
    "date": Kind.DATE,
    "dateTime": Kind.DATE,
    "time": Kind.TIME,
    "string": Kind.TEXT,
    "text": Kind.TEXT,
    "url": Kind.TEXT,
    "boolean": Kind.CHOICE,
    "choice": Kind.CHOICE,
    "coding": Kind.CHOICE,
}
NESTING = frozenset({"group", "display"})
KNOWN = frozenset(
    {"id", "extension", "linkId", "definition", "code", "prefix", "text", "type", "enableWhen", "enableBehavior"}
    | {"disabledDisplay", "required", "repeats", "readOnly", "maxLength", "answerConstraint", "answerOption"}
    | {"answerValueSet", "item"}
)
YES_NO = ((("zh-hans", "否"), ("en", "No")), (("zh-hans", "是"), ("en", "Yes")))
DONT_KNOW = (("zh-hans", "不知道"), ("en", "Don't know"))
# The one value set of FHIR itself that its own example rests on.
WELL_KNOWN = {"http://hl7.org/fhir/ValueSet/yesnodontknow": (YES_NO[1], YES_NO[0], DONT_KNOW)}
CALCULATED = (f"{SDC}sdc-questionnaire-calculatedExpression", f"{CORE}cqf-calculatedValue")
CONDITIONAL = (f"{SDC}sdc-questionnaire-enableWhenExpression",)
HIDDEN = f"{CORE}questionnaire-hidden"
UNIT = f"{CORE}questionnaire-unit"
NOT_IN_A_CODE = re.compile(r"[^0-9A-Za-z_./-]")
DEEPEST = 20
Display = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Question:
    """One item that can be answered. `displays`: of each value its texts by language; `weighted`: its values are
    weights; `scored`: they are summed, because the item does not depend on another answer."""

    link_id: str
    code: str
    kind: Kind
    texts: Display
    values: tuple[int, ...] = ()
    displays: tuple[Display, ...] = ()
    weighted: bool = False
    scored: bool = False
    required: bool = False
    loinc: str = ""
    low: int = 0
    high: int = HIGHEST_NUMBER


@dataclass
class Walk:
    """A walk through the items: the language of the texts, the contained value sets, and what was found."""

    language: str
    sets: Mapping[str, Mapping[str, Any]]
    questions: list[Question] = field(default_factory=list)
    instructions: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


def read_questions(data: Mapping[str, Any], language: str) -> tuple[list[Question], dict[str, str]]:
    """The questions in their order, and the instructions by language: the first display or group that has a text."""
    contained = objects(data, "contained")
    sets = {f"#{resource.get('id')}": resource for resource in contained if resource.get("resourceType") == "ValueSet"}
    walk = Walk(language, sets)
    for item in _list(data, "item", "Questionnaire"):
        _visit(walk, item, conditional=False, depth=1)
    if not walk.questions:
        raise DefinitionError(gettext_noop("There is no item that can be answered."), place="Questionnaire.item")
    return walk.questions, walk.instructions


def _list(data: Mapping[str, Any], word: str, place: str) -> list[Any]:
    found = data.get(word, [])
    if not isinstance(found, list):
        raise DefinitionError(gettext_noop("This must be a list."), place=f"{place}.{word}")
    return found


def _visit(walk: Walk, item: Any, *, conditional: bool, depth: int) -> None:
    if not isinstance(item, Mapping) or not isinstance(item.get("linkId"), str):
        raise DefinitionError(gettext_noop("Every item needs a linkId."), place="Questionnaire.item")
    place = f"linkId {item['linkId']}"
    _check(item, place, walk, depth)
    conditional = conditional or bool(item.get("enableWhen")) or any(_has(item, url) for url in CONDITIONAL)
    if item.get("type") in NESTING:
        if not walk.questions and not walk.instructions:
            walk.instructions.update(texts_of(item, "text", walk.language))
    elif not _worked_out(item):
        walk.questions.append(_question(walk, item, place, conditional=conditional))
        # What hangs below a question belongs to one of its answers.
        conditional = True
    for below in _list(item, "item", place):
        _visit(walk, below, conditional=conditional, depth=depth + 1)


def _check(item: Mapping[str, Any], place: str, walk: Walk, depth: int) -> None:
    for word in item:
        if word not in KNOWN and not word.startswith("_"):
            raise DefinitionError(gettext_noop("“%(word)s” is not known here."), place=place, word=word)
    if item["linkId"] in walk.seen:
        raise DefinitionError(gettext_noop("This linkId is given to two items."), place=place)
    walk.seen.add(item["linkId"])
    if depth > DEEPEST:
        raise DefinitionError(gettext_noop("This is nested too deeply."), place=place)
    if item.get("repeats"):
        raise DefinitionError(gettext_noop("An item that is answered several times is not known here."), place=place)
    if item.get("answerConstraint", "optionsOnly") != "optionsOnly":
        raise DefinitionError(gettext_noop("Answers besides those offered are not known here."), place=place)
    if text_of(item, "type") not in NESTING | KINDS.keys():
        raise DefinitionError(
            gettext_noop("An item of type “%(type)s” is not known here."), place=place, type=item.get("type")
        )


def _has(item: Mapping[str, Any], url: str) -> bool:
    return next(extensions(item, url), None) is not None


def _worked_out(item: Mapping[str, Any]) -> bool:
    """Whether it is not for the student to answer: a total, something hidden or read-only."""
    hidden = any(extension.get("valueBoolean") for extension in extensions(item, HIDDEN))
    calculated = any(_has(item, url) for url in CALCULATED)
    units = [extension.get("valueCoding") for extension in extensions(item, UNIT)]
    total = any("{score}" in (text_of(unit, "code"), text_of(unit, "display")) for unit in units)
    return hidden or calculated or total or bool(item.get("readOnly"))


def _question(walk: Walk, item: Mapping[str, Any], place: str, *, conditional: bool) -> Question:
    kind = KINDS[item["type"]]
    values: tuple[int, ...] = ()
    displays: tuple[Display, ...] = ()
    weighted = False
    if item["type"] == "boolean":
        values, displays = (0, 1), YES_NO
    elif kind is Kind.CHOICE:
        values, displays, weighted = _offered(walk, item, place)
        # A choice that offers nothing can only be written down.
        kind = kind if values else Kind.TEXT
    low, high = _bounds(item, place) if kind is Kind.NUMBER else (0, HIGHEST_NUMBER)
    return Question(
        link_id=item["linkId"],
        code=NOT_IN_A_CODE.sub("_", item["linkId"]),
        kind=kind,
        texts=_texts(item, walk.language),
        values=values,
        displays=displays,
        weighted=weighted,
        scored=weighted and not conditional,
        required=bool(item.get("required")) and not conditional,
        loinc=next(_loinc_codes(item), ""),
        low=low,
        high=high,
    )


def _loinc_codes(item: Mapping[str, Any]) -> Iterator[str]:
    for code in objects(item, "code"):
        if code.get("system") == LOINC:
            yield text_of(code, "code")


def _texts(item: Mapping[str, Any], language: str) -> Display:
    """Its text; where it has none, what its code or its prefix is called."""
    found = texts_of(item, "text", language)
    if not found:
        names = [text_of(code, word) for code in objects(item, "code") for word in ("display", "code")]
        fallback = next((name for name in [*names, text_of(item, "prefix")] if name), "")
        found = {language: fallback} if fallback else {}
    return tuple(found.items())


def _offered(walk: Walk, item: Mapping[str, Any], place: str) -> tuple[tuple[int, ...], tuple[Display, ...], bool]:
    """Values, texts, and whether the values are weights; without weights the options are numbered from 0."""
    named = text_of(item, "answerValueSet")
    if named in WELL_KNOWN:
        displays = WELL_KNOWN[named]
        return tuple(range(len(displays))), displays, False
    options = _of_set(walk, named, place) if named else _list(item, "answerOption", place)
    if len(options) == 1:
        raise DefinitionError(gettext_noop("One option alone is no choice."), place=place)
    weights = [_weight(option, place) for option in options]
    texts = tuple(_display(option, walk.language, place) for option in options)
    given = [weight for weight in weights if weight is not None]
    if not given:
        return _plain_values(options), texts, False
    if len(given) < len(options):
        raise DefinitionError(gettext_noop("Only some of the options have a weight."), place=place)
    if len(set(given)) < len(given):
        raise DefinitionError(gettext_noop("Two options have the same weight."), place=place)
    return tuple(given), texts, True


def _of_set(walk: Walk, named: str, place: str) -> list[Any]:
    """The options of a contained value set, written as answerOption is."""
    found = walk.sets.get(named)
    if found is None:
        raise DefinitionError(
            gettext_noop("The value set %(name)s is not contained in this file."), place=place, name=named
        )
    included = objects(found.get("compose"), "include")
    concepts = [concept for include in included for concept in objects(include, "concept")]
    concepts = concepts or objects(found.get("expansion"), "contains")
    return [{"extension": concept.get("extension", []), "valueCoding": concept} for concept in concepts]


def _plain_values(options: list[Any]) -> tuple[int, ...]:
    """The values of options without weights: their own numbers where they are numbers, else counted from 0."""
    numbers = tuple(option.get("valueInteger") for option in options)
    own = all(type(number) is int and 0 <= number <= HIGHEST_VALUE for number in numbers)
    return numbers if own and len(set(numbers)) == len(numbers) else tuple(range(len(options)))


def _weight(option: Any, place: str) -> int | None:
    if not isinstance(option, Mapping):
        raise DefinitionError(gettext_noop("An option must be an object."), place=place)
    if option.get("initialSelected"):
        raise DefinitionError(gettext_noop("An answer that is chosen beforehand is not known here."), place=place)
    elements = (option, option.get("valueCoding"))
    found = [
        extension.get("valueDecimal")
        for element in elements
        for url in (WEIGHT, ORDINAL)
        for extension in extensions(element, url)
    ]
    if not found:
        return None
    weight = found[0]
    if isinstance(weight, bool) or not isinstance(weight, int | float) or weight != int(weight) or weight < 0:
        raise DefinitionError(gettext_noop("The weight %(weight)s is no whole number."), place=place, weight=weight)
    return int(weight)


def _display(option: Mapping[str, Any], language: str, place: str) -> Display:
    coding = option.get("valueCoding")
    if isinstance(coding, Mapping):
        found = texts_of(coding, "display", language)
        # Where a key without text was exported, the bare value is no text.
        if not found and not text_of(coding, "system").startswith(SYSTEM):
            found = {language: text_of(coding, "code")}
        return tuple(found.items())
    for word in ("valueString", "valueInteger", "valueDate", "valueTime"):
        if word in option:
            return ((language, str(option[word])),)
    raise DefinitionError(gettext_noop("An option without a value is not known here."), place=place)


def _bounds(item: Mapping[str, Any], place: str) -> tuple[int, int]:
    low, high = (_bound(item, url, default) for url, default in ((LOWEST, 0), (HIGHEST, HIGHEST_NUMBER)))
    if not 0 <= low < high <= HIGHEST_NUMBER:
        raise DefinitionError(
            gettext_noop("Numbers must lie between 0 and %(highest)s."), place=place, highest=HIGHEST_NUMBER
        )
    return low, high


def _bound(item: Mapping[str, Any], url: str, default: int) -> int:
    for extension in extensions(item, url):
        for word in ("valueDecimal", "valueInteger"):
            if isinstance(extension.get(word), int | float):
                return int(Decimal(str(extension[word])))
    return default
