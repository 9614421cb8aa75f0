"""A scored paper as a FHIR QuestionnaireResponse and as Observations. Pure."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from screening.rules.fhir.exporting import coding
from screening.rules.fhir.words import LOINC, SYSTEM
from screening.rules.scales.parts import Item, Kind
from screening.rules.scoring.outcomes import Outcome

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
UCUM = "http://unitsofmeasure.org"
MINUTES_OF_HOUR = 60


def export_response(outcome: Outcome, *, subject: str, authored: str, version: int) -> dict[str, Any]:
    """The answers as a QuestionnaireResponse; `subject`: a reference such as Patient/1; `authored`: ISO 8601 with its
    offset. The same in R5 and R4B."""
    scale = outcome.scale
    answers = zip(scale.items, outcome.values, strict=True)
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{SYSTEM}:{scale.key}|{version}",
        "status": "in-progress" if outcome.total is None else "completed",
        "subject": {"reference": subject},
        "authored": authored,
        "item": [
            {"linkId": item.code, "answer": [_answer(outcome, item, value)]}
            for item, value in answers
            if value is not None
        ],
    }


def _answer(outcome: Outcome, item: Item, value: Any) -> dict[str, Any]:
    if item.kind is Kind.CHOICE:
        return {"valueCoding": coding(outcome.scale, item, value)}
    if item.kind is Kind.TIME:
        return {"valueTime": f"{value // MINUTES_OF_HOUR:02d}:{value % MINUTES_OF_HOUR:02d}:00"}
    if item.kind is Kind.NUMBER:
        return {"valueDecimal": _decimal(value)}
    return {"valueDate": value} if item.kind is Kind.DATE else {"valueString": value}


def _decimal(value: Fraction | int) -> float | int:
    plain = float(value)
    return int(plain) if plain.is_integer() else plain


def export_observations(outcome: Outcome, *, subject: str, at: str) -> list[dict[str, Any]]:
    """An Observation for each figure of the outcome: total, standard score, factors, positives, distress. None for a
    paper without a score, and none for one that must not be counted."""
    if outcome.total is None or not outcome.valid:
        return []
    return [
        {
            "resourceType": "Observation",
            "status": "final",
            "category": [{"coding": [{"system": CATEGORY, "code": "survey"}]}],
            "code": {"coding": [code]},
            "subject": {"reference": subject},
            "effectiveDateTime": at,
            "valueQuantity": {"value": value, "unit": "{score}", "system": UCUM, "code": "{score}"},
            **({"interpretation": [{"text": outcome.band}]} if name == "total" and outcome.band else {}),
        }
        for name, code, value in _figures(outcome)
    ]


def _figures(outcome: Outcome) -> Iterator[tuple[str, dict[str, str], float | int]]:
    scale = outcome.scale
    values = {
        "total": outcome.total,
        "standard": outcome.standard,
        **(outcome.factors or {}),
        "positives": outcome.positives,
        "psdi": outcome.psdi,
    }
    for name, value in values.items():
        known = scale.loinc.get(name)
        code = {"system": LOINC, "code": known} if known else {"system": f"{SYSTEM}:{scale.key}", "code": name}
        if value is not None:
            yield name, code, value
