"""Rules and results in the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from screening.models import Scale
from screening.models.labels import BAND_LABELS, RESULT_LABELS
from screening.rules.scales.describing import rules_of
from screening.rules.scoring.explaining import reasons_of
from screening.rules.scoring.outcomes import Outcome


@dataclass(frozen=True)
class Line:
    """One rule or result as a row of a table."""

    label: str
    value: str
    text: str


def described(scale: Scale, words: Mapping[str, Any]) -> list[Line]:
    """The key of a scale in words; `words`: its texts, for the names of the factors."""
    return [
        Line(
            label=_label(rule.result),
            value=_name(rule.result, rule.name, words),
            text=_joined([phrase.text(gettext) for phrase in rule.says]),
        )
        for rule in rules_of(scale.parsed)
    ]


def explained(outcome: Outcome, words: Mapping[str, Any]) -> list[Line]:
    """Each result of a paper with the rule that gave it; `words`: the texts of its scale."""
    lines = []
    for reason in reasons_of(outcome):
        result, _dot, name = reason.result.partition(".")
        label = _name("factor", name, words) if name else _label(result)
        lines.append(Line(label, _value(reason.value), _joined([phrase.text(gettext) for phrase in reason.because])))
    return lines


def _label(result: str) -> str:
    return str(RESULT_LABELS.get(result, _("Factor")))


def _name(result: str, name: str, words: Mapping[str, Any]) -> str:
    if result == "factor":
        return str(words.get("factors", {}).get(name, name))
    return str(BAND_LABELS.get(name, name))


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return pgettext("result", "yes") if value else pgettext("result", "no")
    if isinstance(value, float):
        return f"{value:.2f}"
    return str(BAND_LABELS.get(value, value))


def _joined(texts: list[str]) -> str:
    return gettext("; ").join(texts)
