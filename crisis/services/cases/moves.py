"""A case follows its student into another class or college: the new one must be told, the old one hands it over."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_noop

from crisis.models import Case, CaseEvent
from crisis.rules import AlertLevel, Audience, to_tell
from crisis.services.cases.lifecycle import call_audiences
from crisis.services.cases.recipients import NEAR, able, holders_of
from crisis.services.cases.timeline import write_event
from kernel import notices
from network.models import Unit, User
from network.rules import Ability

NEAR_AUDIENCES = (Audience.FUDAOYUAN, Audience.DEPUTY_SECRETARY, Audience.COLLEGE_COORDINATOR)
READING = (Ability.VIEW_CASES, Ability.VIEW_ASSIGNED_CASES)
MOVED = gettext_noop("Moved with the student from %(old)s to %(new)s. Handed over by: %(people)s")
LOST = gettext_noop("Case %(number)s has moved to another class or college with its student. Please hand it over.")


def tell_of_move(*, case: Case, old: Mapping[str, int | None], at: datetime) -> None:
    """Owe the telling of the new people, write the hand-over into the timeline, and tell the old people. The caller
    holds the lock of the case, which has its new units already."""
    former = _former_people(case, old, at)
    # Members who can no longer open the case need not be told of it any more.
    case.members.filter(user__in=former, told_at=None).delete()
    told = {member.user_id for member in case.members.exclude(told_at=None)}
    tasks = [task for task in to_tell(AlertLevel(case.level), at) if task.audience in NEAR_AUDIENCES]
    call_audiences(case, tasks, besides=told, at=at)
    params = {
        "old": _place(old),
        "new": _place({"college_id": case.college_id, "school_class_id": case.school_class_id}),
        "people": "、".join(person.name for person in former) or "–",
    }
    write_event(case=case, kind=CaseEvent.Kind.PEOPLE, title=MOVED, params=params, by=None, at=at)
    notices.post(
        to=former,
        kind="case",
        title=LOST,
        params={"number": case.number},
        at=at,
        key=f"moved:{case.pk}:{case.version}",
        urgent=case.level == AlertLevel.RED,
    )


def _former_people(case: Case, old: Mapping[str, int | None], at: datetime) -> list[User]:
    """People of the old class and college who do not reach the case by another post."""
    before = holders_of(roles=NEAR, units=[old["school_class_id"], old["college_id"]], at=at)
    units = [case.school_class_id, case.college_id, case.school_id]
    reaching = {person.pk for person in able(READING, units=units, at=at)}
    return [person for person in before if person.pk not in reaching]


def _place(keys: Mapping[str, int | None]) -> str:
    names = Unit.objects.filter(pk__in=[keys["college_id"], keys["school_class_id"]]).order_by("-level", "pk")
    return " ".join(names.values_list("name", flat=True))
