import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from fhir.resources.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaire import Questionnaire as QuestionnaireR4B
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import Refused
from network.models import User
from network.rules import Role
from screening.models import Scale
from screening.rules.fhir.exporting import export_questionnaire
from screening.rules.fhir.importing import read_questionnaire
from screening.rules.fhir.words import Release
from screening.rules.scales.faults import DefinitionError
from screening.rules.scales.files import ScaleFile, read_file
from screening.rules.scoring.explaining import reasons_of
from screening.rules.scoring.outcomes import score
from screening.services.scales import fhir
from screening.services.scales.library import load_shipped, read_upload
from screening.services.scales.shipped import shipped
from tests.conftest import World
from tests.screening.instruments import KEYS
from tests.screening.test_scale_definitions import SOUND, WORDS
from tests.sizes import size

MODELS = {Release.R5: Questionnaire, Release.R4B: QuestionnaireR4B}
CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
LOINC = "http://loinc.org"


def sent(resource: Any) -> Any:
    """As it arrives elsewhere."""
    return json.loads(json.dumps(resource))


@pytest.mark.parametrize("release", list(Release))
@pytest.mark.parametrize("key", KEYS)
def test_every_scale_goes_out_as_a_questionnaire_and_comes_back_equal(key: str, release: Release) -> None:
    resource = sent(export_questionnaire(shipped()[key], release))
    MODELS[release].model_validate(resource)
    assert read_questionnaire(resource) == shipped()[key]


@settings(max_examples=size(quick=20, full=200), deadline=None)
@given(
    release=st.sampled_from(list(Release)),
    titles=st.dictionaries(
        st.sampled_from(["zh-hans", "en", "de"]), st.text("abc心理 <&", min_size=1).filter(str.strip)
    ),
    reverse=st.sets(st.sampled_from("1234")),
)
def test_any_scale_comes_back_equal(release: Release, titles: dict[str, str], reverse: set[str]) -> None:
    wording = {language: WORDS | {"title": title} for language, title in titles.items()}
    definition = SOUND | {"reverse": sorted(reverse)}
    file = read_file({"format": "shouwang-scale/1", "version": 7, "definition": definition, "wording": wording})
    assert read_questionnaire(sent(export_questionnaire(file, release))) == file


def test_a_text_that_was_changed_elsewhere_comes_back_changed() -> None:
    resource = sent(export_questionnaire(shipped()["phq9"], Release.R5))
    resource["item"][1]["text"] = "Changed"
    assert read_questionnaire(resource).wording["zh-hans"]["items"]["1"] == "Changed"


def test_loinc_codes_are_given_where_they_exist() -> None:
    resource = export_questionnaire(shipped()["phq9"], Release.R4B)
    assert resource["code"] == [{"system": LOINC, "code": "44249-1"}]
    ninth = resource["item"][9]
    assert ninth["code"] == [{"system": LOINC, "code": "44260-8"}]
    assert ninth["answerOption"][3]["valueCoding"]["code"] == "LA6571-9"
    assert "code" not in export_questionnaire(shipped()["cesd"], Release.R5)


# Examples in the manner of LHC-Forms and of HL7's own, shortened.
def lhc_item(loinc: str, text: str, *, weights: bool = True) -> dict[str, Any]:
    answers = [
        ("LA6568-5", "Not at all"),
        ("LA6569-3", "Several days"),
        ("LA6570-1", "Over half"),
        ("LA6571-9", "Daily"),
    ]
    options = [
        {
            "extension": [
                {"url": f"{CORE}questionnaire-optionPrefix", "valueString": str(value)},
                *([{"url": f"{CORE}ordinalValue", "valueDecimal": value}] if weights else []),
            ],
            "valueCoding": {"code": code, "display": display},
        }
        for value, (code, display) in enumerate(answers)
    ]
    control = {"coding": [{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "drop-down"}]}
    return {
        "type": "choice",
        "code": [{"system": LOINC, "code": loinc, "display": text}],
        "extension": [
            {"url": f"{SDC}sdc-questionnaire-observationExtract", "valueBoolean": True},
            {"url": f"{CORE}questionnaire-itemControl", "valueCodeableConcept": control},
        ],
        "required": False,
        "linkId": f"/{loinc}",
        "text": text,
        "answerOption": options,
    }


def lhc_phq9() -> dict[str, Any]:
    codes = shipped()["phq9"].scale.loinc["items"].values()
    total = {
        "type": "decimal",
        "code": [{"system": LOINC, "code": "44261-6"}],
        "extension": [{"url": f"{CORE}questionnaire-unit", "valueCoding": {"display": "{score}"}}],
        "required": False,
        "linkId": "/39156-5",
        "text": "Total score",
    }
    return {
        "resourceType": "Questionnaire",
        "id": "44249-1-x",
        "meta": {"profile": [f"{SDC}sdc-questionnaire|2.7"], "tag": [{"code": "lformsVersion: 28.1.1"}]},
        "code": [{"system": LOINC, "code": "44249-1"}],
        "subjectType": ["Patient", "Person"],
        "status": "draft",
        "name": "PHQ-9 quick depression assessment panel",
        "title": "PHQ-9 quick depression assessment panel",
        "item": [
            *(lhc_item(code, f"Question {number}") for number, code in enumerate(codes, start=1)),
            total,
            lhc_item("69722-7", "How difficult have these problems made it?", weights=False),
        ],
    }


def test_a_form_of_lhc_forms_takes_the_key_that_loinc_says_it_has() -> None:
    file = read_upload(json.dumps(lhc_phq9()).encode())
    assert file.scale.key == "phq9"
    assert file.scale.scored == tuple("123456789")
    assert [item.code for item in file.scale.items if item.optional] == ["/69722-7"]
    assert file.wording["en"]["items"]["9"] == "Question 9"
    found = score(file.scale, [0] * 8 + [1])
    assert (found.total, found.band, found.critical_items) == (1, "minimal", ("9",))


def test_without_such_codes_the_weights_are_summed() -> None:
    resource = lhc_phq9()
    for item in resource["item"]:
        del item["code"]
    file = read_questionnaire(resource, shipped().values())
    assert file.scale.key == "phq_9_quick_depression_assessment_panel"
    assert file.scale.total_bounds == (0, 27)
    assert (file.scale.bands, file.scale.critical) == ((), ())


def hl7_lifelines(string: str = "string") -> dict[str, Any]:
    return {
        "resourceType": "Questionnaire",
        "id": "f201",
        "text": {"status": "generated", "div": "<div xmlns='http://www.w3.org/1999/xhtml'>…</div>"},
        "url": "http://hl7.org/fhir/Questionnaire/f201",
        "status": "active",
        "subjectType": ["Patient"],
        "date": "2010",
        "code": [{"system": "http://example.org/system/code/lifelines/nl", "code": "VL 1-1, 18-65_1.2.2"}],
        "item": [
            {"linkId": "1", "text": "Do you have allergies?", "type": "boolean"},
            {
                "linkId": "2",
                "text": "General Questions",
                "type": "group",
                "item": [
                    {"linkId": "2.a", "text": "What is your gender?", "type": string},
                    {"linkId": "2.b", "text": "What is your date of birth?", "type": "date"},
                ],
            },
            {
                "linkId": "3",
                "text": "Intoxications",
                "type": "group",
                "item": [{"linkId": "3.a", "text": "Do you smoke?", "type": "boolean"}],
            },
        ],
    }


def test_the_questionnaire_of_lifelines_is_asked_and_gives_no_score() -> None:
    file = read_questionnaire(hl7_lifelines())
    assert [item.code for item in file.scale.items] == ["1", "2.a", "2.b", "3.a"]
    found = score(file.scale, [1, "female", "2006-01-01", None])
    assert (found.total, found.band, found.valid) == (None, None, True)
    assert str(reasons_of(found)[0]) == "this scale gives no score"
    assert file.wording["en"]["choices"] == {"choices_1": {"0": "No", "1": "Yes"}}


def hl7_birth_details() -> dict[str, Any]:
    def options(*codes: str) -> list[dict[str, Any]]:
        return [{"valueCoding": {"code": code}} for code in codes]

    doses = [{"linkId": "dose1", "text": "1st dose", "type": "dateTime"}]
    when = [{"question": "vitaminK", "operator": "exists", "answerBoolean": True}]
    below = {"linkId": "doses", "type": "group", "enableWhen": when, "item": doses}
    return {
        "resourceType": "Questionnaire",
        "title": "NSW Government My Personal Health Record",
        "status": "draft",
        "item": [
            {
                "linkId": "birthDetails",
                "text": "Birth details",
                "type": "group",
                "item": [
                    {"linkId": "sex", "text": "Sex", "type": "choice", "answerOption": options("F", "M")},
                    {"linkId": "weight", "text": "Birth weight (kg)", "type": "decimal"},
                    {
                        "linkId": "vitaminK",
                        "text": "Vitamin K",
                        "type": "choice",
                        "answerOption": options("I", "O"),
                        "item": [below],
                    },
                    {
                        "linkId": "hepB",
                        "text": "Hep B given",
                        "type": "boolean",
                        "required": True,
                        "item": [{"linkId": "hepBdate", "text": "Date given", "type": "date", "required": True}],
                    },
                ],
            }
        ],
    }


def test_what_hangs_on_another_answer_is_optional() -> None:
    file = read_questionnaire(hl7_birth_details())
    assert {item.code: item.optional for item in file.scale.items} == {
        "sex": True, "weight": True, "vitaminK": True, "dose1": True, "hepB": False, "hepBdate": True,
    }  # fmt: skip
    assert file.wording["en"]["instructions"] == "Birth details"
    assert file.wording["en"]["choices"]["choices_1"] == {"0": "F", "1": "M"}


def hl7_cancer() -> dict[str, Any]:
    known = "http://hl7.org/fhir/ValueSet/yesnodontknow"
    code = [{"system": "http://example.org/system/code/questions", "code": "COMORB"}]
    return {
        "resourceType": "Questionnaire",
        "title": "Cancer Quality Forum Questionnaire 2012",
        "status": "draft",
        "date": "2012-01",
        "item": [
            {
                "linkId": "1",
                "code": code,
                "type": "group",
                "item": [
                    {"linkId": "1.1", "code": code, "prefix": "1", "type": "coding", "answerValueSet": known},
                    {"linkId": "1.2", "prefix": "1.2", "type": "coding", "answerValueSet": known},
                    {"linkId": "2.1.2", "text": "pT category", "type": "coding"},
                ],
            }
        ],
    }


def test_items_without_a_text_are_called_by_their_code() -> None:
    file = read_questionnaire(hl7_cancer())
    assert file.wording["en"]["items"] == {"1.1": "COMORB", "1.2": "1.2", "2.1.2": "pT category"}
    assert file.scale.item("1.1").values == (0, 1, 2)
    assert file.scale.item("2.1.2").kind == "text"


def hl7_coma(extension: str) -> dict[str, Any]:
    concepts = [
        {"code": f"LA{value}", "display": f"Answer {value}", "extension": [{"url": extension, "valueDecimal": value}]}
        for value in (1, 2, 3)
    ]
    sets = [
        {"resourceType": "ValueSet", "id": "eye", "compose": {"include": [{"system": LOINC, "concept": concepts}]}},
        {"resourceType": "ValueSet", "id": "verbal", "expansion": {"contains": concepts[:2]}},
    ]
    return {
        "resourceType": "Questionnaire",
        "language": "en-US",
        "title": "Coma",
        "status": "active",
        "contained": sets,
        "item": [
            {"linkId": "1.1", "text": "Eye", "type": "coding", "answerValueSet": "#eye"},
            {"linkId": "1.2", "text": "Verbal", "type": "coding", "answerValueSet": "#verbal"},
            {
                "linkId": "TS",
                "text": "Total",
                "type": "quantity",
                "extension": [{"url": f"{SDC}sdc-questionnaire-calculatedExpression", "valueExpression": {}}],
            },
        ],
    }


@pytest.mark.parametrize("extension", [f"{CORE}itemWeight", f"{CORE}ordinalValue"])
def test_weights_may_stand_in_a_contained_value_set(extension: str) -> None:
    file = read_questionnaire(hl7_coma(extension))
    assert file.scale.total_bounds == (2, 5)
    assert file.wording["en-us"]["choices"]["choices_2"] == {"1": "Answer 1", "2": "Answer 2"}


@pytest.mark.parametrize("make", [hl7_lifelines, hl7_birth_details, lhc_phq9])
def test_the_examples_are_what_the_standard_allows(make: Callable[[], dict[str, Any]]) -> None:
    QuestionnaireR4B.model_validate(make())


def test_the_examples_of_r5_are_what_the_standard_allows() -> None:
    Questionnaire.model_validate(hl7_cancer())


def one(**words: Any) -> dict[str, Any]:
    item = {"linkId": "7", "text": "Seven", "type": "boolean"} | words
    return {"resourceType": "Questionnaire", "title": "t", "status": "draft", "item": [item]}


def choice(*options: Any, **words: Any) -> dict[str, Any]:
    return one(type="choice", answerOption=list(options), **words)


def option(code: str, weight: Any = None, **words: Any) -> dict[str, Any]:
    weights = [] if weight is None else [{"url": f"{CORE}ordinalValue", "valueDecimal": weight}]
    return {"valueCoding": {"code": code}, "extension": weights, **words}


REFUSED: list[tuple[Any, str]] = [
    (one(type="attachment"), "linkId 7: An item of type “attachment” is not known here."),
    (one(type="open-choice"), "linkId 7: An item of type “open-choice” is not known here."),
    (one(type=["choice"]), "linkId 7: An item of type “['choice']” is not known here."),
    (one(repeats=True), "linkId 7: An item that is answered several times is not known here."),
    (one(initial=[{"valueBoolean": True}]), "linkId 7: “initial” is not known here."),
    (one(modifierExtension=[]), "linkId 7: “modifierExtension” is not known here."),
    (one(type="coding", answerConstraint="optionsOrString"), "linkId 7: Answers besides those offered"),
    (one(type="choice", answerValueSet="http://x.org/vs"), "linkId 7: The value set http://x.org/vs is not contained"),
    (choice(option("A", 0.5), option("B", 1)), "linkId 7: The weight 0.5 is no whole number."),
    (choice(option("A", -1), option("B", 1)), "linkId 7: The weight -1 is no whole number."),
    (choice(option("A", 1), option("B", 1)), "linkId 7: Two options have the same weight."),
    (choice(option("A")), "linkId 7: One option alone is no choice."),
    (choice(option("A", initialSelected=True), option("B")), "linkId 7: An answer that is chosen beforehand"),
    (choice({"valueReference": {}}, option("B")), "linkId 7: An option without a value is not known here."),
    (choice("A", "B"), "linkId 7: An option must be an object."),
    (one(type="choice", answerOption="A"), "linkId 7.answerOption: This must be a list."),
    (one(type="integer", extension=[{"url": f"{CORE}minValue", "valueInteger": -5}]), "linkId 7: Numbers must lie"),
    (one(linkId=None), "Questionnaire.item: Every item needs a linkId."),
    (one(item=[{"linkId": "7", "type": "boolean"}]), "linkId 7: This linkId is given to two items."),
    (one(type="display"), "Questionnaire.item: There is no item that can be answered."),
    (one() | {"item": {}}, "Questionnaire.item: This must be a list."),
    (one() | {"modifierExtension": []}, "Questionnaire: “modifierExtension” is not known here."),
    ([], "Questionnaire: This must be an object with names and values."),
]


@pytest.mark.parametrize(("resource", "told"), REFUSED)
def test_a_construct_we_do_not_know_is_refused_with_its_link(resource: Any, told: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_questionnaire(resource)
    assert str(caught.value).startswith(told)


def test_what_is_nested_without_end_is_refused() -> None:
    resource = one()
    for depth in range(30):
        resource["item"] = [{"linkId": f"g{depth}", "type": "group", "item": resource["item"]}]
    with pytest.raises(DefinitionError, match="linkId g9: This is nested too deeply"):
        read_questionnaire(resource)


def test_what_is_not_for_the_student_is_left_out() -> None:
    resource = one()
    when = f"{SDC}sdc-questionnaire-enableWhenExpression"
    resource["item"] += [
        {"linkId": "8", "type": "string", "extension": [{"url": f"{CORE}questionnaire-hidden", "valueBoolean": True}]},
        {"linkId": "9", "type": "string", "readOnly": True},
        {"linkId": "10", "type": "string", "extension": [{"url": when}], "required": True},
    ]
    items = read_questionnaire(resource).scale.items
    assert [(item.code, item.optional) for item in items] == [("7", True), ("10", True)]


def test_options_may_be_numbers_or_texts() -> None:
    numbers = read_questionnaire(choice({"valueInteger": 1}, {"valueInteger": 4}))
    assert (numbers.scale.scored, numbers.scale.items[0].values) == ((), (1, 4))
    texts = read_questionnaire(choice({"valueString": "never"}, {"valueString": "always"}, linkId="q 1"))
    assert (texts.scale.scored, texts.scale.items[0].code) == ((), "q_1")


def test_bounds_of_numbers_are_kept() -> None:
    bounds = [{"url": f"{CORE}minValue", "valueInteger": 1}, {"url": f"{CORE}maxValue", "valueDecimal": 24.0}]
    item = read_questionnaire(one(type="decimal", extension=bounds)).scale.items[0]
    assert (item.low, item.high) == (1, 24)


def test_a_file_in_chinese_need_not_say_so() -> None:
    assert set(read_questionnaire(one(text="你过敏吗？")).wording) == {"zh-hans", "en"}
    assert read_questionnaire(one(text="你过敏吗？")).wording["zh-hans"]["items"] == {"7": "你过敏吗？"}
    assert read_questionnaire(one() | {"title": "2026年", "name": ""}).scale.key == "scale_2026"


BROKEN: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda resource: resource["extension"][0].update(valueString="{"), "Questionnaire.extension: This is not JSON."),
    (lambda resource: resource["extension"][0].update(valueString=7), "Questionnaire.extension: This is not JSON."),
    (
        lambda resource: resource["item"][1].update(linkId="X"),
        "linkId X: This item is not the one the key was made for.",
    ),
    (lambda resource: resource["item"][1]["answerOption"].pop(), "linkId 1: This item is not the one the key was made"),
    (lambda resource: resource["item"].pop(), "Questionnaire.item: Items of the key are missing."),
]


@pytest.mark.parametrize(("damage", "told"), BROKEN)
def test_a_key_that_does_not_fit_its_items_is_refused(damage: Callable[[dict[str, Any]], object], told: str) -> None:
    resource = sent(export_questionnaire(shipped()["phq9"], Release.R5))
    damage(resource)
    with pytest.raises(DefinitionError) as caught:
        read_questionnaire(resource)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize("resource", [{"resourceType": "Patient"}, {"resourceType": None}])
def test_only_a_questionnaire_is_imported(resource: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="resourceType: Of FHIR, only a Questionnaire can be imported"):
        read_upload(json.dumps(resource).encode())


@pytest.fixture
def phq9(db: None, at: datetime) -> Scale:
    load_shipped(at=at)
    return Scale.objects.get(key="phq9", school=None)


@pytest.mark.parametrize("form", ["r5", "R4B", ""])
def test_a_scale_that_was_exported_on_the_screen_is_imported_there(
    form: str, world: World, login: Callable[[User], Client], phq9: Scale
) -> None:
    client = login(world.holder(Role.CENTER_DIRECTOR))
    exported = client.get(reverse("screening:scale-export", args=[phq9.pk]), {"form": form})
    assert exported["Content-Type"] == "application/json"
    upload = SimpleUploadedFile("phq9.json", exported.content)
    assert client.post(reverse("screening:scale-list"), {"file": upload}).status_code == 302
    own = Scale.objects.get(key="phq9", school=world.school)
    assert (own.definition, own.wording, own.version) == (phq9.definition, phq9.wording, 2)
    assert client.get(reverse("screening:scale-export", args=[phq9.pk]), {"form": "xml"}).status_code == 404


def test_a_scale_file_is_plain_data(phq9: Scale) -> None:
    assert isinstance(read_file(sent(fhir.export(phq9))), ScaleFile)
