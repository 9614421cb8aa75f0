from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import Error as DatabaseFailure
from django.db import connection
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from crisis.services.alarms import watchdog
from kernel import jobs, notices
from kernel.errors import Refused
from kernel.models import AuditEvent, Job, Notice
from kernel.web import Request, page_of, require_GET, require_POST
from network.access import own, public, requires
from network.models import Student, Unit
from network.models.labels import ROLE_LABELS
from network.rules import Ability, Role
from network.services import looks_at
from portal.access_table import table
from portal.audit_log import events_open_to, export_events, subject_in
from portal.forms import ACTIONS, PURPOSES, AccessFilter, AuditFilter
from portal.student_file import told_by_day

NOTICES_A_PAGE = 50
EVENTS_A_PAGE = 100
LOOKS_A_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@public
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseFailure:
        return JsonResponse({"status": "down"}, status=503)
    return JsonResponse({"status": "ok"})


@public
@require_GET
def healthz_alarms(request: HttpRequest) -> JsonResponse:
    try:
        troubles = watchdog.troubles(at=now())
    except DatabaseFailure:
        return JsonResponse({"status": "down"}, status=503)
    told = [{"what": one.what.value, "count": one.count, "since": one.since} for one in troubles]
    return JsonResponse({"status": "stuck" if told else "ok", "troubles": told}, status=503 if told else 200)


@own
@require_GET
def notice_list(request: Request) -> HttpResponse:
    own = Notice.objects.for_user(request.user)
    unread_only = request.GET.get("show") == "unread"
    shown = own.unread() if unread_only else own
    unread_first = shown.order_by(F("read_at").desc(nulls_first=True), "-urgent", "-created_at", "pk")
    page = page_of(request, unread_first, NOTICES_A_PAGE)
    context = {"page": page, "unread_only": unread_only, "waiting": own.unread().count()}
    return render(request, "portal/notice_list.html", context)


@own
@require_POST
def notice_open(request: Request, pk: UUID) -> HttpResponse:
    notice = get_object_or_404(Notice.objects.for_user(request.user), pk=pk)
    notices.mark_read(by=request.user, at=now(), ids=[notice.pk])
    inside = url_has_allowed_host_and_scheme(notice.link, allowed_hosts=None)
    return redirect(notice.link if inside else "notices")


@own
@require_POST
def notice_read_all(request: Request) -> HttpResponse:
    notices.mark_read(by=request.user, at=now())
    messages.success(request, _("All notices are marked as read."))
    return redirect("notices")


@own
@require_GET
def job_detail(request: Request, pk: UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.started_by(request.user), pk=pk)
    template = "portal/job_part.html" if request.headers.get("HX-Request") else "portal/job_detail.html"
    return render(request, template, {"job": job})


@own
@require_POST
def job_retry(request: Request, pk: UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.started_by(request.user), pk=pk)
    try:
        jobs.retry(job=job, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("job-detail", pk=pk)


@own
@never_cache
@require_GET
def look_list(request: Request) -> HttpResponse:
    student = get_object_or_404(Student.objects.for_user(request.user))
    looks = looks_at(student=student, at=now()).only("at", "action", "object_type", "role", "purpose")
    page = page_of(request, told_by_day(looks.iterator()), LOOKS_A_PAGE)
    return render(request, "portal/look_list.html", {"page": page})


@requires(Ability.VIEW_AUDIT)
@require_GET
def audit_list(request: Request) -> HttpResponse:
    form, schools = AuditFilter(request.GET), _auditor_schools(request)
    events = form.apply(events_open_to(schools), subject_of=subject_in(schools)).newest_first()
    page = page_of(request, events, EVENTS_A_PAGE)
    rows = [(event, ACTIONS.get(event.action, event.action), _role_and_purpose(event)) for event in page]
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
    return [word for word in (role, PURPOSES.get(event.purpose, event.purpose)) if word]


@requires(Ability.VIEW_AUDIT, Ability.MANAGE_ACCESS)
@require_GET
def access_table(request: Request) -> HttpResponse:
    form = AccessFilter(request.GET)
    context = {"form": form, "chips": form.chips(request), "rows": form.apply(table())}
    return render(request, "portal/access_table.html", context)


def _auditor_schools(request: Request) -> list[Any]:
    return list(Unit.objects.schools().visible_to(request.user, Ability.VIEW_AUDIT))
