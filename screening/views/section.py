from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.utils.translation import gettext as _

from kernel.web import Request, require_GET
from network.access import requires
from network.rules import Ability
from network.services import record_look, stated_purpose
from screening.services.student_section import section_for, students_for

STUDENT_PART = "screening/student_section.html"
STUDENT_SECTION = "network/student_section.html"
SEES = (
    Ability.VIEW_SCREENING_LEVEL,
    Ability.VIEW_SCREENING_TASK,
    Ability.VIEW_SCREENING_FACTORS,
    Ability.HOLD_INTERVIEW,
)


@requires(*SEES)
@require_GET
def student_section(request: Request, pk: UUID) -> HttpResponse:
    """The part of the student file that screening fills; each look is recorded."""
    student = get_object_or_404(students_for(request.user).select_related("school_class", "school"), pk=pk)
    section = section_for(student, request.user)
    record_look(
        action="screening.read", student=student, by=request.user, at=now(), purpose=stated_purpose(request.session)
    )
    context = {"student": student, "section": section, "title": _("Screening"), "part": STUDENT_PART}
    return render(request, STUDENT_PART if request.headers.get("HX-Request") else STUDENT_SECTION, context)
