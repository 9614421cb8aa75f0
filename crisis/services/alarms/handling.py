"""Alarms are raised, acknowledged, completed and settled. Nothing here needs Redis."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis import policies
from crisis.models import Alarm, Case, Disclosure
from crisis.models.base import keys_of
from crisis.services.alarms import escalation
from crisis.services.alarms.disclosures import write_disclosure
from crisis.services.alarms.outcome_duties import owe_outcome, settle_outcome
from crisis.services.alarms.trail import record_alarm
from crisis.services.cases.recipients import handlers
from crisis.services.cases.timeline import tell_alarm
from kernel.errors import Refused
from network.models import Student, Unit, User

__all__ = ["acknowledge", "complete_alarm", "handlers", "raise_alarm", "settle_alarm"]


@transaction.atomic
def raise_alarm(
    *,
    student: Student | None,
    source: Alarm.Source,
    source_key: str,
    evidence: str,
    by: User,
    at: datetime,
    school: Unit | None = None,
    place: str = "",
    contact: str = "",
) -> Alarm:
    """Raise an alarm: its row, and an urgent notice to fudaoyuan and college, in one transaction. One that counseling
    raised (Source.COUNSELING) calls the center instead, and stays there. The scheduled task calls the later steps.
    `source_key` names what happened: a second call with it returns the first alarm. Without a student the center of
    `school` is called at once."""
    keys = {"school": school or by.school} if student is None else keys_of(student)
    alarm, fresh = Alarm.objects.get_or_create(
        source_key=source_key,
        defaults={
            "student": student,
            **keys,
            "source": source,
            "evidence": evidence,
            "place": place,
            "contact": contact,
            "raised_by": by,
            "raised_at": at,
            "escalates_at": at,
        },
    )
    if not fresh:
        return alarm
    record_alarm(action="alarm.raise", alarm=alarm, by=by, at=at, detail={"source": source.value})
    escalation.escalate(alarm_id=alarm.pk, at=at)
    alarm.refresh_from_db(fields=["escalates_at"])
    return alarm


@transaction.atomic
def acknowledge(*, alarm: Alarm, action_taken: str = "", by: User, at: datetime) -> Alarm:
    """Acknowledge an alarm; the words may follow with `note_action`. Refused when another user was faster, with their
    name, and to the student whom the alarm is about."""
    # Who was faster is read after the lock, not joined with it: a joined row may be older than the locked one.
    alarm = lock_alarm(alarm)
    _check_not_oneself(alarm, by)
    if not policies.may_acknowledge(by, alarm):
        raise Refused(_("You may not acknowledge this alarm."), code="may-not-acknowledge")
    if alarm.acknowledged_by is not None:
        raise Refused(
            _("%(name)s has already taken this alarm on.") % {"name": alarm.acknowledged_by.name},
            code="already-acknowledged",
        )
    alarm.acknowledged_by = by
    alarm.acknowledged_at = at
    alarm.action_taken = action_taken
    alarm.escalates_at = None
    alarm.save(update_fields=["acknowledged_by", "acknowledged_at", "action_taken", "escalates_at"])
    _join_case(alarm, by=by, at=at)
    if alarm.settled_at is None:
        owe_outcome(alarm=alarm, by=by, at=at)
    record_alarm(action="alarm.acknowledge", alarm=alarm, by=by, at=at)
    return alarm


@transaction.atomic
def note_action(*, alarm: Alarm, action_taken: str, by: User, at: datetime) -> Alarm:
    """Write down what is done, after the alarm was acknowledged; the words before stay. Refused before that, and to
    users who may not handle the alarm."""
    alarm = lock_alarm(alarm)
    _check_not_oneself(alarm, by)
    if not policies.may_acknowledge(by, alarm):
        raise Refused(_("You may not change this alarm."), code="may-not-handle")
    if alarm.acknowledged_at is None:
        raise Refused(_("Take the alarm on first, then write down what is done."), code="not-acknowledged")
    added = (
        action_taken if by.pk == alarm.acknowledged_by_id else f"{by.name}, {localtime(at):%m-%d %H:%M}: {action_taken}"
    )
    alarm.action_taken = "\n".join(part for part in (alarm.action_taken, added) if part)
    alarm.save(update_fields=["action_taken"])
    record_alarm(action="alarm.note_action", alarm=alarm, by=by, at=at)
    return alarm


@transaction.atomic
def complete_alarm(*, alarm: Alarm, student: Student, by: User, at: datetime) -> Alarm:
    """Say who an alarm is about, once it is known; their fudaoyuan and college are called at once. Refused for a
    student of another school, and when somebody else stands there already."""
    alarm = lock_alarm(alarm)
    if not policies.may_acknowledge(by, alarm):
        raise Refused(_("You may not change this alarm."), code="may-not-handle")
    if alarm.student_id not in (None, student.pk) or student.school_id != alarm.school_id:
        raise Refused(
            _("This alarm is about somebody else. Raise another one for this student."), code="another-student"
        )
    for name, value in keys_of(student).items():
        setattr(alarm, name, value)
    alarm.student = student
    alarm.save(update_fields=["student", "school", "college", "school_class", "dorm"])
    record_alarm(action="alarm.complete", alarm=alarm, by=by, at=at, unit=student.school_class.code)
    title = gettext_noop("Urgent: an alarm concerns a student of yours. Open the portal.")
    escalation.notify_recipients(alarm, handlers(alarm, at=at), title=title, key=f"alarm:{alarm.pk}:who", at=at)
    return alarm


@transaction.atomic
def settle_alarm(*, alarm: Alarm, outcome: Alarm.Outcome, note: str, by: User, at: datetime) -> Alarm:
    """Write down the outcome of an alarm. Refused before it was acknowledged, a second time, and to the student whom it
    is about."""
    alarm = lock_alarm(alarm)
    _check_not_oneself(alarm, by)
    if not policies.may_acknowledge(by, alarm):
        raise Refused(_("You may not change this alarm."), code="may-not-handle")
    if alarm.acknowledged_at is None:
        raise Refused(_("Take the alarm on first, then say what came of it."), code="not-acknowledged")
    if alarm.settled_at is not None:
        raise Refused(_("What came of this alarm is written down already."), code="settled")
    alarm.outcome, alarm.outcome_note = outcome, note
    alarm.settled_by, alarm.settled_at = by, at
    alarm.save(update_fields=["outcome", "outcome_note", "settled_by", "settled_at"])
    settle_outcome(alarm=alarm, at=at)
    record_alarm(action="alarm.settle", alarm=alarm, by=by, at=at, detail={"outcome": outcome.value})
    return alarm


def _check_not_oneself(alarm: Alarm, by: User) -> None:
    # SECURITY: an alarm about oneself is handled by somebody else.
    if policies.is_about(by, alarm.student):
        raise Refused(_("This alarm is about you. Somebody else takes it on."), code="about-oneself")


def _join_case(alarm: Alarm, *, by: User, at: datetime) -> None:
    """Put the alarm into the timeline of the student's open case, if there is one."""
    open_cases = Case.objects.open().filter(student=alarm.student_id)
    case: Case | None = open_cases.select_for_update(of=("self",)).first() if alarm.student_id else None
    if case is None or alarm.case_id is not None:
        return
    alarm.case, alarm.outcome = case, Alarm.Outcome.CASE
    alarm.settled_by, alarm.settled_at = by, at
    alarm.save(update_fields=["case", "outcome", "settled_by", "settled_at"])
    tell_alarm(case=case, alarm=alarm, at=at)
    if alarm.is_confidential:
        write_disclosure(alarm=alarm, phrase=Disclosure.Phrase.CASE, by=by, at=at)


def lock_alarm(alarm: Alarm) -> Alarm:
    locked: Alarm = Alarm.objects.select_for_update(of=("self",)).get(pk=alarm.pk)
    return locked


def student_called(*, school: int | None, number: str) -> Student | None:
    """The student with this number, also outside the caller's scope: help comes first."""
    return Student.objects.filter(school=school, number=number.strip()).first()
