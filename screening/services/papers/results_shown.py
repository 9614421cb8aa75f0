"""Results as a page shows them: level for those who may, factors and answers for fewer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from screening.models import Participation, Result, Scale
from screening.models.captions import LEVEL_LABELS
from screening.models.labels import BAND_LABELS, FLAG_LABELS, RESULT_LABELS
from screening.rules.papers.answering import Sheet
from screening.services.papers.results import outcome_of
from screening.services.scales.describing import Line, explained
from screening.services.scales.instruments import Instrument, instrument_of, title_of

SEALED = ("total", "standard", "band", "positives", "psdi")


@dataclass(frozen=True)
class Answered:
    """One question with what was answered."""

    code: str
    text: str
    answer: str
    is_critical: bool


@dataclass(frozen=True)
class Reading:
    """One result, as far as the reader may see it: `figures` and `factors` empty for those who read the level alone."""

    scale: Scale
    title: str
    result: Result | None
    level_word: Any
    figures: tuple[tuple[Any, Any], ...]
    factors: tuple[tuple[Any, float], ...]
    flags: tuple[Any, ...]
    reasons: tuple[Line, ...]
    answers: tuple[Answered, ...]


def readings_of(participation: Participation, *, answers: bool, factors: bool) -> list[Reading]:
    """What came of each paper of a participation. SECURITY: the caller has asked the policies for both rights."""
    papers = participation.papers.select_related("scale", "result").defer("scale__definition", "scale__wording")
    return [_reading(paper, answers=answers, factors=factors) for paper in papers]


def _reading(paper: Any, *, answers: bool, factors: bool) -> Reading:
    result: Result | None = getattr(paper, "result", None)
    instrument = instrument_of(paper.scale_id)
    kept = json.loads(result.outcome) if result and factors else {}
    named = instrument.words().get("factors", {})
    return Reading(
        scale=paper.scale,
        title=title_of(paper.scale),
        result=result,
        level_word=LEVEL_LABELS.get(result.level) if result and result.level else "",
        figures=tuple(_figure(name, kept[name]) for name in SEALED if kept.get(name) is not None),
        factors=tuple((named.get(name, name), mean) for name, mean in (kept.get("factors") or {}).items()),
        flags=tuple(FLAG_LABELS.get(flag, flag) for flag in kept.get("flags", ())),
        reasons=_reasons(result, paper, instrument) if result and answers else (),
        answers=_answers(paper, instrument, kept) if answers else (),
    )


def _figure(name: str, value: Any) -> tuple[Any, Any]:
    return RESULT_LABELS[name], BAND_LABELS.get(value, value) if name == "band" else value


def _reasons(result: Result, paper: Any, instrument: Instrument) -> tuple[Line, ...]:
    result.paper, result.scale = paper, paper.scale
    return tuple(explained(outcome_of(result), instrument.words()))


def _answers(paper: Any, instrument: Instrument, kept: Mapping[str, Any]) -> tuple[Answered, ...]:
    given = Sheet.read(paper.sheet).answers
    critical = {str(code) for code in kept.get("critical_items", ())}
    return tuple(
        Answered(code, text_of(instrument, code), said(instrument, code, given[code]), code in critical)
        for code in instrument.codes
        if code in given
    )


def text_of(instrument: Instrument, code: str) -> str:
    """The question in the reader's language."""
    return str(instrument.words().get("items", {}).get(code, code))


def said(instrument: Instrument, code: str, value: Any) -> str:
    """The answer in the reader's language."""
    item = instrument.scale.item(code)
    labels = instrument.words().get("choices", {}).get(item.choices, {})
    return str(labels.get(str(value), value))
