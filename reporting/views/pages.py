"""What all pages of reports share."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from kernel import audit
from kernel.errors import Refused
from kernel.web import Request
from network.models import Student
from network.rules import Level
from reporting import policies
from reporting.forms import FilingForm, LineForm, ReasonForm, Sheet
from reporting.models import Report
from reporting.services import raise_alarm_from_report
from reporting.services.alarms import students_in_thunder
from reporting.services.residents import residents_of, students_named

JOINED = ("cycle", "unit", "school", "college", "school_class", "dorm", "filed_by", "decided_by")


def fetch(request: Request, pk: UUID) -> Report:
    report: Report = get_object_or_404(Report.objects.visible_to(request.user).select_related(*JOINED), pk=pk)
    return report


def fetch_to_file(request: Request, pk: UUID) -> Report:
    """For those who file it; whether it is still open is asked by the service, so that what was typed is kept."""
    report = fetch(request, pk)
    if not policies.is_filer(request.user, report):
        raise PermissionDenied
    return report


def fetch_to_check(request: Request, pk: UUID) -> Report:
    report = fetch(request, pk)
    if not policies.is_checker(request.user, report):
        raise PermissionDenied
    return report


def refuse(form: FilingForm, refused: Refused, report: Report) -> list[Student]:
    """Say no beside the form; the next sending counts as a new one, written with the newest filing in view. Returns the
    students of whom the page has to ask whether they are clear again."""
    form.add_error(None, str(refused.message))
    report.refresh_from_db(fields=["revision", "state"])
    form.renew(report)
    if refused.code != "thunder-before":
        return []
    return students_in_thunder(report, residents_of(report), at=timezone.now())


def raise_alarm_for_line(request: Request, report: Report, sheet: Sheet) -> None:
    """Alarms go out before the form is validated: an emergency does not wait for a correct form."""
    left = students_named(report, sheet.left_in_thunder())
    for form in [*sheet.in_thunder(), *(LineForm(student, sheet.data) for student in left)]:
        try:
            raise_alarm_from_report(
                report=report, student_id=form.student.pk, evidence=form.evidence, by=request.user, at=timezone.now()
            )
        except Refused as refused:
            # One that may not go out must not stop the others.
            messages.error(request, str(refused.message))


def show(
    request: Request, template: str, report: Report, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Record the reading, then render."""
    detail = {"month": str(report.cycle), "level": report.level}
    audit.record(
        action="report.read", by=request.user, at=timezone.now(), obj=report, unit=report.unit.code, detail=detail
    )
    shared = {
        "report": report,
        "cycle": report.cycle,
        "due_at": report.cycle.due_at(Level(report.level)),
        **rights(request, report),
    }
    return render(request, template, {**shared, **context}, status=status)


def rights(request: Request, report: Report) -> dict[str, Any]:
    """What the reader may do here."""
    user = request.user
    return {
        "may_file": policies.may_file(user, report),
        "may_accept": policies.may_accept(user, report),
        "may_send_back": policies.may_send_back(user, report),
        "may_correct": policies.may_correct(user, report),
        "may_raise_alarm": policies.may_raise_alarm(user, report),
        "reason_form": ReasonForm(),
    }
