from typing import Any

import pytest

from screening.rules.scales.definitions import DefinitionError, parse
from screening.rules.scales.files import FORMAT, parse_json, read_file
from screening.rules.scales.wording import languages, missing_words, questions, read_wording
from screening.rules.scoring.outcomes import score
from screening.services.scales.shipped import shipped
from tests.screening.instruments import KEYS, scale

SOUND: dict[str, Any] = {
    "key": "mood",
    "choices": {"often": [0, 1, 2]},
    "items": [{"codes": "1-4", "choices": "often"}, {"code": "note", "kind": "text", "optional": True}],
    "unscored": ["note"],
    "bands": [{"name": "normal", "from": 0, "to": 4}, {"name": "severe", "from": 5, "to": 8}],
}
TIMES = [
    {"code": "bed", "kind": "time"},
    {"code": "up", "kind": "time"},
    {"code": "hours", "kind": "number", "high": 24},
    {"code": "1", "choices": "often"},
]


def fault_of(**changed: Any) -> str:
    with pytest.raises(DefinitionError) as caught:
        parse(SOUND | changed)
    return str(caught.value)


def test_a_sound_definition_is_read() -> None:
    one = parse(SOUND)
    assert one.scored == ("1", "2", "3", "4")
    assert one.total_bounds == (0, 8)
    assert score(one, [1, 1, 1, 2]).band == "severe"
    assert score(one, {"1": 1, "2": 1, "3": 1, "4": 1, "note": "tired"}).band == "normal"


def bands(*ranges: tuple[str, int, int]) -> list[dict[str, Any]]:
    return [{"name": name, "from": low, "to": high} for name, low, high in ranges]


def one_class(**condition: Any) -> list[dict[str, Any]]:
    return [{"name": 1, "any": [condition]}, {"name": 2}]


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"factors": {"low": ["1", "9"]}}, "factors.low.9: It names item 9, which is not there."),
    ({"factors": {"low": ["1", 2]}}, "factors.low.2: It names item 2, which is not there."),
    ({"factors": {"low": ["1"], "high": ["1"]}}, "factors.high: Item 1 belongs to “low” already."),
    ({"factors": {"low": []}}, "factors.low: A factor needs a name and items."),
    ({"factors": {"low": ["note"]}}, "factors.low: Item note has no choices."),
    ({"factors": {"low": ["1", "1"]}}, "factors.low: It names an item twice."),
    ({"bands": bands(("normal", 0, 5), ("severe", 5, 8))}, "bands.severe: It begins at 5 where 6 is next: two bands"),
    ({"bands": bands(("normal", 0, 4), ("severe", 6, 8))}, "bands.severe: There is a gap: nothing covers 5 to 5."),
    ({"bands": bands(("normal", 0, 4), ("severe", 5, 9))}, "bands: The bands end at 9, but the highest score is 8."),
    ({"bands": bands(("normal", 0, 4), ("severe", 5, 7))}, "bands: The bands end at 7, but the highest score is 8."),
    ({"bands": bands(("normal", 1, 8))}, "bands.normal: There is a gap: nothing covers 0 to 0."),
    ({"bands": bands(("normal", 4, 0))}, "bands.normal: It ends before it begins."),
    ({"bands": bands(("normal", 0, 4), ("normal", 5, 8))}, "bands.2: Band “normal” is there twice."),
    ({"bands": bands(("awful", 0, 8))}, "bands.1: “awful” is no band; there are normal,"),
    ({"bands": [{"name": "normal", "from": 0, "to": "8"}]}, "bands.normal: This must be a whole number from 0 to"),
    ({"band_steps": [{"name": "normal"}]}, "bands: Give either bands or band_steps, not both."),
    ({"band_of": "standard"}, "band_of: Bands go by the total, or by the standard score where there is one."),
    ({"items": [*SOUND["items"], {"code": "1", "choices": "often"}]}, "items.3: Code 1 is given to two items."),
    ({"items": []}, "items: A scale needs items."),
    ({"items": "1-4"}, "items: This must be a list."),
    ({"items": [{"code": "a b", "choices": "often"}]}, "items.1: “a b” cannot be an item's code"),
    ({"items": [{"choices": "often"}]}, "items.1: “None” cannot be an item's code"),
    ({"items": [{"codes": "1-4", "choices": "seldom"}]}, "items.1: It names choices that are not there."),
    ({"items": [{"codes": "1-4", "kind": "photo"}]}, "items.1: “kind” is choice, time, number, date or text."),
    ({"items": [{"codes": "1-4", "choices": "often", "optional": 1}]}, "items.1: “optional” is true or false."),
    (
        {"items": [{"codes": "1-4", "choices": "often", "reverse": True}]},
        "items.1: “reverse” is no word of this format.",
    ),
    ({"unscored": ["1", "2", "3", "4", "note"]}, "bands: No item is scored."),
    ({"unscored": []}, "items.note: Only items with choices can be summed"),
    ({"items": [{"codes": "1-4", "choices": "often", "optional": True}], "unscored": []}, "scored: Item 1 is optional"),
    ({"choices": {"often": [1]}}, "choices.often: Choices need two different values or more."),
    ({"choices": {"often": [1, 1]}}, "choices.often: Choices need two different values or more."),
    ({"choices": []}, "choices: This must be an object with names and values."),
    ({"reverse": ["9"]}, "reverse.9: It names item 9, which is not there."),
    ({"reverse": ["note"]}, "reverse.note: A reverse item must be a scored one."),
    ({"critical": [{"item": "9", "at_least": 1}]}, "critical.1.9: It names item 9, which is not there."),
    ({"critical": [{"item": "1", "at_least": 3}]}, "critical.1: This must be a whole number from 0 to 2."),
    ({"critical": [{"item": "note", "at_least": 1}]}, "critical.1: Item note has no choices."),
    ({"lie": ["9"]}, "lie.9: It names item 9, which is not there."),
    ({"groups": {"extra": ["9"]}}, "groups.extra.9: It names item 9, which is not there."),
    ({"standard": {"times": 0}}, "standard.times: This must be a whole number from 1 to"),
    ({"seconds_per_item": "fast"}, "seconds_per_item: This must be a number."),
    ({"seconds_per_item": 0}, "seconds_per_item: This must be above 0 and at most 60."),
    ({"same_answer": 1.1}, "same_answer: This must be above 0 and at most 1."),
    ({"norm": {"means": {"anxiety": 1.5}}}, "norm.means.anxiety: “anxiety” is no factor of this scale."),
    ({"norm": {"means": {"total": "much"}, "source": "x"}}, "norm.means.total: This must be a number."),
    ({"norm": {"means": {"total": 1.5}}}, "norm.source: A norm says in “source” where it was published."),
    ({"classes": one_class(of="mood", at_least=1)}, "classes.1: A condition says what it is “of”."),
    ({"classes": one_class(of="total")}, "classes.1: A condition needs “at_least” or “at_most”."),
    ({"classes": one_class(of="standard", at_least=1)}, "classes.1: This scale has no “standard” to look at here."),
    ({"classes": one_class(of="positives", at_least=1)}, "classes.1: This scale has no “positives” to look at here."),
    ({"classes": one_class(of="class", **{"in": [2]})}, "classes.1: This scale has no “class” to look at here."),
    ({"classes": one_class(of="item", item="9", at_least=1)}, "classes.1: “9” is no item of this scale."),
    ({"classes": one_class(of="group", group="extra", at_least=1)}, "classes.1: “extra” is no group of this scale."),
    ({"classes": one_class(of="factor", factor="any", at_least=1)}, "classes.1: “any” is no factor of this scale."),
    ({"classes": one_class(of="band", **{"in": ["mild"]})}, "classes.1: “mild” is no band of this scale."),
    ({"classes": one_class(of="band", **{"in": []})}, "classes.1: A condition on a band or class needs “in”."),
    ({"interview": one_class(of="class", **{"in": [7]})}, "interview.1: “7” is no class of this scale."),
    ({"classes": [{"name": 1}, {"name": 2}]}, "classes.1: Only the last one may be without conditions."),
    ({"classes": [{"name": 1, "any": [{"of": "total", "at_least": 1}]}]}, "classes.1: The last one takes all that is"),
    (
        {"classes": [{"name": 1, "any": [{"of": "total", "at_least": 1}]}, {"name": 1}]},
        "classes.2: Class 1 is there twice.",
    ),
    ({"key": "Mood 1"}, "definition: “key” must be a name of small letters, digits and _."),
    ({"revers": ["1"]}, "definition: “revers” is no word of this format."),
]


@pytest.mark.parametrize(("changed", "told"), FAULTS)
def test_a_fault_is_told_with_its_place(changed: dict[str, Any], told: str) -> None:
    assert fault_of(**changed).startswith(told)


def component(**words: Any) -> dict[str, Any]:
    return {"name": "c1", **words}


EFFICIENCY = {"bed": "bed", "up": "up", "hours": "hours"}
COMPONENTS: list[tuple[list[Any], str]] = [
    ([component()], "components.1: A component is a sum of items, or the efficiency of sleep in steps."),
    ([component(sum=["1"], efficiency=EFFICIENCY)], "components.1: A component is a sum of items, or the efficiency"),
    ([component(efficiency=EFFICIENCY)], "components.1: A component is a sum of items, or the efficiency"),
    ([component(sum=["9"])], "components.1.9: It names item 9, which is not there."),
    ([component(sum=["hours"])], "components.1: Item hours needs steps to become points."),
    ([component(sum=["1"]), component(sum=["1"])], "components.2: Two components are called “c1”."),
    (
        [component(efficiency=EFFICIENCY | {"bed": "hours", "hours": "bed"}, below=[85])],
        "components.1: Efficiency needs",
    ),
]


@pytest.mark.parametrize(("components", "told"), COMPONENTS)
def test_a_fault_in_a_component_is_told(components: list[Any], told: str) -> None:
    assert fault_of(items=TIMES, unscored=[], bands=[], components=components).startswith(told)


def test_a_component_of_efficiency_is_read() -> None:
    one = parse(
        {
            **SOUND,
            "items": TIMES,
            "unscored": [],
            "bands": [],
            "components": [component(efficiency=EFFICIENCY, below=[85])],
        }
    )
    assert (one.scored, one.total_bounds) == (("bed", "up", "hours"), (0, 1))
    assert score(one, ["23:00", "7:00", 4, 0]).total == 1


def test_only_choices_can_be_reversed() -> None:
    words = {
        "items": TIMES,
        "unscored": [],
        "bands": [],
        "components": [component(sum=["1", {"item": "hours", "below": [6]}])],
    }
    assert fault_of(**words, reverse=["hours"]) == "reverse.hours: Only an item with choices can be reversed."


def test_what_is_no_object_is_no_definition() -> None:
    with pytest.raises(DefinitionError, match="definition: This must be an object"):
        parse([SOUND])


def test_a_factor_bound_may_be_a_fraction() -> None:
    one = parse(
        SOUND
        | {
            "choices": {"often": [0, 1, 2, 3]},
            "bands": [],
            "factors": {"low": ["1", "2", "3"]},
            "classes": [
                {"name": 1, "any": [{"of": "factor", "factor": "low", "at_least": 1.9, "at_most": 2}]},
                {"name": 2},
            ],
        }
    )
    assert [score(one, [2, 2, last, 0]).class_ for last in (1, 2, 3)] == [2, 1, 2]


def test_dates_and_texts_are_kept_and_checked() -> None:
    one = parse(SOUND | {"items": [*SOUND["items"], {"code": "day", "kind": "date"}], "unscored": ["note", "day"]})
    assert score(one, [0, 0, 0, 0, "x", "2026-11-25"]).total == 0
    for wrong, told in (("25.11.", "is no date such as"), (7, "is no date such as")):
        with pytest.raises(ValueError, match=told):
            score(one, [0, 0, 0, 0, None, wrong])
    for text in (7, "x" * 2001):
        with pytest.raises(ValueError, match="item note: This must be a text of at most 2000 characters"):
            score(one, [0, 0, 0, 0, text, "2026-11-25"])


@pytest.mark.parametrize("key", KEYS)
def test_every_shipped_file_is_sound(key: str) -> None:
    assert scale(key).key == key


def test_the_free_scales_have_their_text_and_the_licensed_ones_have_none() -> None:
    complete = {key: languages(file.scale, file.wording) for key, file in shipped().items()}
    assert complete == {key: ("zh-hans", "en") if key in ("phq9", "gad7", "cesd") else () for key in KEYS}
    assert all(
        not words.get("items")
        for key in set(KEYS) - {"phq9", "gad7", "cesd"}
        for words in shipped()[key].wording.values()
    )


WORDS: dict[str, Any] = {
    "title": "Mood",
    "items": {"1": "One", "2": "Two", "3": "Three", "4": "Four"},
    "choices": {"often": {"0": "no", "1": "some", "2": "yes"}},
}


def test_missing_words_are_named() -> None:
    one = parse(SOUND)
    assert missing_words(one, WORDS) == []
    assert missing_words(one, {}) == [
        "title", "items.1", "items.2", "items.3", "items.4", "choices.often.0", "choices.often.1", "choices.often.2",
    ]  # fmt: skip


def test_an_optional_item_without_a_text_is_not_asked() -> None:
    one = parse(SOUND)
    assert [question.item.code for question in questions(one, WORDS)] == ["1", "2", "3", "4"]
    with_note = WORDS | {"items": WORDS["items"] | {"note": "Anything else?"}}
    assert [question.text for question in questions(one, with_note)][-1] == "Anything else?"
    assert questions(one, WORDS)[0].choices == ((0, "no"), (1, "some"), (2, "yes"))


WORDING_FAULTS = [
    ({"en": {"items": {"9": "Nine"}}}, "wording.en.items: “9” is no word of this format."),
    ({"en": {"choices": {"seldom": {}}}}, "wording.en.choices: “seldom” is no word of this format."),
    ({"en": {"choices": {"often": {"7": "x"}}}}, "wording.en.choices.often: “7” is no word of this format."),
    ({"en": {"items": {"1": 7}}}, "wording.en.items.1: This must be a text of at most 600 characters."),
    ({"en": {"items": {"1": "x" * 601}}}, "wording.en.items.1: This must be a text of at most 600 characters."),
    ({"English": {}}, "wording.English: This is no language such as zh-hans or en."),
    ([], "wording: This must be an object with names and values."),
]


@pytest.mark.parametrize(("wording", "told"), WORDING_FAULTS)
def test_a_text_that_belongs_to_nothing_is_refused(wording: Any, told: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_wording(parse(SOUND), wording)
    assert str(caught.value) == told


def test_empty_texts_are_left_out() -> None:
    given = {"en": {"title": " Mood  today ", "items": {"1": "  "}, "factors": {}}, "zh-hans": {"title": None}}
    assert read_wording(parse(SOUND), given) == {"en": {"title": "Mood today"}}


def test_a_file_holds_definition_wording_version_and_source() -> None:
    file = read_file({"format": FORMAT, "version": 3, "source": "me", "definition": SOUND, "wording": {"en": WORDS}})
    assert (file.version, file.source, file.scale.key, file.wording["en"]["title"]) == (3, "me", "mood", "Mood")


FILES = [
    ({"definition": SOUND}, "format: This must be “shouwang-scale/1”."),
    ({"format": FORMAT, "definition": SOUND, "source": 7}, "source: This must be a text of at most 300 characters."),
    ({"format": FORMAT, "definition": SOUND, "version": 0}, "version: This must be a whole number from 1 to 1000."),
    ({"format": FORMAT}, "definition: This must be an object with names and values."),
    ({"format": FORMAT, "definition": SOUND, "name": "x"}, "file: “name” is no word of this format."),
]


@pytest.mark.parametrize(("given", "told"), FILES)
def test_a_file_that_is_none_is_refused(given: Any, told: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_file(given)
    assert str(caught.value) == told


TEXTS = [
    ('{"a": 1,}', "file: This is not JSON: line 1, column 9."),
    ('{"low": 1, "low": 2}', "low: It is given twice."),
    ("[" * 100_000, "file: This is nested too deeply."),
]


@pytest.mark.parametrize(("text", "told"), TEXTS)
def test_json_is_read_strictly(text: str, told: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_json(text)
    assert str(caught.value) == told
