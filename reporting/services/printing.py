"""A month's summary as a PDF: tables and charts laid out by templates/pdf, small cells hidden, nobody named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.contrib.auth.models import AbstractBaseUser
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from kernel import charts, pdf
from network.models.labels import LEVEL_LABELS
from network.rules import Level
from reporting.models import Report
from reporting.rules.totals import Figures
from reporting.services import plots, rows
from reporting.services.narrative import sentences
from reporting.services.summaries import NAMED_MISSING, MonthSummary, Part, names_reported


def render_summary(*, summary: MonthSummary, by: AbstractBaseUser | None, at: datetime) -> bytes:
    """The summary as a tagged PDF in the active language; the same summary, person and time give the same bytes."""
    html, css = compose(summary=summary, by=by, at=at)
    return pdf.render(html, css=css)


def compose(*, summary: MonthSummary, by: AbstractBaseUser | None, at: datetime) -> tuple[str, str]:
    """The document and its style sheet, ready to be printed."""
    mark = {"by": _("the server's administrator") if by is None else f"{by} {by.get_username()}", "at": at}
    watermark = quote(render_to_string("pdf/watermark.svg", mark))
    html = render_to_string("pdf/summary.html", {**mark, **_contents(summary)})
    return html, render_to_string("pdf/summary.css", {"watermark": watermark})


def _contents(summary: MonthSummary) -> dict[str, Any]:
    return {
        "summary": summary,
        "unit": summary.unit,
        "tiles": rows.tiles(summary),
        "weather": rows.weather_rows(summary),
        "weather_chart": plots.weather_chart(summary, months=2),
        "concerned_chart": plots.concerned_chart(summary),
        "arrived_chart": plots.arrived_chart(summary),
        "parts": [_part_row(part) for part in summary.parts],
        "whole": _part_row(Part(summary.unit, summary.figures, summary.weather)),
        "levels": rows.level_rows(summary.figures, summary.before),
        "parts_charts": charts.pages(plots.parts_chart(summary)) if summary.parts else [],
        "rooms": summary.rooms(),
        "flags": [chart for chart in (_flag_chart(summary, name) for name in rows.FLAGS) if chart],
        "mood": summary.figures.mood,
        "missing": _missing(summary),
        "is_closed": summary.is_closed,
        "sentences": sentences(summary),
        "narrative": narrative(summary),
    }


def narrative(summary: MonthSummary) -> str:
    """What the coordinator wrote, with the names of students taken out."""
    report = summary.own_report
    if report is None or summary.unit.level != Level.COLLEGE or not report.narrative:
        return ""
    return without_names(report.narrative, names_reported(summary))


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with each of the names replaced by a neutral word, long ones first."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, _("a student"))
    return text


def _flag_chart(summary: MonthSummary, name: str) -> dict[str, Any] | None:
    """A titled bar chart of signs, events, helps or topics; nothing when none was ticked."""
    found = rows.flag_rows(summary, name)
    return {"name": name, "chart": plots.flags_chart(name, found)} if found else None


def _part_row(part: Part) -> dict[str, Any]:
    figures = part.figures
    return {
        "name": part.unit.name,
        "students": figures.students,
        "reported": part.weather.reported,
        "weather": list(part.weather.weather.values()),
        "levels": [(row.filed, row.due) for row in _two_levels(figures)],
        "on_time": (
            figures.dorms_on_time + figures.classes_on_time,
            figures.dorms_due + figures.classes_due,
        ),
    }


def _two_levels(figures: Figures) -> list[rows.LevelRow]:
    by_level = {row.level: row for row in rows.level_rows(figures)}
    empty = [rows.LevelRow(level, "", 0, 0, 0) for level in (Level.DORM, Level.CLASS)]
    return [by_level.get(row.level, row) for row in empty]


def _missing(summary: MonthSummary) -> dict[str, Any]:
    """Who did not report, by level, and how many more there are than are named."""
    named: dict[str, list[Report]] = {}
    reports = summary.missing()
    for report in reports:
        named.setdefault(str(LEVEL_LABELS[Level(report.level)]), []).append(report)
    return {"levels": named, "cut": len(reports) == NAMED_MISSING}
