"""Questionnaires of other systems whose weights are missing, or are others than LOINC's codes say."""

import json
import re
from typing import Any

import pytest
from django.utils.translation import override

from kernel.errors import Refused
from screening.rules.fhir.exporting import export_questionnaire
from screening.rules.fhir.words import LOINC, ORDINAL, Release
from screening.rules.scales.files import ScaleFile
from screening.rules.scoring.outcomes import score
from screening.services.scales.library import read_upload
from screening.services.scales.shipped import shipped
from tests.screening.instruments import KEYS

PHQ9 = {code: number for number, code in shipped()["phq9"].scale.loinc["items"].items()}


def option(text: str, weight: int | None) -> dict[str, Any]:
    coding: dict[str, Any] = {"code": text, "display": text}
    if weight is not None:
        coding["extension"] = [{"url": ORDINAL, "valueDecimal": weight}]
    return {"valueCoding": coding}


def item(link: str, *weights: int | None, loinc: str = "") -> dict[str, Any]:
    options = [option(f"option {number}", weight) for number, weight in enumerate(weights)]
    code = {"code": [{"system": LOINC, "code": loinc}]} if loinc else {}
    return {"linkId": link, "text": f"Item {link}", "type": "choice", "answerOption": options, **code}


def form(*items: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "status": "active", "name": "test", "item": list(items)}


def phq9(*weights: int | None) -> dict[str, Any]:
    return form(*(item(f"/{code}", *weights, loinc=code) for code in PHQ9))


def read(resource: dict[str, Any]) -> ScaleFile:
    return read_upload(json.dumps(resource).encode())


def test_an_item_with_weights_on_some_options_alone_is_refused_by_its_link() -> None:
    with pytest.raises(Refused, match="linkId 2: Only some of the options have a weight"):
        read(form(item("1", 0, 1, 2), item("2", 0, None, 2), item("3", 0, 1, 2)))


def test_options_that_are_plain_numbers_are_answers_and_no_weights() -> None:
    grade = {"linkId": "g", "text": "Grade", "type": "choice", "answerOption": [{"valueInteger": n} for n in (1, 2, 3)]}
    scale = read(form(item("1", 0, 1, 2), item("2", 0, 1, 2), grade)).scale
    assert scale.scored == ("1", "2")
    assert scale.item("g").values == (1, 2, 3)
    assert score(scale, {"1": 2, "2": 1, "g": 3}).total == 3


def test_a_whole_phq9_is_the_shipped_one_in_whatever_order_its_options_stand() -> None:
    for weights in ((0, 1, 2, 3), (3, 2, 1, 0)):
        file = read(phq9(*weights))
        assert (file.scale.key, [rule.item for rule in file.scale.critical]) == ("phq9", ["9"])
        first = weights.index(0)
        assert file.wording["en"]["choices"]["often"]["0"] == f"option {first}"


@pytest.mark.parametrize("weights", [(1, 2, 3, 4), (None, None, None, None), (0, 1, 2)])
def test_a_phq9_with_other_weights_is_refused_by_its_link(weights: tuple[int | None, ...]) -> None:
    with pytest.raises(Refused, match=r"linkId /44250-9: LOINC says that this is item 1 of phq9"):
        read(phq9(*weights))


def test_the_refusal_is_in_the_language_of_the_reader() -> None:
    with override("zh-hans"), pytest.raises(Refused, match="按 LOINC 编码，这是 phq9 的第 1 题"):
        read(phq9(1, 2, 3, 4))


def test_single_items_of_a_shipped_scale_bring_its_critical_answers_along() -> None:
    last = next(code for code, number in PHQ9.items() if number == "9")
    scale = read(form(item("1", 0, 1, 2), item("sui", 0, 1, 2, 3, loinc=last))).scale
    assert scale.key == "test"
    assert score(scale, {"1": 0, "sui": 1}).critical_items == ("sui",)
    with pytest.raises(Refused, match="linkId sui: LOINC says that this is item 9 of phq9"):
        read(form(item("1", 0, 1, 2), item("sui", 1, 2, 3, 4, loinc=last)))


def test_a_phq9_with_a_further_weighted_item_keeps_its_critical_answer() -> None:
    resource = phq9(0, 1, 2, 3)
    resource["item"].append(item("more", 0, 1, 2))
    scale = read(resource).scale
    assert (scale.key, len(scale.critical)) == ("test", 1)


@pytest.mark.parametrize("release", list(Release))
@pytest.mark.parametrize("key", KEYS)
def test_the_name_of_a_questionnaire_is_an_identifier(key: str, release: Release) -> None:
    name = export_questionnaire(shipped()[key], release)["name"]
    assert re.fullmatch(r"[A-Z][A-Za-z0-9_]{1,254}", name)
