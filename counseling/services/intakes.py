"""What a student writes before the first talk: a draft saved field by field, then a version that stays."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from counseling import policies
from counseling.models import Intake
from counseling.rules.intakes import FIELDS, LONGEST, is_at_risk, triage_of
from counseling.rules.refusals import Why
from counseling.services.shared import NotBooked, lock_student
from crisis.models import Alarm
from crisis.models.base import keys_of
from crisis.services.alarms.additions import raise_or_append
from kernel.errors import Refused
from network.models import Student, User
from network.services import record_client_event

# Intakes of one day make one alarm.
SAME_ALARM = timedelta(hours=24)
RISK = gettext_lazy("The answers before a first talk tell of danger. Please talk with the student at once.")


def answers_of(intake: Intake | None) -> dict[str, str]:
    """The answers by field."""
    return json.loads(intake.answers) if intake is not None and intake.answers else {}


@transaction.atomic
def save_intake_field(*, student: Student, field: str, text: str, by: User, at: datetime) -> Intake:
    """Keep one answer of the draft; no other is touched. Refused to anybody else, and for text that is too long."""
    student = lock_student(student)
    if not policies.may_book_for_oneself(by, student):
        raise NotBooked(Why.NOT_YOURS)
    if field not in FIELDS or "\x00" in text:
        raise Refused(_("This answer cannot be kept. Reload the page."), code="unknown-field")
    if len(text) > LONGEST:
        raise Refused(_("Please write at most %(count)s characters.") % {"count": LONGEST}, code="too-long")
    draft = _draft(student, by=by, at=at)
    answers = answers_of(draft) | {field: text}
    draft.answers, draft.at = json.dumps(answers, ensure_ascii=False), at
    draft.save()
    return draft


@transaction.atomic
def submit_intake(*, student: Student, answers: Mapping[str, str] | None = None, by: User, at: datetime) -> Intake:
    """Close the draft as the next version. Answers that tell of danger raise one alarm, which begins at the center;
    the caller shows help first (`Intake.triage` is TODAY then)."""
    student = lock_student(student)
    if not policies.may_book_for_oneself(by, student):
        raise NotBooked(Why.NOT_YOURS)
    draft = _draft(student, by=by, at=at)
    if answers is not None:
        kept = {field: text.replace("\x00", "")[:LONGEST] for field, text in answers.items() if field in FIELDS}
        draft.answers = json.dumps(kept, ensure_ascii=False)
    content = answers_of(draft)
    draft.triage, draft.by, draft.at, draft.submitted_at = triage_of(content).value, by, at, at
    draft.save()
    record_client_event(action="intake.submit", student=student, by=by, at=at, obj=draft)
    if is_at_risk(content):
        _raise(student, draft, by=by, at=at)
    return draft


def _draft(student: Student, *, by: User, at: datetime) -> Intake:
    rows = Intake.objects.filter(student=student)
    draft: Intake | None = rows.drafts().first()
    if draft is None:
        last = rows.order_by("-version").values_list("version", flat=True).first() or 0
        draft = Intake(student=student, **keys_of(student), version=last + 1, by=by, at=at)
    return draft


def _raise(student: Student, intake: Intake, *, by: User, at: datetime) -> None:
    """SECURITY: the alarm says nothing of what was written."""
    raise_or_append(
        student=student,
        source=Alarm.Source.COUNSELING,
        source_key=f"counseling:intake:{intake.pk}",
        evidence=str(RISK),
        within=SAME_ALARM,
        by=by,
        at=at,
    )
