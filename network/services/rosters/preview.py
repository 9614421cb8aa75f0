"""A difference as it is kept for the page that asks for confirmation: the first rows of each kind, every fault."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

from network.models import Student, User
from network.models.labels import LEVEL_LABELS, ROLE_LABELS, SEX_LABELS, STATUS_LABELS
from network.rules import EnrollmentStatus, Level, Role
from network.rules.cells import Code
from network.rules.roster_columns import Fault, StudentRow, dorm_name
from network.services.rosters.difference import Difference, StaffChange, StudentChange

FIRST = 50
UNITS = {"school_class": Level.CLASS, "dorm": Level.DORM}
PEOPLE = ("new", "changed", "left")
FAULTS = ("errors", "warnings", "mended", "notes")
Entry = dict[str, Any]


def dump(difference: Difference) -> str:
    """JSON of what the page shows."""
    names = {unit.pk: unit.name for unit in difference.places.units.values()}
    kept: dict[str, Any] = {
        "new": [_new(row) for row in difference.new_students[:FIRST]]
        + [_person(row.number, row.name, row.department) for row in difference.new_staff[:FIRST]],
        "changed": [_changed(difference, change) for change in difference.changed_students[:FIRST]]
        + [_changed_staff(difference, change) for change in difference.changed_staff[:FIRST]],
        "left": [
            _person(change.number, change.name, names[change.school_class_id])
            for change in difference.left_students[:FIRST]
        ]
        + [_changed_staff(difference, change) for change in difference.left_staff[:FIRST]],
        "errors": [asdict(fault) for fault in difference.roster.errors],
        "warnings": [asdict(fault) for fault in difference.roster.warnings],
        "mended": [asdict(fault) for fault in difference.roster.normalized],
        "notes": [asdict(fault) for fault in difference.roster.notes],
    }
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


class Kept(NamedTuple):
    """What `dump` kept, by kind."""

    people: dict[str, list[Entry]]
    faults: dict[str, list[Fault]]


def load(text: str) -> Kept:
    """What the page shows, in the reader's language."""
    kept: dict[str, Any] = json.loads(text) if text else {}
    people = {kind: [_spoken(entry) for entry in kept.get(kind, ())] for kind in PEOPLE}
    faults = {kind: [Fault(**fault | {"code": Code(fault["code"])}) for fault in kept.get(kind, ())] for kind in FAULTS}
    return Kept(people, faults)


def _spoken(entry: Entry) -> Entry:
    changes = [(label(name), spoken(name, before), spoken(name, after)) for name, before, after in entry["changes"]]
    return entry | {"changes": changes}


def _new(row: StudentRow) -> Entry:
    return _person(row.number, row.name, " · ".join(filter(None, (row.school_class, row.dorm and dorm_name(row.dorm)))))


def _person(number: str, name: str, where: str, changes: list[Any] | None = None) -> Entry:
    return {"number": number, "name": name, "where": where, "changes": changes or []}


def _changed(difference: Difference, change: StudentChange) -> Entry:
    changes = [
        (name, _plain(difference, before), _plain(difference, after))
        for name, (before, after) in change.changes.items()
    ]
    return _person(change.student.number, change.student.name, "", changes)


def _changed_staff(difference: Difference, change: StaffChange) -> Entry:
    changes = [(name, before, after) for name, (before, after) in change.changes.items()]
    changes += [(f"role:{post.role}", post.unit.name, "") for post in change.ended]
    changes += [(f"role:{role}", "", difference.name_of(place)) for role, place in change.given]
    return _person(change.user.number, change.user.name, "", changes)


def _plain(difference: Difference, value: Any) -> str:
    if isinstance(value, tuple):
        return difference.name_of(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def label(name: str) -> str:
    """What a field or post is called on the page."""
    if name.startswith("role:"):
        return str(ROLE_LABELS[Role(name.removeprefix("role:"))])
    if name in UNITS:
        return str(LEVEL_LABELS[UNITS[name]])
    fields = {field.name: field for field in (*User._meta.fields, *Student._meta.fields)}
    return str(fields[name].verbose_name)


def spoken(name: str, value: str) -> str:
    """A kept value as a person reads it."""
    if name == "sex":
        return str(SEX_LABELS.get(value, value))
    if name == "enrollment_status" and value:
        return str(STATUS_LABELS[EnrollmentStatus(value)])
    return value
