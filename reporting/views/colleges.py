from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.formatting import prose
from kernel.web import UNPROCESSABLE, Request, require_POST
from network.access import requires
from network.rules import Ability, Level
from reporting import policies
from reporting.forms import CollegeForm
from reporting.models import Report
from reporting.rules.disclosure import Cells, seen
from reporting.rules.filing import READING
from reporting.rules.narrative import suggest
from reporting.rules.totals import Figures, total
from reporting.services import count, file_college_report, save_draft
from reporting.services.summaries import published_of
from reporting.views.figures import weather_bar
from reporting.views.pages import fetch_to_file, refuse, show


@dataclass(frozen=True)
class ClassRow:
    """A class of the college with its report and figures."""

    report: Report
    figures: Figures
    cells: Cells


def form_page(request: Request, report: Report, form: CollegeForm | None = None, *, status: int = 200) -> HttpResponse:
    context = overview(request, report, timezone.now())
    form = form or CollegeForm.blank(report, context["suggestion"])
    return show(request, "reporting/college_file.html", report, {"form": form, **context}, status=status)


def read_page(request: Request, report: Report) -> HttpResponse:
    return show(request, "reporting/college_read.html", report, overview(request, report, timezone.now()))


@requires(Ability.FILE_COLLEGE_REPORT, Ability.CHECK_COLLEGE_REPORT, seen_by=READING)
@require_POST
def college_file(request: Request, pk: UUID) -> HttpResponse:
    report = fetch_to_file(request, pk)
    form = CollegeForm(request.POST)
    try:
        if form.is_valid():
            file_college_report(report=report, by=request.user, at=timezone.now(), **form.texts(), **form.sent())
            return redirect("reporting:report-done", pk)
    except Refused as refused:
        refuse(form, refused, report)
    return form_page(request, report, form, status=UNPROCESSABLE)


@requires(Ability.FILE_COLLEGE_REPORT, Ability.CHECK_COLLEGE_REPORT, seen_by=READING)
@require_POST
def college_draft(request: Request, pk: UUID) -> HttpResponse:
    report = fetch_to_file(request, pk)
    form = CollegeForm(request.POST)
    try:
        if form.is_valid():
            save_draft(report=report, by=request.user, at=timezone.now(), **form.texts())
            messages.success(request, _("Kept as a draft."))
            return redirect("reporting:report-detail", pk)
    except Refused as refused:
        refuse(form, refused, report)
    return form_page(request, report, form, status=UNPROCESSABLE)


def overview(request: Request, report: Report, at: datetime) -> dict[str, Any]:
    """The classes of the college, its figures (those of its acceptance once they are frozen), and its versions."""
    places = count(cycle=report.cycle, at=at)
    by_class = {klass: figures for (college, klass), figures in places.items() if college == report.unit_id}
    reports = report.cycle.reports.current().filter(level=Level.CLASS, college=report.unit_id)
    ordered = reports.select_related("unit", "filed_by").order_by("unit__code")
    published = published_of(report.cycle, [report.unit_id, *by_class])
    sight = policies.report_sight_of(request.user, report)
    rows = []
    for row in ordered:
        counts = by_class.get(row.unit_id, Figures())
        rows.append(ClassRow(row, counts, seen(counts, published.get(row.unit_id), sight)))
    figures = Figures(**report.figures) if report.figures else total(by_class.values())
    # What an older version says beside the newer one would give away what changed.
    own = published.get(report.unit_id) if report.is_current else None
    cells = seen(figures, own, sight)
    versions = Report.objects.visible_to(request.user).filter(cycle=report.cycle_id, unit=report.unit_id)
    return {
        "rows": rows,
        "arrived": sum(row.report.has_arrived for row in rows),
        "figures": figures,
        "cells": cells,
        "bar": weather_bar(cells, figures.students),
        "suggestion": suggestion(figures, published.get(report.unit_id)),
        "may_chase": policies.holds(request.user, Ability.CHECK_CLASS_REPORT, report),
        "versions": versions.select_related("filed_by", "decided_by").order_by("-version"),
        "at": at,
    }


def suggestion(figures: Figures, published: Cells | None) -> str:
    """A draft for the college's account. It is printed, so it is made from what may be shown."""
    return prose(gettext(sentence) % numbers for sentence, numbers in suggest(figures, published))
