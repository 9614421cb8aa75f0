"""The sleep index as its authors score it: 5j may be left out, and hours that cannot be are pointed out."""

from typing import Any

import pytest

from screening.rules.scales.describing import rules_of
from screening.rules.scoring.explaining import as_record, reasons_of
from screening.rules.scoring.outcomes import Outcome
from screening.rules.scoring.validity import Flag
from tests.screening.instruments import SLEEP, outcome, scale
from tests.screening.test_scale_definitions import fault_of

LAST = 13


def night(bed: str, up: str, asleep: float) -> list[Any]:
    return [bed, 20, up, asleep, *SLEEP[4:]]


def reason(found: Outcome, result: str) -> str:
    return next(str(reason) for reason in reasons_of(found) if reason.result == result)


def test_a_paper_without_5j_has_the_score_of_one_that_says_never() -> None:
    without = outcome("psqi", [*SLEEP[:LAST], None, *SLEEP[LAST + 1 :]])
    never = outcome("psqi", [*SLEEP[:LAST], 0, *SLEEP[LAST + 1 :]])
    assert without.total == never.total
    assert without.total is not None and without.valid and without.flags == never.flags
    assert "item 5j is left out and counts as 0" in reason(without, "total")
    assert "5j is left out" not in reason(never, "total")
    assert "item 5j counts as 0 when it is left out" in [
        phrase.text(str) for rule in rules_of(scale("psqi")) for phrase in rule.says
    ]
    assert "item 5j is left out" in str(as_record(without)["rules"])


def test_every_other_item_must_be_answered() -> None:
    for place in set(range(18)) - {LAST}:
        answers = [*SLEEP[:place], None, *SLEEP[place + 1 :]]
        assert outcome("psqi", answers).flags[0] is Flag.MISSING_ITEMS


IMPLAUSIBLE = [
    (night("11:30", "07:00", 7), "19.5 hours in bed"),
    (night("17:00", "07:01", 7), "hours in bed"),
    (night("21:00", "09:00", 4.5), "only 4.5 of 12 hours"),
    (night("23:30", "07:00", 9), "more hours asleep than in bed"),
]


@pytest.mark.parametrize(("answers", "words"), IMPLAUSIBLE)
def test_hours_that_cannot_be_are_pointed_out(answers: list[Any], words: str) -> None:
    found = outcome("psqi", answers)
    assert found.flags == (Flag.IMPLAUSIBLE_TIMES,)
    assert found.valid
    assert words in reason(found, "valid")


@pytest.mark.parametrize(
    "answers", [night("23:30", "07:00", 7), night("17:00", "07:00", 7), night("22:00", "09:00", 4)]
)
def test_other_hours_are_not(answers: list[Any]) -> None:
    assert outcome("psqi", answers).flags == ()


@pytest.mark.parametrize("words", [{"missing": 7}, {"missing": True}, {"missing": 0, "optional": False}])
def test_what_a_missing_item_counts_as_must_be_offered(words: dict[str, Any]) -> None:
    items = [{"codes": "1-4", "choices": "often"} | words, {"code": "note", "kind": "text", "optional": True}]
    assert fault_of(items=items) == (
        "items.1: “missing” is one of the values that the item offers, and the item is optional."
    )
