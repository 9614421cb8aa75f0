"""The rows that the page and the printed summary of a month share: what is counted, beside the month before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.formatting import percent
from network.models.labels import LEVEL_LABELS
from network.rules import Level
from reporting.models.labels import EVENT_LABELS, HELP_LABELS, SIGN_LABELS, STATUS_LABELS, TOPIC_LABELS
from reporting.rules.disclosure import Cells, Figure, Hidden
from reporting.rules.dorm_lines import Status
from reporting.rules.totals import Figures
from reporting.services.rollups import LEVEL_COUNTS
from reporting.services.summaries import MonthSummary

FLAGS: Mapping[str, Mapping[Any, Promise]] = {
    "signs": SIGN_LABELS,
    "events": EVENT_LABELS,
    "helps": HELP_LABELS,
    "topics": TOPIC_LABELS,
}


@dataclass(frozen=True)
class WeatherRow:
    status: Status
    label: str
    count: Figure
    before: Figure | None
    change: str
    share: str

    @property
    def name(self) -> str:
        return self.status.name.lower()

    @property
    def number(self) -> int:
        return int(self.status)


@dataclass(frozen=True)
class LevelRow:
    """Reports of one level: owed, arrived, arrived in time, late, missing."""

    level: Level
    label: str
    due: int
    filed: int
    on_time: int
    before: str = ""

    @property
    def late(self) -> int:
        return self.filed - self.on_time

    @property
    def missing(self) -> int:
        return self.due - self.filed


@dataclass(frozen=True)
class Tile:
    """One key figure with its share of a whole and its change."""

    label: str
    key: str
    value: Figure | None
    share: str
    change: str

    @property
    def lines(self) -> str | None:
        """The filter of the list that has exactly the lines of this figure; None lists them all."""
        return {"thunder": str(int(Status.THUNDER)), "concerned": "below"}.get(self.key)

    @property
    def unit(self) -> str:
        return "" if isinstance(self.value, Hidden) else _("persons")

    @property
    def hint(self) -> str:
        return " · ".join(part for part in (self.share, self.change) if part)


@dataclass(frozen=True)
class FlagRow:
    key: str
    label: str
    count: Figure


def weather_rows(summary: MonthSummary) -> list[WeatherRow]:
    """Each weather with its count and that of the month before."""
    before = summary.weather_before
    return [
        WeatherRow(
            status=status,
            label=str(STATUS_LABELS[status]),
            count=summary.weather.weather[status],
            before=None if before is None else before.weather[status],
            change=change(summary.weather.weather[status], None if before is None else before.weather[status]),
            share=share(summary.weather.weather[status], summary.weather.reported),
        )
        for status in Status
    ]


def level_rows(figures: Figures, before: Figures | None = None) -> list[LevelRow]:
    """The levels that owed a report, from the dorms up, with the completeness of the month before."""
    rows = (
        LevelRow(
            level,
            str(LEVEL_LABELS[level]),
            due=getattr(figures, f"{name}_due"),
            filed=getattr(figures, f"{name}_filed"),
            on_time=getattr(figures, f"{name}_on_time"),
            before="" if before is None else percent(getattr(before, f"{name}_filed"), getattr(before, f"{name}_due")),
        )
        for level, name in LEVEL_COUNTS.items()
    )
    return [row for row in rows if row.due]


def flag_rows(summary: MonthSummary, name: str) -> list[FlagRow]:
    """Signs, events, helps or topics from the most frequent down; students as the reader may see them, topics count
    classes."""
    counts: Mapping[str, Figure] = summary.figures.topics if name == "topics" else summary.weather.flags.get(name, {})
    rows = [
        FlagRow(key, str(label), counts[key])
        for flag, label in FLAGS[name].items()
        if counts.get(key := str(flag.name).lower(), 0) != 0
    ]
    # Hidden counts stand in the order of the form, or their place would tell their size.
    return sorted(rows, key=lambda row: 0 if isinstance(row.count, Hidden) else -row.count)


def tiles(summary: MonthSummary) -> list[Tile]:
    """The key figures on students."""
    cells, before = summary.weather, summary.weather_before
    students = summary.figures.students
    students_before = None if summary.before is None else summary.before.students
    below, thunder = concerned(summary), cells.weather[Status.THUNDER]
    return [
        Tile(_("Students at school"), "students", students, "", change(students, students_before)),
        Tile(
            _("Reported on"),
            "reported",
            cells.reported,
            share(cells.reported, students),
            change(cells.reported, reported(before)),
        ),
        Tile(
            _("Below clear weather"),
            "concerned",
            below,
            share(below, cells.reported),
            change(below, concerned(summary, before=True)),
        ),
        Tile(
            pgettext("weather", "Thunder"),
            "thunder",
            thunder,
            share(thunder, cells.reported),
            change(thunder, None if before is None else before.weather[Status.THUNDER]),
        ),
    ]


def concerned(summary: MonthSummary, *, before: bool = False) -> Figure | None:
    """Students below clear weather, as may be shown; `before`: of the month before."""
    return below_clear(summary.weather_before if before else summary.weather)


def below_clear(cells: Cells | None) -> Figure | None:
    return None if cells is None else cells.concerned


def reported(cells: Cells | None) -> Figure | None:
    return None if cells is None else cells.reported


def share(part: Figure | None, whole: Figure | None) -> str:
    """The part in per cent of the whole; nothing where either is hidden."""
    return percent(part, whole) if isinstance(part, int) and isinstance(whole, int) else ""


def change(now: Figure | None, before: Figure | None) -> str:
    """The difference from the month before in words; nothing where either is hidden or was not counted."""
    if not isinstance(now, int) or not isinstance(before, int):
        return ""
    if now == before:
        return _("as last month")
    if now > before:
        return _("▲ %(n)s more than last month") % {"n": f"{now - before:,}"}
    return _("▼ %(n)s fewer than last month") % {"n": f"{before - now:,}"}
