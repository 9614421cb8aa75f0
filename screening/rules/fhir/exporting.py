"""An instrument as a FHIR Questionnaire. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from screening.rules.fhir.words import (
    HIGHEST,
    INSTRUCTIONS,
    KEY,
    LOINC,
    LOWEST,
    ORDINAL,
    SYSTEM,
    WEIGHT,
    Release,
    in_languages,
    tag,
)
from screening.rules.scales.definitions import Scale
from screening.rules.scales.files import ScaleFile
from screening.rules.scales.parts import Item, Kind

TYPES = {Kind.TIME: "time", Kind.NUMBER: "decimal", Kind.DATE: "date", Kind.TEXT: "text"}
CHOICE = {Release.R5: "coding", Release.R4B: "choice"}
STATUS = {"draft": "draft", "published": "active", "retired": "retired"}
Wording = Mapping[str, Mapping[str, Any]]


def export_questionnaire(file: ScaleFile, release: Release, *, state: str = "published") -> dict[str, Any]:
    """The Questionnaire of a scale file. What FHIR has no words for (factors, bands, critical items) goes into an
    extension of ours, so that nothing is lost on the way back."""
    scale, wording = file.scale, file.wording
    languages = list(wording)
    questionnaire: dict[str, Any] = {
        "resourceType": "Questionnaire",
        "extension": [{"url": KEY, "valueString": json.dumps(_key(file), ensure_ascii=False, separators=(",", ":"))}],
        "url": f"{SYSTEM}:{scale.key}",
        "version": str(file.version),
        "name": _name(scale.key),
        "status": STATUS[state],
        "subjectType": ["Patient"],
    }
    if languages:
        questionnaire["language"] = tag(languages[0])
    questionnaire |= in_languages("title", {language: words.get("title", "") for language, words in wording.items()})
    if file.source:
        questionnaire["copyright"] = file.source
    if "panel" in scale.loinc:
        questionnaire["code"] = [{"system": LOINC, "code": scale.loinc["panel"]}]
    return questionnaire | {
        "item": [*_instructions(wording), *(_item(scale, item, wording, release) for item in scale.items)]
    }


def _name(key: str) -> str:
    """The key as an identifier: que-0 of FHIR asks for a capital and at least two letters, digits or _."""
    return f"{key[0].upper()}{key[1:] or '_'}"


def _key(file: ScaleFile) -> dict[str, Any]:
    """The definition, and the words that have no place in a Questionnaire."""
    factors = {language: words["factors"] for language, words in file.wording.items() if "factors" in words}
    return {"definition": file.definition, "languages": list(file.wording), "factors": factors}


def _instructions(wording: Wording) -> list[dict[str, Any]]:
    texts = in_languages("text", {language: words.get("instructions", "") for language, words in wording.items()})
    return [{"linkId": INSTRUCTIONS, **texts, "type": "display"}] if texts else []


def _item(scale: Scale, item: Item, wording: Wording, release: Release) -> dict[str, Any]:
    told: dict[str, Any] = {"linkId": item.code}
    code = scale.loinc.get("items", {}).get(item.code)
    if code:
        told["code"] = [{"system": LOINC, "code": code}]
    texts = {language: words.get("items", {}).get(item.code, "") for language, words in wording.items()}
    told |= in_languages("text", texts)
    told["type"] = CHOICE[release] if item.kind is Kind.CHOICE else TYPES[item.kind]
    told["required"] = not item.optional
    if item.kind is Kind.NUMBER:
        bounds = ((LOWEST, item.low), (HIGHEST, item.high))
        told["extension"] = [{"url": url, "valueDecimal": bound} for url, bound in bounds]
    if item.kind is Kind.CHOICE:
        told["answerOption"] = [_option(scale, item, value, wording, release) for value in item.values]
    return told


def _option(scale: Scale, item: Item, value: int, wording: Wording, release: Release) -> dict[str, Any]:
    texts = {
        language: words.get("choices", {}).get(item.choices, {}).get(str(value), "")
        for language, words in wording.items()
    }
    points = {"url": WEIGHT if release is Release.R5 else ORDINAL, "valueDecimal": value}
    return {"extension": [points], "valueCoding": coding(scale, item, value) | in_languages("display", texts)}


def coding(scale: Scale, item: Item, value: int) -> dict[str, Any]:
    """The code of a choice: LOINC's where it is known, else the value itself."""
    known = scale.loinc.get("answers", {}).get(item.choices, {}).get(str(value))
    if known:
        return {"system": LOINC, "code": known}
    return {"system": f"{SYSTEM}:{scale.key}:{item.choices}", "code": str(value)}
