"""A FHIR Questionnaire, R5 or R4B, as a scale file. What is not understood is refused with its linkId. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from screening.rules import strict_json
from screening.rules.fhir.questions import Question, read_questions
from screening.rules.fhir.words import KEY, LOINC, extensions, language_of, objects, text_of, texts_of
from screening.rules.scales.definition_reader import listing, mapping, slug
from screening.rules.scales.definitions import parse
from screening.rules.scales.faults import DefinitionError, gettext_noop
from screening.rules.scales.files import LONGEST_SOURCE, ScaleFile
from screening.rules.scales.parts import Kind
from screening.rules.scales.wording import read_wording

KNOWN = frozenset(
    {"resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension", "url", "identifier"}
    | {"version", "versionAlgorithmString", "versionAlgorithmCoding", "name", "title", "derivedFrom", "status"}
    | {"experimental", "subjectType", "date", "publisher", "contact", "description", "useContext", "jurisdiction"}
    | {"purpose", "copyright", "copyrightLabel", "approvalDate", "lastReviewDate", "effectivePeriod", "code", "item"}
)
CHINESE = re.compile("[\u4e00-\u9fff]")
Texts = dict[str, dict[str, Any]]


def read_questionnaire(given: Any, known: Iterable[ScaleFile] = ()) -> ScaleFile:
    """The scale file of a Questionnaire. One of ours comes back as it was, with the texts as they read now. Of others
    the options with a weight are summed; what depends on other answers, or has no weight, is asked and not scored.
    Where LOINC says that its items are those of a `known` scale, it takes that scale's key."""
    data = mapping(given, "Questionnaire")
    for word in data:
        if word not in KNOWN and not word.startswith("_"):
            raise DefinitionError(gettext_noop("“%(word)s” is not known here."), place="Questionnaire", word=word)
    language = language_of(text_of(data, "language")) or _guessed(data)
    questions, instructions = read_questions(data, language)
    key = next(extensions(data, KEY), None)
    if key is None:
        files = list(known)
        adopted = next(filter(None, (_adopt(file, questions) for file in files)), None)
        if adopted:
            return _adopted(data, *adopted, instructions, language)
        critical = [rule for file in files for rule in _critical(file, questions)]
        return _foreign(data, questions, instructions, language, critical)
    return _own(data, questions, instructions, language, key)


def _guessed(data: Mapping[str, Any]) -> str:
    """A file that does not name its language is in Chinese where there is any."""
    return "zh-hans" if CHINESE.search(json.dumps(data.get("item"), ensure_ascii=False)) else "en"


def _own(
    data: Mapping[str, Any],
    questions: list[Question],
    instructions: dict[str, str],
    language: str,
    extension: Mapping[str, Any],
) -> ScaleFile:
    try:
        key = strict_json.load(extension.get("valueString", ""))
    except (TypeError, ValueError):
        raise DefinitionError(gettext_noop("This is not JSON."), place="Questionnaire.extension") from None
    key = mapping(key, "Questionnaire.extension", allowed=("definition", "languages", "factors"))
    scale = parse(key.get("definition"))
    known = {item.code: item for item in scale.items}
    for question in questions:
        if question.code not in known or question.values != known[question.code].values:
            raise DefinitionError(
                gettext_noop("This item is not the one the key was made for."), place=f"linkId {question.link_id}"
            )
    if len(questions) != len(known):
        raise DefinitionError(gettext_noop("Items of the key are missing."), place="Questionnaire.item")
    names = {question.code: known[question.code].choices for question in questions}
    words = _words(data, questions, names, instructions, language)
    for lang, factors in mapping(key.get("factors", {}), "Questionnaire.extension").items():
        words.setdefault(lang, {})["factors"] = factors
    languages = map(str, listing(key.get("languages", []), "Questionnaire.extension"))
    order = [lang for lang in languages if lang in words] + list(words)
    return _file(data, dict(key["definition"]), {lang: words[lang] for lang in order})


def _adopt(file: ScaleFile, questions: list[Question]) -> tuple[ScaleFile, list[Question]] | None:
    """The questions under the codes of the known scale, if all its items are there and no others are scored.
    DefinitionError where all its items are there with other weights."""
    codes = _codes(file)
    its_own = [question for question in questions if question.loinc in codes]
    if not codes or sorted(question.loinc for question in its_own) != sorted(codes):
        return None
    for question in its_own:
        _check_weights(file, codes[question.loinc], question)
    if [question for question in questions if question.scored] != its_own:
        return None
    ours = {question.link_id: replace(question, code=codes[question.loinc]) for question in its_own}
    return file, [ours.get(question.link_id, question) for question in questions]


def _critical(file: ScaleFile, questions: list[Question]) -> list[dict[str, Any]]:
    """The critical answers that items of a known scale bring along: they call somebody whatever else is asked."""
    codes = _codes(file)
    asked = {codes[question.loinc]: question for question in questions if question.loinc in codes}
    for rule in file.scale.critical:
        if rule.item in asked:
            _check_weights(file, rule.item, asked[rule.item])
    rules = [rule for rule in file.scale.critical if rule.item in asked]
    return [{"item": asked[rule.item].code, "at_least": rule.at_least} for rule in rules]


def _codes(file: ScaleFile) -> dict[str, str]:
    """The item of a scale by its LOINC code."""
    return {loinc: code for code, loinc in file.scale.loinc.get("items", {}).items()}


def _check_weights(file: ScaleFile, code: str, question: Question) -> None:
    values = file.scale.item(code).values
    if not question.weighted or sorted(question.values) != sorted(values):
        raise DefinitionError(
            gettext_noop("LOINC says that this is item %(code)s of %(scale)s; its weights must be %(values)s."),
            place=f"linkId {question.link_id}",
            code=code,
            scale=file.scale.key,
            values=", ".join(map(str, values)),
        )


def _adopted(
    data: Mapping[str, Any],
    file: ScaleFile,
    questions: list[Question],
    instructions: dict[str, str],
    language: str,
) -> ScaleFile:
    extra = [question for question in questions if question.code not in file.scale.places]
    names = {item.code: item.choices for item in file.scale.items} | _named(extra)
    definition = dict(file.definition)
    definition["choices"] = definition["choices"] | {
        names[question.code]: list(question.values) for question in extra if question.values
    }
    definition["items"] = [*definition["items"], *(_item(question, names) for question in extra)]
    definition["unscored"] = [*definition.get("unscored", []), *(question.code for question in extra)]
    return _file(data, definition, _words(data, questions, names, instructions, language))


def _named(questions: list[Question]) -> dict[str, str]:
    """The name of the choices of each question; the same choices have the same name."""
    sets: dict[tuple[Any, ...], str] = {}
    return {
        question.code: sets.setdefault((question.values, question.displays), f"choices_{len(sets) + 1}")
        for question in questions
        if question.kind is Kind.CHOICE
    }


def _foreign(
    data: Mapping[str, Any],
    questions: list[Question],
    instructions: dict[str, str],
    language: str,
    critical: list[dict[str, Any]],
) -> ScaleFile:
    names = _named(questions)
    definition: dict[str, Any] = {
        "key": slug(text_of(data, "name") or text_of(data, "title") or text_of(data, "id") or "questionnaire"),
        "choices": {names[question.code]: list(question.values) for question in questions if question.values},
        "items": [_item(question, names) for question in questions],
        "unscored": [question.code for question in questions if not question.scored],
        **({"critical": critical} if critical else {}),
    }
    loinc = {
        "panel": next(iter(_loinc(data)), None),
        "items": {question.code: question.loinc for question in questions if question.loinc},
    }
    definition["loinc"] = {word: found for word, found in loinc.items() if found}
    return _file(data, definition, _words(data, questions, names, instructions, language))


def _loinc(data: Mapping[str, Any]) -> list[str]:
    return [text_of(code, "code") for code in objects(data, "code") if code.get("system") == LOINC]


def _item(question: Question, names: Mapping[str, str]) -> dict[str, Any]:
    item: dict[str, Any] = {"code": question.code, "kind": question.kind.value}
    if question.kind is Kind.CHOICE:
        item["choices"] = names[question.code]
    if question.kind is Kind.NUMBER:
        item |= {"low": question.low, "high": question.high}
    return item | ({} if question.required or question.scored else {"optional": True})


def _words(
    data: Mapping[str, Any],
    questions: list[Question],
    names: Mapping[str, str],
    instructions: dict[str, str],
    language: str,
) -> Texts:
    words: Texts = {}
    for lang, text in texts_of(data, "title", language).items():
        words.setdefault(lang, {})["title"] = text
    for lang, text in instructions.items():
        words.setdefault(lang, {})["instructions"] = text
    for question in questions:
        for lang, text in question.texts:
            words.setdefault(lang, {}).setdefault("items", {})[question.code] = text
        for value, displays in zip(question.values, question.displays, strict=True):
            for lang, text in displays:
                sets = words.setdefault(lang, {}).setdefault("choices", {})
                sets.setdefault(names[question.code], {})[str(value)] = text
    return words


def _file(data: Mapping[str, Any], definition: dict[str, Any], words: Texts) -> ScaleFile:
    scale = parse(definition)
    written = text_of(data, "version")
    return ScaleFile(
        version=int(written) if re.fullmatch(r"[1-9]\d{0,2}", written) else 1,
        source=text_of(data, "copyright")[:LONGEST_SOURCE],
        definition=definition,
        wording=read_wording(scale, words),
        scale=scale,
    )
