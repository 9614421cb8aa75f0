from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kernel.errors import Refused
from kernel.web import Request, require_http_methods
from network.access import requires
from network.forms.access_log import DelayForm
from network.models import DisclosureDelay, Student
from network.policies import may_delay_disclosure
from network.rules import Ability
from network.services import delay_disclosure, record_look, stated_purpose

PART = "network/privacy/student_delay.html"
SECTION = "network/student_section.html"


@requires(Ability.HANDLE_ALARM)
@never_cache
@require_http_methods(["GET", "POST"])
def student_delay(request: Request, pk: UUID) -> HttpResponse:
    visible = Student.objects.visible_to(request.user, Ability.HANDLE_ALARM)
    student = get_object_or_404(visible.select_related("school_class"), pk=pk)
    if not may_delay_disclosure(request.user, student):
        raise PermissionDenied
    form = DelayForm(request.POST or None, today=localdate())
    if form.is_valid() and _delayed(request, student, form):
        messages.success(request, _("Noted. The student sees these looks from that day on."))
        return redirect("network:student-detail", pk=pk)
    purpose = stated_purpose(request.session)
    record_look(action="look.read_delay", student=student, by=request.user, at=now(), purpose=purpose)
    return _page(request, student, form)


def _delayed(request: Request, student: Student, form: DelayForm) -> bool:
    entered = form.cleaned_data
    try:
        delay_disclosure(
            student=student, ends_on=entered["ends_on"], reason=entered["reason"], by=request.user, at=now()
        )
    except Refused as refused:
        form.add_error(None, str(refused.message))
    return not form.errors


def _page(request: Request, student: Student, form: DelayForm) -> HttpResponse:
    visible = DisclosureDelay.objects.visible_to(request.user, Ability.HANDLE_ALARM).select_related("set_by")
    delay = visible.newest_of(student)
    context: dict[str, Any] = {
        "student": student,
        "form": form,
        "delay": delay,
        "is_in_force": delay is not None and delay.ends_on > localdate(),
        "title": _("What the student sees of looks"),
        "part": PART,
    }
    template = PART if request.headers.get("HX-Request") else SECTION
    return render(request, template, context, status=422 if form.is_bound else 200)
