"""JSON from outside, without what a database or arithmetic cannot take: endless numbers, broken characters. Pure."""

import json
import math
import re
from collections.abc import Callable
from typing import Any, NoReturn

from screening.rules.scales.faults import gettext_noop

Pairs = Callable[[list[tuple[str, Any]]], dict[str, Any]]
# A lone half of a surrogate pair, or NUL: no text in UTF-8, and none that PostgreSQL keeps.
UNSTORABLE = re.compile("[\ud800-\udfff\x00]")
MOST_DIGITS = 18


class JsonFault(ValueError):
    """What is wrong with a JSON text: `sentence` with `params`."""

    def __init__(self, sentence: str, **params: Any) -> None:
        self.sentence, self.params = sentence, params
        super().__init__(sentence % params)


def load(text: str | bytes, pairs: Pairs = dict) -> Any:
    """The value of a JSON text; `pairs` makes an object of its names and values. A JsonFault says what is wrong."""
    try:
        value = json.loads(
            text, object_pairs_hook=pairs, parse_constant=_constant, parse_float=_float, parse_int=_integer
        )
        _check_characters(value)
    except json.JSONDecodeError as error:
        sentence = gettext_noop("This is not JSON: line %(line)s, column %(column)s.")
        raise JsonFault(sentence, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise JsonFault(gettext_noop("This is nested too deeply.")) from None
    except UnicodeDecodeError:
        raise JsonFault(gettext_noop("This file is not text in UTF-8.")) from None
    return value


def _constant(word: str) -> NoReturn:
    raise JsonFault(gettext_noop("%(word)s is no number that can be kept."), word=word)


def _float(word: str) -> float:
    number = float(word)
    if not math.isfinite(number):
        _constant(word[:20])
    return number


def _integer(word: str) -> int:
    if len(word) > MOST_DIGITS:
        _constant(f"{word[:20]}…")
    return int(word)


def _check_characters(value: Any) -> None:
    waiting = [value]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, dict):
            waiting += [*entry, *entry.values()]
        elif isinstance(entry, list):
            waiting += entry
        elif isinstance(entry, str) and UNSTORABLE.search(entry):
            raise JsonFault(gettext_noop("This holds a character that cannot be kept."))
