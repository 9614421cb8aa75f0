"""Free places go to whoever waits longest: by themselves until a day before, as offers of half an hour later."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from activities.models import Activity, Enrolment
from activities.rules.activities import Admission
from activities.rules.enrolments import (
    EnrolmentState,
    Waiting,
    Way,
    free_places,
    next_up,
    offer_ends,
    way_up,
)
from activities.services.locking import lock_activity
from activities.services.telling import tell_students
from kernel import audit
from network.models import Student
from network.rules import PRESENT

MOVED = gettext_noop("You have a place in “%(activity)s”.")
OFFERED = gettext_noop("A place in “%(activity)s” is free for you: answer within half an hour.")
SKIPPED = gettext_noop("A place in “%(activity)s” was free, but you are not at school now. You keep your number.")
LAPSED = gettext_noop("The place in “%(activity)s” went to the next who waits. You can enroll again.")


def free_in(activity: Activity) -> int | None:
    """Places left in a locked activity; None for no limit."""
    return free_places(activity.capacity, Enrolment.objects.holding().filter(activity=activity).count())


def move_up(*, activity: Activity, at: datetime) -> int:
    """Give free places to whoever waits; returns how many. Called with the activity locked. Draws and choices give
    nothing before they are held."""
    if not activity.is_published or activity.admission == Admission.CHOICE.value:
        return 0
    if activity.is_by_lot and activity.drawn_at is None:
        return 0
    way = way_up(starts_at=activity.starts_at, at=at)
    waiting: Any = Enrolment.objects.waiting().filter(activity=activity)
    if way is Way.NONE or not waiting.exists():
        return 0
    free = free_in(activity)
    if free == 0:
        # A long queue is not read for every newcomer.
        return 0
    rows = {str(row.pk): row for row in waiting.select_related("student__user", "student__school_class")}
    queue = [Waiting(key, row.queue_no, is_eligible(activity, row.student)) for key, row in rows.items()]
    chosen, skipped = next_up(queue, len(queue) if free is None else free)
    _tell_skipped(activity, [rows[row.key] for row in skipped], at=at)
    _give(activity, [rows[row.key] for row in chosen], way, at=at)
    return len(chosen)


def is_eligible(activity: Activity, student: Student) -> bool:
    """Whether the student is at school and still belongs to the audience."""
    if student.enrollment_status not in PRESENT:
        return False
    if activity.grade is not None and student.school_class.grade != activity.grade:
        return False
    if activity.audience == "school":
        return student.school_id == activity.school_id
    return activity.unit_id in (student.school_id, student.college_id, student.school_class_id)


@transaction.atomic
def lapse_offers(*, activity: Activity, at: datetime) -> int:
    """Offers that nobody took lapse, and the next are asked; returns how many lapsed."""
    activity = lock_activity(activity)
    rows = list(Enrolment.objects.lapsing(at).filter(activity=activity).select_related("student__user"))
    for row in rows:
        lapse(activity, row, at=at)
    move_up(activity=activity, at=at)
    return len(rows)


def lapse(activity: Activity, row: Enrolment, *, at: datetime) -> None:
    """One offer lapses; the caller lets the next move up."""
    row.state, row.offered_until, row.changed_at = EnrolmentState.LAPSED.value, None, at
    row.save(update_fields=["state", "offered_until", "changed_at"])
    tell_students(activity=activity, enrolments=[row], kind="enrolment.lapsed", title=LAPSED, at=at)
    audit.record(action="enrolment.lapse", by=None, at=at, obj=row)


def _give(activity: Activity, rows: Sequence[Enrolment], way: Way, *, at: datetime) -> None:
    offered = way is Way.OFFERED
    state = EnrolmentState.OFFERED if offered else EnrolmentState.IN
    until = offer_ends(starts_at=activity.starts_at, at=at) if offered else None
    keys = [row.pk for row in rows]
    Enrolment.objects.filter(pk__in=keys).update(state=state.value, offered_until=until, changed_at=at)
    title, kind = (OFFERED, "enrolment.offered") if offered else (MOVED, "enrolment.moved_up")
    tell_students(activity=activity, enrolments=rows, kind=kind, title=title, urgent=offered, at=at)
    audit.record_many(audit.event(action=kind, by=None, at=at, obj=row) for row in rows)


def _tell_skipped(activity: Activity, rows: Sequence[Enrolment], *, at: datetime) -> None:
    for row in rows:
        key = f"activity.skipped:{row.pk}:{row.queue_no}"
        tell_students(activity=activity, enrolments=[row], kind="enrolment.skipped", title=SKIPPED, key=key, at=at)
