from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import Error as DatabaseFailure
from django.db import connection
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crisis.services import watchdog
from network.access import public
from network.models import Unit, User
from network.rules import Ability
from portal.auditing import events_open_to, export_events
from portal.forms import ACTIONS, AuditFilter
from portal.kernel import jobs, notices
from portal.kernel.errors import Refused
from portal.kernel.models import Job, Notice

NOTICES_A_PAGE = 50
EVENTS_A_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Request(HttpRequest):
    """A request that the sign-in middleware has let through."""

    user: User


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseFailure:
        return JsonResponse({"status": "down"}, status=503)
    return JsonResponse({"status": "ok"})


@public
@login_not_required
@require_GET
def healthz_alarms(request: HttpRequest) -> JsonResponse:
    try:
        troubles = watchdog.troubles(at=now())
    except DatabaseFailure:
        return JsonResponse({"status": "down"}, status=503)
    told = [{"what": one.what.value, "count": one.count, "since": one.since} for one in troubles]
    return JsonResponse({"status": "stuck" if told else "ok", "troubles": told}, status=503 if told else 200)


@require_GET
def notice_list(request: Request) -> HttpResponse:
    own = Notice.objects.for_user(request.user)
    unread_only = request.GET.get("show") == "unread"
    shown = own.unread() if unread_only else own
    unread_first = shown.order_by(F("read_at").desc(nulls_first=True), "-urgent", "-created_at", "pk")
    page = Paginator(unread_first, NOTICES_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "unread_only": unread_only, "waiting": own.unread().count()}
    return render(request, "portal/notice_list.html", context)


@require_POST
def notice_open(request: Request, pk: UUID) -> HttpResponse:
    notice = get_object_or_404(Notice.objects.for_user(request.user), pk=pk)
    notices.mark_read(by=request.user, at=now(), ids=[notice.pk])
    inside = url_has_allowed_host_and_scheme(notice.link, allowed_hosts=None)
    return redirect(notice.link if inside else "notices")


@require_POST
def notice_read_all(request: Request) -> HttpResponse:
    notices.mark_read(by=request.user, at=now())
    messages.success(request, _("All notices are marked as read."))
    return redirect("notices")


@require_GET
def job_detail(request: Request, pk: UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.started_by(request.user), pk=pk)
    template = "portal/job_part.html" if request.headers.get("HX-Request") else "portal/job_detail.html"
    return render(request, template, {"job": job})


@require_POST
def job_retry(request: Request, pk: UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.started_by(request.user), pk=pk)
    try:
        jobs.retry(job=job, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("job-detail", pk=pk)


@require_GET
def audit_list(request: Request) -> HttpResponse:
    form = AuditFilter(request.GET)
    events = form.apply(events_open_to(_auditor_schools(request))).newest_first()
    page = Paginator(events, EVENTS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(event, ACTIONS.get(event.action, event.action)) for event in page]
    context = {"form": form, "page": page, "rows": rows, "filtered": bool(form.asked)}
    return render(request, "portal/audit_list.html", context)


@require_POST
def audit_export(request: Request) -> HttpResponse:
    schools = _auditor_schools(request)
    events = AuditFilter(request.GET).apply(events_open_to(schools)).newest_first()
    content = export_events(events=events, unit=schools[0], by=request.user, at=now())
    name = f"audit-{localtime():%Y%m%d-%H%M}.xlsx"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _auditor_schools(request: Request) -> list[Any]:
    schools = list(Unit.objects.schools().visible_to(request.user, Ability.VIEW_AUDIT))
    if not schools:
        raise PermissionDenied
    return schools
