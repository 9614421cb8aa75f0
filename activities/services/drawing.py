"""Giving places by lot, so that anybody can compute the result again; and by choice."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from activities import policies
from activities.models import Activity, Enrolment
from activities.rules.activities import Admission
from activities.rules.draws import commitment, order
from activities.rules.enrolments import EnrolmentState
from activities.services.locking import lock_activity
from activities.services.moving_up import MOVED, free_in, is_eligible
from activities.services.telling import tell_students
from kernel import audit
from kernel.errors import Refused
from network.models import User

NOT_DRAWN = gettext_noop("The draw of “%(activity)s” gave you number %(number)s in the queue.")
BATCH = 500


@dataclass(frozen=True)
class Verification:
    """A draw computed again. `places`: how many were given; `order`: enrolment ids; `matches`: all of it agrees."""

    seed: str
    seed_hash: str
    places: int
    order: list[str]
    matches: bool


@transaction.atomic
def draw_places(*, activity: Activity, by: User | None, at: datetime) -> Activity:
    """Hold the draw once enrolment has closed. Students who are not at school now are left out of it. Refused a second
    time: the result stands."""
    activity = lock_activity(activity)
    if by is not None and not policies.may_run_activity(by, activity):
        raise Refused(_("The organizer or the center holds the draw."), code="may-not-draw")
    _check_due(activity, at=at)
    rows = {
        str(row.pk): row
        for row in Enrolment.objects.waiting()
        .filter(activity=activity)
        .select_related("student__user", "student__school_class")
        if is_eligible(activity, row.student)
    }
    drawn = [rows[key] for key in order(activity.seed, rows)]
    places = activity.capacity or len(drawn)
    for number, row in enumerate(drawn, start=1):
        row.draw_rank, row.queue_no, row.changed_at = number, activity.last_queue_no + number, at
        row.state = (EnrolmentState.IN if number <= places else EnrolmentState.WAITING).value
    Enrolment.objects.bulk_update(drawn, ["draw_rank", "queue_no", "state", "changed_at"], batch_size=BATCH)
    activity.last_queue_no += len(drawn)
    activity.drawn_at, activity.revealed_seed = at, activity.seed
    activity.save(update_fields=["last_queue_no", "drawn_at", "revealed_seed"])
    tell_students(activity=activity, enrolments=drawn[:places], kind="enrolment.drawn", title=MOVED, at=at)
    for number, row in enumerate(drawn[places:], start=1):
        params = {"number": number}
        kind = "enrolment.not_drawn"
        tell_students(activity=activity, enrolments=[row], kind=kind, title=NOT_DRAWN, params=params, at=at)
    audit.record(
        action="activity.draw",
        by=by,
        at=at,
        obj=activity,
        unit=activity.unit.code,
        detail={"enrolled": len(drawn), "places": places},
    )
    return activity


def verify_draw(activity: Activity) -> Verification:
    """Compute the draw again from the seed. Refused before it was held."""
    if activity.drawn_at is None:
        raise Refused(_("This draw has not been held yet."), code="not-drawn")
    rows = list(
        Enrolment.objects.filter(activity=activity, draw_rank__isnull=False).order_by("draw_rank").values_list("pk")
    )
    kept = [str(row[0]) for row in rows]
    computed = order(activity.revealed_seed, kept)
    matches = computed == kept and commitment(activity.revealed_seed) == activity.seed_hash
    places = min(activity.capacity or len(kept), len(kept))
    return Verification(activity.revealed_seed, activity.seed_hash, places, computed, matches)


@transaction.atomic
def choose_participants(*, activity: Activity, chosen: Collection[UUID], by: User, at: datetime) -> int:
    """The organizer gives places to some of those who wait; returns how many. Refused beyond the number of places."""
    activity = lock_activity(activity)
    if not policies.may_run_activity(by, activity):
        raise Refused(_("The organizer or the center gives the places."), code="may-not-choose")
    if activity.admission != Admission.CHOICE.value or not activity.is_published:
        raise Refused(_("Places of this activity are not given by choice."), code="no-choice")
    rows = list(
        Enrolment.objects.waiting()
        .filter(activity=activity, pk__in=list(chosen))
        .select_related("student__user", "student__school_class")
    )
    free = free_in(activity)
    if free is not None and len(rows) > free:
        raise Refused(_("Only %(count)s places are free. Choose fewer.") % {"count": free}, code="too-many")
    rows = [row for row in rows if is_eligible(activity, row.student)]
    keys = [row.pk for row in rows]
    Enrolment.objects.filter(pk__in=keys).update(state=EnrolmentState.IN.value, changed_at=at)
    tell_students(activity=activity, enrolments=rows, kind="enrolment.chosen", title=MOVED, at=at)
    audit.record(
        action="activity.choose", by=by, at=at, obj=activity, unit=activity.unit.code, detail={"count": len(rows)}
    )
    return len(rows)


def _check_due(activity: Activity, *, at: datetime) -> None:
    if not activity.is_by_lot or not activity.is_published:
        raise Refused(_("Places of this activity are not given by lot."), code="no-draw")
    if activity.drawn_at is not None:
        raise Refused(_("The draw was held already, and its result stands."), code="drawn")
    if at <= activity.enrol_until:
        raise Refused(_("The draw is held once enrolment has closed."), code="too-early")
