"""Further evidence for an alarm. Every word is kept; the same person is called once in five minutes for a student."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop

from crisis.models import Alarm
from crisis.rules.ringing import QUIET, has_room
from crisis.services.alarms.escalation import notify_recipients, recently_called
from crisis.services.alarms.handling import lock_alarm, raise_alarm
from crisis.services.alarms.trail import record_alarm
from crisis.services.cases.recipients import handlers
from crisis.services.scheduled import for_each
from network.models import Student, User

MORE = gettext_noop("More was told about an alarm. Please look at it again.")
AT_ONCE = 200
TASK = "tell_of_additions"


@transaction.atomic
def raise_or_append(
    *,
    student: Student,
    source: Alarm.Source,
    source_key: str,
    evidence: str,
    within: timedelta,
    by: User,
    at: datetime,
    place: str = "",
    contact: str = "",
    any_source: bool = False,
) -> Alarm:
    """Raise an alarm for a student. An unsettled one of the same source (`any_source`: of any) that is younger than
    `within` gets the words instead, as long as it has room for them. The same key with the same content gives the alarm
    that it raised; with another student or other words it is another request."""
    # The row of the student is locked, so that two requests at once make one alarm.
    Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    words = [part for part in (place, evidence, contact) if part]
    known: Alarm | None = Alarm.objects.filter(source_key=source_key).first()
    if known is not None and not _holds(known, student, words):
        source_key = _key_of(source_key, student, words)
        known = Alarm.objects.filter(source_key=source_key).first()
    if known is not None:
        return known
    same = {} if any_source else {"source": source}
    recent = Alarm.objects.unsettled().filter(student=student, raised_at__gt=at - within, **same)
    if source != Alarm.Source.COUNSELING:
        # What others saw is told to those near the student; it does not end in an alarm that they never see.
        recent = recent.near()
    text = "\n".join(words)
    for alarm in recent.order_by("-raised_at", "pk"):
        if has_room(alarm.evidence, text):
            return add_evidence(alarm=alarm, evidence=text, by=by, at=at)
    return raise_alarm(
        student=student,
        source=source,
        source_key=source_key,
        evidence=evidence,
        place=place,
        contact=contact,
        by=by,
        at=at,
    )


def report_danger(
    *,
    student: Student | None,
    source: Alarm.Source,
    source_key: str,
    evidence: str,
    place: str,
    contact: str,
    by: User,
    at: datetime,
) -> Alarm:
    """Raise an alarm for staff. One for the same student that is younger than five minutes gets the words instead;
    without a student it is always a new alarm."""
    details: dict[str, Any] = {
        "source": source,
        "source_key": source_key,
        "evidence": evidence,
        "place": place,
        "contact": contact,
    }
    if student is None:
        return raise_alarm(student=None, by=by, at=at, **details)
    return raise_or_append(student=student, within=QUIET, any_source=True, by=by, at=at, **details)


@transaction.atomic
def add_evidence(*, alarm: Alarm, evidence: str, by: User, at: datetime) -> Alarm:
    """Append text to the evidence of an alarm; the text before stays as it was. People who were called for this student
    in the last five minutes are told later, all the rest at once."""
    alarm = lock_alarm(alarm)
    if not evidence or evidence in alarm.evidence:
        return alarm
    added = evidence if by.pk == alarm.raised_by_id else f"{by.name}, {localtime(at):%H:%M}:\n{evidence}"
    alarm.evidence = "\n\n".join(part for part in (alarm.evidence, added) if part)
    everybody_told = _tell_of_addition(alarm, at=at)
    if not everybody_told and alarm.addition_due_at is None:
        alarm.addition_due_at = at + QUIET
    alarm.save(update_fields=["evidence", "addition_due_at"])
    record_alarm(action="alarm.add_evidence", alarm=alarm, by=by, at=at)
    return alarm


def tell_of_due_additions(*, at: datetime) -> int:
    """Send the postponed notices about added evidence; returns for how many alarms."""
    due = list(Alarm.objects.with_due_addition(at).values_list("pk", flat=True)[:AT_ONCE])
    return for_each(due, lambda pk: tell_of_due_addition(alarm_id=pk, at=at), task=TASK, at=at)


@transaction.atomic
def tell_of_due_addition(*, alarm_id: object, at: datetime) -> int:
    """Send the postponed notice about added evidence of one alarm."""
    due = Alarm.objects.with_due_addition(at).filter(pk=alarm_id)
    alarm: Alarm | None = due.select_for_update(skip_locked=True, of=("self",)).first()
    if alarm is None:
        return 0
    everybody_told = alarm.settled_at is not None or _tell_of_addition(alarm, at=at)
    alarm.addition_due_at = None if everybody_told else at + QUIET
    alarm.save(update_fields=["addition_due_at"])
    return 1


def _holds(alarm: Alarm, student: Student, words: list[str]) -> bool:
    """Whether the alarm is about this student and has every word of a request already."""
    kept = (alarm.place, alarm.evidence, alarm.contact)
    return alarm.student_id == student.pk and all(any(word in text for text in kept) for word in words)


def _key_of(source_key: str, student: Student, words: list[str]) -> str:
    """The key of a request that came under a known key with another content."""
    content = "\0".join([source_key, str(student.pk), *words])
    return f"{source_key[:50]}:{sha256(content.encode()).hexdigest()}"


def _tell_of_addition(alarm: Alarm, *, at: datetime) -> bool:
    """Tell everybody who was not called just now; returns whether nobody is left to be told later."""
    people = handlers(alarm, at=at)
    besides = recently_called(alarm, at)
    key = f"alarm:{alarm.pk}:{at.isoformat()}"
    return notify_recipients(alarm, people, title=MORE, key=key, at=at, besides=besides) == len(people)
