"""A student's own times: the list, one of them, moving, cancelling, and the file for a calendar."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from counseling.forms.booking import MoveForm, TimesForm
from counseling.forms.feedback import FeedbackForm
from counseling.models import Booking, Counselor
from counseling.rules.kinds import BookingState, Channel, SessionKind
from counseling.services.changes import cancel_booking, move_booking
from counseling.services.feedback import give_feedback, may_give
from counseling.services.feeds import own_time
from counseling.services.shared import settings_of
from counseling.views.mine.intakes import intake_parts
from counseling.views.mine.shared import card_of, myself, own_bookings
from counseling.views.mine.times import days_and_times
from counseling.views.mine.waiting import open_offers, waiting_card
from kernel.errors import Refused
from kernel.web import Request, act, perform, require_GET, require_http_methods, require_POST
from network.access import own
from network.middleware import SITTING
from network.services import set_shared_phone

PAST_SHOWN = 20
# Of how many talks of the past one may still say how they were.
ASKED = 3


@own
@require_GET
def appointment_list(request: Request) -> HttpResponse:
    student, at = myself(request), now()
    rules, rows = settings_of(student.school_id), own_bookings(request.user)
    upcoming = rows.upcoming(at).order_by("session__starts_at", "pk")
    past = rows.exclude(pk__in=upcoming.values("pk")).order_by("-session__starts_at", "pk")[:PAST_SHOWN]
    context = {
        "upcoming": [card_of(booking, rules, at) for booking in upcoming],
        "past": [card_of(booking, rules, at) for booking in past],
        "asks_feedback": [booking.pk for booking in past if booking.state == BookingState.ATTENDED][:ASKED],
        "waiting": waiting_card(request.user),
        "offers": open_offers(request.user, at),
        "shares_phone": request.user.shares_phone,
        "now": at,
    }
    return render(request, "counseling/mine/list.html", context)


@own
@require_GET
def appointment_detail(request: Request, pk: UUID) -> HttpResponse:
    booking, at = fetch(request, pk), now()
    card = card_of(booking, settings_of(booking.school_id), at)
    context = {"card": card, **intake_parts(booking.student)}
    return render(request, "counseling/mine/detail.html", context)


@own
@require_http_methods(["GET", "POST"])
def appointment_move(request: Request, pk: UUID) -> HttpResponse:
    booking, at = fetch(request, pk), now()
    if request.method == "POST":
        return _move(request, booking, at)
    student, session = booking.student, booking.session
    counselors = Counselor.objects.filter(school=student.school_id, is_active=True).select_related("user")
    data = request.GET.copy()
    # The kind stays; another counselor or another way may be chosen.
    data["kind"] = session.kind
    data.setdefault("channel", session.channel)
    if "counselor" not in data:
        data["counselor"] = str(session.counselor_id or "")
    form = TimesForm(data, counselors=counselors, kind=SessionKind(session.kind))
    del form.fields["kind"]
    here = reverse("counseling:appointment-move", args=[pk])
    context = {"form": form, "moving": booking.pk, **days_and_times(request, student, form, at, path=here)}
    return render(request, "counseling/mine/times.html", context)


def _move(request: Request, booking: Booking, at: datetime) -> HttpResponse:
    form = MoveForm(request.POST)
    here = redirect("counseling:appointment-move", booking.pk)
    if not form.is_valid():
        messages.error(request, str(_("Choose one of the times shown.")))
        return here
    key = form.cleaned_data["time"]
    counselor = get_object_or_404(Counselor.objects.for_user(request.user), pk=key.counselor)
    way = request.POST.get("channel", "")
    channel = Channel(way) if way in set(Channel) else None
    try:
        move_booking(
            booking=booking, starts_at=key.starts_at, counselor=counselor, channel=channel, by=request.user, at=at
        )
    except Refused as refused:
        messages.error(request, str(refused.message))
        return here
    messages.success(request, str(_("Moved. The old time is free for somebody else.")))
    return redirect("counseling:appointment-detail", booking.pk)


@own
@require_POST
def appointment_cancel(request: Request, pk: UUID) -> HttpResponse:
    booking, done = fetch(request, pk), _("Cancelled. You may come back at any time.")
    to = "counseling:appointment-list"
    return act(request, cancel_booking, done=done, to=to, booking=booking, by=request.user, at=now())


@own
@require_GET
def appointment_calendar(request: Request, pk: UUID) -> HttpResponse:
    response = HttpResponse(own_time(fetch(request, pk), at=now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="time.ics"'
    return response


@own
@require_http_methods(["GET", "POST"])
def appointment_feedback(request: Request, pk: UUID) -> HttpResponse:
    """How a talk was. SECURITY: the answers are kept without student, time and session."""
    booking, form = fetch(request, pk), FeedbackForm(request.POST or None)

    def give() -> None:
        give_feedback(booking=booking, answers=form.answers, by=request.user, at=now())

    def page(status: int) -> HttpResponse:
        context = {"form": form, "may_answer": may_give(booking)}
        return render(request, "counseling/mine/feedback.html", context, status=status)

    if request.method == "GET":
        return page(200)
    done = _("Thank you. It has been kept without your name.")
    return perform(request, form, give, done=done, to=reverse("counseling:appointment-list"), page=page)


@own
@require_POST
def phone_set(request: Request) -> HttpResponse:
    """Whether others use this phone; the present session follows at once."""
    myself(request)
    is_shared = request.POST.get("shared") == "yes"
    limit = set_shared_phone(user=request.user, is_shared=is_shared, at=now())
    sitting = request.session.get(SITTING)
    if sitting:
        request.session[SITTING] = sitting | {"limit": int(limit.total_seconds())}
    messages.success(request, str(_("Noted.")))
    return redirect("counseling:appointment-list")


def fetch(request: Request, pk: UUID) -> Booking:
    booking: Booking = get_object_or_404(own_bookings(request.user), pk=pk)
    return booking
