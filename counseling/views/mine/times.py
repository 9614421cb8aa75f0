"""Choosing a time and taking it. Free times alone are shown, never that one is taken or how many there are."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from counseling.forms.booking import BookForm, TimeKey, TimesForm
from counseling.models import Booking, Counselor
from counseling.models.labels import CHANNEL_LABELS, SESSION_KIND_LABELS
from counseling.rules.free_times import FreeTime
from counseling.rules.kinds import LIVE, Channel, SessionKind
from counseling.rules.refusals import Why
from counseling.services.booking import book_session
from counseling.services.free_times import Center, free_times_of
from counseling.services.prepared import hand_in
from counseling.services.shared import NotBooked, settings_of
from counseling.views.mine.intakes import intake_parts
from counseling.views.mine.shared import myself
from kernel.formatting import WEEKDAYS
from kernel.web import UNPROCESSABLE, Request, require_GET, require_POST
from network.access import own
from network.models import Student
from network.rules.consents import Purpose
from network.services import has_consent

# Refusals that another page resolves.
ELSEWHERE = {Why.CONSENT: "counseling:appointment-consent", Why.LIMIT: "counseling:appointment-list"}


@dataclass(frozen=True)
class TimeChip:
    """A free time to tap."""

    starts_at: datetime
    who: str
    url: str
    key: str


@dataclass(frozen=True)
class DayChip:
    """A day with free times."""

    date: date
    url: str
    is_current: bool

    @property
    def weekday(self) -> Any:
        return WEEKDAYS[self.date.weekday()]

    @property
    def word(self) -> str:
        return f"{self.date.month}/{self.date.day}"


@own
@require_GET
def appointment_times(request: Request) -> HttpResponse:
    student, at = myself(request), now()
    if not has_consent(student, Purpose.COUNSELING, at):
        return redirect(f"{reverse('counseling:appointment-consent')}?{request.GET.urlencode()}")
    form = times_form(request, student)
    waiting_url = f"{reverse('counseling:waiting-join')}?{urlencode(form.query)}"
    context = {"form": form, "waiting_url": waiting_url, **days_and_times(request, student, form, at)}
    return render(request, "counseling/mine/times.html", context)


@own
@require_GET
def appointment_confirm(request: Request) -> HttpResponse:
    student, at = myself(request), now()
    form = times_form(request, student)
    key = TimeKey.read(request.GET.get("time", ""))
    if key is None:
        return redirect(f"{reverse('counseling:appointment-times')}?{urlencode(form.query)}")
    return _confirm(request, student, key, form.chosen_kind, form.chosen_channel, at, query=form.query)


@own
@require_POST
def appointment_book(request: Request) -> HttpResponse:
    student, at = myself(request), now()
    form = BookForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(_("Choose one of the times shown.")))
        return redirect("counseling:appointment-times")
    data = form.cleaned_data
    key, kind, channel = data["time"], SessionKind(data["kind"]), Channel(data["channel"])
    counselor = get_object_or_404(Counselor.objects.for_user(request.user), pk=key.counselor)
    wanted: dict[str, Any] = {"counselor": counselor, "starts_at": key.starts_at, "kind": kind, "channel": channel}
    try:
        booking = book_session(student=student, client_id=data["client_id"], by=request.user, at=at, **wanted)
    except NotBooked as refusal:
        return _refused(request, student, key, kind, channel, refusal)
    hand_in(student=student, by=request.user, at=at)
    messages.success(request, str(_("It is yours. We look forward to seeing you.")))
    return redirect("counseling:appointment-detail", booking.pk)


def _refused(
    request: Request, student: Student, key: TimeKey, kind: SessionKind, channel: Channel, refusal: NotBooked
) -> HttpResponse:
    """Back to where it can be set right; else the page again, with times near by. What was written is kept."""
    if refusal.why in ELSEWHERE:
        messages.error(request, str(refusal.message))
        return redirect(ELSEWHERE[refusal.why])
    query = {"kind": kind.value, "channel": channel.value}
    return _confirm(request, student, key, kind, channel, now(), query=query, refusal=refusal)


def _confirm(
    request: Request,
    student: Student,
    key: TimeKey,
    kind: SessionKind,
    channel: Channel,
    at: datetime,
    *,
    query: dict[str, str],
    refusal: NotBooked | None = None,
) -> HttpResponse:
    counselor = get_object_or_404(Counselor.objects.for_user(request.user).select_related("user"), pk=key.counselor)
    rules = settings_of(student.school_id)
    chips = None
    if refusal is not None:
        names = dict(Counselor.objects.filter(school=student.school_id).values_list("pk", "user__name"))
        chips = [_chip(row, names, query) for row in refusal.alternatives]
    context = {
        "starts_at": key.starts_at,
        "who": counselor.user.name,
        "kind": f"{SESSION_KIND_LABELS[kind]} · {CHANNEL_LABELS[channel]}",
        "minutes": counselor.length,
        "free_until": key.starts_at - timedelta(hours=rules.late_hours),
        "times_url": f"{reverse('counseling:appointment-times')}?{urlencode(query)}",
        "book": BookForm.of(key, kind, channel),
        "refusal": str(refusal.message) if refusal else "",
        "alternatives": chips,
        **intake_parts(student),
    }
    status = UNPROCESSABLE if refusal else 200
    return render(request, "counseling/mine/confirm.html", context, status=status)


def times_form(request: Request, student: Student) -> TimesForm:
    counselors = Counselor.objects.filter(school=student.school_id).bookable(localdate(now())).select_related("user")
    return TimesForm(request.GET, counselors=counselors, kind=usual_kind(student))


def usual_kind(student: Student) -> SessionKind:
    """A first talk for whoever has not been here yet."""
    been = Booking.objects.filter(student=student, state__in=[state.value for state in LIVE])
    return SessionKind.INDIVIDUAL if been.exists() else SessionKind.FIRST_TALK


def days_and_times(
    request: Request, student: Student, form: TimesForm, at: datetime, *, path: str = ""
) -> dict[str, Any]:
    """The days with free times, and the times of the chosen day, or of the first."""
    today = localdate(at)
    center, free = free_times_of(
        school_id=student.school_id,
        kind=form.chosen_kind,
        channel=form.chosen_channel,
        first=today,
        last=today + timedelta(days=settings_of(student.school_id).days_ahead),
        at=at,
        student=student,
        counselors=[form.chosen_counselor.pk] if form.chosen_counselor else None,
    )
    days = sorted({localdate(row.starts_at) for row in free})
    day = chosen_day(request.GET.get("day", ""), days)
    here = path or reverse("counseling:appointment-times")
    chips = [DayChip(one, f"{here}?{urlencode(form.query | {'day': str(one)})}", one == day) for one in days]
    names: dict[Any, str] = {pk: counselor.user.name for pk, counselor in center.counselors.items()}
    times = [_chip(row, names, form.query) for row in _one_each(free, center) if localdate(row.starts_at) == day]
    return {"days": chips, "day": day, "times": times}


def _one_each(free: list[FreeTime], center: Center) -> list[FreeTime]:
    """One counselor for each start: whoever has most free times, so that the work spreads."""
    room = Counter(row.counselor for row in free)
    best: dict[datetime, FreeTime] = {}
    for row in free:
        known = best.get(row.starts_at)
        if known is None or room[row.counselor] > room[known.counselor]:
            best[row.starts_at] = row
    return list(best.values())


def _chip(row: FreeTime, names: dict[Any, str], query: dict[str, str]) -> TimeChip:
    key = str(TimeKey(row.counselor, row.starts_at))  # type: ignore[arg-type]
    url = f"{reverse('counseling:appointment-confirm')}?{urlencode(query | {'time': key})}"
    return TimeChip(row.starts_at, names.get(row.counselor, ""), url, key)


def chosen_day(text: str, days: list[date]) -> date | None:
    """The day that the address names, if it has free times; else the first that has."""
    return next((day for day in days if str(day) == text), days[0] if days else None)
