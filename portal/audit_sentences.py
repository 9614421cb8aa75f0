"""The audit log in sentences: who did what to whom, for what. Rows are named by numbers, units and months, never by a
student's name or by words that people wrote."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy

from crisis.models import Case
from kernel import audit_labels
from kernel.aliases import is_alias
from kernel.formatting import month_word
from kernel.models import AuditEvent
from network.models import Student, Unit, User
from network.models.labels import ROLE_LABELS
from network.rules import Role
from reporting.models import Report
from screening.models import Campaign

# Details that are worth a word to an auditor; the others are shown as they were recorded.
DETAIL_LABELS: Mapping[str, Promise] = {
    "rows": pgettext_lazy("audit log", "rows"),
    "students": pgettext_lazy("audit log", "students"),
    "people": pgettext_lazy("audit log", "people"),
    "sessions": pgettext_lazy("audit log", "sessions"),
    "month": pgettext_lazy("audit log", "month"),
    "version": pgettext_lazy("audit log", "version"),
    "approved": pgettext_lazy("audit log", "approved"),
    "reached": pgettext_lazy("audit log", "reached"),
    "signed": pgettext_lazy("audit log", "signed"),
    "answers": pgettext_lazy("audit log", "with answers"),
}

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Sentence:
    """An event in words. `details`: label and value; `raw`: what has no words, as it was recorded."""

    event: AuditEvent
    actor: str
    action: str
    objects: list[str]
    for_what: list[str]
    details: list[tuple[str, str]] = field(default_factory=list)
    raw: list[tuple[str, Any]] = field(default_factory=list)


def sentences_of(events: Iterable[AuditEvent]) -> list[Sentence]:
    """The events in words; a few queries for all of them together."""
    rows = list(events)
    names, actions, purposes = _names(rows), audit_labels.actions(), audit_labels.purposes()
    return [
        Sentence(
            event=event,
            actor=_actor(event),
            action=str(actions.get(event.action, event.action)),
            objects=_objects(event, names),
            for_what=_for_what(event, purposes, names),
            details=[(str(DETAIL_LABELS[key]), _value(key, value)) for key, value in _worded(event)],
            raw=[(key, value) for key, value in event.detail.items() if key not in DETAIL_LABELS],
        )
        for event in rows
    ]


Names = Mapping[str, Mapping[str, str]]


def _is_uuid(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True


def _users(keys: set[str]) -> dict[str, str]:
    users = User.objects.filter(pk__in=keys).select_related("student")
    return {str(user.pk): user.number if hasattr(user, "student") else f"{user.name} ({user.number})" for user in users}


def _students(keys: set[str]) -> dict[str, str]:
    rows = Student.objects.filter(pk__in=filter(_is_uuid, keys)).values_list("pk", "number")
    return {str(pk): gettext("student %(number)s") % {"number": number} for pk, number in rows}


def _units(keys: set[str]) -> dict[str, str]:
    return {str(pk): name for pk, name in Unit.objects.filter(pk__in=keys).values_list("pk", "name")}


def _cases(keys: set[str]) -> dict[str, str]:
    rows = Case.objects.filter(pk__in=keys).values_list("pk", "number")
    return {str(pk): gettext("case %(number)s") % {"number": number} for pk, number in rows}


def _reports(keys: set[str]) -> dict[str, str]:
    rows = Report.objects.filter(pk__in=keys).values_list("pk", "unit__name", "cycle__month")
    words = pgettext("audit log", "%(unit)s, %(month)s")
    return {str(pk): words % {"unit": unit, "month": month_word(month)} for pk, unit, month in rows}


def _campaigns(keys: set[str]) -> dict[str, str]:
    return {str(pk): name for pk, name in Campaign.objects.filter(pk__in=keys).values_list("pk", "name")}


# How the rows of a model are named in the log.
NAMERS: Mapping[str, Callable[[set[str]], dict[str, str]]] = {
    "network.user": _users,
    "network.student": _students,
    "network.unit": _units,
    "crisis.case": _cases,
    "reporting.report": _reports,
    "screening.campaign": _campaigns,
}
STUDENT, USER, UNIT_CODE = "network.student", "network.user", "unit code"


def _names(events: list[AuditEvent]) -> Names:
    keys: dict[str, set[str]] = defaultdict(set)
    for event in events:
        keys[event.object_type].add(event.object_id)
        keys[STUDENT].add(event.subject)
    keys = {kind: {pk for pk in pks if pk and not is_alias(pk)} for kind, pks in keys.items()}
    names = {kind: NAMERS[kind](pks) for kind, pks in keys.items() if kind in NAMERS and pks}
    codes = {event.unit for event in events if event.unit}
    return {**names, UNIT_CODE: dict(Unit.objects.filter(code__in=codes).values_list("code", "name"))}


def _actor(event: AuditEvent) -> str:
    if is_alias(event.actor):
        return pgettext("audit log", "a client of counseling")
    return event.actor or gettext("the portal itself")


def _objects(event: AuditEvent, names: Names) -> list[str]:
    """What was acted on, then whom it is about."""
    is_own_account = event.object_type == USER and event.object_id == event.actor_id
    acted_on = "" if is_own_account else names.get(event.object_type, {}).get(event.object_id, "")
    subject = names.get(STUDENT, {}).get(event.subject, "")
    return list(dict.fromkeys(word for word in (acted_on, subject) if word))


def _for_what(event: AuditEvent, purposes: Mapping[str, Promise | str], names: Names) -> list[str]:
    """In what role, for what purpose, and at which unit."""
    role = ROLE_LABELS[Role(event.role)] if event.role in set(Role) else event.role
    unit = names[UNIT_CODE].get(event.unit, event.unit)
    return [str(word) for word in (role, purposes.get(event.purpose, event.purpose), unit) if word]


def _worded(event: AuditEvent) -> list[tuple[str, Any]]:
    # Sorted, because a database may keep the keys in an order of its own.
    return [(key, value) for key, value in sorted(event.detail.items()) if key in DETAIL_LABELS]


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return pgettext("audit log", "yes") if value else pgettext("audit log", "no")
    return month_word(value) if key == "month" and MONTH.fullmatch(str(value)) else str(value)
