from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis.forms.incidents import IncidentForm
from crisis.models import Incident
from crisis.services.center.incidents import record_incident, trend
from crisis.views.shared import require
from kernel import audit
from kernel.web import Request, page_of, perform, require_GET, require_http_methods
from network.access import requires
from network.models import Unit
from network.rules import Ability, Level

JOINED = ("school", "college", "recorded_by", "case")


@requires(Ability.VIEW_CASES)
@require_GET
def incident_list(request: Request) -> HttpResponse:
    require(request, Ability.VIEW_CASES)
    at = timezone.now()
    incidents = Incident.objects.visible_to(request.user, Ability.VIEW_CASES)
    page = page_of(request, incidents.select_related(*JOINED))
    audit.record(action="incident.list", by=request.user, at=at, detail={"rows": len(page.object_list)})
    return render(request, "crisis/incident_list.html", {"page": page, "trend": trend(incidents, at=at)})


@requires(Ability.MANAGE_CASES)
@require_http_methods(["GET", "POST"])
def incident_add(request: Request) -> HttpResponse:
    require(request, Ability.MANAGE_CASES)
    levels = Q(level=Level.SCHOOL) | Q(level=Level.COLLEGE)
    units = Unit.objects.visible_to(request.user, Ability.MANAGE_CASES).filter(levels).order_by("-level", "code")
    form = IncidentForm(units, request.POST or None)

    def act() -> None:
        record_incident(by=request.user, at=timezone.now(), **form.cleaned_data)

    def page(status: int) -> HttpResponse:
        return render(request, "crisis/incident_add.html", {"form": form}, status=status)

    if request.method == "GET":
        return page(200)
    return perform(request, form, act, done=_("Entered."), to=reverse("crisis:incident-list"), page=page)


@requires(Ability.VIEW_CASES)
@require_GET
def incident_detail(request: Request, pk: UUID) -> HttpResponse:
    incidents = Incident.objects.visible_to(request.user, Ability.VIEW_CASES).select_related(*JOINED)
    incident: Incident = get_object_or_404(incidents, pk=pk)
    audit.record(action="incident.read", by=request.user, at=timezone.now(), obj=incident)
    return render(request, "crisis/incident_detail.html", {"incident": incident})
