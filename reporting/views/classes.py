from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, require_POST
from network.access import requires
from network.models import Student
from network.rules import Ability, Level
from reporting import policies
from reporting.forms import ClassForm, Sheet
from reporting.models import Line, Report
from reporting.rules.disclosure import seen
from reporting.rules.filing import READING
from reporting.rules.totals import total
from reporting.services import count, file_class_report, save_draft
from reporting.services.calendars import duty_phone
from reporting.services.residents import residents_of
from reporting.services.summaries import published_of
from reporting.views.figures import weather_bar
from reporting.views.pages import fetch_to_file, raise_alarm_for_line, refuse, show

# Who reads a class's lines at all; how much of each is asked of the policy.
LINES = (Ability.VIEW_LINES, Ability.VIEW_LINE_SUMMARY, Ability.CHECK_DORM_REPORT)


def form_page(
    request: Request, report: Report, sheet: Sheet | None = None, *, status: int = 200, asked: Sequence[Student] = ()
) -> HttpResponse:
    if sheet is None:
        sheet = Sheet(ClassForm.blank(report), residents_of(report), report.lines.current())
    context = {"sheet": sheet, "form": sheet.head, "faulty": sheet.faulty(), "asked": asked}
    context |= overview(request, report)
    return show(request, "reporting/class_file.html", report, context, status=status)


def read_page(request: Request, report: Report) -> HttpResponse:
    return show(request, "reporting/class_read.html", report, overview(request, report))


@requires(Ability.FILE_CLASS_REPORT, Ability.CHECK_CLASS_REPORT, seen_by=READING)
@require_POST
def class_file(request: Request, pk: UUID) -> HttpResponse:
    report = fetch_to_file(request, pk)
    head = ClassForm(request.POST)
    sheet = Sheet(head, residents_of(report), data=request.POST)
    asked: list[Student] = []
    try:
        raise_alarm_for_line(request, report, sheet)
        if sheet.is_valid():
            sent = {"entry": head.entry(sheet.entries()), "calmed": sheet.calmed(), **head.sent()}
            file_class_report(report=report, by=request.user, at=timezone.now(), **sent)
            return redirect("reporting:report-done", pk)
    except Refused as refused:
        asked = refuse(head, refused, report)
    return form_page(request, report, sheet, status=UNPROCESSABLE, asked=asked)


@requires(Ability.FILE_CLASS_REPORT, Ability.CHECK_CLASS_REPORT, seen_by=READING)
@require_POST
def class_draft(request: Request, pk: UUID) -> HttpResponse:
    report = fetch_to_file(request, pk)
    head = ClassForm(request.POST)
    sheet = Sheet(head, residents_of(report), data=request.POST)
    try:
        if head.is_valid():
            save_draft(report=report, entry=head.entry([]), by=request.user, at=timezone.now())
            messages.success(request, _("Kept as a draft. The weather of single students is kept when you file."))
    except Refused as refused:
        refuse(head, refused, report)
    return form_page(request, report, sheet, status=UNPROCESSABLE if head.errors else 200)


def overview(request: Request, report: Report) -> dict[str, Any]:
    """The dorms of the class, its figures, and the lines below clear weather as far as the reader may see them."""
    at = timezone.now()
    figures = total(count(cycle=report.cycle, at=at, school_class=report.unit).values())
    sight = policies.report_sight_of(request.user, report)
    published = {} if sight.exact else published_of(report.cycle, [report.unit_id])
    cells = seen(figures, published.get(report.unit_id), sight)
    dorms = list(dorm_reports(report))
    return {
        "dorms": dorms,
        "arrived": sum(dorm.has_arrived for dorm in dorms),
        "figures": figures,
        "cells": cells,
        "bar": weather_bar(cells, figures.students),
        "lines": concerned_lines(request, report) if sight.exact else None,
        "may_read_flags": sight.exact_flags,
        "may_read_words": policies.may_read_words(request.user, report),
        "may_open_dorms": policies.may_open_dorms(request.user, report),
        "may_chase": policies.holds(request.user, Ability.CHECK_DORM_REPORT, report),
        "duty_phone": duty_phone(report.school_id),
        "at": at,
    }


def dorm_reports(report: Report) -> QuerySet[Report]:
    dorms = report.cycle.reports.current().filter(level=Level.DORM, school_class=report.unit_id)
    return dorms.select_related("unit", "filed_by").order_by("unit__code")


def concerned_lines(request: Request, report: Report) -> QuerySet[Line]:
    lines = Line.objects.visible_to(request.user, *LINES).current().concerned()
    return lines.filter(cycle=report.cycle_id, school_class=report.unit_id).select_related("student", "dorm")
