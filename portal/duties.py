"""What somebody owes, with the students that it is about, as far as the reader may see them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import Resolver404, resolve
from django.utils.timezone import localdate

from crisis.models import Alarm, Case, Referral
from network.models import Duty, Student, User
from network.rules import Ability
from screening.models import Interview

# What a duty is about, by the beginning of the address that it leads to. Each row has a student.
SUBJECTS: Mapping[str, Callable[[Any], QuerySet[Any]]] = {
    "alarms/": lambda user: Alarm.objects.visible_to(user, Ability.HANDLE_ALARM),
    "cases/": Case.objects.visible_to,
    "counseling/": Referral.objects.visible_to,
    "screening/interviews/": Interview.objects.visible_to,
}


@dataclass(frozen=True)
class DutyRow:
    """A duty and the student that it is about, if it is about one whom the reader may see."""

    duty: Duty
    student: Student | None


def owed_by(user: User, *, at: datetime) -> QuerySet[Any]:
    """All that this user owes now, soonest first."""
    unsettled = Duty.objects.unsettled().owed_by(user, localdate(at))
    owed: QuerySet[Any] = unsettled.select_related("unit").order_by("due_at", "pk")
    return owed


def with_students(duties: Iterable[Duty], *, reader: User) -> list[DutyRow]:
    """The duties with their students; one query for each kind of subject."""
    rows = [(duty, _subject_of(duty.link)) for duty in duties]
    keys: dict[str, set[Any]] = defaultdict(set)
    for _duty, (kind, key) in rows:
        if kind in SUBJECTS:
            keys[kind].add(key)
    students = {kind: _students(SUBJECTS[kind](reader), pks) for kind, pks in keys.items()}
    return [DutyRow(duty, students.get(kind, {}).get(key)) for duty, (kind, key) in rows]


def _subject_of(link: str) -> tuple[str, Any]:
    """The beginning of an address and the key that follows it."""
    try:
        match = resolve(link.partition("?")[0])
    except Resolver404:
        return "", None
    return match.route.partition("<")[0], match.kwargs.get("pk")


def _students(rows: QuerySet[Any], keys: Iterable[Any]) -> dict[Any, Student]:
    chosen = rows.filter(pk__in=keys).exclude(student=None).values_list("pk", "student_id")
    student_of = dict(chosen)
    students = Student.objects.only("pk", "name").in_bulk(set(student_of.values()))
    return {key: students[pk] for key, pk in student_of.items()}
