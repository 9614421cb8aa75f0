from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.errors import Refused
from kernel.web import Request, require_POST
from network.access import requires, sealed
from network.models import AccessRequest, Post, Student, User
from network.rules import Ability
from network.services import confirm_identity, disable_account, enable_account, renew_factors
from network.views.requests import safe_next

# Asked for, and decided by a second person.
WAITS = gettext_lazy("A second person has to agree. They have been told; you hear of it here.")
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
    return _act(request, pk, renew_factors, _("%(name)s sets up a new second step at the next sign-in."))


@requires(Ability.VIEW_ROSTER, *APPOINT)
@sealed
@require_POST
def identity_confirm(request: Request, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    try:
        confirm_identity(user=person, by=request.user, at=now())
        messages.success(request, _("Noted: you have seen that it is %(name)s.") % {"name": person.name})
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect(safe_next(request))


def person_of(request: Request, pk: int) -> User:
    """Somebody whom the reader may see: a student of the roster, or the holder of a post."""
    students = Student.objects.visible_to(request.user, Ability.VIEW_ROSTER).filter(user=pk).select_related("user")
    student = students.first()
    if student is not None:
        person: User = student.user
        return person
    posts = Post.objects.visible_to(request.user, *APPOINT).filter(holder=pk).select_related("holder")
    post = posts.first() or get_object_or_404(posts)
    holder: User = post.holder
    return holder


def _act(request: Request, pk: int, service: Callable[..., Any], words: str) -> HttpResponse:
    posts = Post.objects.visible_to(request.user, *APPOINT).filter(holder=pk).select_related("holder")
    post = posts.first() or get_object_or_404(posts)
    try:
        done = service(user=post.holder, by=request.user, at=now())
        messages.success(request, WAITS if isinstance(done, AccessRequest) else words % {"name": post.holder.name})
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("network:unit-detail", pk=post.unit_id)
