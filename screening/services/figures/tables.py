"""The figures of a campaign: who took part, classes, means of factors, and the years before. Small cells are hidden;
the number of queries does not grow with the campaign."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from network.models import Unit, User
from network.models.labels import SEX_LABELS
from network.rules import Ability, Level
from network.scope import Scope
from screening.models import Campaign, Participation, PublishedFigures, Scale
from screening.models.labels import RESULT_LABELS
from screening.rules.figures import LevelRow, Means, Sums, level_row, means_row
from screening.rules.reader_tables import ReaderTables
from screening.rules.tallies import Tally, merge_small_origins
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
    titles, tables = _published(figures.campaign, scale, figures.by_class, user)
    own = tables.get(figures.campaign.pk) or ReaderTables({}, frozenset(), figures.by_class is False, figures.by_class)
    measures = list(own.own.whole.by_measure)
    names = _names({*own.own.levels, *own.own.sums["unit"]})
    sexes = {sex: str(label) for sex, label in SEX_LABELS.items()}
    origins = {name: name or _("elsewhere or not known") for name in own.own.sums["origin"]}
    by_unit, by_sex, by_origin = (
        _means(own.sums(by), labels, measures) for by, labels in (("unit", names), ("sex", sexes), ("origin", origins))
    )
    words = instrument_of(scale.pk).words().get("factors", {})
    return ScaleFigures(
        scale=scale,
        title=title_of(scale),
        levels=sorted((level_row(names[unit], row) for unit, row in own.levels.items()), key=lambda row: row.label),
        all_levels=level_row("", own.whole_levels),
        measures=[str(RESULT_LABELS[TOTAL]) if name == TOTAL else str(words.get(name, name)) for name in measures],
        whole=means_row("", own.whole, measures),
        by_unit=by_unit,
        by_sex=by_sex,
        by_origin=by_origin,
        years=[level_row(name, tables[key].whole_levels) for key, name in titles.items() if tables[key].own.levels],
        years_means=[means_row(name, tables[key].whole, measures) for key, name in titles.items()],
        norm=_norm(scale, measures),
    )


def _published(
    campaign: Campaign, scale: Scale, by_class: bool, user: User
) -> tuple[dict[Any, str], dict[Any, ReaderTables]]:
    """This campaign, and what the same instrument came to before it, here or in another system: the name of each,
    oldest first, and its tables. All of it is read as it was published last."""
    published = PublishedFigures.objects.filter(school=campaign.school_id, scale_key=scale.key).defer("papers")
    before = Campaign.objects.closed().filter(opened_at__lte=campaign.opened_at)
    own = published.filter(campaign__in=before).select_related("campaign")
    elsewhere = published.filter(campaign=None, year__lte=campaign.opens_on.year)
    units = Scope.of(user).units([Ability.VIEW_STATS])
    tables: dict[Any, ReaderTables] = {}
    titles: dict[Any, str] = {}
    # What came in from elsewhere is older than the portal's own.
    for row in elsewhere.order_by("year", "source"):
        tables[row.year, row.source] = _tables(row, units, by_class)
        titles[row.year, row.source] = f"{row.source} {row.year}"
    for row in own.order_by("campaign__opened_at", "campaign__opens_on", "campaign__created_at"):
        assert row.campaign is not None
        tables[row.campaign_id] = _tables(row, units, by_class)
        titles[row.campaign_id] = row.campaign.name
    shown = [key for key in titles if not tables[key].own.is_empty][-YEARS:]
    return {key: titles[key] for key in shown}, tables


def _tables(row: PublishedFigures, units: Mapping[Level, Any], by_class: bool) -> ReaderTables:
    """The tables of those colleges whose statistics the user reads, by class or by college."""
    colleges = {int(name or 0): Tally.read(kept) for name, kept in json.loads(row.tallies).items()}
    merge_small_origins(colleges)
    is_school = row.school_id in units.get(Level.SCHOOL, ())
    scope = frozenset(college for college in colleges if is_school or college in units.get(Level.COLLEGE, ()))
    return ReaderTables(colleges, scope, is_school, by_class)


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


def _means(sums: Mapping[Any, Sums | None], labels: Mapping[Any, str], measures: list[str]) -> list[Means]:
    return sorted((means_row(labels[key], group, measures) for key, group in sums.items()), key=lambda row: row.label)
