from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import audit
from kernel.periods import ACADEMIC_YEAR_STARTS_IN
from kernel.web import Request, page_of, perform, require_GET, require_http_methods
from network.access import requires
from network.forms.vacancies import PeerListForm, VacancyFilter
from network.models import Student, Unit
from network.models.units import UnitQuerySet
from network.rules import APPOINTING, Ability, Level, Role, bed_order
from network.scope import Scope
from network.services import dorms_to_fill, fill_vacancies, propose_heads, vacant_units
from network.services.peer_lists import choose_peers


@requires(*APPOINTING)
@require_GET
def vacancy_list(request: Request) -> HttpResponse:
    counts = {role: _vacant(request, role).count() for role in _roles(request)}
    form = VacancyFilter(request.GET, roles=list(counts))
    units = form.apply(_vacant(request, form.chosen)).select_related("parent", "college")
    page = page_of(request, units)
    rows = _rows(request, list(page.object_list))
    _record(request, sum(len(row["residents"]) for row in rows))
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "tabs": form.tabs(counts),
        "chips": form.chips(request),
        "to_fill": counts.get(Role.DORM_HEAD, 0) if form.chosen is Role.DORM_HEAD else 0,
    }
    return render(request, "network/vacancy_list.html", context)


@requires(*APPOINTING)
@require_http_methods(["GET", "POST"])
def vacancy_fill(request: Request) -> HttpResponse:
    below = _below(request)
    if request.method == "POST":
        n = fill_vacancies(below=below, by=request.user, at=now())
        words = ngettext("%(n)d dorm has a head now.", "%(n)d dorms have a head now.", n)
        messages.success(request, words % {"n": n})
        return redirect("network:vacancy-list")
    dorms = dorms_to_fill(below=below, by=request.user, on=localdate()).select_related("parent")
    page = page_of(request, dorms)
    heads = propose_heads(dorms=page.object_list, by=request.user)
    _record(request, len(heads))
    context = {"page": page, "heads": heads, "unseen": len(page.object_list) - len(heads), "below": below}
    return render(request, "network/vacancy_fill.html", context)


@requires(*APPOINTING)
@require_http_methods(["GET", "POST"])
def peer_choose(request: Request) -> HttpResponse:
    today = localdate()
    # The academic year ends with August.
    year_end = date(today.year + (today.month >= ACADEMIC_YEAR_STARTS_IN), ACADEMIC_YEAR_STARTS_IN - 1, 31)
    form = PeerListForm(request.POST or None, initial={"last_day": year_end})

    def page(status: int) -> HttpResponse:
        return render(request, "network/peer_choose.html", {"form": form}, status=status)

    def service() -> None:
        data = form.cleaned_data
        chosen = choose_peers(
            role=Role(data["role"]), lines=data["lines"], last_day=data["last_day"], by=request.user, at=now()
        )
        words = _("%(given)d appointed, %(kept)d go on, %(replaced)d relieved.") % chosen._asdict()
        messages.success(request, words)

    if request.method == "GET":
        return page(200)
    done = _("The list is in force.")
    return perform(request, form, service, done=done, to=reverse("network:vacancy-list"), page=page)


def _record(request: Request, named: int) -> None:
    """The rooms are no secret, the names of those who live there are."""
    if named:
        audit.record(action="vacancy.list", by=request.user, at=now(), detail={"rows": named})


def _roles(request: Request) -> list[Role]:
    scope = Scope.of(request.user)
    peers = [Role.DORM_HEAD, Role.CLASS_COMMITTEE_MEMBER]
    return [*peers, Role.COLLEGE_COORDINATOR] if scope.units([Ability.APPOINT_STAFF]).get(Level.SCHOOL) else peers


def _vacant(request: Request, role: Role) -> UnitQuerySet:
    return vacant_units(role=role, on=localdate()).visible_to(request.user, *APPOINTING)


def _rows(request: Request, units: list[Unit]) -> list[dict[str, Any]]:
    visible = Student.objects.visible_to(request.user, Ability.VIEW_ROSTER).present()
    living = visible.filter(dorm__in=[unit.pk for unit in units]).order_by("number")
    residents: dict[int, list[Student]] = {}
    for student in sorted(living, key=lambda resident: bed_order(resident.bed)):
        residents.setdefault(student.dorm_id, []).append(student)
    return [{"unit": unit, "residents": residents.get(unit.pk, [])} for unit in units]


def _below(request: Request) -> Unit | None:
    key = request.POST.get("below") or request.GET.get("below") or ""
    if not key:
        return None
    units = Unit.objects.visible_to(request.user, *APPOINTING)
    unit: Unit = get_object_or_404(units, pk=int(key) if key.isdecimal() else 0)
    return unit
