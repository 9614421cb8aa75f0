from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kernel.web import Request, require_GET
from network.access import requires, sealed
from network.models import BreakGlass, Student
from network.policies import may_break_glass
from network.rules import Ability
from network.rules.access_log import BREAK_GLASS, Sealed
from network.services import active_break_glass, record_look, stated_purpose
from reporting import policies
from reporting.models import Line

MONTHS = 24
READING = (Ability.VIEW_LINES, Ability.VIEW_LINE_SUMMARY)
PART = "reporting/student_lines.html"
SECTION = "network/student_section.html"


@requires(*READING)
@sealed
@never_cache
@require_GET
def student_lines(request: Request, pk: UUID) -> HttpResponse:
    student = get_object_or_404(
        Student.objects.visible_to(request.user, *READING).select_related("school_class"), pk=pk
    )
    at, sealed = now(), Sealed.DORM_LINES
    glass = active_break_glass(user=request.user, student=student, kind=sealed, at=at)
    lines = Line.objects.visible_to(request.user, *READING).current().filter(student=student)
    latest = lines.select_related("cycle", "school_class", "dorm").order_by("-cycle__month")[:MONTHS]
    months = [_month(request, line, glass) for line in latest]
    purpose = BREAK_GLASS if glass else stated_purpose(request.session)
    detail = {"rows": len(months), "words": sum(bool(month["words"]) for month in months)}
    record_look(action="line.read", student=student, by=request.user, at=at, purpose=purpose, detail=detail)
    sealed_from = may_break_glass(request.user, student, sealed) and glass is None
    context = {
        "student": student,
        "months": months,
        "glass": glass,
        "glass_url": reverse("network:student-break-glass", args=[pk, sealed.value]) if sealed_from else "",
        "title": _("Monthly reports"),
        "part": PART,
    }
    return render(request, PART if request.headers.get("HX-Request") else SECTION, context)


def _month(request: Request, line: Line, glass: BreakGlass | None) -> dict[str, Any]:
    may_read_words = policies.may_read_words_of(request.user, line) or glass is not None
    return {
        "line": line,
        "flags": line.flags() if policies.may_read_flags_of(request.user, line) else [],
        "words": line.observation if may_read_words else "",
    }
