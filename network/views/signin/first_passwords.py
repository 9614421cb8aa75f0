from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kernel.errors import Refused
from kernel.web import Request, require_POST
from network.access import requires
from network.models import AccessRequest, Post, Student, Unit, User
from network.policies import may_appoint, may_help_student
from network.rules import APPOINTING, Role
from network.services import first_passwords_workbook, issue_post_passwords, renew_password
from network.views.people import WAITS, person_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(*APPOINTING)
@require_POST
@never_cache
def first_password_issue(request: Request, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.visible_to(request.user, *APPOINTING), pk=pk)
    try:
        slips = issue_post_passwords(unit=unit, by=request.user, at=now())
    except Refused as refused:
        messages.info(request, str(refused.message))
        return redirect("network:unit-detail", pk=pk)
    name = f"slips-{unit.code}-{localtime():%Y%m%d-%H%M}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(first_passwords_workbook(slips=slips), content_type=XLSX, headers=headers)


@requires(*APPOINTING)
@require_POST
@never_cache
def password_reset(request: Request, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    posts = list(person.posts.active(localdate()).select_related("unit"))
    student = Student.objects.for_user(person).select_related("school_class").first()
    if not _may_try(request, posts, student):
        raise PermissionDenied
    unit = posts[0].unit if posts or student is None else student.school_class
    try:
        slip = renew_password(user=person, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect(_back(person, unit, student, posts))
    if isinstance(slip, AccessRequest):
        messages.success(request, WAITS)
        return redirect("network:unit-detail", pk=unit.pk)
    label = posts[0].label() if posts else _("Student")
    return render(request, "network/signin/first_password.html", {"slip": slip, "label": label, "unit": unit})


def _may_try(request: Request, posts: list[Post], student: Student | None) -> bool:
    if posts:
        return any(may_appoint(request.user, post.unit, Role(post.role)) for post in posts)
    return student is not None and may_help_student(request.user, student)


def _back(person: User, unit: Unit, student: Student | None, posts: list[Post]) -> str:
    if student is not None and not posts:
        return reverse("network:student-detail", args=[student.pk])
    return reverse("network:unit-detail", args=[unit.pk])
