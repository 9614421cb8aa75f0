from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_GET

from network.access import needs
from network.forms.students import StudentFilter
from network.models import Student, Unit
from network.rules import Ability
from network.scope import Scope
from network.views.requests import Request
from portal.kernel import audit

A_PAGE = 50


@needs(Ability.VIEW_ROSTER, Ability.VIEW_NAMES)
@require_GET
def student_list(request: Request) -> HttpResponse:
    ability = _ability(request)
    units = Unit.objects.visible_to(request.user, ability)
    form = StudentFilter(request.GET, units=units, narrow=ability is Ability.VIEW_NAMES)
    students = form.apply(Student.objects.visible_to(request.user, ability).select_related("school_class", "dorm"))
    page = Paginator(students, A_PAGE).get_page(request.GET.get("page"))
    detail = {"filters": form.asked, "page": page.number, "rows": len(page.object_list)}
    audit.record(action="student.list", by=request.user, at=now(), detail=detail)
    context = {"form": form, "page": page, "chips": form.chips(request), "full": ability is Ability.VIEW_ROSTER}
    return render(request, "network/student_list.html", context)


@needs(Ability.VIEW_ROSTER, Ability.VIEW_NAMES)
@require_GET
def student_detail(request: Request, pk: UUID) -> HttpResponse:
    visible = Student.objects.visible_to(request.user, Ability.VIEW_ROSTER, Ability.VIEW_NAMES)
    student = get_object_or_404(visible.select_related("user", "school_class", "college", "dorm"), pk=pk)
    full = Student.objects.visible_to(request.user, Ability.VIEW_ROSTER).filter(pk=pk).exists()
    audit.record(action="student.read", by=request.user, at=now(), obj=student, unit=student.school_class.code)
    context = {
        "student": student,
        "full": full,
        "history": student.placements.select_related("school_class", "dorm").order_by("-starts_on") if full else [],
        "posts": student.user.posts.active(localdate()).select_related("unit"),
    }
    return render(request, "network/student_detail.html", context)


def _ability(request: Request) -> Ability:
    held = Scope.of(request.user).abilities
    for ability in (Ability.VIEW_ROSTER, Ability.VIEW_NAMES):
        if ability in held:
            return ability
    raise PermissionDenied
