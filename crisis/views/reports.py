from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crisis.forms import CaseReportForm
from crisis.forms.reports import said
from crisis.models import Case, CrisisReport
from crisis.rules import Kind
from crisis.services.cases.reports import content_of, file_report, prefilled, save_draft
from crisis.views.shared import READING, WRITING, fetch_case, fetch_to_write
from kernel.web import Request, perform, require_GET, require_http_methods
from network.access import requires
from network.services import record_look


@requires(*WRITING, seen_by=READING)
@require_http_methods(["GET", "POST"])
def case_report(request: Request, pk: UUID) -> HttpResponse:
    case = fetch_to_write(request, pk)
    at = timezone.now()
    report = _meant(request, case)
    kind = Kind(report.kind)
    form = CaseReportForm(kind, request.POST or None, initial=prefilled(report, at=at))

    def page(status: int) -> HttpResponse:
        record_look(action="case.read", student=case.student, by=request.user, at=at, purpose="report", obj=case)
        context = {"case": case, "report": report, "form": form, "at": at}
        return render(request, "crisis/case_report.html", context, status=status)

    if request.method == "GET":
        return page(200)
    if "draft" in request.POST and form.is_valid():
        save_draft(report=report, content=form.cleaned_data, by=request.user, at=at)
        messages.success(request, _("Kept as a draft."))
        return redirect("crisis:case-report", pk)

    def act() -> None:
        file_report(report=report, content=form.cleaned_data, by=request.user, at=at)

    done = gettext_lazy("Filed, thank you. The next report has its day already.")
    return perform(request, form, act, done=done, to=reverse("crisis:case-detail", args=[pk]), page=page)


@requires(*READING)
@require_GET
def case_report_read(request: Request, pk: UUID, report: UUID) -> HttpResponse:
    case = fetch_case(request, pk)
    filed = CrisisReport.objects.visible_to(request.user).filed().select_related("filed_by")
    row: CrisisReport = get_object_or_404(filed, case=case, pk=report)
    at = timezone.now()
    record_look(action="case.read", student=case.student, by=request.user, at=at, purpose="report", obj=case)
    context = {"case": case, "report": row, "said": said(Kind(row.kind), content_of(row))}
    return render(request, "crisis/case_report_read.html", context)


def _meant(request: Request, case: Case) -> CrisisReport:
    """The report that the form was written for, or the one owed now; a closed case owes none."""
    asked = request.POST.get("report", "")
    reports = CrisisReport.objects.visible_to(request.user).filter(case=case).select_related("case", "filed_by")
    report: CrisisReport | None = reports.filter(pk=asked).first() if _is_uuid(asked) else reports.owed().first()
    if report is None:
        raise Http404
    return report


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
