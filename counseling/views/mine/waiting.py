"""The waiting list and what is offered from it. Only a signed-in POST accepts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counseling.forms.waiting import WaitForm
from counseling.models import Counselor, Offer, WaitingEntry
from counseling.rules.kinds import EntryState, OfferState
from counseling.rules.refusals import Why
from counseling.services.offers import accept_offer, decline_offer
from counseling.services.shared import NotBooked
from counseling.services.waiting import join_waiting_list, leave_waiting_list, place_in_line, resume_waiting
from counseling.views.mine.shared import myself
from counseling.views.mine.times import usual_kind
from kernel.errors import Refused
from kernel.web import Request, act, perform, require_GET, require_http_methods, require_POST
from network.access import own

LIST = "counseling:appointment-list"


@dataclass(frozen=True)
class WaitingCard:
    pk: UUID
    place: str
    is_paused: bool


@dataclass(frozen=True)
class OfferCard:
    pk: UUID
    starts_at: datetime
    who: str
    held_until: datetime
    is_open: bool


@own
@require_http_methods(["GET", "POST"])
def waiting_join(request: Request) -> HttpResponse:
    student, at = myself(request), now()
    counselors = Counselor.objects.filter(school=student.school_id, is_active=True).select_related("user")
    start = {"kind": usual_kind(student).value} | request.GET.dict()
    form = WaitForm(request.POST or None, counselors=counselors, initial=start)

    def join() -> WaitingEntry:
        client_id = form.cleaned_data["client_id"]
        return join_waiting_list(student=student, wishes=form.wishes, client_id=client_id, by=request.user, at=at)

    def page(status: int) -> HttpResponse:
        return render(request, "counseling/mine/wait.html", {"form": form}, status=status)

    if request.method == "GET":
        return page(200)
    done = gettext_lazy("You are on the list. When a time becomes free, you get a notice.")
    return perform(request, form, join, done=done, to=reverse(LIST), page=page)


@own
@require_POST
def waiting_leave(request: Request, pk: UUID) -> HttpResponse:
    done = gettext_lazy("You are not on the list any more.")
    return act(request, leave_waiting_list, done=done, to=LIST, entry=_entry(request, pk), by=request.user, at=now())


@own
@require_POST
def waiting_resume(request: Request, pk: UUID) -> HttpResponse:
    done = gettext_lazy("You go on waiting, at the same place.")
    return act(request, resume_waiting, done=done, to=LIST, entry=_entry(request, pk), by=request.user, at=now())


@own
@require_GET
def offer_detail(request: Request, pk: UUID) -> HttpResponse:
    card = offer_card(_offer(request, pk), now())
    return render(request, "counseling/mine/offer.html", {"offer": card, "now": now()})


@own
@require_POST
def offer_accept(request: Request, pk: UUID) -> HttpResponse:
    offer = _offer(request, pk)
    try:
        booking = accept_offer(offer=offer, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused.message))
        consents = isinstance(refused, NotBooked) and refused.why == Why.CONSENT
        return redirect("counseling:appointment-consent" if consents else LIST)
    messages.success(request, _("It is yours. We look forward to seeing you."))
    return redirect("counseling:appointment-detail", booking.pk)


@own
@require_POST
def offer_decline(request: Request, pk: UUID) -> HttpResponse:
    done = gettext_lazy("All right. You keep your place.")
    return act(request, decline_offer, done=done, to=LIST, offer=_offer(request, pk), by=request.user, at=now())


def waiting_card(user: Any) -> WaitingCard | None:
    entry = WaitingEntry.objects.for_user(user).open().first()
    if entry is None:
        return None
    first, last = place_in_line(entry)
    place = _("Place %(first)s to %(last)s") % {"first": first, "last": last}
    return WaitingCard(entry.pk, place, entry.state == EntryState.PAUSED)


def open_offers(user: Any, at: datetime) -> list[OfferCard]:
    rows = Offer.objects.for_user(user).open().filter(held_until__gte=at).select_related("opening__counselor__user")
    return [offer_card(offer, at) for offer in rows.order_by("held_until", "pk")]


def offer_card(offer: Offer, at: datetime) -> OfferCard:
    is_open = offer.state == OfferState.OPEN and at <= offer.held_until
    who = f"{offer.opening.counselor} · {offer.opening.get_channel_display()}"
    return OfferCard(offer.pk, offer.opening.starts_at, who, offer.held_until, is_open)


def _offer(request: Request, pk: UUID) -> Offer:
    rows = Offer.objects.for_user(request.user)
    offer: Offer = get_object_or_404(rows.select_related("opening__counselor__user", "entry__student"), pk=pk)
    return offer


def _entry(request: Request, pk: UUID) -> WaitingEntry:
    rows = WaitingEntry.objects.for_user(request.user).select_related("student")
    entry: WaitingEntry = get_object_or_404(rows, pk=pk)
    return entry
