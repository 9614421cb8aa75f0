"""Courses on a counselor's desk: sessions used, notes, measures, passing on, the end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache

from counseling import policies
from counseling.forms.courses import (
    CloseForm,
    GoalsForm,
    LimitForm,
    MessageForm,
    NoteForm,
    OpenCourseForm,
    SudsForm,
    TransferForm,
    Who5Form,
)
from counseling.models import Booking, CollegeMessage, Counselor, Course, Measure, Session, Transfer
from counseling.policies import LIVE_STATES
from counseling.rules.measures import MeasureKind
from counseling.services.courses import close_course, open_course, sessions_used, set_limit
from counseling.services.measures import charts_of, take_measure
from counseling.services.messages import ask_message
from counseling.services.notes import read_own_notes, write_note
from counseling.services.transfers import ask_transfer, takers
from crisis.models import Referral
from kernel import audit
from kernel.web import Request, page_of, perform, require_GET, require_http_methods, require_POST
from network.access import requires, sealed
from network.models import Student
from network.rules import Ability
from network.services import record_look

SEEING = (Ability.TAKE_COUNSELING, Ability.ARRANGE_COUNSELING)
JOINED = ("student__school", "student__user", "student__school_class", "counselor__user", "school")


@dataclass(frozen=True)
class Act:
    """An act on a course: its form, its service, and the words for it."""

    key: str
    label: Promise | str
    icon: str
    action: Promise | str
    done: Promise | str
    form: Callable[[Course, Any], forms.Form]
    do: Callable[..., Any]
    is_treating: bool = True


def _sessions(course: Course) -> Any:
    bookings = Booking.objects.filter(student=course.student_id, state__in=LIVE_STATES)
    rows = Session.objects.filter(counselor=course.counselor_id, pk__in=bookings.order_by().values("session"))
    return rows.filter(starts_at__lte=now()).order_by("-starts_at")


def _note(course: Course, form: Any, **by: Any) -> Any:
    return write_note(course=course, text=form.cleaned_data["text"], session=form.cleaned_data["session"], **by)


def _measure(kind: MeasureKind) -> Callable[..., Any]:
    return lambda course, form, **by: take_measure(course=course, kind=kind, items=form.items, **by)


def _takers(course: Course) -> Any:
    keys = [counselor.pk for counselor in takers(course, at=now())]
    return Counselor.objects.filter(pk__in=keys).select_related("user")


ACTS = {
    act.key: act
    for act in (
        Act(
            "note", pgettext_lazy("course", "Write a note"), "notebook-pen", _("Keep the note"), _("Kept."),
            lambda course, data: NoteForm(_sessions(course), data), _note,
        ),
        Act(
            "who5", _("Take WHO-5"), "smile", _("Keep"), _("Kept."),
            lambda course, data: Who5Form(data), _measure(MeasureKind.WHO5),
        ),
        Act(
            "suds", _("Take SUDS"), "gauge", _("Keep"), _("Kept."),
            lambda course, data: SudsForm(data), _measure(MeasureKind.SUDS),
        ),
        Act(
            "goals", _("Rate the goals"), "goal", _("Keep"), _("Kept."),
            lambda course, data: GoalsForm(data), _measure(MeasureKind.GOALS),
        ),
        Act(
            "limit", _("Agree on more or fewer sessions"), "hash", _("Set"), _("Set."),
            lambda course, data: LimitForm(data, initial={"limit": course.limit}),
            lambda course, form, **by: set_limit(course=course, limit=form.cleaned_data["limit"], **by),
        ),
        Act(
            "message", _("Ask whether the college may be told something"), "message-square", _("Ask the student"),
            _("Asked. The student answers when it suits them."), lambda course, data: MessageForm(data),
            lambda course, form, **by: ask_message(course=course, phrase=form.cleaned_data["phrase"], **by),
        ),
        Act(
            "transfer", _("Pass to another counselor"), "arrow-right-left", _("Ask the student"),
            _("Asked. Nothing changes until the student and the new counselor say yes."),
            lambda course, data: TransferForm(_takers(course), data),
            lambda course, form, **by: ask_transfer(
                course=course, to=form.cleaned_data["to"], summary=form.cleaned_data["summary"], **by
            ),
            is_treating=False,
        ),
        Act(
            "close", _("End the course"), "circle-check-big", _("End it"), _("The course has ended."),
            lambda course, data: CloseForm(data),
            lambda course, form, **by: close_course(course=course, closing=form.cleaned_data["closing"], **by),
        ),
    )
}  # fmt: skip


@requires(*SEEING)
@never_cache
@require_GET
def course_list(request: Request) -> HttpResponse:
    rows = Course.objects.visible_to(request.user).select_related(*JOINED).order_by("-opened_at", "pk")
    shows_closed = "closed" in request.GET
    page = page_of(request, rows.exclude(closed_at=None) if shows_closed else rows.open())
    audit.record(action="client_course.list", by=request.user, at=now(), detail={"rows": len(page.object_list)})
    lines = [{"course": course, "used": sessions_used(course)} for course in page]
    context = {"page": page, "lines": lines, "shows_closed": shows_closed}
    return render(request, "counseling/desk/course_list.html", context)


@requires(*SEEING)
@sealed
@never_cache
@require_GET
def course_detail(request: Request, pk: UUID) -> HttpResponse:
    return _page(request, _fetch(request, pk), 200)


@requires(*SEEING)
@sealed
@never_cache
@require_POST
def course_act(request: Request, pk: UUID, act: str) -> HttpResponse:
    course = _fetch(request, pk)
    chosen = ACTS.get(act)
    if chosen is None:
        raise Http404
    if not _may(request, course, chosen):
        raise PermissionDenied
    form = chosen.form(course, request.POST)

    def do() -> Any:
        return chosen.do(course, form, by=request.user, at=now())

    def page(status: int) -> HttpResponse:
        return _page(request, _fetch(request, pk), status, sent=(act, form))

    return perform(request, form, do, done=chosen.done, to=course.get_absolute_url(), page=page)


@requires(Ability.TAKE_COUNSELING, seen_by=SEEING)
@never_cache
@require_http_methods(["GET", "POST"])
def course_open(request: Request, pk: UUID) -> HttpResponse:
    """From a referral that was given to oneself."""
    referrals = Referral.objects.counseling_for(request.user).select_related("student__school", "student__user")
    referral = get_object_or_404(referrals, pk=pk)
    if referral.counselor_id != request.user.pk:
        raise PermissionDenied
    return _open(request, referral.student, referral)


@requires(Ability.TAKE_COUNSELING)
@never_cache
@require_http_methods(["GET", "POST"])
def session_course(request: Request, pk: UUID) -> HttpResponse:
    """From a session of one's own."""
    bookings = Booking.objects.filter(state__in=LIVE_STATES, session__counselor__user=request.user)
    rows = bookings.select_related("student__school", "student__user").order_by("booked_at")
    booking = get_object_or_404(rows, session=pk)
    return _open(request, booking.student, None)


def _open(request: Request, student: Student, referral: Referral | None) -> HttpResponse:
    counselor = Counselor.objects.filter(user=request.user, school=student.school_id).select_related("user").first()
    if counselor is None:
        raise PermissionDenied
    form = OpenCourseForm(request.POST or None)

    def do() -> Course:
        limit = form.cleaned_data["limit"]
        return open_course(
            student=student, counselor=counselor, limit=limit, referral=referral, by=request.user, at=now()
        )

    def page(status: int) -> HttpResponse:
        record_look(
            action="client_course.read", student=student, by=request.user, at=now(), purpose="counseling", discreet=True
        )
        return render(request, "counseling/desk/course_open.html", {"form": form, "student": student}, status=status)

    if request.method == "GET":
        return page(200)
    return perform(
        request, form, do, done=_("The course is open."), to=lambda course: course.get_absolute_url(), page=page
    )


def _fetch(request: Request, pk: UUID) -> Course:
    course: Course = get_object_or_404(Course.objects.visible_to(request.user).select_related(*JOINED), pk=pk)
    return course


def _may(request: Request, course: Course, act: Act) -> bool:
    if policies.may_treat(request.user, course):
        return True
    return not act.is_treating and policies.may_direct(request.user, course.school)


def _page(request: Request, course: Course, status: int, sent: tuple[str, forms.Form] | None = None) -> HttpResponse:
    user, at = request.user, now()
    look: dict[str, Any] = {"purpose": "counseling", "obj": course, "discreet": True}
    record_look(action="client_course.read", student=course.student, by=user, at=at, **look)
    is_treating = policies.may_treat(user, course)
    key, bound = sent or ("", None)
    panels = [
        {
            "act": act,
            "form": bound if act.key == key else act.form(course, None),
            "is_open": act.key == key,
            "url": reverse("counseling:course-act", args=[course.pk, act.key]),
        }
        for act in ACTS.values()
        if course.is_open and _may(request, course, act)
    ]
    came_from = Transfer.objects.filter(opened=course).first()
    context = {
        "course": course,
        "used": sessions_used(course),
        "is_treating": is_treating,
        "panels": panels,
        "notes": read_own_notes(course=course, by=user, at=at),
        "charts": charts_of(course) if is_treating else [],
        "measures": Measure.objects.visible_to(user).filter(course=course).order_by("-taken_at")[:20],
        "messages_to_college": CollegeMessage.objects.visible_to(user).filter(course=course),
        "transfers": Transfer.objects.visible_to(user).filter(course=course).select_related("to__user"),
        "came_from": came_from if is_treating else None,
        "glass_url": reverse("network:student-break-glass", args=[course.student_id, "session_notes"])
        if policies.may_direct(user, course.school) and not is_treating
        else "",
    }
    return render(request, "counseling/desk/course_detail.html", context, status=status)
