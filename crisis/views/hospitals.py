from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis.forms.referrals import HospitalForm
from crisis.models import Hospital
from crisis.services.care.referrals import save_hospital
from crisis.views.shared import READING, require
from kernel.web import Request, perform, require_GET, require_http_methods, require_POST
from network.access import requires
from network.models import Unit
from network.rules import Ability
from network.scope import Scope

HERE = "crisis:hospital-list"


@requires(*READING, Ability.CONFIGURE_CRISIS)
@require_GET
def hospital_list(request: Request) -> HttpResponse:
    require(request, *READING, Ability.CONFIGURE_CRISIS)
    return _page(request, HospitalForm(), 200)


@requires(Ability.CONFIGURE_CRISIS)
@require_POST
def hospital_add(request: Request) -> HttpResponse:
    form = HospitalForm(request.POST)
    return _save(request, form, lambda status: _page(request, form, status))


@requires(Ability.CONFIGURE_CRISIS)
@require_http_methods(["GET", "POST"])
def hospital_edit(request: Request, pk: UUID) -> HttpResponse:
    hospitals = Hospital.objects.visible_to(request.user, Ability.CONFIGURE_CRISIS)
    hospital: Hospital = get_object_or_404(hospitals, pk=pk)
    name = str(hospital)
    form = HospitalForm(request.POST or None, instance=hospital)

    def page(status: int) -> HttpResponse:
        context = {"form": form, "hospital": hospital, "name": name}
        return render(request, "crisis/hospital_edit.html", context, status=status)

    return page(200) if request.method == "GET" else _save(request, form, page)


def _save(request: Request, form: HospitalForm, page: Any) -> HttpResponse:
    school = school_of(request)

    def act() -> None:
        save_hospital(hospital=form.instance, school=school, by=request.user, at=timezone.now())

    return perform(request, form, act, done=_("The directory is up to date."), to=reverse(HERE), page=page)


def school_of(request: Request) -> Unit:
    """The school whose settings of crisis work the user may write."""
    school: Unit | None = Unit.objects.schools().visible_to(request.user, Ability.CONFIGURE_CRISIS).first()
    if school is None:
        raise PermissionDenied
    return school


def _page(request: Request, form: HospitalForm, status: int) -> HttpResponse:
    context = {
        "hospitals": Hospital.objects.for_user(request.user).order_by("-is_active", "name", "department"),
        "form": form,
        "may_configure": Ability.CONFIGURE_CRISIS in Scope.of(request.user).abilities,
    }
    return render(request, "crisis/hospital_list.html", context, status=status)
