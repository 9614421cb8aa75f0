"""Hours for taking part: written once, corrected by a row of their own, never changed."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from activities import policies
from activities.models import Activity, Credit, Enrolment, Presence
from activities.rules.activities import is_whole_step
from activities.rules.credits import NO_HOURS, hours_for
from activities.services.locking import lock_activity
from activities.services.telling import tell_students
from kernel import audit
from kernel.errors import Refused
from network.models import Student, User
from network.models.base import keys_of

BATCH = 500
CREDITED = gettext_noop("Your hours for “%(activity)s” are credited.")


@transaction.atomic
def credit_hours(*, activity: Activity, by: User, at: datetime) -> int:
    """Credit whoever was there for at least two thirds of the occasions; returns how many got hours now. Called again
    after somebody was noted late, it adds what is missing and takes nothing back."""
    activity = lock_activity(activity)
    if not policies.may_run_activity(by, activity):
        raise Refused(_("The organizer or the center credits hours."), code="may-not-run")
    if not activity.is_published:
        raise Refused(_("This activity did not take place."), code="not-published")
    if at < activity.ends_at:
        raise Refused(_("Hours are credited once the last time is over."), code="too-early")
    hours = {str(row.pk): row.hours for row in activity.occasions.all()}
    if not sum(hours.values(), NO_HOURS):
        raise Refused(_("No hours are planned for this activity. Write them into its times first."), code="no-hours")
    rows = _missing(activity, hours, by=by, at=at)
    Credit.objects.bulk_create(rows, batch_size=BATCH)
    enrolled = [Enrolment(student=row.student) for row in rows]
    tell_students(activity=activity, enrolments=enrolled, kind="credit.given", title=CREDITED, at=at)
    if rows:
        detail = {"count": len(rows)}
        audit.record(action="credit.give", by=by, at=at, obj=activity, unit=activity.unit.code, detail=detail)
    return len(rows)


@transaction.atomic
def correct_credit(*, credit: Credit, hours: Decimal, reason: str, by: User, at: datetime) -> Credit:
    """Take back hours that were credited by mistake, as a negative row beside the first. `hours` below zero."""
    activity = lock_activity(credit.activity)
    if not policies.may_run_activity(by, activity):
        raise Refused(_("The organizer or the center corrects hours."), code="may-not-run")
    # SECURITY: nobody touches hours of their own.
    if credit.student.user_id == by.pk:
        raise Refused(_("Somebody else corrects your own hours."), code="own-hours")
    if not reason.strip():
        raise Refused(_("Say why the hours are corrected: the student reads it."), code="no-reason")
    if not hours.is_finite() or not is_whole_step(hours) or hours >= 0:
        raise Refused(_("A correction goes in halves and below zero, such as -2.0."), code="hours")
    left = Credit.objects.filter(activity=activity, student=credit.student).total()
    if left + hours < 0:
        raise Refused(
            _("Only %(hours)s hours are credited, so no more can be taken back.") % {"hours": left}, code="too-much"
        )
    row = Credit.objects.create(
        activity=activity,
        student=credit.student,
        **keys_of(credit),
        hours=hours,
        corrects=credit,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    title = gettext_noop("Your hours for “%(activity)s” were corrected. You can read why.")
    enrolled = [Enrolment(student=credit.student)]
    tell_students(activity=activity, enrolments=enrolled, kind="credit.corrected", title=title, at=at)
    audit.record(action="credit.correct", by=by, at=at, obj=row, subject=str(credit.student_id))
    return row


def hours_of(student: Student) -> Decimal:
    """All hours of a student, corrections included."""
    return Credit.objects.filter(student=student).total()


def _missing(activity: Activity, hours: dict[str, Decimal], *, by: User, at: datetime) -> list[Credit]:
    """Credits still to be written. A correction stays: what was given is compared, not what is left."""
    present: dict[Student, set[str]] = defaultdict(set)
    presences = Presence.objects.filter(occasion__activity=activity).select_related("student__user")
    for row in presences.order_by("student__number", "at"):
        present[row.student].add(str(row.occasion_id))
    given = dict(
        Credit.objects.filter(activity=activity, corrects=None)
        .values_list("student")
        .annotate(hours=Sum("hours"))
        .order_by("student")
    )
    rows = []
    for student, keys in present.items():
        missing = hours_for(hours, keys) - given.get(student.pk, NO_HOURS)
        if missing > 0:
            fields = {"activity": activity, "student": student, "hours": missing, "by": by, "at": at}
            rows.append(Credit(**fields, **keys_of(student)))
    return rows
