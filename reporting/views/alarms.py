from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.web import UNPROCESSABLE, Request, require_http_methods, require_POST
from network.access import requires
from network.rules import Ability, Level
from reporting import policies
from reporting.forms import AlarmForm, ClassForm, FilingForm, LineForm, Sheet
from reporting.models import Report
from reporting.rules.filing import READING
from reporting.services import raise_alarm_from_report
from reporting.services.calendars import duty_phone
from reporting.services.residents import former_resident, residents_of
from reporting.views import classes, dorms
from reporting.views.pages import fetch, show

# Whoever files or checks the reports of dorms and classes may raise an alarm from them.
RAISING = (
    Ability.FILE_DORM_REPORT,
    Ability.CHECK_DORM_REPORT,
    Ability.FILE_CLASS_REPORT,
    Ability.CHECK_CLASS_REPORT,
)


@requires(*RAISING, seen_by=READING)
@require_http_methods(["GET", "POST"])
def alarm_raise(request: Request, pk: UUID) -> HttpResponse:
    report = fetch_to_raise_alarm(request, pk)
    form = AlarmForm(residents_of(report), request.POST or None)
    if form.is_bound and form.is_valid():
        student = UUID(form.cleaned_data["student_id"])
        raise_alarm_from_report(
            report=report, student_id=student, evidence=form.evidence, by=request.user, at=timezone.now()
        )
        return redirect(reverse("reporting:alarm-raise", args=[pk]) + "?sent")
    context = {"form": form, "duty_phone": duty_phone(report.school_id), "sent": "sent" in request.GET}
    status = UNPROCESSABLE if form.is_bound else 200
    return show(request, "reporting/alarm_raise.html", report, context, status=status)


@requires(*RAISING, seen_by=READING)
@require_POST
def line_alarm_raise(request: Request, pk: UUID, student: UUID) -> HttpResponse:
    report = fetch_to_raise_alarm(request, pk)
    is_dorm = report.level == Level.DORM
    head = FilingForm(request.POST) if is_dorm else ClassForm(request.POST)
    sheet = Sheet(head, residents_of(report), data=request.POST)
    residents = {line.student.pk: line.student for line in sheet.lines}
    resident = residents.get(student) or former_resident(report, student)
    if resident is None:
        raise Http404
    # The words count whatever else the page sent, or left out.
    form = LineForm(resident, request.POST)
    raise_alarm_from_report(
        report=report, student_id=student, evidence=form.evidence, by=request.user, at=timezone.now()
    )
    messages.success(
        request, _("The alarm has gone out. Stay with them if you can, and go on here when there is time.")
    )
    form_page = dorms.form_page if is_dorm else classes.form_page
    return form_page(request, report, sheet)


def fetch_to_raise_alarm(request: Request, pk: UUID) -> Report:
    report = fetch(request, pk)
    if not policies.may_raise_alarm(request.user, report):
        raise PermissionDenied
    return report
