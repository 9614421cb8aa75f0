"""What a month's summary of a school, college or class says: its figures, those of the units below, earlier months.
A college's figures are frozen at acceptance; everything else stands in the rollups. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from kernel.periods import Month
from network.models import Unit
from network.rules import Level
from reporting.models import Cycle, Line, Report, Summary
from reporting.rules.disclosure import HIDDEN, NOTHING, PRINTED, Cells, Hidden, Sight, seen
from reporting.rules.dorm_lines import Status
from reporting.rules.filing import ARRIVED, State
from reporting.rules.totals import Figures, rate, total

TREND_MONTHS = 6
SUB_LEVELS = (Level.COLLEGE, Level.CLASS)
NAMED_MISSING = 120
SHORT_NAME = 2
# Which reports are named when they are missing; those further below are counted in the table.
NAMED_LEVELS: Mapping[Level, tuple[Level, ...]] = {
    Level.SCHOOL: (Level.COLLEGE, Level.CLASS),
    Level.COLLEGE: (Level.CLASS, Level.DORM),
    Level.CLASS: (Level.DORM,),
}

Monthly = dict[Month, dict[int, Figures]]


@dataclass(frozen=True)
class Part:
    """A college or class within a summary; `weather` is what may be shown of its figures."""

    unit: Unit
    figures: Figures
    weather: Cells


@dataclass(frozen=True)
class MonthSummary:
    """One unit in one month. `weather` and `parts` hold what may be shown; `figures` hold the true counts."""

    unit: Unit
    school: Unit
    month: Month
    cycle: Cycle
    figures: Figures
    weather: Cells
    parts: tuple[Part, ...]
    before: Figures | None
    weather_before: Cells | None
    trend: tuple[tuple[Month, Figures | None, Cells | None], ...]
    sight: Sight

    @property
    def exact(self) -> bool:
        return self.sight.exact

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all has been reported."""
        figures = self.figures
        return not (figures.reported or figures.dorms_filed or figures.classes_filed or figures.colleges_filed)

    @property
    def reports(self) -> Any:
        """The current reports of the unit and of all below it."""
        key = {Level.SCHOOL: "school", Level.COLLEGE: "college", Level.CLASS: "school_class"}[Level(self.unit.level)]
        return Report.objects.current().filter(cycle=self.cycle, **{key: self.unit.pk})

    @cached_property
    def own_report(self) -> Report | None:
        """The report that the unit itself filed; a school files none."""
        own = self.reports.filter(unit=self.unit).select_related("filed_by", "decided_by")
        report: Report | None = own.first()
        return report

    @property
    def is_closed(self) -> bool:
        if self.unit.level == Level.SCHOOL:
            return self.cycle.closed_at is not None
        college = Report.objects.current().filter(cycle=self.cycle, unit=self.unit.college_id or self.unit.pk)
        return college.filter(state=State.ACCEPTED).exists()

    @property
    def as_of(self) -> datetime | None:
        return self.cycle.rolled_up_at

    def missing(self) -> list[Report]:
        """Reports that have not arrived, by name; at most NAMED_MISSING of them."""
        levels = NAMED_LEVELS[Level(self.unit.level)]
        absent = self.reports.filter(level__in=levels).exclude(state__in=ARRIVED).select_related("unit", "school_class")
        return list(absent.order_by("level", "unit__code")[:NAMED_MISSING])

    def rooms(self) -> list[Report]:
        """The dorm reports of a class."""
        rooms = self.reports.filter(level=Level.DORM) if self.unit.level == Level.CLASS else self.reports.none()
        return list(rooms.select_related("unit", "cycle").order_by("unit__code"))


def summarize(*, unit: Unit, month: Month, sight: Sight = PRINTED) -> MonthSummary | None:
    """The summary of a school, college or class as a reader sees it; None for a month that was never opened or never
    counted."""
    months = last_months(month, TREND_MONTHS)
    school = unit.school or unit
    opened = Cycle.objects.filter(school=school, month__in=[past.first for past in months])
    cycles = {cycle.period: cycle for cycle in opened}
    line = [school, *([unit.college] if unit.college else []), *([unit] if unit != school else [])]
    below = Unit.objects.filter(parent__in=line, level__in=SUB_LEVELS).order_by("code")
    units = {part.pk: part for part in below}
    figures, published = _figures(school, units, cycles.values())
    if month not in cycles or unit.pk not in figures.get(month, {}):
        return None

    def cells(past: Month, pk: int) -> Cells | None:
        counts = figures.get(past, {}).get(pk)
        return None if counts is None else seen(counts, published.get((past, pk)), sight)

    trend = tuple((past, figures.get(past, {}).get(unit.pk), cells(past, unit.pk)) for past in months)
    parts = [part for part in units.values() if part.parent_id == unit.pk and part.pk in figures[month]]
    return MonthSummary(
        unit=unit,
        school=school,
        month=month,
        cycle=cycles[month],
        figures=figures[month][unit.pk],
        weather=cells(month, unit.pk) or NOTHING,
        parts=tuple(Part(part, figures[month][part.pk], cells(month, part.pk) or NOTHING) for part in parts),
        before=trend[-2][1],
        weather_before=trend[-2][2],
        trend=trend,
        sight=sight,
    )


def last_months(month: Month, count: int) -> list[Month]:
    """`count` months up to and including `month`, the earliest first."""
    months = [month]
    for _ in range(count - 1):
        months.append(months[-1].previous())
    return months[::-1]


def names_reported(summary: MonthSummary) -> set[str]:
    """Names to be kept out of print: long ones of everybody reported on, and any of those below clear weather.
    A name of two characters may as well be a word."""
    key = {Level.SCHOOL: "school", Level.COLLEGE: "college", Level.CLASS: "school_class"}[Level(summary.unit.level)]
    lines = Line.objects.filter(cycle=summary.cycle, **{key: summary.unit.pk})
    named = lines.order_by().values_list("student__name", "status").distinct()
    return {
        name for name, status in named if len(name) > SHORT_NAME or (len(name) == SHORT_NAME and status > Status.CLEAR)
    }


def concerned_share(figures: Figures, cells: Cells | None) -> Fraction | Hidden | None:
    """Share of the reported students seen below clear weather; None without a report, HIDDEN where `cells` hide it."""
    if cells is not None and (isinstance(cells.concerned, Hidden) or isinstance(cells.reported, Hidden)):
        return HIDDEN
    return rate(figures.concerned, figures.reported)


def arrived_share(figures: Figures | None) -> Fraction | None:
    """Share of the dorm and class reports due that have arrived; None when nothing was due."""
    if figures is None:
        return None
    return rate(figures.dorms_filed + figures.classes_filed, figures.dorms_due + figures.classes_due)


def published_of(cycle: Cycle, units: Iterable[int | None]) -> dict[int, Cells | None]:
    """What is published of these units in one month, as of the last count."""
    rows = Summary.objects.filter(cycle=cycle, unit__in=[pk for pk in units if pk is not None])
    return {row.unit_id: row.shown for row in rows}


def _figures(
    school: Unit, units: Mapping[int, Unit], cycles: Iterable[Cycle]
) -> tuple[Monthly, dict[tuple[Month, int], Cells | None]]:
    """Figures of the school and the units by month, and what is published of them. Of a college its frozen figures
    count; a school is the sum of its parts."""
    by_id = {cycle.pk: cycle.period for cycle in cycles}
    figures: Monthly = {}
    published: dict[tuple[Month, int], Cells | None] = {}
    for row in Summary.objects.filter(cycle__in=by_id, unit__in=[school.pk, *units]):
        figures.setdefault(by_id[row.cycle_id], {})[row.unit_id] = row.totals
        published[by_id[row.cycle_id], row.unit_id] = row.shown
    accepted = Report.objects.current().filter(cycle__in=by_id, unit__in=units, state=State.ACCEPTED)
    frozen = accepted.exclude(figures=None).order_by()
    for cycle_id, unit_id, counts in frozen.values_list("cycle", "unit", "figures"):
        figures.setdefault(by_id[cycle_id], {})[unit_id] = Figures(**counts)
    for counts_of in figures.values():
        parts = [counts_of[pk] for pk, unit in units.items() if unit.parent_id == school.pk and pk in counts_of]
        counts_of[school.pk] = total(parts) if parts else counts_of.get(school.pk, Figures())
    return figures, published
