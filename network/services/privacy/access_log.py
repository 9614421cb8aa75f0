"""Looks at a student's data are recorded with the reader's role and purpose; no record, no look."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.aliases import known_aliases
from kernel.errors import Refused
from kernel.models import AuditEvent, AuditEventQuerySet
from network import policies
from network.models import DisclosureDelay, Student, User
from network.models.base import keys_of
from network.rules import access_log as rules
from network.rules.access_log import DEFAULT_PURPOSE, SHORTEST_DELAY_REASON, TOLD_AFTER, LookPurpose
from network.scope import Scope

PURPOSE = "purpose"
# What belongs to a crisis, by the object or by the noun of the action.
OF_A_CRISIS = Q(object_type__startswith="crisis.") | Q(action__startswith="alarm.") | Q(action__startswith="case.")


# Looks that say by themselves that there is a crisis: their purpose, or what they looked at.
IN_AN_EMERGENCY = (
    Q(purpose=LookPurpose.EMERGENCY.value)
    | Q(action="look.read_delay")
    | Q(action="glass.break", detail__emergency=True)
)


def record_look(
    *,
    action: str,
    student: Student,
    by: User,
    at: datetime,
    purpose: str = "",
    obj: Model | None = None,
    detail: Mapping[str, Any] | None = None,
    discreet: bool = False,
) -> None:
    """Write down that `by` read something of the student's: `action` says what, `purpose` why, in one word each.
    `discreet`: that there is something to read tells that the student comes to counseling."""
    roles = Scope.of(by).roles_over(student)
    if discreet:
        role = roles[0] if roles else ""
        told: dict[str, Any] = {"role": role, "purpose": purpose, "detail": detail}
        record_client_event(action=action, student=student, by=by, at=at, obj=obj, **told)
        return
    audit.record(
        action=action,
        by=by,
        at=at,
        obj=obj or student,
        unit=student.school_class.code,
        subject=str(student.pk),
        role=roles[0] if roles else "",
        purpose=purpose,
        detail=detail,
    )


def record_client_event(
    *,
    action: str,
    student: Student,
    by: User | None,
    at: datetime,
    obj: Model | None = None,
    role: str = "",
    purpose: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down what a client of counseling did, or what somebody did or read of theirs. SECURITY: an alias stands for
    the client; the unit is the school; `detail` holds yes, no and numbers alone."""
    audit.record(
        action=action,
        by=by,
        at=at,
        obj=obj,
        unit=student.school.code,
        subject=str(student.pk),
        role=role,
        purpose=purpose,
        detail=detail,
        discreet=True,
        own=by is not None and student.user_id == by.pk,
    )


def subjects_of(student: Student | UUID) -> list[str]:
    """How the log names a student as the one who was looked at: by id, and by alias where they are a client."""
    key = str(student.pk if isinstance(student, Student) else student)
    return [key, *known_aliases([key])]


def stated_purpose(session: Mapping[str, Any]) -> str:
    """The purpose that the reader has stated in this session, or the usual one."""
    return str(session.get(PURPOSE, DEFAULT_PURPOSE.value))


def state_purpose(session: Any, purpose: LookPurpose) -> None:
    """Keep the purpose for all looks of this session."""
    session[PURPOSE] = purpose.value


def looks_at(*, student: Student, at: datetime) -> AuditEventQuerySet:
    """Who looked, as the student may know it by now, newest first: others' looks, those at a crisis or in an
    emergency after a delay."""
    held_back = rules.hidden_since(at, delayed_since(student=student, at=at))
    looks: AuditEventQuerySet = AuditEvent.objects.filter(subject__in=subjects_of(student)).exclude(
        actor_id=student.user_id
    )
    # That something is held back is held back with it.
    looks = looks.exclude(action="look.delay")
    return looks.exclude(OF_A_CRISIS | IN_AN_EMERGENCY, at__gt=held_back).newest_first()


def delayed_since(*, student: Student, at: datetime) -> datetime | None:
    """From when on a delay that is in force holds looks back; None without one."""
    delay: DisclosureDelay | None = DisclosureDelay.objects.newest_of(student)
    return delay.since if delay is not None and delay.ends_on > localdate(at) else None


@transaction.atomic
def delay_disclosure(*, student: Student, ends_on: date, reason: str, by: User, at: datetime) -> DisclosureDelay:
    """Keep looks at a crisis from the student's eyes until `ends_on`; today lifts a delay. Refused for all but
    clinicians, without a reason of some words, and for a day that has passed or is too far off."""
    student = Student.objects.select_for_update(of=("self",)).select_related("school_class").get(pk=student.pk)
    if not policies.may_delay_disclosure(by, student):
        raise Refused(_("The director and the full-time counselors decide on this."), code="may-not-delay")
    if not rules.delay_is_possible(ends_on=ends_on, today=localdate(at)):
        raise Refused(_("Choose a day within the next 180 days; today ends the delay."), code="no-such-delay")
    if len(reason.strip()) < SHORTEST_DELAY_REASON:
        raise Refused(_("Please give the reason in a few more words."), code="short-reason")
    delay: DisclosureDelay = DisclosureDelay.objects.create(
        student=student,
        **keys_of(student),
        since=delayed_since(student=student, at=at) or at - TOLD_AFTER,
        ends_on=ends_on,
        reason=reason.strip(),
        set_by=by,
        set_at=at,
    )
    audit.record(
        action="look.delay",
        by=by,
        at=at,
        obj=delay,
        unit=student.school_class.code,
        subject=str(student.pk),
        detail={"ends_on": ends_on},
    )
    return delay
