import json
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crisis.forms import (
    AcknowledgeForm,
    ActionForm,
    CompleteAlarmForm,
    RaiseAlarmForm,
    SettleAlarmForm,
    TellNearForm,
)
from crisis.models import Alarm, Case, Disclosure
from crisis.policies import may_tell_near
from crisis.services.alarms.additions import report_danger
from crisis.services.alarms.contacts import alarm_contacts
from crisis.services.alarms.disclosures import tell_near
from crisis.services.alarms.escalation_status import escalation_status_of
from crisis.services.alarms.handling import acknowledge, complete_alarm, note_action, settle_alarm, student_called
from crisis.views.response_plans import plan_of
from crisis.views.shared import require
from kernel import audit
from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, page_of, perform, require_GET, require_http_methods, require_POST
from network.access import requires
from network.models import Student
from network.rules import Ability
from network.scope import Scope
from network.services import record_look, stated_purpose

JOINED = (
    "student__school_class",
    "school",
    "college",
    "school_class",
    "dorm",
    "raised_by",
    "acknowledged_by",
    "settled_by",
    "case",
)


@requires(Ability.HANDLE_ALARM)
@require_GET
def alarm_list(request: Request) -> HttpResponse:
    require(request, Ability.HANDLE_ALARM)
    at = timezone.now()
    alarms = Alarm.objects.visible_to(request.user, Ability.HANDLE_ALARM).select_related(*JOINED)
    ordered = alarms.defer("evidence", "action_taken", "place", "contact", "outcome_note").waiting_first()
    page = page_of(request, ordered)
    audit.record(action="alarm.list", by=request.user, at=at, detail={"rows": len(page)})
    waiting = alarms.unacknowledged()
    context = {
        "page": page,
        "waiting": waiting.count(),
        "oldest": waiting.order_by().aggregate(oldest=Min("raised_at"))["oldest"],
        "at": at,
    }
    return render(request, "crisis/alarm_list.html", context)


@requires(Ability.HANDLE_ALARM)
@require_GET
def alarm_detail(request: Request, pk: UUID) -> HttpResponse:
    return _page(request, pk)


@requires(Ability.RAISE_ALARM)
@require_http_methods(["GET", "POST"])
def alarm_raise(request: Request) -> HttpResponse:
    require(request, Ability.RAISE_ALARM)
    form = RaiseAlarmForm(request.POST or None, initial={"number": request.GET.get("number", "")})
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else UNPROCESSABLE
        return render(request, "crisis/alarm_raise.html", {"form": form, "key": uuid4()}, status=status)
    data = form.cleaned_data
    student = student_called(school=request.user.school_id, number=data["number"])
    evidence = data["evidence"]
    if data["number"] and student is None:
        # Help first: what was typed goes along, so that the center can find out who it is.
        evidence = f"{data['number']}\n{evidence}"
    details = {"evidence": evidence, "place": data["place"], "contact": data["contact"]}
    alarm = report_danger(
        student=student,
        source=_source(request, is_call=data["is_call"]),
        source_key=_source_key(request, data),
        by=request.user,
        at=timezone.now(),
        **details,
    )
    messages.success(request, _("The alarm has gone out. Stay with them if you can; the first step is a phone call."))
    seen = Alarm.objects.visible_to(request.user, Ability.HANDLE_ALARM).filter(pk=alarm.pk).exists()
    return redirect(reverse("crisis:alarm-detail", args=[alarm.pk]) if seen else "crisis:alarm-raised")


@requires(Ability.RAISE_ALARM)
@require_GET
def alarm_raised(request: Request) -> HttpResponse:
    require(request, Ability.RAISE_ALARM)
    return render(request, "crisis/alarm_raised.html")


@requires(Ability.HANDLE_ALARM)
@require_POST
def alarm_acknowledge(request: Request, pk: UUID) -> HttpResponse:
    form = AcknowledgeForm(request.POST)
    alarm = _fetch(request, pk)

    def act() -> None:
        acknowledge(alarm=alarm, action_taken=form.cleaned_data["action_taken"], by=request.user, at=timezone.now())

    done = gettext_lazy("You have taken this on. Everybody who was called sees your name now.")
    return _act(request, pk, form, act, done, "acknowledge_form")


@requires(Ability.HANDLE_ALARM)
@require_POST
def alarm_action(request: Request, pk: UUID) -> HttpResponse:
    form = ActionForm(request.POST)
    alarm = _fetch(request, pk)

    def act() -> None:
        note_action(alarm=alarm, action_taken=form.cleaned_data["action_taken"], by=request.user, at=timezone.now())

    return _act(request, pk, form, act, gettext_lazy("Written down. Thank you."), "action_form")


@requires(Ability.HANDLE_ALARM)
@require_POST
def alarm_complete(request: Request, pk: UUID) -> HttpResponse:
    form = CompleteAlarmForm(request.POST)
    alarm = _fetch(request, pk)

    def act() -> None:
        student = student_called(school=alarm.school_id, number=form.cleaned_data["number"])
        if student is None:
            raise Refused(_("Nobody at this school has this number. Please look it up once more."), code="no-student")
        complete_alarm(alarm=alarm, student=student, by=request.user, at=timezone.now())

    return _act(request, pk, form, act, gettext_lazy("Now everybody knows who it is about."), "complete_form")


@requires(Ability.HANDLE_ALARM)
@require_POST
def alarm_settle(request: Request, pk: UUID) -> HttpResponse:
    form = SettleAlarmForm(request.POST)
    alarm = _fetch(request, pk)

    def act() -> None:
        outcome = Alarm.Outcome(form.cleaned_data["outcome"])
        settle_alarm(alarm=alarm, outcome=outcome, note=form.cleaned_data["note"], by=request.user, at=timezone.now())

    return _act(request, pk, form, act, gettext_lazy("Written down. Thank you."), "settle_form")


@requires(Ability.HANDLE_ALARM)
@require_POST
def alarm_tell_near(request: Request, pk: UUID) -> HttpResponse:
    form = TellNearForm(request.POST)
    alarm = _fetch(request, pk)
    if not may_tell_near(request.user, alarm):
        raise PermissionDenied

    def act() -> None:
        phrase = Disclosure.Phrase(form.cleaned_data["phrase"])
        tell_near(alarm=alarm, phrase=phrase, by=request.user, at=timezone.now())

    return _act(request, pk, form, act, gettext_lazy("Told. The sentence stands below with its time."), "near_form")


def _act(request: Request, pk: UUID, form: Any, act: Any, done: Any, name: str) -> HttpResponse:
    def page(status: int) -> HttpResponse:
        return _page(request, pk, status=status, **{name: form})

    return perform(request, form, act, done=done, to=reverse("crisis:alarm-detail", args=[pk]), page=page)


def _fetch(request: Request, pk: UUID) -> Alarm:
    alarms = Alarm.objects.visible_to(request.user, Ability.HANDLE_ALARM).select_related(*JOINED)
    alarm: Alarm = get_object_or_404(alarms, pk=pk)
    return alarm


def _page(request: Request, pk: UUID, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Record the reading, then show the alarm with the phone numbers that are needed now."""
    alarm, at = _fetch(request, pk), timezone.now()
    _record_reading(request, alarm, at=at)
    context = {
        "alarm": alarm,
        "at": at,
        "form": AcknowledgeForm(),
        # Words that came with a late attempt to acknowledge are not lost.
        "action_form": ActionForm(initial={"action_taken": request.POST.get("action_taken", "")}),
        "contacts": alarm_contacts(alarm, at=at),
        "events": alarm.events.select_related("by"),
        "settle_form": SettleAlarmForm(),
        "complete_form": CompleteAlarmForm(),
        "near_form": TellNearForm(),
        "disclosures": alarm.disclosures.select_related("told_by") if alarm.is_confidential else [],
        "escalation": escalation_status_of(alarm, at=at),
        "case": _case(request, alarm),
        "may_open": _may_open(request, alarm),
        **forms,
        **plan_of(alarm),
    }
    return render(
        request,
        "crisis/alarm_detail.html",
        context | {"form": forms.get("acknowledge_form", context["form"])},
        status=status,
    )


def _record_reading(request: Request, alarm: Alarm, *, at: datetime) -> None:
    if alarm.student is None:
        audit.record(action="alarm.read", by=request.user, at=at, obj=alarm, unit=alarm.school.code)
        return
    purpose = stated_purpose(request.session)
    look: dict[str, Any] = {"purpose": purpose, "obj": alarm, "discreet": alarm.is_confidential}
    record_look(action="alarm.read", student=alarm.student, by=request.user, at=at, **look)


def _case(request: Request, alarm: Alarm) -> Case | None:
    """The open case of the student, as far as the reader may know of it."""
    if alarm.student_id is None:
        return None
    return Case.objects.visible_to(request.user).open().filter(student=alarm.student_id).first()


def _may_open(request: Request, alarm: Alarm) -> bool:
    if alarm.student_id is None:
        return False
    opening = (Ability.MANAGE_CASES, Ability.MANAGE_ASSIGNED_CASES)
    return Student.objects.visible_to(request.user, *opening).filter(pk=alarm.student_id).exists()


def _source_key(request: Request, data: dict[str, Any]) -> str:
    """The same form with the same content is the same alarm; with another content it is another one."""
    sent = [str(request.POST.get("key") or uuid4()), *(str(data[name]) for name in sorted(data))]
    digest = sha256(json.dumps(sent).encode()).hexdigest()
    return f"staff:{request.user.pk}:{digest}"


def _source(request: Request, *, is_call: bool) -> Alarm.Source:
    if is_call:
        return Alarm.Source.PHONE
    return Alarm.Source.COUNSELOR if Ability.ASSESS_RISK in Scope.of(request.user).abilities else Alarm.Source.STAFF
