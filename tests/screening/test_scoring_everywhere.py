"""What must hold of every paper there can be."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.rules.scales.definitions import Scale
from screening.rules.scales.parts import BANDS, Item, Kind
from screening.rules.scoring.explaining import as_record
from screening.rules.scoring.outcomes import score
from tests.screening.instruments import KEYS, scale
from tests.sizes import size

EXAMPLES = size(quick=12, full=100)
SUMMED = [key for key in KEYS if key != "psqi"]


def answer_to(item: Item) -> st.SearchStrategy[Any]:
    if item.kind is Kind.TIME:
        return st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))
    if item.kind is Kind.NUMBER:
        return st.integers(item.low * 10, item.high * 10).map(lambda tenths: tenths / 10)
    return st.sampled_from(item.values)


def papers(one: Scale, gaps: bool = False) -> st.SearchStrategy[list[Any]]:
    answers = [st.none() | answer_to(item) if gaps or item.optional else answer_to(item) for item in one.items]
    return st.tuples(*answers).map(list)


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_a_full_paper_lies_within_its_bounds(key: str, data: st.DataObject) -> None:
    one = scale(key)
    found = score(one, data.draw(papers(one)))
    low, high = one.total_bounds
    assert found.total is not None and low <= found.total <= high
    assert found.valid or key == "upi"
    assert (found.band in BANDS) if (one.bands or one.band_steps) else found.band is None
    assert found.interview in (1, 2, 3)
    assert (found.standard is None) is (one.standard is None)
    if one.standard is not None and found.standard is not None:
        assert found.standard == found.total * one.standard.times // one.standard.over


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_a_paper_with_gaps_has_a_score_or_none_at_all(key: str, data: st.DataObject) -> None:
    one = scale(key)
    answers = data.draw(papers(one, gaps=True))
    found = score(one, answers)
    full = all(value is not None or item.optional for item, value in zip(one.items, answers, strict=True))
    results = (found.total, found.interview)
    assert all(result is not None for result in results) if full else results == (None, None)
    for rule in one.critical:
        value = answers[one.places[rule.item]]
        assert (rule.item in found.critical_items) is (value is not None and value >= rule.at_least)


@pytest.mark.parametrize("key", SUMMED)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_one_step_up_on_an_item_is_one_step_in_its_direction(key: str, data: st.DataObject) -> None:
    one = scale(key)
    answers = data.draw(papers(one))
    place = data.draw(st.sampled_from([p for p, item in enumerate(one.items) if item.code in one.scored]))
    item = one.items[place]
    answers[place] = data.draw(st.sampled_from(item.values[:-1]))
    higher = [*answers[:place], answers[place] + 1, *answers[place + 1 :]]
    before, after = score(one, answers).total, score(one, higher).total
    assert before is not None and after is not None
    assert after - before == (-1 if item.code in one.reverse else 1)


@pytest.mark.parametrize("key", SUMMED)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_a_mirrored_paper_mirrors_the_total(key: str, data: st.DataObject) -> None:
    one = scale(key)
    answers = [
        item.low if value is None else value for item, value in zip(one.items, data.draw(papers(one)), strict=True)
    ]
    mirrored = [item.low + item.high - value for item, value in zip(one.items, answers, strict=True)]
    low, high = one.total_bounds
    there, back = score(one, answers).total, score(one, mirrored).total
    assert there is not None and back is not None and there + back == low + high


@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_the_factors_of_the_checklist_add_up_to_its_total(data: st.DataObject) -> None:
    one = scale("scl90")
    answers = data.draw(papers(one))
    found = score(one, answers)
    assert found.factors is not None and found.total is not None
    points = [Fraction(found.factors[factor.name]).limit_denominator(100) * len(factor.items) for factor in one.factors]
    assert sum(points) == found.total == sum(answers)
    assert found.positives == sum(value >= 2 for value in answers)
    if found.psdi is not None:
        assert Fraction(found.psdi).limit_denominator(100) * found.positives == sum(v for v in answers if v >= 2)


@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_the_components_of_sleep_add_up_to_its_total(data: st.DataObject) -> None:
    one = scale("psqi")
    found = score(one, data.draw(papers(one)))
    assert found.factors is not None
    assert set(found.factors.values()) <= {0, 1, 2, 3}
    assert found.total == sum(found.factors.values())


@settings(max_examples=EXAMPLES, deadline=None)
@given(yes=st.sets(st.integers(1, 64)), wish=st.sampled_from([None, 0, 1]))
def test_the_personality_inventory_follows_its_table(yes: set[int], wish: int | None) -> None:
    answers = [int(code in yes) for code in range(1, 65)]
    found = score(scale("upi"), [*answers, wish])
    total = len(yes - {5, 20, 35, 50, 61, 62, 63, 64})
    supplementary = len(yes & {61, 62, 63, 64})
    first = total >= 25 or 25 in yes or supplementary >= 2 or wish == 1
    second = total >= 20 or bool(yes & {8, 16, 26}) or supplementary == 1
    assert (found.total, found.class_) == (total, 1 if first else 2 if second else 3)
    assert found.valid is not (yes >= {5, 20, 35, 50})
    assert found.critical is (25 in yes)


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_every_result_can_be_told(key: str, data: st.DataObject) -> None:
    one = scale(key)
    record = as_record(score(one, data.draw(papers(one, gaps=True))))
    told = {rule["result"]: rule for rule in record["rules"]}
    assert {"total", "critical", "valid"} <= set(told)
    assert all(rule["rule"] for rule in told.values())
    if record["total"] is not None:
        assert told["total"]["value"] == record["total"]
        assert {name for name in told if name.startswith("factors.")} == {
            f"factors.{name}" for name in record["factors"] or {}
        }
