"""A screening for research: those alone who agreed to it, nobody named, with a code book."""

import json
from datetime import datetime
from secrets import SystemRandom
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import audit, xlsx
from kernel.errors import Refused
from network.models import User
from network.models.labels import SEX_LABELS
from network.rules.consents import Purpose
from network.services import consenting
from screening import policies
from screening.models import Campaign, Result
from screening.rules.figures import LEVEL_FLOOR, coarsen, province_of

FIGURES = ("total", "standard", "band", "positives", "psdi", "class", "interview", "valid")
KEYS = ("college", "sex", "province")
# The key of a scale, and what of it.
Column = tuple[str, str]


@transaction.atomic
def export_research(*, campaign: Campaign, by: User, at: datetime) -> bytes:
    """A workbook with a row for each student whose consent to research stands. Numbers are drawn anew each time and
    kept nowhere; whoever would stand alone with college, sex and province loses these. Refused for fewer than ten, and
    before the screening is closed."""
    if not policies.may_export_research(by, campaign):
        raise Refused(gettext_lazy("You may not export this for research."), code="may-not-export")
    if campaign.closed_at is None:
        # SECURITY: two files, before and after one more paper, would tell whose it is.
        sentence = gettext_lazy("This screening still takes answers. Export it for research once it is closed.")
        raise Refused(sentence, code="not-closed")
    people = _people(campaign, at)
    if len(people) < LEVEL_FLOOR:
        sentence = gettext_lazy("Fewer than ten of those who took part have agreed to research: nothing is exported.")
        raise Refused(sentence, code="too-few")
    # SECURITY: the order of the file must not be that of any list with names.
    SystemRandom().shuffle(people)
    columns = list(dict.fromkeys(name for _keys, figures in people for name in figures))
    keys = coarsen([keys for keys, _figures in people])
    data = [
        [f"P{number:05d}", *mine, *(figures.get(name) for name in columns)]
        for number, (mine, (_keys, figures)) in enumerate(zip(keys, people, strict=True), start=1)
    ]
    audit.record(
        action="campaign.export_research",
        by=by,
        at=at,
        obj=campaign,
        unit=campaign.school.code,
        detail={"rows": len(data), "columns": len(columns)},
    )
    return xlsx.write_workbook(
        {"data": [["id", *KEYS, *map("_".join, columns)], *data], "code book": _code_book(columns)}
    )


def _people(campaign: Campaign, at: datetime) -> list[tuple[tuple[str, ...], dict[Column, Any]]]:
    """Coarse keys and figures of each student who has finished and agreed."""
    agreed = consenting(campaign.school, Purpose.RESEARCH, at)
    results = Result.objects.filter(campaign=campaign).select_related("student", "college", "scale")
    found: dict[Any, tuple[tuple[str, ...], dict[Column, Any]]] = {}
    for result in results.defer("scale__definition", "scale__wording").order_by("scale__key"):
        if result.student_id not in agreed:
            continue
        student = result.student
        keys = (result.college.name if result.college else "", str(student.sex), province_of(student.origin))
        found.setdefault(result.student_id, (keys, {}))[1].update(_figures(result))
    return list(found.values())


def _figures(result: Result) -> dict[Column, Any]:
    kept = json.loads(result.outcome)
    prefix = result.scale.key
    figures = {(prefix, name): kept[name] for name in FIGURES if kept.get(name) is not None}
    return figures | {(prefix, f"factor_{name}"): mean for name, mean in (kept.get("factors") or {}).items()}


def _code_book(columns: list[Column]) -> list[list[str]]:
    sexes = ", ".join(f"{sex} = {label}" for sex, label in SEX_LABELS.items())
    coarse = _("empty where fewer than ten share it")
    rows = [
        ["id", _("drawn for this file alone; leads back to nobody")],
        ["college", f"{_('college on the day the screening was opened')}; {coarse}"],
        ["sex", f"{sexes}; {coarse}"],
        ["province", f"{_('province of the place of origin')}; {coarse}"],
    ]
    meanings = _meanings()
    for scale, name in columns:
        meaning = _("mean of the items of a factor, or points of a component") if name.startswith("factor_") else ""
        rows.append([f"{scale}_{name}", f"{scale}: {meaning or meanings[name]}"])
    return [[_("Column"), _("Meaning")], *rows]


def _meanings() -> dict[str, str]:
    return {
        "total": _("total; the raw total where there is a standard score"),
        "standard": _("standard score"),
        "band": _("band by the cut-offs of the scale"),
        "positives": _("number of positive items"),
        "psdi": _("mean of the positive items"),
        "class": _("class of the scale itself"),
        "interview": _("class by which somebody is asked to a talk: 1 soon, 2 later, 3 not"),
        "valid": _("whether the paper counts: TRUE or FALSE"),
    }
