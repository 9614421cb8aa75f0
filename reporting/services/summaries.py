"""What a month's summary of a school, college or class says: its figures, those of the units below, earlier months.
A college's figures are frozen at acceptance; everything else stands in the rollups. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from kernel.periods import Month
from network.models import Unit
from network.rules import Level
from reporting.models import Cycle, Line, Report, Summary
from reporting.rules.disclosure import HIDDEN, Cells, Hidden, disclose, exactly
from reporting.rules.filing import ARRIVED, State
from reporting.rules.totals import Figures, rate, total
from reporting.rules.weather import Status

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
    exact: bool

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
        found: Report | None = self.reports.filter(unit=self.unit).select_related("filed_by", "decided_by").first()
        return found

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


def summarize(*, unit: Unit, month: Month, exact: bool = False) -> MonthSummary | None:
    """The summary of a school, college or class; None for a month that was never opened or never counted.
    `exact`: small cells are shown, for readers who may open the lines themselves."""
    months = last_months(month, TREND_MONTHS)
    school = unit.school or unit
    opened = Cycle.objects.filter(school=school, month__in=[one.first for one in months])
    cycles = {cycle.period: cycle for cycle in opened}
    line = [school, *([unit.college] if unit.college else []), *([unit] if unit != school else [])]
    units = {one.pk: one for one in Unit.objects.filter(parent__in=line, level__in=SUB_LEVELS).order_by("code")}
    found = _figures(school, units, cycles.values())
    if month not in cycles or unit.pk not in found.get(month, {}):
        return None
    shown = {one: _shown(line, units, figures, exact=exact) for one, figures in found.items()}
    trend = tuple((one, found.get(one, {}).get(unit.pk), shown.get(one, {}).get(unit.pk)) for one in months)
    parts = [one for one in units.values() if one.parent_id == unit.pk and one.pk in found[month]]
    return MonthSummary(
        unit=unit,
        school=school,
        month=month,
        cycle=cycles[month],
        figures=found[month][unit.pk],
        weather=shown[month][unit.pk],
        parts=tuple(Part(one, found[month][one.pk], shown[month][one.pk]) for one in parts),
        before=trend[-2][1],
        weather_before=trend[-2][2],
        trend=trend,
        exact=exact,
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
    told = lines.order_by().values_list("student__name", "status").distinct()
    return {
        name for name, status in told if len(name) > SHORT_NAME or (len(name) == SHORT_NAME and status > Status.CLEAR)
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


def _figures(school: Unit, units: Mapping[int, Unit], cycles: Iterable[Cycle]) -> Monthly:
    """Figures of the school and the units by month: a college's frozen ones first; a school is the sum of its parts."""
    by_id = {cycle.pk: cycle.period for cycle in cycles}
    found: Monthly = {}
    for row in Summary.objects.filter(cycle__in=by_id, unit__in=[school.pk, *units]):
        found.setdefault(by_id[row.cycle_id], {})[row.unit_id] = row.totals
    accepted = Report.objects.current().filter(cycle__in=by_id, unit__in=units, state=State.ACCEPTED)
    frozen = accepted.exclude(figures=None).order_by()
    for cycle_id, unit_id, figures in frozen.values_list("cycle", "unit", "figures"):
        found.setdefault(by_id[cycle_id], {})[unit_id] = Figures(**figures)
    for figures_of in found.values():
        parts = [figures_of[pk] for pk, unit in units.items() if unit.parent_id == school.pk and pk in figures_of]
        figures_of[school.pk] = total(parts) if parts else figures_of.get(school.pk, Figures())
    return found


def _shown(
    line: Sequence[Unit], units: Mapping[int, Unit], found: Mapping[int, Figures], *, exact: bool
) -> dict[int, Cells]:
    """What may be shown of each unit: table by table, from the school down the line."""
    if exact:
        return {pk: exactly(figures) for pk, figures in found.items()}
    shown: dict[int, Cells] = {}
    for one in line:
        parts = {pk: found[pk] for pk, unit in units.items() if unit.parent_id == one.pk and pk in found}
        if parts:
            shown[one.pk], below = disclose(parts, shown.get(one.pk))
            shown |= below
        elif one.pk not in shown and one.pk in found:
            shown[one.pk] = disclose({one.pk: found[one.pk]})[0]
    return shown
