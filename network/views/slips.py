from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime, now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from network.access import needs
from network.models import Post, Unit
from network.policies import may_appoint
from network.rules import APPOINTING, Role
from network.services import issue_post_slips, renew_password, slips_workbook
from network.views.requests import Request
from portal.kernel.errors import Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(*APPOINTING)
@require_POST
@never_cache
def slip_issue(request: Request, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.visible_to(request.user, *APPOINTING), pk=pk)
    try:
        slips = issue_post_slips(unit=unit, by=request.user, at=now())
    except Refused as refused:
        messages.info(request, str(refused.message))
        return redirect("network:unit-detail", pk=pk)
    name = f"slips-{unit.code}-{localtime():%Y%m%d-%H%M}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(slips_workbook(slips=slips), content_type=XLSX, headers=headers)


@needs(*APPOINTING)
@require_POST
@never_cache
def password_reset(request: Request, pk: int) -> HttpResponse:
    posts = Post.objects.visible_to(request.user, *APPOINTING).filter(holder=pk).select_related("holder", "unit")
    post = posts.first() or get_object_or_404(posts)
    if not any(may_appoint(request.user, held.unit, Role(held.role)) for held in posts):
        raise PermissionDenied
    try:
        slip = renew_password(user=post.holder, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("network:unit-detail", pk=post.unit_id)
    return render(request, "network/slip_show.html", {"slip": slip, "post": post})
