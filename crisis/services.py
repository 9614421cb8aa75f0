"""Alarms are raised and acknowledged. Nothing here needs Redis."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis import policies
from crisis.models import Alarm
from network.models import Student, User
from network.rules import Ability
from portal.kernel import audit, notices
from portal.kernel.errors import Refused


@transaction.atomic
def raise_alarm(
    *, student: Student, source: Alarm.Source, source_key: str, evidence: str, by: User, at: datetime
) -> Alarm:
    """Ring for a student: the row, and an urgent notice to everybody who handles alarms there, in one transaction.
    The same `source_key` rings once; a second call returns the first alarm."""
    alarm, fresh = Alarm.objects.get_or_create(
        source_key=source_key,
        defaults={
            "student": student,
            "school_id": student.school_id,
            "college_id": student.college_id,
            "school_class_id": student.school_class_id,
            "dorm_id": student.dorm_id,
            "source": source,
            "evidence": evidence,
            "raised_by": by,
            "raised_at": at,
        },
    )
    if not fresh:
        return alarm
    audit.record(action="alarm.raise", by=by, at=at, obj=alarm, detail={"source": source.value})
    title = gettext_noop("Urgent: somebody needs you now. Open the portal and acknowledge the alarm.")
    _tell_handlers(alarm, title=title, key=f"alarm:{alarm.pk}", at=at)
    return alarm


@transaction.atomic
def add_evidence(*, alarm: Alarm, evidence: str, by: User, at: datetime) -> Alarm:
    """Put what was told later under what the alarm holds already; what is there stays as it was."""
    alarm = Alarm.objects.select_for_update(of=("self",)).get(pk=alarm.pk)
    if not evidence or evidence in alarm.evidence:
        return alarm
    alarm.evidence = "\n\n".join(part for part in (alarm.evidence, evidence) if part)
    alarm.save(update_fields=["evidence"])
    audit.record(action="alarm.add_evidence", by=by, at=at, obj=alarm)
    title = gettext_noop("More was told about an alarm. Please look at it again.")
    _tell_handlers(alarm, title=title, key=f"alarm:{alarm.pk}:{at.isoformat()}", at=at)
    return alarm


@transaction.atomic
def acknowledge(*, alarm: Alarm, action_taken: str, by: User, at: datetime) -> Alarm:
    """A person takes the alarm on and says what is done now. Refused when another was faster: their name is told."""
    # Who was faster is read after the lock, not joined with it: a joined row may be older than the locked one.
    alarm = Alarm.objects.select_for_update(of=("self",)).get(pk=alarm.pk)
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
    alarm.save(update_fields=["acknowledged_by", "acknowledged_at", "action_taken"])
    audit.record(action="alarm.acknowledge", by=by, at=at, obj=alarm)
    return alarm


def handlers(alarm: Alarm, *, at: datetime) -> list[User]:
    """Everybody whose post today lets them handle this alarm: center, college and the class's fudaoyuan."""
    units = [pk for pk in (alarm.school_id, alarm.college_id, alarm.school_class_id) if pk]
    today = localdate(at)
    granted = User.objects.filter(
        Q(unitgrant__post__ends_on=None) | Q(unitgrant__post__ends_on__gt=today),
        unitgrant__post__starts_on__lte=today,
        unitgrant__permission__codename=Ability.HANDLE_ALARM.value,
        unitgrant__content_object__in=units,
        is_active=True,
    )
    return list(granted.distinct().order_by("pk"))


def _tell_handlers(alarm: Alarm, *, title: str, key: str, at: datetime) -> None:
    to = handlers(alarm, at=at)
    notices.post(to=to, kind="alarm", title=title, params={}, link=f"/alarms/{alarm.pk}/", at=at, key=key, urgent=True)
