from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.views.decorators.cache import never_cache

from kernel import audit
from kernel.web import Request, page_of, require_GET, require_POST
from network.access import requires
from network.forms.access_log import PurposeForm
from network.forms.students import StudentFilter
from network.models import Student, Unit
from network.policies import may_reset_sign_in
from network.rules import Ability
from network.rules.access_log import LookPurpose
from network.scope import Scope
from network.services import record_look, state_purpose, stated_purpose
from network.services.privacy.access_log import PURPOSE


@requires(Ability.VIEW_ROSTER, Ability.VIEW_NAMES)
@require_GET
def student_list(request: Request) -> HttpResponse:
    ability = _ability(request)
    units = Unit.objects.visible_to(request.user, ability)
    form = StudentFilter(request.GET, units=units, narrow=ability is Ability.VIEW_NAMES)
    students = form.apply(Student.objects.visible_to(request.user, ability).select_related("school_class", "dorm"))
    page = page_of(request, students)
    detail = {"filters": form.asked, "page": page.number, "rows": len(page.object_list)}
    audit.record(action="student.list", by=request.user, at=now(), detail=detail)
    context = {"form": form, "page": page, "chips": form.chips(request), "full": ability is Ability.VIEW_ROSTER}
    return render(request, "network/student_list.html", context)


@requires(Ability.VIEW_ROSTER, Ability.VIEW_NAMES)
@never_cache
@require_GET
def student_detail(request: Request, pk: UUID) -> HttpResponse:
    visible = Student.objects.visible_to(request.user, Ability.VIEW_ROSTER, Ability.VIEW_NAMES)
    student = get_object_or_404(visible.select_related("user", "school_class", "college", "dorm"), pk=pk)
    full = Scope.of(request.user).reaches([Ability.VIEW_ROSTER], student)
    # Peers see names and beds: nobody asks them why.
    purpose = stated_purpose(request.session) if full else ""
    record_look(action="student.read", student=student, by=request.user, at=now(), purpose=purpose)
    # From here portal.navigation knows whose sections to offer.
    request.opened_file = student
    posts = list(student.user.posts.active(localdate()).select_related("unit"))
    context = {
        "student": student,
        "full": full,
        "history": student.placements.select_related("school_class", "dorm").order_by("-starts_on") if full else [],
        "may_help": full and not posts and may_reset_sign_in(request.user, student.user, student, posts),
        "needs_witness": full and student.user.reset_at is not None,
        "posts": posts,
        "purpose_form": PurposeForm(initial={"purpose": purpose}),
        "purpose_is_stated": PURPOSE in request.session,
    }
    return render(request, "network/student_detail.html", context)


@requires(Ability.VIEW_ROSTER, seen_by=[Ability.VIEW_NAMES])
@require_POST
def student_purpose(request: Request, pk: UUID) -> HttpResponse:
    visible = Student.objects.visible_to(request.user, Ability.VIEW_ROSTER, Ability.VIEW_NAMES)
    student = get_object_or_404(visible, pk=pk)
    if not Scope.of(request.user).reaches([Ability.VIEW_ROSTER], student):
        raise PermissionDenied
    form = PurposeForm(request.POST)
    if form.is_valid():
        state_purpose(request.session, LookPurpose(form.cleaned_data["purpose"]))
    return redirect("network:student-detail", pk=student.pk)


def _ability(request: Request) -> Ability:
    held = Scope.of(request.user).abilities
    for ability in (Ability.VIEW_ROSTER, Ability.VIEW_NAMES):
        if ability in held:
            return ability
    raise PermissionDenied
