from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.web import Request, require_POST
from network.access import requires
from network.models import Post
from network.rules import Ability
from network.services import disable_account, enable_account, reset_factors

APPOINT = (Ability.APPOINT_STAFF, Ability.APPOINT_PEER)


@requires(*APPOINT)
@require_POST
def account_disable(request: Request, pk: int) -> HttpResponse:
    return _act(request, pk, disable_account, _("The account is closed; %(name)s is signed out everywhere."))


@requires(*APPOINT)
@require_POST
def account_enable(request: Request, pk: int) -> HttpResponse:
    return _act(request, pk, enable_account, _("%(name)s can sign in again."))


@requires(*APPOINT)
@require_POST
def factor_reset(request: Request, pk: int) -> HttpResponse:
    return _act(request, pk, reset_factors, _("%(name)s sets up a new second step at the next sign-in."))


def _act(request: Request, pk: int, service: Callable[..., Any], words: str) -> HttpResponse:
    posts = Post.objects.visible_to(request.user, *APPOINT).filter(holder=pk).select_related("holder")
    post = posts.first() or get_object_or_404(posts)
    try:
        service(user=post.holder, by=request.user, at=now())
        messages.success(request, words % {"name": post.holder.name})
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("network:unit-detail", pk=post.unit_id)
