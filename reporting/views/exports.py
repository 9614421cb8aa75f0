from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from kernel.errors import Refused
from kernel.periods import Month
from kernel.web import Request, page_of, require_GET, require_POST
from network.access import requires
from network.models import Unit
from network.rules import Ability, Level
from reporting.models import SummaryExport
from reporting.services.exports import read_export, start_export
from reporting.services.plots import page_url


@requires(Ability.EXPORT_SUMMARY)
@require_POST
def export_start(request: Request) -> HttpResponse:
    units = Unit.objects.visible_to(request.user, Ability.EXPORT_SUMMARY).exclude(level=Level.DORM)
    unit = get_object_or_404(units, code=request.POST.get("unit", ""))
    try:
        month = Month.parse(request.POST.get("month", ""))
    except ValueError as error:
        raise Http404 from error
    try:
        job = start_export(unit=unit, month=month, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(page_url(unit.code, month))
    return redirect("job-detail", pk=job.pk)


@requires(Ability.EXPORT_SUMMARY)
@require_GET
def export_list(request: Request) -> HttpResponse:
    exports = SummaryExport.objects.visible_to(request.user).select_related("unit").defer("content")
    page = page_of(request, exports)
    return render(request, "reporting/export_list.html", {"page": page})


@requires(Ability.EXPORT_SUMMARY)
@require_GET
def export_download(request: Request, pk: UUID) -> HttpResponse:
    export = get_object_or_404(SummaryExport.objects.visible_to(request.user).select_related("unit"), pk=pk)
    content = read_export(export=export, by=request.user, at=timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="{export.file_name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
