from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from crisis import policies
from crisis.models import Alarm, Case, Return
from crisis.services.center.dashboard import board_of, students_for, summary_of
from crisis.views.shared import CASE_JOINED, READING, require
from kernel import audit
from kernel.web import Request, require_GET
from network.access import requires
from network.models import Student
from network.rules import Ability
from network.services import record_look, stated_purpose

SECTION = (*READING, Ability.HANDLE_ALARM)
STUDENT_PART = "crisis/student_section.html"
STUDENT_SECTION = "network/student_section.html"


@requires(Ability.VIEW_CASES)
@require_GET
def case_dashboard(request: Request) -> HttpResponse:
    require(request, Ability.VIEW_CASES)
    at = timezone.now()
    audit.record(action="case.list", by=request.user, at=at, detail={"page": "desk"})
    board = board_of(user=request.user, at=at)
    return render(request, "crisis/case_dashboard.html", {"board": board, "at": at})


@requires(Ability.VIEW_RED_SUMMARY)
@require_GET
def case_red(request: Request) -> HttpResponse:
    require(request, Ability.VIEW_RED_SUMMARY)
    at = timezone.now()
    audit.record(action="case.list", by=request.user, at=at, detail={"page": "red"})
    cases = Case.objects.summarised_for(request.user).select_related("college").order_by("level_since", "pk")
    return render(request, "crisis/case_red.html", {"cases": cases, "at": at, **summary_of(request.user, at=at)})


@requires(*SECTION)
@require_GET
def student_section(request: Request, pk: UUID) -> HttpResponse:
    """The part of a student's file: their cases and alarms, as far as the reader may know of them."""
    student: Student = get_object_or_404(students_for(request.user).select_related("school_class"), pk=pk)
    at = timezone.now()
    cases = Case.objects.visible_to(request.user).filter(student=student).select_related(*CASE_JOINED)
    alarms = Alarm.objects.visible_to(request.user, Ability.HANDLE_ALARM).filter(student=student)
    record_look(action="case.read", student=student, by=request.user, at=at, purpose=stated_purpose(request.session))
    returns = Return.objects.without_case().visible_to(request.user, Ability.VIEW_CASES).filter(student=student)
    has_open_case = any(case.is_open for case in cases)
    context = {"student": student, "cases": cases, "alarms": alarms[:5], "at": at, "student_returns": returns}
    context["may_leave"] = not has_open_case and policies.may_start_leave(request.user, student)
    context |= {"title": _("Watchlist"), "part": STUDENT_PART}
    return render(request, STUDENT_PART if request.headers.get("HX-Request") else STUDENT_SECTION, context)
