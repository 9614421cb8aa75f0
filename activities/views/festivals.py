from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from activities.forms.activities import BrandForm, FestivalForm
from activities.models import Activity, Brand, Festival
from activities.services import add_brand, copy_festival, plan_festival
from activities.services.festivals import FestivalPlan
from activities.services.pages import BOARD
from kernel.web import Request, act, perform, require_GET, require_http_methods, require_POST
from network.access import requires
from network.models import Unit
from network.rules import Ability, Level
from network.scope import Scope

APPROVE = Ability.APPROVE_ACTIVITIES


@requires(*BOARD)
@require_GET
def festival_list(request: Request) -> HttpResponse:
    return _page(request)


@requires(APPROVE)
@require_http_methods(["GET", "POST"])
def festival_plan(request: Request) -> HttpResponse:
    school = _school(request, otherwise=PermissionDenied)
    form = FestivalForm(request.POST or None)
    return perform(
        request,
        form,
        lambda: plan_festival(school=school, plan=FestivalPlan(**form.cleaned_data), by=request.user, at=now()),
        done=_("The festival is there. Units can plan activities under it now."),
        to=reverse("activities:festival-list"),
        page=lambda status: _page(request, form=form, status=status if form.is_bound else 200),
    )


@requires(APPROVE)
@require_http_methods(["GET", "POST"])
def brand_add(request: Request) -> HttpResponse:
    school = _school(request, otherwise=PermissionDenied)
    form = BrandForm(request.POST or None)
    return perform(
        request,
        form,
        lambda: add_brand(school=school, **form.cleaned_data, by=request.user, at=now()),
        done=_("The series is there."),
        to=reverse("activities:festival-list"),
        page=lambda status: _page(request, brand_form=form, status=status if form.is_bound else 200),
    )


@requires(APPROVE, seen_by=BOARD)
@require_POST
def festival_copy(request: Request, pk: UUID) -> HttpResponse:
    school = _school(request, otherwise=Http404)
    festival = get_object_or_404(Festival, pk=pk, school=school)
    done = _("Copied to next year: the activities are drafts now, on the same weekdays.")
    return act(
        request,
        copy_festival,
        done=done,
        to=reverse("activities:festival-list"),
        festival=festival,
        by=request.user,
        at=now(),
    )


def _page(
    request: Request, *, form: FestivalForm | None = None, brand_form: BrandForm | None = None, status: int = 200
) -> HttpResponse:
    festivals = list(Festival.objects.of_school_of(request.user))
    activities = Activity.objects.visible_to(request.user, *BOARD).filter(festival__in=festivals)
    counts: dict[UUID, int] = {}
    for key in activities.values_list("festival", flat=True):
        counts[key] = counts.get(key, 0) + 1
    context = {
        "festivals": [(festival, counts.get(festival.pk, 0)) for festival in festivals],
        "brands": Brand.objects.of_school_of(request.user).filter(is_active=True),
        "form": form or FestivalForm(),
        "brand_form": brand_form or BrandForm(),
        "may_plan": bool(Scope.of(request.user).units([APPROVE]).get(Level.SCHOOL)),
    }
    return render(request, "activities/festival_list.html", context, status=status)


def _school(request: Request, *, otherwise: type[Exception]) -> Unit:
    """The school whose festivals the user plans; the exception for whoever approves in a college or class alone."""
    keys = Scope.of(request.user).units([APPROVE]).get(Level.SCHOOL)
    school: Unit | None = Unit.objects.filter(pk__in=keys or ()).first()
    if school is None:
        raise otherwise
    return school
