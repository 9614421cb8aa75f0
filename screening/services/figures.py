"""The figures of a campaign: who took part, classes, means of factors, and the years before. Small cells are hidden;
the number of queries does not grow with the campaign."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from network.models import Unit, User
from network.models.labels import SEX_LABELS
from network.rules import Ability, Level
from network.scope import Scope
from portal.kernel.figures import HIDDEN
from screening.models import Campaign, Participation, Result, Scale
from screening.models.labels import RESULT_LABELS
from screening.rules.groups import LevelRow, Means, Sums, large_enough, level_rows, province_of
from screening.services.instruments import instrument_of, title_of

YEARS = 6
TOTAL = "total"
KeyOf = Callable[[Result], Hashable]


@dataclass(frozen=True)
class Coverage:
    """Valid distinct completers of those who are asked and not exempted."""

    label: str
    due: int
    done: int
    valid: int
    declined: int
    exempted: int


@dataclass(frozen=True)
class ScaleFigures:
    """One scale: classes by unit, means by unit, sex and origin, and the same scale in the years before. `measures`:
    what the means are of; `years`: the campaigns with this scale, oldest first, this one last."""

    scale: Scale
    title: str
    levels: list[LevelRow]
    all_levels: LevelRow
    measures: list[str]
    whole: Means
    by_unit: list[Means]
    by_sex: list[Means]
    by_origin: list[Means]
    years: list[LevelRow]

    @property
    def has_levels(self) -> bool:
        """Whether the scale has classes at all."""
        return bool(self.levels)


@dataclass(frozen=True)
class CampaignFigures:
    """`by_class`: the rows are classes, for who reads no more than one college; `depth`: whether classes and means are
    shown beside the coverage."""

    campaign: Campaign
    by_class: bool
    depth: bool
    whole: Coverage
    coverage: list[Coverage]
    scales: list[Scale]


def figures_of(campaign: Campaign, user: User) -> CampaignFigures:
    """Who took part, of those whose statistics the user reads."""
    units = Scope.of(user).units([Ability.VIEW_STATS])
    by_class = not units.get(Level.SCHOOL)
    key = _unit_key(by_class)
    rows = Participation.objects.visible_to(user, Ability.VIEW_STATS).filter(campaign=campaign)
    tally = list(rows.tally(key))
    names = _names(row[key] for row in tally)
    coverage = sorted((_coverage(names[row[key]], [row]) for row in tally), key=lambda one: one.label)
    depth = bool(units.get(Level.SCHOOL) or units.get(Level.COLLEGE))
    scales = [part.scale for part in campaign.parts.select_related("scale")] if depth else []
    return CampaignFigures(campaign, by_class, depth, _coverage("", tally), coverage, scales)


def scale_figures(figures: CampaignFigures, scale: Scale, user: User) -> ScaleFigures:
    """What the papers of one scale come to."""
    results = Result.objects.counted_for(user).filter(campaign=figures.campaign, scale=scale)
    key = _unit_key(figures.by_class)
    kept = ("level", "outcome", "college", "school_class", "student__sex", "student__origin")
    rows = list(results.select_related("student").only(*kept).order_by())
    names = _names(getattr(one, key) for one in rows)
    counts: dict[Any, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for one in rows:
        if one.level is not None:
            counts[getattr(one, key)][one.level] += 1
    levels, all_levels = level_rows(counts, names, sorted(counts, key=lambda unit: names[unit]))
    sums = _sums(rows, {"unit": lambda one: getattr(one, key), "sex": _sex, "origin": _origin})
    measures = list(sums["whole"][None].by_measure) if rows else []
    sexes = {sex: str(label) for sex, label in SEX_LABELS.items()}
    origins = {name: name or _("elsewhere or not known") for name in sums["origin"]}
    tables = [
        _means(sums[by], labels, measures) for by, labels in (("unit", names), ("sex", sexes), ("origin", origins))
    ]
    words = instrument_of(scale).words().get("factors", {})
    return ScaleFigures(
        scale=scale,
        title=title_of(scale),
        levels=levels,
        all_levels=all_levels,
        measures=[str(RESULT_LABELS[TOTAL]) if name == TOTAL else str(words.get(name, name)) for name in measures],
        whole=_whole(sums["whole"][None], measures, shown=all(shown for _rows, shown in tables)),
        by_unit=tables[0][0],
        by_sex=tables[1][0],
        by_origin=tables[2][0],
        years=_years(figures.campaign, scale, user),
    )


def _unit_key(by_class: bool) -> str:
    return "school_class_id" if by_class else "college_id"


def _names(keys: Any) -> dict[Any, str]:
    found = Unit.objects.in_bulk({key for key in keys if key})
    return {None: _("Without a college"), **{pk: unit.name for pk, unit in found.items()}}


def _coverage(label: str, rows: list[dict[str, Any]]) -> Coverage:
    names = ("due", "done", "valid", "declined", "exempted")
    return Coverage(label, *(sum(row[name] for row in rows) for name in names))


def _sex(result: Result) -> str:
    return str(result.student.sex)


def _origin(result: Result) -> str:
    return province_of(result.student.origin)


def _sums(rows: list[Result], keys: Mapping[str, KeyOf]) -> dict[str, dict[Any, Sums]]:
    """Each result is opened once and added to its group of every kind."""
    sums: dict[str, dict[Any, Sums]] = {name: defaultdict(Sums) for name in (*keys, "whole")}
    for one in rows:
        kept = json.loads(one.outcome)
        if kept["total"] is None:
            continue
        figures = {TOTAL: kept["total"], **(kept["factors"] or {})}
        sums["whole"][None].add(figures)
        for name, key in keys.items():
            sums[name][key(one)].add(figures)
    return sums


def _means(sums: Mapping[Any, Sums], labels: Mapping[Any, str], measures: list[str]) -> tuple[list[Means], bool]:
    shown, whole = large_enough({key: one.n for key, one in sums.items()})
    nothing = (None,) * len(measures)
    rows = [
        Means(labels[key], one.n, one.means(measures)) if key in shown else Means(labels[key], HIDDEN, nothing)
        for key, one in sums.items()
    ]
    return sorted(rows, key=lambda row: row.label), whole


def _whole(sums: Sums, measures: list[str], *, shown: bool) -> Means:
    return Means("", sums.n, sums.means(measures)) if shown else Means("", HIDDEN, (None,) * len(measures))


def _years(campaign: Campaign, scale: Scale, user: User) -> list[LevelRow]:
    """The same instrument, whatever its version, in this campaign and those opened before it."""
    results = Result.objects.counted_for(user).filter(
        school=campaign.school_id, scale__key=scale.key, campaign__opened_at__lte=campaign.opened_at
    )
    counts: dict[Any, dict[int, int]] = defaultdict(dict)
    for row in results.by_class("campaign_id"):
        counts[row["campaign_id"]][row["level"]] = row["n"]
    found = Campaign.objects.in_bulk(counts)
    order = sorted(found, key=lambda pk: (found[pk].opens_on, found[pk].created_at))[-YEARS:]
    rows, _total = level_rows(counts, {pk: found[pk].name for pk in order}, order)
    return rows
