from collections.abc import Callable
from typing import Any

import pytest

from screening.rules.scoring.explaining import as_record, reasons_of
from screening.rules.scoring.outcomes import AnswerError, Flag
from tests.screening.instruments import SLEEP, all_of, outcome, scale, yes

# Every border of every scale: the answers, what is looked at, what it must be. Sources: the papers named in the files.
SUMS = [
    ("phq9", all_of("phq9", 0), 0, None, "minimal"),
    ("phq9", [1, 1, 1, 1, 0, 0, 0, 0, 0], 4, None, "minimal"),
    ("phq9", [1, 1, 1, 1, 1, 0, 0, 0, 0], 5, None, "mild"),
    ("phq9", all_of("phq9", 1), 9, None, "mild"),
    ("phq9", all_of("phq9", 1, i1=2), 10, None, "moderate"),
    ("phq9", [2, 2, 2, 2, 2, 2, 2, 0, 0], 14, None, "moderate"),
    ("phq9", [2, 2, 2, 2, 2, 2, 2, 1, 0], 15, None, "moderately_severe"),
    ("phq9", all_of("phq9", 2, i1=3), 19, None, "moderately_severe"),
    ("phq9", all_of("phq9", 2, i1=3, i2=3), 20, None, "severe"),
    ("phq9", all_of("phq9", 3), 27, None, "severe"),
    ("gad7", [1, 1, 1, 1, 0, 0, 0], 4, None, "minimal"),
    ("gad7", [1, 1, 1, 1, 1, 0, 0], 5, None, "mild"),
    ("gad7", [2, 2, 2, 2, 1, 0, 0], 9, None, "mild"),
    ("gad7", [2, 2, 2, 2, 2, 0, 0], 10, None, "moderate"),
    ("gad7", all_of("gad7", 2), 14, None, "moderate"),
    ("gad7", all_of("gad7", 2, i1=3), 15, None, "severe"),
    ("gad7", all_of("gad7", 3), 21, None, "severe"),
    # Four reverse items: nothing at all is 12, and all of everything is 48.
    ("cesd", all_of("cesd", 0), 12, None, "normal"),
    ("cesd", all_of("cesd", 0, i1=3), 15, None, "normal"),
    ("cesd", all_of("cesd", 0, i1=3, i2=1), 16, None, "mild"),
    ("cesd", all_of("cesd", 0, i1=3, i2=3, i3=1), 19, None, "mild"),
    ("cesd", all_of("cesd", 0, i1=3, i2=3, i3=2), 20, None, "moderate"),
    ("cesd", all_of("cesd", 3), 48, None, "moderate"),
    ("cesd", all_of("cesd", 3, i4=0, i8=0, i12=0, i16=0), 60, None, "moderate"),
    ("cesd", all_of("cesd", 0, i4=3, i8=3, i12=3, i16=3), 0, None, "normal"),
    ("k10", all_of("k10", 1), 10, None, "normal"),
    ("k10", all_of("k10", 1, i1=5, i2=2), 15, None, "normal"),
    ("k10", all_of("k10", 1, i1=5, i2=3), 16, None, "mild"),
    ("k10", all_of("k10", 2, i1=3), 21, None, "mild"),
    ("k10", all_of("k10", 2, i1=4), 22, None, "moderate"),
    ("k10", all_of("k10", 3, i1=2), 29, None, "moderate"),
    ("k10", all_of("k10", 3), 30, None, "severe"),
    ("k10", all_of("k10", 5), 50, None, "severe"),
    # Ten reverse items: the same answer everywhere is 50 whatever it is, and 50 × 1.25 is 62, not 62.5 or 63.
    *[("sds", all_of("sds", value), 50, 62, "mild") for value in (1, 2, 3, 4)],
    ("sds", all_of("sds", 2, i1=1, i3=1, i4=1, i7=1, i8=1, i9=1, i10=1), 43, 53, "mild"),
    ("sds", all_of("sds", 2, i1=1, i3=1, i4=1, i7=1, i8=1, i9=1, i10=1, i13=1), 42, 52, "normal"),
    ("sds", all_of("sds", 3, i1=4), 51, 63, "moderate"),
    ("sds", all_of("sds", 3, i1=4, i3=4, i4=4, i7=4, i8=4, i9=4, i10=4, i13=4), 58, 72, "moderate"),
    ("sds", all_of("sds", 3, i1=4, i3=4, i4=4, i7=4, i8=4, i9=4, i10=4, i13=4, i15=4), 59, 73, "severe"),
    ("sds", [1, 4, 1, 1, 4, 4, 1, 1, 1, 1, 4, 4, 1, 4, 1, 4, 4, 4, 1, 4], 20, 25, "normal"),
    ("sds", [4, 1, 4, 4, 1, 1, 4, 4, 4, 4, 1, 1, 4, 1, 4, 1, 1, 1, 4, 1], 80, 100, "severe"),
    # Five reverse items.
    ("sas", all_of("sas", 1), 35, 43, "normal"),
    ("sas", all_of("sas", 1, i1=4, i2=2), 39, 48, "normal"),
    ("sas", all_of("sas", 1, i1=4, i2=3), 40, 50, "mild"),
    ("sas", all_of("sas", 2, i1=4), 47, 58, "mild"),
    ("sas", all_of("sas", 2, i1=4, i2=3), 48, 60, "moderate"),
    ("sas", all_of("sas", 3), 55, 68, "moderate"),
    ("sas", all_of("sas", 3, i1=4), 56, 70, "severe"),
    ("sas", all_of("sas", 4, i5=1, i9=1, i13=1, i17=1, i19=1), 80, 100, "severe"),
    ("who5", [3, 3, 3, 3, 0], 12, 48, "mild"),
    ("who5", [3, 3, 3, 3, 1], 13, 52, "normal"),
    ("who5", all_of("who5", 0), 0, 0, "mild"),
    ("who5", all_of("who5", 5), 25, 100, "normal"),
    ("isi", [2, 2, 2, 1, 0, 0, 0], 7, None, "normal"),
    ("isi", [2, 2, 2, 2, 0, 0, 0], 8, None, "mild"),
    ("isi", all_of("isi", 2), 14, None, "mild"),
    ("isi", all_of("isi", 2, i1=3), 15, None, "moderate"),
    ("isi", all_of("isi", 3), 21, None, "moderate"),
    ("isi", all_of("isi", 3, i1=4), 22, None, "severe"),
]


@pytest.mark.parametrize(("key", "answers", "total", "standard", "band"), SUMS)
def test_a_worked_example_comes_to_its_score(
    key: str, answers: Any, total: int, standard: int | None, band: str
) -> None:
    found = outcome(key, answers)
    assert (found.total, found.raw, found.standard, found.band) == (total, total, standard, band)
    assert found.valid


CRITICAL = [
    ("phq9", all_of("phq9", 0), ()),
    ("phq9", all_of("phq9", 0, i9=1), ("9",)),
    ("phq9", all_of("phq9", 3, i9=0), ()),
    ("sds", all_of("sds", 2), ()),
    ("sds", all_of("sds", 1, i19=3), ("19",)),
    ("upi", yes(24, 26), ()),
    ("upi", yes(25), ("25",)),
    ("scl90", all_of("scl90", 5, i15=1), ()),
    ("scl90", all_of("scl90", 1, i15=2), ("15",)),
    ("gad7", all_of("gad7", 3), ()),
    ("psqi", SLEEP, ()),
]


@pytest.mark.parametrize(("key", "answers", "codes"), CRITICAL)
def test_a_critical_answer_is_named(key: str, answers: Any, codes: tuple[str, ...]) -> None:
    found = outcome(key, answers)
    assert found.critical_items == codes
    assert found.critical is bool(codes)


UPI = [
    (yes(), 0, 3),
    (yes(*range(1, 5), *range(6, 8), *range(9, 16), *range(17, 20), 21, 22, 23), 19, 3),
    (yes(*range(1, 5), *range(6, 8), *range(9, 16), *range(17, 20), 21, 22, 23, 24), 20, 2),
    (yes(*range(1, 5), *range(6, 8), *range(9, 16), *range(17, 20), 21, 22, 23, 24, 27, 28, 29, 30), 24, 2),
    (yes(*range(1, 5), *range(6, 8), *range(9, 16), *range(17, 20), 21, 22, 23, 24, 27, 28, 29, 30, 31), 25, 1),
    (yes(25), 1, 1),
    (yes(8), 1, 2),
    (yes(16), 1, 2),
    (yes(26), 1, 2),
    (yes(61), 0, 2),
    (yes(64), 0, 2),
    (yes(61, 62), 0, 1),
    (yes(wish=1), 0, 1),
    (yes(wish=0), 0, 3),
    # The lie items never count, even when all but one are answered yes.
    (yes(5, 20, 35), 0, 3),
    (yes(*range(1, 65)), 56, 1),
]


@pytest.mark.parametrize(("answers", "total", "class_"), UPI)
def test_the_personality_inventory_gives_classes(answers: Any, total: int, class_: int) -> None:
    found = outcome("upi", answers)
    assert (found.total, found.class_, found.interview, found.band) == (total, class_, class_, None)


def test_the_lie_items_spoil_a_paper_but_never_its_critical_answer() -> None:
    found = outcome("upi", yes(5, 20, 25, 35, 50))
    assert (found.valid, found.critical, found.class_) == (False, True, 1)
    assert Flag.LIE_ITEMS in found.flags
    assert outcome("upi", yes(5, 20, 35)).valid


def test_all_ones_in_the_symptom_checklist_are_no_symptom() -> None:
    found = outcome("scl90", all_of("scl90", 1))
    assert (found.total, found.positives, found.psdi, found.band) == (90, 0, None, "normal")
    assert found.factors is not None and set(found.factors.values()) == {1.0}


def positive(n: int) -> list[int | None]:
    """Twos at the last items but for one item in each factor, so that no mean reaches two."""
    kept = {int(factor.items[0]) for factor in scale("scl90").factors}
    chosen = [code for code in range(90, 0, -1) if code not in kept][:n]
    return [2 if code in chosen else 1 for code in range(1, 91)]


CHECKLIST: list[tuple[Callable[[], list[int | None]], int, int, str]] = [
    (lambda: positive(43), 133, 43, "normal"),
    (lambda: positive(44), 134, 44, "mild"),
    # Somatization at exactly 2: twelve items, and nothing else.
    (lambda: all_of("scl90", 1, **{f"i{code}": 2 for code in scale("scl90").factors[0].items}), 102, 12, "mild"),
    # Seven phobic items: fourteen points are a mean of two, thirteen are less.
    (lambda: all_of("scl90", 1, i13=5, i25=4), 97, 2, "mild"),
    (lambda: all_of("scl90", 1, i13=5, i25=3), 96, 2, "normal"),
    (lambda: all_of("scl90", 3), 270, 90, "moderate"),
    (lambda: all_of("scl90", 4), 360, 90, "severe"),
]


@pytest.mark.parametrize(("answers", "total", "positives", "band"), CHECKLIST)
def test_the_symptom_checklist_is_screened_by_total_positives_and_factors(
    answers: Callable[[], list[int | None]], total: int, positives: int, band: str
) -> None:
    found = outcome("scl90", answers())
    assert (found.total, found.positives, found.band) == (total, positives, band)


def test_a_total_of_160_is_enough_where_positives_and_factors_are_not() -> None:
    # Thirty-five fives, spread so that every factor stays below two.
    spread = {"somatization": 2, "obsessive_compulsive": 2, "interpersonal": 2, "depression": 3, "anxiety": 2}
    spread |= {"hostility": 1, "phobic": 1, "paranoid": 1, "psychotic": 2, "other": 1}
    codes = [code for factor in scale("scl90").factors for code in factor.items[: spread[factor.name]]]
    answers = all_of("scl90", 1, **{f"i{code}": 5 for code in codes})
    assert len(codes) == 17
    answers[int(scale("scl90").factors[0].items[2]) - 1] = 3
    assert outcome("scl90", answers).total == 160
    assert outcome("scl90", answers).band == "mild"
    answers[int(scale("scl90").factors[0].items[2]) - 1] = 2
    assert (outcome("scl90", answers).total, outcome("scl90", answers).band) == (159, "normal")


def test_factors_and_distress_are_means() -> None:
    found = outcome("scl90", all_of("scl90", 1, i5=5, i14=4, i15=3))
    assert found.factors is not None
    assert found.factors["depression"] == pytest.approx((10 + 5 + 4 + 3) / 13)
    assert found.factors["anxiety"] == 1
    assert (found.positives, found.psdi) == (3, 4)


def test_the_factors_of_the_symptom_checklist_part_its_ninety_items() -> None:
    factors = scale("scl90").factors
    assert [len(factor.items) for factor in factors] == [12, 10, 9, 13, 10, 6, 7, 6, 10, 7]
    assert sorted(int(code) for factor in factors for code in factor.items) == list(range(1, 91))


SLEEPING = [
    ({}, 6, {"c1": 2, "c2": 1, "c3": 1, "c4": 0, "c5": 1, "c6": 0, "c7": 1}),
    ({"2": 15, "5a": 0}, 5, {"c2": 0}),
    ({"2": 16, "5a": 0}, 6, {"c2": 1}),
    ({"2": 30, "5a": 3}, 7, {"c2": 2}),
    ({"2": 31}, 7, {"c2": 2}),
    ({"2": 60, "5a": 2}, 7, {"c2": 2}),
    ({"2": 61, "5a": 2}, 8, {"c2": 3}),
    ({"4": 7.1}, 5, {"c3": 0, "c4": 0}),
    ({"4": 7}, 6, {"c3": 1, "c4": 0}),
    ({"4": 6}, 7, {"c3": 1, "c4": 1}),
    ({"4": 5.9}, 8, {"c3": 2, "c4": 1}),
    ({"4": 5}, 9, {"c3": 2, "c4": 2}),
    ({"4": 4.9}, 10, {"c3": 3, "c4": 2}),
    # 6.8 of 8 hours are 85 %, 6 are 75 %, 5.2 are 65 %.
    ({"1": "23:00", "4": 6.8}, 6, {"c4": 0}),
    ({"1": "23:00", "4": 6.7}, 7, {"c4": 1}),
    ({"1": "23:00", "4": 6}, 7, {"c4": 1}),
    ({"1": "23:00", "4": 5.9}, 9, {"c4": 2}),
    ({"1": "23:00", "4": 5.2}, 9, {"c4": 2}),
    ({"1": "23:00", "4": 5.1}, 10, {"c4": 3}),
    # After midnight there is no day to cross.
    ({"1": "00:30", "3": "8:00"}, 6, {"c4": 0}),
    ({"1": "24:00", "3": "8：00"}, 7, {"c4": 1}),
    ({"5b": 0, "5c": 0, "5d": 0, "5e": 0, "5f": 0, "5g": 0, "5h": 0, "5i": 0, "5j": 0}, 5, {"c5": 0}),
    ({"5b": 2}, 7, {"c5": 2}),
    ({"5b": 3, "5c": 3, "5d": 3, "5e": 3, "5f": 3, "5g": 1, "5h": 1, "5i": 1, "5j": 0}, 7, {"c5": 2}),
    ({"5b": 3, "5c": 3, "5d": 3, "5e": 3, "5f": 3, "5g": 1, "5h": 1, "5i": 1, "5j": 1}, 8, {"c5": 3}),
    ({"8": 0, "9": 0}, 5, {"c7": 0}),
    ({"8": 2, "9": 1}, 7, {"c7": 2}),
    ({"8": 3, "9": 2}, 8, {"c7": 3}),
]


@pytest.mark.parametrize(("changed", "total", "components"), SLEEPING)
def test_the_sleep_index_is_a_sum_of_seven_components(
    changed: dict[str, Any], total: int, components: dict[str, int]
) -> None:
    codes = [item.code for item in scale("psqi").items]
    found = outcome("psqi", dict(zip(codes, SLEEP, strict=False)) | changed)
    assert found.factors is not None
    assert {name: found.factors[name] for name in components} == components
    assert found.total == total == sum(found.factors.values())


@pytest.mark.parametrize(("quality", "band"), [(1, "normal"), (2, "mild"), (3, "mild")])
def test_above_five_sleep_is_poor(quality: int, band: str) -> None:
    assert outcome("psqi", [*SLEEP[:14], quality, *SLEEP[15:]]).band == band
    assert outcome("psqi", [*SLEEP[:14], 3, 3, *SLEEP[16:]]).band == "moderate"


def test_the_worst_night_is_21() -> None:
    worst = outcome("psqi", ["22:00", 90, "8:00", 3, *[3] * 14])
    assert (worst.total, worst.band) == (21, "moderate")


def test_more_sleep_than_time_in_bed_is_a_hint() -> None:
    found = outcome("psqi", [*SLEEP[:3], 9, *SLEEP[4:]])
    assert found.flags == (Flag.IMPLAUSIBLE_TIMES,)
    assert found.valid


def test_the_same_time_twice_is_a_whole_day_in_bed() -> None:
    found = outcome("psqi", ["7:00", *SLEEP[1:]])
    assert found.factors is not None and found.factors["c4"] == 3


@pytest.mark.parametrize("key", ["phq9", "scl90", "upi", "sds", "psqi"])
def test_a_paper_with_a_gap_has_no_score(key: str) -> None:
    answers = list(SLEEP) if key == "psqi" else all_of(key, 1)
    answers[0] = None
    found = outcome(key, answers)
    assert (found.total, found.standard, found.band, found.class_, found.interview) == (None,) * 5
    assert (found.factors, found.positives, found.psdi, found.valid) == (None, None, None, False)
    assert Flag.MISSING_ITEMS in found.flags


def test_a_gap_never_silences_a_critical_answer() -> None:
    assert outcome("phq9", [None] * 8 + [1]).critical_items == ("9",)
    assert not outcome("phq9", [None] * 9).critical
    assert outcome("upi", {"25": 1}).critical


@pytest.mark.parametrize(
    ("seconds", "valid"), [([1.5] * 9, True), ([1.4] * 9, False), ([None] * 9, True), ({"1": 0.2, "2": None}, False)]
)
def test_haste_spoils_a_paper(seconds: Any, valid: bool) -> None:
    found = outcome("phq9", [0, 1, 2, 0, 1, 2, 0, 1, 1], seconds)
    assert found.valid is valid
    assert found.total == 8


def test_the_same_answer_nearly_everywhere_is_a_hint() -> None:
    assert outcome("k10", all_of("k10", 3, i1=4)).flags == (Flag.SAME_ANSWER,)
    assert outcome("k10", all_of("k10", 3, i1=4, i2=2)).flags == ()
    assert outcome("k10", all_of("k10", 3)).valid
    assert outcome("k10", [None] * 10).flags == (Flag.MISSING_ITEMS,)


WRONG = [
    ("phq9", [0] * 8, "answers: There are 8 answers, but the scale has 9 items."),
    ("phq9", [0] * 10, "answers: There are 10 answers, but the scale has 9 items."),
    ("phq9", [0] * 8 + [4], "item 9: 4 is not offered; the codes are 0, 1, 2, 3."),
    ("phq9", [-1] + [0] * 8, "item 1: -1 is not offered; the codes are 0, 1, 2, 3."),
    ("k10", [0] * 10, "item 1: 0 is not offered; the codes are 1, 2, 3, 4, 5."),
    ("phq9", [0] * 8 + ["1"], "item 9: '1' is not offered; the codes are 0, 1, 2, 3."),
    ("phq9", [0] * 8 + [1.0], "item 9: 1.0 is not offered; the codes are 0, 1, 2, 3."),
    ("phq9", [True] + [0] * 8, "item 1: True is not offered; the codes are 0, 1, 2, 3."),
    ("phq9", [[1]] + [0] * 8, "item 1: [1] is not offered; the codes are 0, 1, 2, 3."),
    ("phq9", {"10": 1}, "item 10: This scale has no such item."),
    ("upi", [0] * 60, "answers: There are 60 answers, but the scale has 64 items."),
    ("upi", [2] + [0] * 63, "item 1: 2 is not offered; the codes are 0, 1."),
    ("psqi", ["25:00", *SLEEP[1:]], "item 1: '25:00' is no time of day such as 23:30."),
    ("psqi", ["24:30", *SLEEP[1:]], "item 1: '24:30' is no time of day such as 23:30."),
    ("psqi", [2330, *SLEEP[1:]], "item 1: 2330 is no time of day such as 23:30."),
    ("psqi", [*SLEEP[:3], 25, *SLEEP[4:]], "item 4: 25 is no number from 0 to 24."),
    ("psqi", [*SLEEP[:3], float("nan"), *SLEEP[4:]], "item 4: nan is no number from 0 to 24."),
    ("psqi", [*SLEEP[:3], True, *SLEEP[4:]], "item 4: True is no number from 0 to 24."),
    ("psqi", [*SLEEP[:3], "x" * 50, *SLEEP[4:]], f"item 4: '{'x' * 39}… is no number from 0 to 24."),
]


@pytest.mark.parametrize(("key", "answers", "told"), WRONG)
def test_a_wrong_answer_is_refused_by_name(key: str, answers: Any, told: str) -> None:
    with pytest.raises(AnswerError) as caught:
        outcome(key, answers)
    assert str(caught.value) == told


def test_yes_and_no_may_be_true_and_false() -> None:
    assert outcome("upi", [True, *[False] * 63]).total == 1


def test_answers_by_code_and_in_order_are_the_same() -> None:
    answers = [0, 1, 2, 3, 0, 1, 2, 3, 0]
    by_code = {str(place): value for place, value in enumerate(answers, start=1)}
    assert as_record(outcome("phq9", answers)) == as_record(outcome("phq9", by_code))


def test_each_result_names_the_rule_that_gave_it() -> None:
    record = as_record(outcome("sds", all_of("sds", 2, i19=3)))
    assert {rule["result"]: rule["rule"] for rule in record["rules"]} == {
        "total": "sum of 20 items; reversed: 2, 5, 6, 11, 12, 14, 16, 17, 18, 20",
        "standard": "51 × 5 ÷ 4, rounded down",
        "band": "the standard score 63 lies within 63–72",
        "interview": "the band is moderate",
        "critical": "item 19 is answered 3; critical from 3",
        "valid": "a hint: 19 of 20 answers are the same",
    }
    assert record["critical_items"] == [19]


def rule(key: str, answers: Any, result: str, seconds: Any = None) -> str:
    return next(str(one) for one in reasons_of(outcome(key, answers, seconds)) if one.result == result)


def test_rules_are_told_for_classes_factors_and_components() -> None:
    assert rule("upi", yes(25, 61, 62), "class") == (
        "item 25 is answered 1, which is ≥ 1; of the items “supplementary” 2 are answered yes, which is ≥ 2"
    )
    assert rule("upi", yes(), "class") == "nothing leads to a step before"
    assert rule("upi", yes(), "interview") == "nothing leads to a step before"
    assert rule("scl90", all_of("scl90", 2), "band") == (
        "the total 180 is ≥ 160; 90 positive items are ≥ 44; the factor mean 2.0 is ≥ 2"
    )
    assert rule("scl90", all_of("scl90", 2), "factors.hostility") == "mean of items 11, 24, 63, 67, 74, 81: 12 ÷ 6"
    assert rule("scl90", all_of("scl90", 2), "psdi") == "mean of the positive items: 180 ÷ 90"
    assert rule("scl90", all_of("scl90", 1), "psdi") == "none, for no item is positive"
    assert rule("psqi", SLEEP, "total") == "sum of the 7 components"
    assert rule("psqi", SLEEP, "factors.c2") == "points of the answers 2 = 20, 5a = 1"
    assert rule("psqi", SLEEP, "factors.c4") == "asleep 6.5 of 7.5 hours in bed: 86.7 %"
    assert rule("psqi", SLEEP, "critical") == "this scale has no critical item"
    assert rule("psqi", [*SLEEP[:3], 9, *SLEEP[4:]], "valid") == "a hint: more hours asleep than in bed"


def test_a_paper_without_a_score_says_why() -> None:
    assert rule("phq9", [None, *[0] * 8], "total") == "no score, because items are left out: 1"
    assert rule("phq9", [0] * 8 + [None], "critical") == "item 9 is left out; critical from 1"
    assert rule("phq9", [None, 1, 2, *[0] * 6], "valid") == "items left out: 1"
    assert rule("phq9", [0, 1, 2] * 3, "valid", [1] * 9) == "1.0 seconds an item, fewer than 1.5"
    assert rule("phq9", [0, 1, 2] * 3, "valid") == "nothing speaks against it"
    assert "all lie items are answered yes: 5, 20, 35, 50" in rule("upi", yes(5, 20, 35, 50), "valid")
