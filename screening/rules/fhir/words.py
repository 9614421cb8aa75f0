"""Addresses and names that FHIR gives to things. Pure."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

LOINC = "http://loinc.org"
CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
ORDINAL = f"{CORE}ordinalValue"
WEIGHT = f"{CORE}itemWeight"
TRANSLATION = f"{CORE}translation"
LOWEST, HIGHEST = f"{CORE}minValue", f"{CORE}maxValue"
# Our own: the whole key, which a Questionnaire has no words for, and the codes of what is offered.
KEY = "urn:shouwang:fhir:scale-key"
SYSTEM = "urn:shouwang:scale"
INSTRUCTIONS = "instructions"
# BCP 47 writes scripts with a capital.
TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


class Release(StrEnum):
    R5 = "R5"
    R4B = "R4B"


def tag(language: str) -> str:
    """A language as FHIR writes it."""
    return TAGS.get(language, language)


def language_of(written: str) -> str:
    """A language as scale files write it: zh-hans for zh-Hans, zh-CN and zh."""
    plain = written.lower()
    return "zh-hans" if plain in ("zh", "zh-cn") else plain


def extensions(element: Any, url: str) -> Iterator[Mapping[str, Any]]:
    """The extensions of an element that have this address."""
    for extension in objects(element, "extension"):
        if extension.get("url") == url:
            yield extension


def objects(element: Any, word: str) -> list[Mapping[str, Any]]:
    """The objects in a list of an element; what is no object, or no list, is passed over."""
    found = element.get(word) if isinstance(element, Mapping) else None
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def text_of(element: Any, word: str) -> str:
    """A text of an element; "" where there is none."""
    found = element.get(word) if isinstance(element, Mapping) else None
    return found.strip() if isinstance(found, str) else ""


def in_languages(name: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """A text under `name` in the first language, with the others as its translations."""
    given = [(language, text) for language, text in texts.items() if text]
    if not given:
        return {}
    (_language, first), *others = given
    element: dict[str, Any] = {name: first}
    if others:
        element[f"_{name}"] = {"extension": [_translation(language, text) for language, text in others]}
    return element


def _translation(language: str, text: str) -> dict[str, Any]:
    parts = [{"url": "lang", "valueCode": tag(language)}, {"url": "content", "valueString": text}]
    return {"url": TRANSLATION, "extension": parts}


def texts_of(element: Mapping[str, Any], name: str, language: str) -> dict[str, str]:
    """A text and its translations by language; `language` is that of the text itself."""
    found = {language: text_of(element, name)}
    for extension in extensions(element.get(f"_{name}"), TRANSLATION):
        parts = {text_of(part, "url"): part for part in objects(extension, "extension")}
        lang, content = text_of(parts.get("lang"), "valueCode"), parts.get("content")
        found[language_of(lang)] = text_of(content, "valueString") or text_of(content, "valueMarkdown")
    return {lang: text for lang, text in found.items() if lang and text}
