from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime, now

from kernel import audit_labels
from kernel.models import AuditEvent
from kernel.web import Request, page_of, require_GET, require_POST
from network.access import requires
from network.models import Unit
from network.models.labels import ROLE_LABELS
from network.rules import Ability, Role
from portal.audit_log import AuditFilter, events_open_to, export_events, subject_in

EVENTS_A_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Ability.VIEW_AUDIT)
@require_GET
def audit_list(request: Request) -> HttpResponse:
    form, schools = AuditFilter(request.GET), _auditor_schools(request)
    events = form.apply(events_open_to(schools), subject_of=subject_in(schools)).newest_first()
    page = page_of(request, events, EVENTS_A_PAGE)
    labels = audit_labels.actions()
    rows = [(event, labels.get(event.action, event.action), _role_and_purpose(event)) for event in page]
    context = {"form": form, "page": page, "rows": rows, "filtered": bool(form.asked)}
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


def _role_and_purpose(event: AuditEvent) -> list[Any]:
    role = ROLE_LABELS[Role(event.role)] if event.role in set(Role) else event.role
    return [word for word in (role, audit_labels.purposes().get(event.purpose, event.purpose)) if word]


def _auditor_schools(request: Request) -> list[Any]:
    return list(Unit.objects.schools().visible_to(request.user, Ability.VIEW_AUDIT))
