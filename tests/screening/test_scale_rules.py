from datetime import datetime

import pytest
from django.utils import translation

from screening.models import Scale
from screening.rules.scales.describing import rules_of
from screening.rules.scales.files import read_file
from screening.services.scales.describing import described, explained
from screening.services.scales.library import load_shipped
from screening.services.scales.shipped import shipped
from tests.screening.instruments import KEYS, SLEEP, all_of, outcome, scale, yes
from tests.screening.test_scale_definitions import SOUND, WORDS

SAID = {
    "sds": {"total × 5 ÷ 4, rounded down", "standard score 53–62", "item 19 from 3 up", "band severe"},
    "upi": {
        "total ≥ 25; item 25 ≥ 1; yes to items 61, 62, 63, 64: ≥ 2; item wish ≥ 1",
        "class 1",
        "all others",
        "sum of 56 items, 0–56; not counted: 5, 20, 35, 50, 61, 62, 63, 64, wish",
    },
    "scl90": {"total ≥ 160; positive items ≥ 44; the highest factor ≥ 2", "items answered 2 or higher"},
    "psqi": {"points of items 4, 1, 3", "sum of the 7 components, 0–21; item 5j counts as 0 when it is left out"},
}


@pytest.mark.parametrize("key", SAID)
def test_a_key_is_told_in_words(key: str) -> None:
    said = {"; ".join(phrase.text(str) for phrase in rule.says) for rule in rules_of(scale(key))}
    assert said >= SAID[key]


@pytest.mark.parametrize("key", KEYS)
def test_every_rule_says_something(key: str) -> None:
    assert all(rule.says for rule in rules_of(scale(key)))


def test_other_conditions_are_told_too() -> None:
    words = {
        "standard": {"times": 2},
        "factors": {"low": ["1", "2"]},
        "classes": [
            {"name": 1, "any": [{"of": "standard", "at_least": 9}, {"of": "factor", "factor": "low", "at_most": 1.5}]},
            {"name": 2},
        ],
    }
    file = read_file({"format": "shouwang-scale/1", "definition": SOUND | words})
    said = {"; ".join(phrase.text(str) for phrase in rule.says) for rule in rules_of(file.scale)}
    assert "standard score ≥ 9; factor “low” ≤ 1.5" in said
    plain = read_file(
        {"format": "shouwang-scale/1", "definition": SOUND | {"unscored": [*"1234", "note"], "bands": []}}
    )
    said = {"; ".join(phrase.text(str) for phrase in rule.says) for rule in rules_of(plain.scale)}
    assert said == {"this scale gives no score", "without gaps"}


def test_rules_are_read_in_chinese_with_the_names_of_factors(db: None, at: datetime) -> None:
    load_shipped(at=at)
    checklist = Scale.objects.get(key="scl90")
    with translation.override("zh-hans"):
        lines = described(checklist, checklist.words("zh-hans"))
        assert ("因子", "躯体化") in {(line.label, line.value) for line in lines}
        assert "程度为中度，重度" in {line.text for line in lines}


def test_results_are_read_in_chinese() -> None:
    words = shipped()["scl90"].wording["zh-hans"]
    with translation.override("zh-hans"):
        told = {line.label: line for line in explained(outcome("scl90", all_of("scl90", 3)), words)}
        assert (told["总分"].value, told["程度"].value, told["关键条目"].value) == ("270", "中度", "是")
        assert (told["敌对"].value, told["约谈类别"].text) == ("3.00", "程度为中度")
        none = {line.label: line.value for line in explained(outcome("phq9", [None] * 9), WORDS)}
        assert (none["总分"], none["是否有效"]) == ("–", "否")
        assert {line.label for line in explained(outcome("psqi", SLEEP), {})} >= {"c1", "c7"}
        assert {line.value for line in explained(outcome("upi", yes(25)), {})} >= {"1", "是"}
