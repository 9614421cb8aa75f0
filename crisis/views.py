from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from crisis.forms import AcknowledgeForm
from crisis.models import Alarm
from crisis.services import acknowledge
from network.access import needs
from network.models import Student, User
from network.rules import Ability
from network.services import record_look, stated_purpose
from portal.kernel import audit
from portal.kernel.errors import Refused

PAGE_SIZE = 50
UNPROCESSABLE = 422
STUDENT_PART = "crisis/student_alarms.html"
STUDENT_SECTION = "network/student_section.html"
JOINED = ("student__school_class", "college", "school_class", "dorm", "raised_by", "acknowledged_by")


class Request(HttpRequest):
    user: User


@needs(Ability.HANDLE_ALARM)
@require_GET
def alarm_list(request: Request) -> HttpResponse:
    at = timezone.now()
    alarms = Alarm.objects.visible_to(request.user, Ability.HANDLE_ALARM).select_related(*JOINED)
    ordered = alarms.defer("evidence", "action_taken").order_by(
        F("acknowledged_at").desc(nulls_first=True), "-raised_at"
    )
    page = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("page"))
    audit.record(action="alarm.list", by=request.user, at=at, detail={"rows": len(page)})
    return render(
        request, "crisis/alarm_list.html", {"page": page, "waiting": alarms.unacknowledged().count(), "at": at}
    )


@needs(Ability.HANDLE_ALARM)
@require_GET
def alarm_detail(request: Request, pk: UUID) -> HttpResponse:
    return _page(request, _fetch(request, pk), AcknowledgeForm())


@needs(Ability.HANDLE_ALARM)
@require_POST
def alarm_acknowledge(request: Request, pk: UUID) -> HttpResponse:
    alarm = _fetch(request, pk)
    form = AcknowledgeForm(request.POST)
    try:
        if form.is_valid():
            acknowledge(alarm=alarm, action_taken=form.cleaned_data["action_taken"], by=request.user, at=timezone.now())
            messages.success(request, _("You have taken this on. Everybody who was called sees your name now."))
            return redirect("crisis:alarm-detail", pk)
    except Refused as refused:
        form.add_error(None, str(refused.message))
    return _page(request, _fetch(request, pk), form, status=UNPROCESSABLE)


@needs(Ability.HANDLE_ALARM)
@never_cache
@require_GET
def student_alarms(request: Request, pk: UUID) -> HttpResponse:
    visible = Student.objects.visible_to(request.user, Ability.HANDLE_ALARM)
    student = get_object_or_404(visible.select_related("school_class"), pk=pk)
    alarms = Alarm.objects.visible_to(request.user, Ability.HANDLE_ALARM).filter(student=student)
    alarms = alarms.select_related("acknowledged_by").defer("evidence", "action_taken")[:PAGE_SIZE]
    look: dict[str, Any] = {"student": student, "by": request.user, "purpose": stated_purpose(request.session)}
    record_look(action="alarm.list", at=timezone.now(), detail={"rows": len(alarms)}, **look)
    context = {"student": student, "alarms": alarms, "title": _("Alarms"), "part": STUDENT_PART}
    return render(request, STUDENT_PART if request.headers.get("HX-Request") else STUDENT_SECTION, context)


def _fetch(request: Request, pk: UUID) -> Alarm:
    alarms = Alarm.objects.visible_to(request.user, Ability.HANDLE_ALARM).select_related(*JOINED)
    alarm: Alarm = get_object_or_404(alarms, pk=pk)
    return alarm


def _page(request: Request, alarm: Alarm, form: AcknowledgeForm, *, status: int = 200) -> HttpResponse:
    """Record the reading, then show the alarm with the phone numbers that are needed now."""
    at = timezone.now()
    purpose = stated_purpose(request.session)
    record_look(action="alarm.read", student=alarm.student, by=request.user, at=at, purpose=purpose, obj=alarm)
    return render(request, "crisis/alarm_detail.html", {"alarm": alarm, "form": form, "at": at}, status=status)
