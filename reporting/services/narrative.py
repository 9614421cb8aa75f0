"""The account of a month in sentences, made from what may be shown of its figures."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from kernel.formatting import month_word, percent
from reporting.rules.disclosure import Hidden
from reporting.services.rows import concerned, level_rows
from reporting.services.summaries import MonthSummary


def sentences(summary: MonthSummary) -> list[str]:
    """What a reader takes home: coverage, weather, reports. A month without a report says that alone."""
    if summary.is_empty:
        return [_("No report was filed for %(month)s.") % {"month": month_word(summary.month)}]
    return [*_coverage(summary), *_weather(summary), *_reports(summary)]


def _coverage(summary: MonthSummary) -> Iterator[str]:
    reported = summary.weather.reported
    if isinstance(reported, Hidden):
        return
    sentence = _("In %(month)s, %(reported)s of %(students)s students were reported on (%(share)s).")
    yield sentence % {
        "month": month_word(summary.month),
        "reported": f"{reported:,}",
        "students": f"{summary.figures.students:,}",
        "share": percent(reported, summary.figures.students),
    }


def _weather(summary: MonthSummary) -> Iterator[str]:
    now, before = concerned(summary), concerned(summary, before=True)
    reported = summary.weather.reported
    if isinstance(now, Hidden) or isinstance(reported, Hidden) or now is None:
        return
    numbers = {"n": f"{now:,}", "share": percent(now, reported)}
    if now == 0:
        yield _("All of them were seen in clear weather.")
    elif not isinstance(before, int):
        yield _("%(n)s of them were below clear weather (%(share)s).") % numbers
    elif now == before:
        yield _("%(n)s of them were below clear weather (%(share)s), as many as the month before.") % numbers
    elif now > before:
        sentence = _("%(n)s of them were below clear weather (%(share)s), %(change)s more than the month before.")
        yield sentence % {**numbers, "change": f"{now - before:,}"}
    else:
        sentence = _("%(n)s of them were below clear weather (%(share)s), %(change)s fewer than the month before.")
        yield sentence % {**numbers, "change": f"{before - now:,}"}


def _reports(summary: MonthSummary) -> Iterator[str]:
    for row in level_rows(summary.figures):
        sentence = _("%(level)s reports: %(filed)s of %(due)s filed (%(share)s), %(on_time)s in time, %(late)s late.")
        yield sentence % {
            "level": row.label,
            "filed": f"{row.filed:,}",
            "due": f"{row.due:,}",
            "share": percent(row.filed, row.due),
            "on_time": f"{row.on_time:,}",
            "late": f"{row.late:,}",
        }
