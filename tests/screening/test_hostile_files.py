"""Files and messages that no person writes: each is refused in words, and none ends in an error of ours."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Refused
from screening.forms.answers import message_of
from screening.rules.fhir.exporting import export_questionnaire
from screening.rules.fhir.words import Release
from screening.rules.papers.pages import read_paper
from screening.rules.scales.faults import AnswerError, Fault
from screening.rules.scoring.explaining import as_record
from screening.rules.scoring.outcomes import score
from screening.services.scales.library import read_upload
from screening.services.scales.shipped import shipped
from tests.screening.instruments import scale
from tests.screening.test_scale_definitions import SOUND, fault_of

FILE: dict[str, Any] = {
    "format": "shouwang-scale/1",
    "version": 1,
    "source": "test",
    "definition": SOUND | {"same_answer": 0.9, "loinc": {"items": {"1": "1-1"}}},
    "wording": {"en": {"title": "Mood"}},
}
TEXTS = [
    ("[" * 100_000, "nested too deeply"),
    ('{"format": Infinity}', "Infinity is no number that can be kept"),
    ('{"format": -1e999}', "-1e999 is no number that can be kept"),
    ('{"format": ' + "9" * 5000 + "}", "is no number that can be kept"),
    ('{"format": "\\ud800"}', "a character that cannot be kept"),
    ('{"a\\u0000": 1}', "a character that cannot be kept"),
    ('{"format": ', "This is not JSON"),
]


@pytest.mark.parametrize(("text", "words"), TEXTS)
def test_a_text_that_nothing_can_keep_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read_upload(text.encode())
    with pytest.raises(AnswerError, match=words):
        read_paper(scale("phq9"), text)
    with pytest.raises(Refused, match="This message cannot be read"):
        message_of(text)


@pytest.mark.parametrize("seconds", ["1e999", '"nan"', "NaN", '"Infinity"'])
def test_seconds_without_end_are_refused(seconds: str) -> None:
    with pytest.raises(Refused, match="This message cannot be read"):
        message_of(f'{{"given": [{{"item": "1", "value": 0, "seconds": {seconds}}}]}}')


def test_numbers_of_a_key_are_bounded() -> None:
    assert fault_of(interview=[{"name": 1, "any": [{"of": "total", "at_least": 10**17}]}, {"name": 2}]) == (
        "interview.1: Numbers must lie between -100000 and 100000."
    )
    assert fault_of(loinc={"items": {"1": 7}}) == "loinc.items: A code of LOINC is a text."


NASTY: list[Any] = [None, True, -1, 10**17, 1e300, "", "x" * 5000, [], {}, [[]], [{}], {"": []}, "9" * 30, -0.5]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, below in pairs:
        yield from places(below, (*path, name))


def spoiled(resource: Any, path: tuple[Any, ...], nasty: Any) -> Any:
    copied = copy.deepcopy(resource)
    if not path:
        return nasty
    parent = copied
    for name in path[:-1]:
        parent = parent[name]
    parent[path[-1]] = nasty
    return copied


FILES = [
    FILE,
    FILE | {"definition": json.loads(json.dumps(shipped()["upi"].definition)), "wording": {}},
    FILE | {"definition": json.loads(json.dumps(shipped()["psqi"].definition)), "wording": {}},
    json.loads(json.dumps(export_questionnaire(shipped()["phq9"], Release.R5))),
]


@given(st.data())
def test_a_file_with_one_spoiled_place_is_read_or_refused(data: st.DataObject) -> None:
    resource = data.draw(st.sampled_from(FILES))
    path = data.draw(st.sampled_from(list(places(resource))))
    content = json.dumps(spoiled(resource, path, data.draw(st.sampled_from(NASTY)))).encode()
    try:
        file = read_upload(content)
    except Refused:
        return
    export_questionnaire(file, Release.R4B)
    answers = [item.values[0] if item.values else None for item in file.scale.items]
    try:
        json.dumps(as_record(score(file.scale, answers)), allow_nan=False)
    except Fault:
        return
