"""One session on the counselor's desk: who comes, what they wrote, how it went, when the next one is."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext_lazy as _

from counseling.forms.booking import TimeKey
from counseling.forms.desk import CenterCancelForm, LinkForm, RecordForm
from counseling.forms.intakes import told
from counseling.models import Booking, Course, Intake, Session
from counseling.rules.kinds import LIVE, BookingState, Channel, SessionKind
from counseling.services.booking import book_session, sessions_left
from counseling.services.changes import cancel_booking
from counseling.services.free_times import free_times_of
from counseling.services.intakes import answers_of
from counseling.services.links import set_link
from counseling.services.looks import record_client_look
from counseling.services.outcomes import record_arrival, record_attendance
from counseling.services.shared import settings_of
from counseling.views.desk.cards import cards_of
from kernel.errors import Refused
from kernel.formatting import moment
from kernel.web import Request, act, perform, require_GET, require_POST
from network.access import requires
from network.rules import Ability

TODAY = "counseling:desk-today"
# Times that the form offers for the next talk: from about a week after this one on.
NEXT_FROM, NEXT_UNTIL, NEXT_SHOWN = timedelta(days=4), timedelta(days=24), 12


@requires(Ability.TAKE_COUNSELING)
@require_GET
def session_detail(request: Request, pk: UUID) -> HttpResponse:
    return session_page(request, fetch_booking(request, pk), now())


@requires(Ability.TAKE_COUNSELING)
@require_POST
def session_arrive(request: Request, pk: UUID) -> HttpResponse:
    booking = fetch_booking(request, pk)
    return act(request, record_arrival, done=_("Noted: is here."), to=TODAY, booking=booking, by=request.user, at=now())


@requires(Ability.TAKE_COUNSELING)
@require_POST
def session_record(request: Request, pk: UUID) -> HttpResponse:
    booking, at = fetch_booking(request, pk), now()
    form = RecordForm(request.POST, times=next_times(booking, at))

    def keep() -> None:
        record_attendance(booking=booking, outcome=form.cleaned_data["outcome"], by=request.user, at=at)
        key: TimeKey | None = form.cleaned_data["next_time"]
        if key is not None:
            _book_next(request, booking, key, at)

    def page(status: int) -> HttpResponse:
        return session_page(request, fetch_booking(request, pk), at, status, form=form)

    return perform(request, form, keep, done=_("Noted."), to=reverse(TODAY), page=page)


@requires(Ability.TAKE_COUNSELING)
@require_POST
def session_cancel(request: Request, pk: UUID) -> HttpResponse:
    booking, at = fetch_booking(request, pk), now()
    form = CenterCancelForm(request.POST)

    def cancel() -> None:
        cancel_booking(booking=booking, by=request.user, at=at, **form.cleaned_data)

    def page(status: int) -> HttpResponse:
        return session_page(request, booking, at, status, cancel_form=form)

    return perform(request, form, cancel, done=_("Cancelled. The student is told."), to=reverse(TODAY), page=page)


@requires(Ability.TAKE_COUNSELING)
@require_POST
def session_link(request: Request, pk: UUID) -> HttpResponse:
    booking, at = fetch_booking(request, pk), now()
    form = LinkForm(request.POST)

    def keep() -> None:
        set_link(session=booking.session, by=request.user, at=at, **form.cleaned_data)

    def page(status: int) -> HttpResponse:
        return session_page(request, booking, at, status, link_form=form)

    to = reverse("counseling:session-detail", args=[pk])
    return perform(request, form, keep, done=_("Saved."), to=to, page=page)


def _book_next(request: Request, booking: Booking, key: TimeKey, at: datetime) -> None:
    """The next talk. What was noted stands even if this time has gone: the page says so."""
    session: Session = booking.session
    if session.counselor is None:
        return
    try:
        book_session(
            student=booking.student,
            counselor=session.counselor,
            starts_at=key.starts_at,
            kind=SessionKind.INDIVIDUAL,
            channel=Channel(session.channel),
            client_id=uuid4(),
            by=request.user,
            at=at,
        )
    except Refused as refused:
        messages.warning(request, str(refused.message))


def fetch_booking(request: Request, pk: UUID) -> Booking:
    """The live booking of one of one's own sessions with one student."""
    live = Booking.objects.filter(state__in=[state.value for state in LIVE], session__counselor__user=request.user)
    related = ("session__counselor__user", "session__counselor__school", "session__room", "session__school")
    rows = live.select_related("student__school_class", "student__school", "student__user", *related)
    booking: Booking | None = rows.filter(session=pk).order_by("booked_at").first()
    return booking or get_object_or_404(Booking.objects.none())


def session_page(request: Request, booking: Booking, at: datetime, status: int = 200, **bound: Any) -> HttpResponse:
    look = {"student": booking.student, "by": request.user, "at": at, "obj": booking}
    record_client_look(action="appointment.read", **look)
    session: Session = booking.session
    intake = Intake.objects.visible_to(request.user).filter(student=booking.student).order_by("-version").first()
    rules = settings_of(booking.school_id)
    left = sessions_left(booking.student, session.starts_at)
    has_begun, is_open = session.starts_at <= at, booking.state == BookingState.BOOKED
    context = {
        "card": cards_of([session], at=at)[0],
        "student": booking.student,
        "answers": told(answers_of(intake)),
        "left": left,
        "limit": rules.term_limit,
        "course_url": _course_url(booking),
        "form": RecordForm(times=next_times(booking, at)) if has_begun else None,
        "link_form": LinkForm(initial={"link": session.link}) if session.channel == Channel.ONLINE else None,
        "cancel_form": CenterCancelForm() if is_open and not has_begun else None,
        **bound,
    }
    return render(request, "counseling/desk/session.html", context, status=status)


def _course_url(booking: Booking) -> str:
    """The open course of this student with this counselor, or the page that opens one."""
    open_courses = Course.objects.filter(student=booking.student_id, counselor=booking.session.counselor_id)
    course = open_courses.filter(closed_at=None).values_list("pk", flat=True).first()
    if course is not None:
        return reverse("counseling:course-detail", args=[course])
    return reverse("counseling:session-course", args=[booking.session_id])


def next_times(booking: Booking, at: datetime) -> list[tuple[str, str]]:
    """Free times of the same counselor in the next weeks, those at the same hour of the same weekday first."""
    session: Session = booking.session
    counselor = session.counselor
    if counselor is None:
        return []
    first = localdate(max(at, session.starts_at) + NEXT_FROM)
    _center, free = free_times_of(
        school_id=booking.school_id,
        kind=SessionKind.INDIVIDUAL,
        channel=Channel(session.channel),
        first=first,
        last=first + NEXT_UNTIL - NEXT_FROM,
        at=at,
        student=booking.student,
        counselors=[counselor.pk],
    )
    usual = localtime(session.starts_at)

    def is_other(row: Any) -> tuple[bool, bool, datetime]:
        local = localtime(row.starts_at)
        return local.weekday() != usual.weekday(), local.time() != usual.time(), row.starts_at

    near = sorted(free, key=is_other)[:NEXT_SHOWN]
    return [(str(TimeKey(counselor.pk, row.starts_at)), moment(row.starts_at)) for row in near]
