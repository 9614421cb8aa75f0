"""The desk of the counselor on duty, and the screen of the waiting room."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext_lazy as _

from counseling.forms.calls import CallForm
from counseling.forms.desk import WalkInForm
from counseling.models import Booking, Call, WaitingEntry
from counseling.policies import may_register_calls
from counseling.rules.kinds import Channel, Triage
from counseling.services.calls import LATEST_ENTRY, register_call
from counseling.services.duty import due_times, registered_by, urgent_queue
from counseling.services.looks import record_client_look
from counseling.services.urgent import ask_for_today, record_call
from counseling.services.waiting import Wishes, join_waiting_list
from counseling.views.desk.own import desk_school
from crisis.services.cases.recipients import on_duty
from kernel.errors import Refused
from kernel.periods import TZ
from kernel.web import Request, act, perform, require_GET, require_POST
from network.access import requires
from network.models import Student, Unit
from network.rules import Ability

HERE = "counseling:duty-desk"
# Who is on the screen of the waiting room: those whose time begins soon or has just begun.
BEFORE, AFTER = timedelta(minutes=30), timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


@requires(Ability.TAKE_COUNSELING)
@require_GET
def duty_desk(request: Request) -> HttpResponse:
    return _page(request, 200)


@requires(Ability.TAKE_COUNSELING)
@require_POST
def call_register(request: Request) -> HttpResponse:
    form, school = CallForm(request.POST), desk_school(request)

    def register() -> Call:
        return register_call(school=school, record=form.record, by=request.user, at=now())

    def page(status: int) -> HttpResponse:
        return _page(request, status, call=form)

    return perform(request, form, register, done=_("Taken down."), to=reverse(HERE), page=page)


@requires(Ability.TAKE_COUNSELING)
@require_POST
def walk_in_register(request: Request) -> HttpResponse:
    form, school, at = WalkInForm(request.POST), desk_school(request), now()

    def register() -> None:
        data = form.cleaned_data
        student = Student.objects.filter(school=school, number=data["number"].strip()).select_related("user").first()
        if student is None:
            raise Refused(_("Nobody of your school has this number. Check it, please."), code="no-such-student")
        if data["triage"] == Triage.TODAY:
            ask_for_today(student=student, client_id=uuid4(), by=request.user, at=at)
            return
        wishes = Wishes(kind=data["kind"], triage=data["triage"])
        join_waiting_list(student=student, wishes=wishes, client_id=uuid4(), by=request.user, at=at)

    def page(status: int) -> HttpResponse:
        return _page(request, status, walk_in=form)

    return perform(request, form, register, done=_("On the list now."), to=reverse(HERE), page=page)


@requires(Ability.TAKE_COUNSELING)
@require_POST
def urgent_called(request: Request, pk: UUID) -> HttpResponse:
    at = now()
    entry = next(
        (row for row in urgent_queue(school=desk_school(request), user=request.user, at=at) if row.pk == pk), None
    )
    if entry is None:
        raise Http404
    done = _("Thank you. It is noted that you have talked.")
    return act(request, record_call, done=done, to=HERE, entry=entry, by=request.user, at=at)


@requires(Ability.TAKE_COUNSELING)
@require_GET
def desk_screen(request: Request) -> HttpResponse:
    at, school = now(), desk_school(request)
    booked = Booking.objects.booked().filter(
        session__school=school,
        session__channel=Channel.IN_PERSON.value,
        session__starts_at__gt=at - AFTER,
        session__starts_at__lte=at + BEFORE,
    )
    # SECURITY: codes, rooms and times alone; the screen stands where everybody waits.
    rows = booked.order_by("session__starts_at", "code").values("code", "session__room__name", "session__starts_at")
    shown = [
        {"code": row["code"], "room": row["session__room__name"], "starts_at": row["session__starts_at"]}
        for row in rows
    ]
    response = render(request, "counseling/desk/screen.html", {"rows": shown, "now": localtime(at)})
    response["Refresh"] = "60"
    return response


def _page(request: Request, status: int, **bound: Any) -> HttpResponse:
    at, school = now(), desk_school(request)
    since = datetime.combine(localdate(at), time(0), TZ) - LATEST_ENTRY
    queue = urgent_queue(school=school, user=request.user, at=at)
    for entry in queue:
        record_client_look(action="waiting.read", student=entry.student, by=request.user, at=at, obj=entry)
    context = {
        "on_duty": ", ".join(person.name for person in on_duty(school.pk, at)),
        "may_register": may_register_calls(request.user, school),
        "calls": Call.objects.visible_to(request.user).filter(at__gte=since),
        "urgent": _urgent(queue, school, at),
        "registered": registered_by(request.user),
        "call": CallForm(initial={"at": f"{localtime(at):%Y-%m-%dT%H:%M}", "minutes": 20}),
        "walk_in": WalkInForm(),
        **bound,
    }
    return render(request, "counseling/desk/duty.html", context, status=status)


def _urgent(queue: list[WaitingEntry], school: Unit, at: datetime) -> list[dict[str, Any]]:
    due = due_times(queue, school)
    return [
        {
            "pk": entry.pk,
            "name": entry.student.name,
            "phone": entry.student.phone,
            "minutes": (at - entry.since) // MINUTE,
            "due_at": due[entry.pk],
        }
        for entry in queue
    ]
