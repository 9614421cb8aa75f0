from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, require_POST
from network.access import requires
from network.models import Student
from network.rules import Ability
from reporting import policies
from reporting.forms import FilingForm, Sheet, calmed_in, first_filing
from reporting.models import Report
from reporting.rules.dorm_lines import Status
from reporting.rules.filing import READING
from reporting.services import file_dorm_report
from reporting.services.calendars import duty_phone
from reporting.services.residents import residents_of
from reporting.views.pages import fetch_to_file, raise_alarm_for_line, refuse, show


def form_page(
    request: Request, report: Report, sheet: Sheet | None = None, *, status: int = 200, **shown: Any
) -> HttpResponse:
    """The page's two forms, each with an id of its own: what one of them filed says nothing about the other.
    `shown`: the form of the one tap when that was refused, and the students each form has to ask about."""
    if sheet is None:
        sheet = Sheet(FilingForm(initial=first_filing(report)), residents_of(report), report.lines.current())
    context = {
        "sheet": sheet,
        "well": FilingForm(initial=first_filing(report), auto_id="well_%s"),
        "duty_phone": duty_phone(report.school_id),
        "faulty": sheet.faulty(),
        **shown,
    }
    return show(request, "reporting/dorm_file.html", report, context, status=status)


def read_page(request: Request, report: Report) -> HttpResponse:
    may_read = policies.may_read_flags(request.user, report)
    lines = report.lines.current().select_related("student", "school_class") if may_read else None
    thunder = lines is not None and any(line.status == Status.THUNDER for line in lines)
    context = {
        "lines": lines,
        "thunder": thunder,
        "duty_phone": duty_phone(report.school_id),
        "may_read_words": policies.may_read_words(request.user, report),
    }
    return show(request, "reporting/dorm_read.html", report, context)


@requires(Ability.FILE_DORM_REPORT, Ability.CHECK_DORM_REPORT, seen_by=READING)
@require_POST
def dorm_file(request: Request, pk: UUID) -> HttpResponse:
    report = fetch_to_file(request, pk)
    head = FilingForm(request.POST)
    sheet = Sheet(head, residents_of(report), data=request.POST)
    asked: list[Student] = []
    try:
        raise_alarm_for_line(request, report, sheet)
        if sheet.is_valid():
            sent = {"entries": sheet.entries(), "all_well": False, "calmed": sheet.calmed(), **head.sent()}
            file_dorm_report(report=report, by=request.user, at=timezone.now(), **sent)
            return redirect("reporting:report-done", pk)
    except Refused as refused:
        asked = refuse(head, refused, report)
    return form_page(request, report, sheet, status=UNPROCESSABLE, asked=asked)


@requires(Ability.FILE_DORM_REPORT, Ability.CHECK_DORM_REPORT, seen_by=READING)
@require_POST
def dorm_well(request: Request, pk: UUID) -> HttpResponse:
    report = fetch_to_file(request, pk)
    well = FilingForm(request.POST, auto_id="well_%s")
    asked: list[Student] = []
    try:
        if well.is_valid():
            sent = {"entries": (), "all_well": True, "calmed": calmed_in(request.POST), **well.sent()}
            file_dorm_report(report=report, by=request.user, at=timezone.now(), **sent)
            return redirect("reporting:report-done", pk)
    except Refused as refused:
        asked = refuse(well, refused, report)
    return form_page(request, report, status=UNPROCESSABLE, well=well, asked_well=asked)
