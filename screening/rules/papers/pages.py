"""A filled-in paper as JSON, in the forms that people and other systems write it. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from screening.rules import strict_json
from screening.rules.papers.answers import Seconds
from screening.rules.scales.definitions import Scale
from screening.rules.scales.faults import AnswerError, gettext_noop

Answers = Mapping[str, Any] | Sequence[Any]
YES_NO = {0, 1}
LONGEST = 1_000_000


def read_paper(scale: Scale, text: str) -> tuple[Answers, Seconds | None]:
    """The answers and, where they were kept, the seconds each item took. A paper is a list in the order of the items;
    an object by item code; {"yes": [codes]} where items are answered yes or no; or {"answers": …, "seconds": …}.
    AnswerError says what is wrong with the JSON, and names an item that is given twice."""
    try:
        given = strict_json.load(text, _no_twice)
    except strict_json.JsonFault as fault:
        raise AnswerError(fault.sentence, place="answers", **fault.params) from None
    if isinstance(given, dict) and "answers" in given:
        seconds = given.get("seconds")
        return _answers(scale, given["answers"]), None if seconds is None else _seconds(scale, seconds)
    return _answers(scale, given), None


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise AnswerError(gettext_noop("It is given twice."), place=f"item {name}")
        found[name] = value
    return found


def _answers(scale: Scale, given: Any) -> Answers:
    if isinstance(given, list):
        return given
    if not isinstance(given, dict):
        raise AnswerError(
            gettext_noop("A paper is a list of answers, or an object with an answer for each item."), place="answers"
        )
    if "yes" in given:
        return _from_yes(scale, given)
    return _by_code(scale, given)


def _by_code(scale: Scale, given: Mapping[str, Any]) -> dict[str, Any]:
    """Codes may have a q before them, as in q5a."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        code = name if name in scale.places else name.lower().removeprefix("q")
        if code in found:
            raise AnswerError(gettext_noop("It is given twice."), place=f"item {code}")
        found[code] = value
    return found


def _from_yes(scale: Scale, given: Mapping[str, Any]) -> dict[str, Any]:
    """Items named are answered yes, all others no; other names are items that are answered on their own."""
    if any(set(item.values) != YES_NO for item in scale.items):
        raise AnswerError(gettext_noop("The items of this scale are not answered yes or no."), place="yes")
    if not isinstance(given["yes"], list):
        raise AnswerError(gettext_noop("“yes” must be a list of items."), place="yes")
    found: dict[str, Any] = {item.code: None if item.optional else 0 for item in scale.items}
    named: set[str] = set()
    for entry in given["yes"]:
        code = str(entry) if type(entry) in (int, str) else ""
        if code not in found:
            raise AnswerError(gettext_noop("This scale has no such item."), place=f"item {json.dumps(entry)}")
        if code in named:
            raise AnswerError(gettext_noop("It is given twice."), place=f"item {code}")
        named.add(code)
        found[code] = 1
    rest = _by_code(scale, {name: value for name, value in given.items() if name != "yes"})
    for code in rest:
        if code in named:
            raise AnswerError(gettext_noop("It is given twice."), place=f"item {code}")
    return found | rest


def _seconds(scale: Scale, given: Any) -> Seconds:
    values = list(given.values()) if isinstance(given, dict) else given
    if not isinstance(values, list) or len(values) > len(scale.items):
        raise AnswerError(gettext_noop("Seconds are given for each item, as the answers are."), place="seconds")
    for value in values:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (is_number and 0 <= value <= LONGEST):
            raise AnswerError(
                gettext_noop("%(value)s is no number of seconds."), place="seconds", value=json.dumps(value)
            )
    return values
