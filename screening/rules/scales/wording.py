"""The text of an instrument in one language, kept apart from its key. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from screening.rules.scales.definition_reader import mapping
from screening.rules.scales.definitions import Scale
from screening.rules.scales.faults import DefinitionError, gettext_noop
from screening.rules.scales.parts import Item

WORDS = ("title", "instructions", "items", "choices", "factors")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,8})?")
LONGEST = 600
Wording = Mapping[str, Mapping[str, Any]]


def read_wording(scale: Scale, given: Any) -> dict[str, dict[str, Any]]:
    """Texts by language, without empty ones; DefinitionError where one belongs to nothing in the scale."""
    found = {}
    for language, words in mapping(given, "wording").items():
        place = f"wording.{language}"
        if not LANGUAGE.fullmatch(language):
            raise DefinitionError(gettext_noop("This is no language such as zh-hans or en."), place=place)
        read = _read_words(scale, mapping(words, place, allowed=WORDS), place)
        if read:
            found[language] = read
    return found


def _read_words(scale: Scale, words: Mapping[str, Any], place: str) -> dict[str, Any]:
    sets = {item.choices: item.values for item in scale.items if item.choices}
    factors = [*(factor.name for factor in scale.factors), *(component.name for component in scale.components)]
    choices = mapping(words.get("choices", {}), f"{place}.choices", allowed=list(sets))
    read: dict[str, Any] = {word: _text(words.get(word), f"{place}.{word}") for word in ("title", "instructions")}
    read["items"] = _texts(words.get("items", {}), f"{place}.items", list(scale.places))
    read["choices"] = {
        name: texts
        for name, given in choices.items()
        if (texts := _texts(given, f"{place}.choices.{name}", [str(value) for value in sets[name]]))
    }
    read["factors"] = _texts(words.get("factors", {}), f"{place}.factors", factors)
    return {word: value for word, value in read.items() if value}


def _texts(given: Any, place: str, names: list[str]) -> dict[str, str]:
    """Texts in the order of `names`."""
    texts = mapping(given, place, allowed=names)
    read = {name: _text(texts[name], f"{place}.{name}") for name in names if name in texts}
    return {name: text for name, text in read.items() if text}


def _text(given: Any, place: str) -> str:
    text = "" if given is None else given
    if not isinstance(text, str) or len(text) > LONGEST:
        raise DefinitionError(
            gettext_noop("This must be a text of at most %(longest)s characters."), place=place, longest=LONGEST
        )
    return " ".join(text.split())


def missing_words(scale: Scale, words: Mapping[str, Any]) -> list[str]:
    """What a student would miss in this language: "title", "items.3", "choices.often.2". An optional item without a
    text is not asked."""
    return list(_missing(scale, words))


def _missing(scale: Scale, words: Mapping[str, Any]) -> Iterator[str]:
    if not words.get("title"):
        yield "title"
    items, choices = words.get("items", {}), words.get("choices", {})
    wanted: dict[str, tuple[int, ...]] = {}
    for item in scale.items:
        if item.code in items or not item.optional:
            wanted |= {item.choices: item.values} if item.choices else {}
        if item.code not in items and not item.optional:
            yield f"items.{item.code}"
    for name, values in wanted.items():
        for value in values:
            if str(value) not in choices.get(name, {}):
                yield f"choices.{name}.{value}"


def languages(scale: Scale, wording: Wording) -> tuple[str, ...]:
    """The languages in which nothing is missing."""
    return tuple(language for language, words in wording.items() if not missing_words(scale, words))


@dataclass(frozen=True, slots=True)
class Question:
    """An item as it is asked. `choices`: value and text of what is offered, in the order of the file."""

    item: Item
    text: str
    choices: tuple[tuple[int, str], ...]


def questions(scale: Scale, words: Mapping[str, Any]) -> tuple[Question, ...]:
    """The items as they are asked in this language; an optional one without a text is left out."""
    texts, choices = words.get("items", {}), words.get("choices", {})
    return tuple(
        Question(
            item=item,
            text=texts.get(item.code, ""),
            choices=tuple((value, choices.get(item.choices, {}).get(str(value), "")) for value in item.values),
        )
        for item in scale.items
        if item.code in texts or not item.optional
    )
