"""Session notes through a glass, and what a college was told."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache

from counseling.models import CollegeMessage
from counseling.services.notes import read_through_glass
from kernel.web import Request, require_GET
from network.access import requires, sealed
from network.models import Student
from network.rules import Ability
from network.services import record_look


@requires(Ability.ARRANGE_COUNSELING)
@sealed
@never_cache
@require_GET
def student_notes(request: Request, pk: UUID) -> HttpResponse:
    students = Student.objects.visible_to(request.user, Ability.ARRANGE_COUNSELING)
    student = get_object_or_404(students.select_related("school", "school_class"), pk=pk)
    notes = read_through_glass(student=student, by=request.user, at=now())
    if notes is None:
        # SECURITY: the same for everybody, whether there are notes or not.
        raise PermissionDenied
    return render(request, "counseling/center/student_notes.html", {"student": student, "notes": notes})


@requires(Ability.HANDLE_ALARM)
@never_cache
@require_GET
def college_told(request: Request, pk: UUID) -> HttpResponse:
    rows = CollegeMessage.objects.told_to(request.user).select_related("student__school", "school_class")
    row = get_object_or_404(rows, pk=pk)
    record_look(action="message.read", student=row.student, by=request.user, at=now(), discreet=True)
    return render(request, "counseling/center/college_told.html", {"row": row})
