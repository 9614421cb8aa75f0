from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kernel.errors import Refused
from kernel.web import Request, require_GET, require_POST
from network.access import own, sealed
from network.models import AccessRequest
from network.services import decide_access_request
from network.services.signin.accounts import FirstPassword

MOST = 100


@own
@require_GET
def access_request_list(request: Request) -> HttpResponse:
    waiting = AccessRequest.objects.to_decide_by(request.user).select_related("holder", "unit", "asked_by")
    asked = AccessRequest.objects.asked_by(request.user).select_related("holder", "unit", "decided_by")
    context = {"waiting": waiting[:MOST], "asked": asked.order_by("-asked_at", "pk")[:MOST]}
    return render(request, "network/access_request_list.html", context)


@own
@sealed
@require_POST
@never_cache
def access_request_decide(request: Request, pk: UUID) -> HttpResponse:
    asked = get_object_or_404(AccessRequest.objects.to_decide_by(request.user).select_related("school"), pk=pk)
    grant = request.POST.get("answer") == "yes"
    try:
        done = decide_access_request(request=asked, grant=grant, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("network:access-request-list")
    if isinstance(done, FirstPassword):
        context = {"slip": done, "label": asked.label(), "unit": asked.school}
        return render(request, "network/signin/first_password.html", context)
    messages.success(request, _("Confirmed and done.") if grant else _("Declined; whoever asked is told."))
    return redirect("network:access-request-list")
