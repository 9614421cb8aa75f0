from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime, now

from kernel.web import Request, page_of, require_GET, require_POST
from network.access import requires
from network.models import Unit
from network.rules import Ability
from portal.audit_log import AuditFilter, events_open_to, export_events, subject_in
from portal.audit_sentences import sentences_of

EVENTS_A_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Ability.VIEW_AUDIT)
@require_GET
def audit_list(request: Request) -> HttpResponse:
    form, schools = AuditFilter(request.GET), _auditor_schools(request)
    events = form.apply(events_open_to(schools), subject_of=subject_in(schools)).newest_first()
    page = page_of(request, events, EVENTS_A_PAGE)
    context = {"form": form, "page": page, "rows": sentences_of(page), "filtered": bool(form.asked)}
    return render(request, "portal/audit_list.html", context)


@requires(Ability.VIEW_AUDIT)
@require_POST
def audit_export(request: Request) -> HttpResponse:
    schools = _auditor_schools(request)
    form = AuditFilter(request.GET)
    events = form.apply(events_open_to(schools), subject_of=subject_in(schools)).newest_first()
    content = export_events(events=events, unit=schools[0], by=request.user, at=now())
    name = f"audit-{localtime():%Y%m%d-%H%M}.xlsx"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _auditor_schools(request: Request) -> list[Any]:
    return list(Unit.objects.schools().visible_to(request.user, Ability.VIEW_AUDIT))
