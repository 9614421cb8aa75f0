from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from counseling import policies
from counseling.forms.courses import TakeOnForm
from counseling.models import Transfer
from counseling.services.transfers import take_on_transfer, withdraw_transfer
from kernel.web import Request, act, perform, require_GET, require_POST
from network.access import requires, sealed
from network.rules import Ability
from network.services import record_look

SEEING = (Ability.TAKE_COUNSELING, Ability.ARRANGE_COUNSELING)
JOINED = ("student__school", "course__counselor__user", "course__student", "to__user", "school")


@requires(*SEEING)
@sealed
@never_cache
@require_GET
def transfer_detail(request: Request, pk: UUID) -> HttpResponse:
    return _page(request, _fetch(request, pk), TakeOnForm(), 200)


@requires(*SEEING)
@sealed
@never_cache
@require_POST
def transfer_take_on(request: Request, pk: UUID) -> HttpResponse:
    transfer, form = _fetch(request, pk), TakeOnForm(request.POST)
    if not policies.may_take_on_transfer(request.user, transfer):
        raise PermissionDenied

    def do() -> Transfer:
        return take_on_transfer(transfer=transfer, takes=form.agrees, by=request.user, at=now())

    def page(status: int) -> HttpResponse:
        return _page(request, _fetch(request, pk), form, status)

    return perform(
        request, form, do, done=_("Thank you. It has been noted."), to=transfer.get_absolute_url(), page=page
    )


@requires(*SEEING)
@require_POST
def transfer_withdraw(request: Request, pk: UUID) -> HttpResponse:
    transfer = _fetch(request, pk)
    if not (policies.may_treat(request.user, transfer.course) or policies.may_direct(request.user, transfer.school)):
        raise PermissionDenied
    done, to = _("Taken back."), transfer.get_absolute_url()
    return act(request, withdraw_transfer, done=done, to=to, transfer=transfer, by=request.user, at=now())


def _fetch(request: Request, pk: UUID) -> Transfer:
    transfer: Transfer = get_object_or_404(Transfer.objects.visible_to(request.user).select_related(*JOINED), pk=pk)
    return transfer


def _page(request: Request, transfer: Transfer, form: TakeOnForm, status: int) -> HttpResponse:
    user = request.user
    look: dict[str, Any] = {"purpose": "counseling", "obj": transfer, "discreet": True}
    record_look(action="transfer.read", student=transfer.student, by=user, at=now(), **look)
    is_taker = policies.may_take_on_transfer(user, transfer)
    context = {
        "transfer": transfer,
        "form": form if is_taker and transfer.state == "agreed" else None,
        # SECURITY: the director arranges without reading what a counselor wrote about the work.
        "shows_summary": is_taker or policies.may_treat(user, transfer.course),
        "may_withdraw": transfer.ended_at is None and not is_taker,
    }
    return render(request, "counseling/desk/transfer_detail.html", context, status=status)
