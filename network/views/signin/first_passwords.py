from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime, now
from django.views.decorators.cache import never_cache

from kernel.errors import Refused
from kernel.web import Request, require_POST
from network.access import requires
from network.models import Post, Unit
from network.policies import may_appoint
from network.rules import APPOINTING, Role
from network.services import first_passwords_workbook, issue_post_passwords, renew_password

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
    posts = Post.objects.visible_to(request.user, *APPOINTING).filter(holder=pk).select_related("holder", "unit")
    post = posts.first() or get_object_or_404(posts)
    if not any(may_appoint(request.user, held.unit, Role(held.role)) for held in posts):
        raise PermissionDenied
    try:
        slip = renew_password(user=post.holder, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("network:unit-detail", pk=post.unit_id)
    return render(request, "network/signin/first_password.html", {"slip": slip, "post": post})
