"""The figures of a campaign: who took part, classes, means of factors, and the years before. Small cells are hidden;
the number of queries does not grow with the campaign."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kernel.suppression import HIDDEN
from network.models import Unit, User
from network.models.labels import SEX_LABELS
from network.rules import Ability, Level
from network.scope import Scope
from screening.models import Campaign, Participation, PublishedFigures, Scale
from screening.models.labels import RESULT_LABELS
from screening.rules.figures import LevelRow, Means, Sums, large_enough, level_rows
from screening.rules.tallies import Tally
from screening.services.scales.instruments import instrument_of, title_of

YEARS = 6
TOTAL = "total"


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
class NormRow:
    """Published means in the order of the measures, None for those that it does not have."""

    source: str
    means: tuple[float | None, ...]


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
    years_means: list[Means]
    norm: NormRow | None

    @property
    def has_levels(self) -> bool:
        """Whether the scale has classes at all."""
        return bool(self.levels)


@dataclass(frozen=True)
class CampaignFigures:
    """`by_class`: the rows are classes, for who reads no more than one college; `depth`: whether classes and means are
    shown beside the coverage; `is_waiting`: they will be, once the campaign is closed."""

    campaign: Campaign
    by_class: bool
    depth: bool
    is_waiting: bool
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
    coverage = sorted((_coverage(names[row[key]], [row]) for row in tally), key=lambda row: row.label)
    may_read = bool(units.get(Level.SCHOOL) or units.get(Level.COLLEGE))
    # SECURITY: figures before and after one more paper tell its score, so none are shown while papers come in.
    depth = may_read and campaign.closed_at is not None
    is_waiting = may_read and campaign.closed_at is None
    scales = [part.scale for part in campaign.parts.select_related("scale")] if depth else []
    return CampaignFigures(campaign, by_class, depth, is_waiting, _coverage("", tally), coverage, scales)


def scale_figures(figures: CampaignFigures, scale: Scale, user: User) -> ScaleFigures:
    """What the papers of one scale come to, by whatever version they were scored last."""
    titles, tallies = _tallies(figures.campaign, scale, figures.by_class, user)
    own = tallies.get(figures.campaign.pk) or Tally()
    measures = list(own.whole.by_measure)
    names = _names({*own.levels, *own.sums["unit"]})
    levels, all_levels = level_rows(own.levels, names, sorted(own.levels, key=lambda unit: names[unit]))
    sexes = {sex: str(label) for sex, label in SEX_LABELS.items()}
    origins = {name: name or _("elsewhere or not known") for name in own.sums["origin"]}
    by_unit, by_sex, by_origin = (
        _means(own.sums[by], labels, measures) for by, labels in (("unit", names), ("sex", sexes), ("origin", origins))
    )
    classed = [pk for pk in titles if tallies[pk].levels]
    words = instrument_of(scale.pk).words().get("factors", {})
    return ScaleFigures(
        scale=scale,
        title=title_of(scale),
        levels=levels,
        all_levels=all_levels,
        measures=[str(RESULT_LABELS[TOTAL]) if name == TOTAL else str(words.get(name, name)) for name in measures],
        whole=_row(own, "", measures),
        by_unit=by_unit,
        by_sex=by_sex,
        by_origin=by_origin,
        years=level_rows({pk: tallies[pk].by_level for pk in classed}, titles, classed)[0],
        years_means=[_row(tallies[pk], name, measures) for pk, name in titles.items()],
        norm=_norm(scale, measures),
    )


def _row(tally: Tally, label: str, measures: list[str]) -> Means:
    """The means of all, hidden where a hidden group would follow from them."""
    shown = all(large_enough({key: group.n for key, group in sums.items()})[1] for sums in tally.sums.values())
    if not shown:
        return Means(label, HIDDEN, (None,) * len(measures))
    return Means(label, tally.whole.n, tally.whole.means(measures))


def _tallies(campaign: Campaign, scale: Scale, by_class: bool, user: User) -> tuple[dict[Any, str], dict[Any, Tally]]:
    """This campaign, and what the same instrument came to before it, here or in another system: the name of each,
    oldest first, and its tally. All of it is read as it was published last."""
    published = PublishedFigures.objects.filter(school=campaign.school_id, scale_key=scale.key).defer("papers")
    before = Campaign.objects.closed().filter(opened_at__lte=campaign.opened_at)
    own = published.filter(campaign__in=before).select_related("campaign")
    elsewhere = published.filter(campaign=None, year__lte=campaign.opens_on.year)
    units = Scope.of(user).units([Ability.VIEW_STATS])
    tallies: dict[Any, Tally] = {}
    titles: dict[Any, str] = {}
    # What came in from elsewhere is older than the portal's own.
    for row in elsewhere.order_by("year", "source"):
        tallies[row.year, row.source] = _scoped(row, units, by_class)
        titles[row.year, row.source] = f"{row.source} {row.year}"
    for row in own.order_by("campaign__opened_at", "campaign__opens_on", "campaign__created_at"):
        tallies[row.campaign_id] = _scoped(row, units, by_class)
        assert row.campaign is not None
        titles[row.campaign_id] = row.campaign.name
    shown = [key for key in titles if not tallies[key].is_empty][-YEARS:]
    return {key: titles[key] for key in shown}, tallies


def _scoped(row: PublishedFigures, units: Mapping[Level, Any], by_class: bool) -> Tally:
    """The tally of those colleges whose statistics the user reads, by class or by college."""
    every = row.school_id in units.get(Level.SCHOOL, ())
    tally = Tally()
    for name, kept in json.loads(row.tallies).items():
        college = int(name) if name else None
        if every or college in units.get(Level.COLLEGE, ()):
            tally.merge(Tally.read(kept), unit=None if by_class else college or 0)
    return tally


def _norm(scale: Scale, measures: list[str]) -> NormRow | None:
    """The published means beside which those of the school stand."""
    norm = instrument_of(scale.pk).scale.norm
    if norm is None:
        return None
    found = (norm.means.get(name) for name in measures)
    return NormRow(norm.source, tuple(None if mean is None else float(mean) for mean in found))


def _unit_key(by_class: bool) -> str:
    return "school_class_id" if by_class else "college_id"


def _names(keys: Any) -> dict[Any, str]:
    found = Unit.objects.in_bulk({key for key in keys if key})
    nowhere = _("Without a college")
    return {None: nowhere, 0: nowhere, **{pk: unit.name for pk, unit in found.items()}}


def _coverage(label: str, rows: list[dict[str, Any]]) -> Coverage:
    names = ("due", "done", "valid", "declined", "exempted")
    return Coverage(label, *(sum(row[name] for row in rows) for name in names))


def _means(sums: Mapping[Any, Sums], labels: Mapping[Any, str], measures: list[str]) -> list[Means]:
    shown, _whole = large_enough({key: group.n for key, group in sums.items()})
    nothing = (None,) * len(measures)
    rows = [
        Means(labels[key], group.n, group.means(measures)) if key in shown else Means(labels[key], HIDDEN, nothing)
        for key, group in sums.items()
    ]
    return sorted(rows, key=lambda row: row.label)
