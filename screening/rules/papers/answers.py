"""The answers of a paper, checked against the items of its scale. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from screening.rules.scales.definitions import Scale
from screening.rules.scales.faults import AnswerError, gettext_noop
from screening.rules.scales.parts import Item, Kind, Number
from screening.rules.strict_json import UNSTORABLE

# As it is given: a value that is offered, a time as "23:30", a number; None where the item was left out.
Answer = int | float | str | None
Value = Number | str | None
Seconds = Mapping[str, float | None] | Sequence[float | None]
TIME = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)")
MINUTES_OF_HOUR = 60
LONGEST_TEXT = 2000


def read_answers(scale: Scale, answers: Mapping[str, Any] | Sequence[Any]) -> list[Value]:
    """A value per item in the order of the scale, times in minutes after midnight; AnswerError names the item."""
    given = _in_order(scale, answers)
    # Nearly every paper ends here: all items offer the same values, and nothing else was given.
    if scale.offered and set(map(type, given)) <= PLAIN and set(given) <= scale.offered:
        return given
    return [read_answer(item, value) for item, value in zip(scale.items, given, strict=True)]


PLAIN = {int, type(None)}


def _in_order(scale: Scale, answers: Mapping[str, Any] | Sequence[Any]) -> list[Any]:
    if isinstance(answers, Mapping):
        for code in answers:
            if code not in scale.places:
                raise AnswerError(gettext_noop("This scale has no such item."), place=_place(code))
        return [answers.get(item.code) for item in scale.items]
    given = list(answers)
    needed = len(scale.items)
    while needed and scale.items[needed - 1].optional:
        needed -= 1
    if not needed <= len(given) <= len(scale.items):
        raise AnswerError(
            gettext_noop("There are %(given)s answers, but the scale has %(items)s items."),
            place="answers",
            given=len(given),
            items=needed,
        )
    return given + [None] * (len(scale.items) - len(given))


def read_answer(item: Item, value: Any) -> Value:
    """The value of one answer."""
    if value is None:
        return None
    if item.kind is not Kind.CHOICE:
        return READERS[item.kind](item, value)
    return _chosen(item, value)


def _chosen(item: Item, value: Any) -> int:
    if type(value) is bool and item.values in ((0, 1), (1, 0)):
        return int(value)
    if type(value) is not int or value not in item.values:
        raise AnswerError(
            gettext_noop("%(value)s is not offered; the codes are %(values)s."),
            place=_place(item.code),
            value=_shown(value),
            values=", ".join(map(str, item.values)),
        )
    return value


def _minutes(item: Item, value: Any) -> int:
    found = TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    minutes = int(found[1]) * MINUTES_OF_HOUR + int(found[2]) if found else -1
    day = 24 * MINUTES_OF_HOUR
    if not 0 <= minutes <= day:
        raise AnswerError(
            gettext_noop("%(value)s is no time of day such as 23:30."), place=_place(item.code), value=_shown(value)
        )
    return minutes % day


def _number(item: Item, value: Any) -> Number:
    exact = Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None
    if exact is None or not exact.is_finite() or not item.low <= exact <= item.high:
        raise AnswerError(
            gettext_noop("%(value)s is no number from %(low)s to %(high)s."),
            place=_place(item.code),
            value=_shown(value),
            low=item.low,
            high=item.high,
        )
    return Fraction(exact)


def _date(item: Item, value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise AnswerError(
            gettext_noop("%(value)s is no date such as 2026-11-25."), place=_place(item.code), value=_shown(value)
        ) from None


def _text(item: Item, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise AnswerError(
            gettext_noop("This must be a text of at most %(longest)s characters."),
            place=_place(item.code),
            longest=LONGEST_TEXT,
        )
    if UNSTORABLE.search(value):
        raise AnswerError(gettext_noop("This holds a character that cannot be kept."), place=_place(item.code))
    return value


READERS: dict[Kind, Callable[[Item, Any], Value]] = {
    Kind.TIME: _minutes,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.TEXT: _text,
}


def _shown(value: Any) -> str:
    """The value as it was given, shortened."""
    text = repr(value) if isinstance(value, str | bool) else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


SHOWN = 40


def _place(code: Any) -> str:
    return f"item {code}"
