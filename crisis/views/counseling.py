from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.forms.counseling import CounselingFilter, EndForm, GiveForm, TakeOnForm
from crisis.models import Referral
from crisis.services.care.counseling import end_counseling, free_counselors, give_counseling, take_on_counseling
from crisis.views.form_pages import act_on, opened
from crisis.views.shared import Panel, require
from kernel import audit
from kernel.web import Request, page_of, require_GET, require_POST
from network.access import requires
from network.rules import Ability
from network.services import record_look

SEEING = (Ability.ARRANGE_COUNSELING, Ability.TAKE_COUNSELING)
JOINED = ("student__school", "school", "school_class", "counselor", "opened_by")
# Who is offered each act, what it is called, its icon, and the word on its button.
ACTS: dict[str, tuple[Callable[[Any, Referral], bool], Any, str, Any]] = {
    "give": (policies.may_arrange_counseling, _("Give it to a counselor"), "user-round-check", _("Give it to them")),
    "take-on": (policies.may_take_on_counseling, _("The first meeting was held"), "check", _("Yes, we have met")),
    "end": (policies.may_end_counseling, _("It did not come about"), "circle-x", _("End the referral")),
}


@requires(*SEEING)
@require_GET
def counseling_list(request: Request) -> HttpResponse:
    require(request, *SEEING)
    form = CounselingFilter(request.GET)
    referrals = form.apply(Referral.objects.counseling_for(request.user)).select_related(*JOINED)
    page = page_of(request, referrals.defer("reason", "ending"))
    at = timezone.now()
    audit.record(action="counseling.list", by=request.user, at=at, detail={"rows": len(page.object_list)})
    context = {"form": form, "page": page, "chips": form.chips(request)}
    return render(request, "crisis/counseling_list.html", context)


@requires(*SEEING)
@require_GET
def counseling_detail(request: Request, pk: UUID) -> HttpResponse:
    return _page(request, _fetch(request, pk), 200, None)


@requires(Ability.ARRANGE_COUNSELING, seen_by=SEEING)
@require_POST
def counseling_give(request: Request, pk: UUID) -> HttpResponse:
    return _act(request, pk, "give", give_counseling, done=_("Given. The counselor has been told."))


@requires(Ability.TAKE_COUNSELING, seen_by=SEEING)
@require_POST
def counseling_take_on(request: Request, pk: UUID) -> HttpResponse:
    return _act(request, pk, "take-on", take_on_counseling, done=_("Thank you. The referral is completed."))


@requires(*SEEING)
@require_POST
def counseling_end(request: Request, pk: UUID) -> HttpResponse:
    return _act(request, pk, "end", end_counseling, done=_("Noted. The referral has ended."))


def _act(request: Request, pk: UUID, key: str, service: Any, *, done: Any) -> HttpResponse:
    referral, at = _fetch(request, pk), timezone.now()
    if not ACTS[key][0](request.user, referral):
        raise PermissionDenied
    panel = _panel(key, referral, at, request.POST)

    def act() -> None:
        service(referral=referral, by=request.user, at=at, **panel.form.cleaned_data)

    def show(status: int, sent: Panel | None) -> HttpResponse:
        return _page(request, _fetch(request, pk), status, sent)

    return act_on(request, panel, act, done=done, to=_address(referral), show=show)


def _page(request: Request, referral: Referral, status: int, sent: Panel | None) -> HttpResponse:
    user, at = request.user, timezone.now()
    look: dict[str, Any] = {"purpose": "counseling", "obj": referral, "discreet": True}
    record_look(action="counseling.read", student=referral.student, by=user, at=at, **look)
    offered = [key for key, act in ACTS.items() if not referral.ended_at and act[0](user, referral)]
    context = {
        "referral": referral,
        "is_counselor": policies.may_take_on_counseling(user, referral),
        "panels": opened([_panel(key, referral, at) for key in offered], sent),
    }
    return render(request, "crisis/counseling_detail.html", context, status=status)


def _panel(key: str, referral: Referral, at: datetime, data: Any = None) -> Panel:
    _allowed, label, icon, action = ACTS[key]
    url = reverse(f"crisis:counseling-{key}", args=[referral.pk])
    return Panel(key, label, icon, action, _form(key, referral, at, data), url)


def _form(key: str, referral: Referral, at: datetime, data: Any) -> forms.Form:
    if key == "give":
        return GiveForm(free_counselors(referral, at=at), data, initial={"counselor": referral.counselor_id})
    return TakeOnForm(data) if key == "take-on" else EndForm(data)


def _fetch(request: Request, pk: UUID) -> Referral:
    referrals = Referral.objects.counseling_for(request.user).select_related(*JOINED)
    referral: Referral = get_object_or_404(referrals, pk=pk)
    return referral


def _address(referral: Referral) -> str:
    return reverse("crisis:counseling-detail", args=[referral.pk])
