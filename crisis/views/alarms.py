from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crisis.forms import AcknowledgeForm
from crisis.models import Alarm
from crisis.services import acknowledge
from crisis.views.pages import UNPROCESSABLE, Request
from network.access import needs
from network.rules import Ability
from network.scope import Scope
from portal.kernel import audit
from portal.kernel.errors import Refused

PAGE_SIZE = 50
JOINED = ("student", "school", "college", "school_class", "dorm", "raised_by", "acknowledged_by")


@needs(Ability.HANDLE_ALARM)
@require_GET
def alarm_list(request: Request) -> HttpResponse:
    if Ability.HANDLE_ALARM not in Scope.of(request.user).abilities:
        raise PermissionDenied
    at = timezone.now()
    alarms = Alarm.objects.visible_to(request.user, Ability.HANDLE_ALARM).select_related(*JOINED)
    ordered = alarms.defer("evidence", "action_taken").waiting_first()
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


def _fetch(request: Request, pk: UUID) -> Alarm:
    alarms = Alarm.objects.visible_to(request.user, Ability.HANDLE_ALARM).select_related(*JOINED)
    alarm: Alarm = get_object_or_404(alarms, pk=pk)
    return alarm


def _page(request: Request, alarm: Alarm, form: AcknowledgeForm, *, status: int = 200) -> HttpResponse:
    """Record the reading, then show the alarm with the phone numbers that are needed now."""
    at = timezone.now()
    audit.record(action="alarm.read", by=request.user, at=at, obj=alarm, unit=(alarm.school_class or alarm.school).code)
    return render(request, "crisis/alarm_detail.html", {"alarm": alarm, "form": form, "at": at}, status=status)
