from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from kernel.web import Request, page_of, require_GET
from network.access import requires
from network.models.labels import LEVEL_LABELS
from network.rules import Level
from reporting import policies
from reporting.models import Report
from reporting.rules.dorm_lines import Status
from reporting.rules.filing import FILING_LEVELS, READING
from reporting.services.alarms import followers_of
from reporting.services.calendars import duty_phone
from reporting.views import classes, colleges, dorms
from reporting.views.pages import fetch, show

Page = Callable[[Request, Report], HttpResponse]
PAGES: dict[Level, tuple[Page, Page]] = {
    Level.DORM: (dorms.form_page, dorms.read_page),
    Level.CLASS: (classes.form_page, classes.read_page),
    Level.COLLEGE: (colleges.form_page, colleges.read_page),
}


@requires(*READING)
@require_GET
def report_list(request: Request) -> HttpResponse:
    reports = Report.objects.visible_to(request.user).current()
    levels = {level for level in FILING_LEVELS if reports.filter(level=level).exists()}
    here = request.GET.get("level", "")
    chosen = here if here in levels else next((level for level in reversed(FILING_LEVELS) if level in levels), "")
    tabs = [
        {"url": f"?level={level}", "label": LEVEL_LABELS[level], "active": level == chosen}
        for level in reversed(FILING_LEVELS)
        if level in levels
    ]
    rows = reports.filter(level=chosen).select_related("unit", "cycle").order_by("-cycle__month", "unit__code")
    page = page_of(request, rows)
    return render(request, "reporting/report_list.html", {"page": page, "tabs": tabs})


@requires(*READING)
@require_GET
def report_detail(request: Request, pk: UUID) -> HttpResponse:
    report = fetch(request, pk)
    form_page, read_page = PAGES[Level(report.level)]
    writing = not report.has_arrived or "change" in request.GET
    if writing and policies.may_file(request.user, report):
        return form_page(request, report)
    return read_page(request, report)


@requires(*READING)
@require_GET
def report_done(request: Request, pk: UUID) -> HttpResponse:
    report = fetch(request, pk)
    if not report.has_arrived:
        return redirect("reporting:report-detail", pk)
    lines = report.lines.current()
    rainy = lines.filter(status=Status.RAIN)
    context = {
        "thunder": lines.filter(status=Status.THUNDER).exists(),
        "rain": report.level != Level.COLLEGE and rainy.exists(),
        "followers": followers_of(rainy, on=timezone.localdate()),
        "duty_phone": duty_phone(report.school_id),
    }
    return show(request, "reporting/report_done.html", report, context)
