"""A difference as the page of a plan shows it: counts, and the first rows of each kind."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from network.models import RolloverStep
from network.models.labels import ROLE_LABELS, STATUS_LABELS
from network.rules import Role
from network.rules.rollover_plans import StepKind
from network.rules.rollover_school import ClassRef, NewClass
from network.services.rollover.difference import KINDS, RolloverDifference, kind_of

FIRST = 50
TABS: Mapping[str, Promise] = {
    "graduated": pgettext_lazy("rollover", "Graduate"),
    "delayed": pgettext_lazy("rollover", "Delayed"),
    "moved": pgettext_lazy("rollover", "Change class or college"),
    "on_leave": pgettext_lazy("rollover", "Go on leave"),
    "returned": pgettext_lazy("rollover", "Return"),
    "withdrawn": pgettext_lazy("rollover", "Withdraw"),
    "units": pgettext_lazy("rollover", "Units"),
    "posts": pgettext_lazy("rollover", "Posts"),
}


@dataclass(frozen=True)
class PreviewRow:
    """One line of a list: what it is about, its number or code, before and after."""

    name: str
    number: str
    before: str
    after: str


def tab_counts(difference: RolloverDifference) -> dict[str, int]:
    """How many rows each list has."""
    counts = difference.counts()
    students, units, posts = counts["students"], counts["units"], counts["posts"]
    return {
        **{kind: students[kind] for kind in KINDS},
        "delayed": counts["delayed"],
        "units": units["new"] + units["changed"] + units["closed"],
        "posts": posts["ended"] + posts["given"],
    }


def rows_of(difference: RolloverDifference, tab: str) -> Sequence[PreviewRow]:
    """The first rows of a list."""
    if tab == "units":
        return _units(difference)[:FIRST]
    if tab == "posts":
        return _posts(difference)[:FIRST]
    if tab == "delayed":
        delayed = difference.outcome.delayed[:FIRST]
        return [PreviewRow(s.name, s.number, _class(difference, s.school_class), _("stays")) for s in delayed]
    changes = [change for change in difference.outcome.changes if kind_of(change) == tab][:FIRST]
    return [
        PreviewRow(
            change.student.name,
            change.student.number,
            _standing(difference, change.student.school_class, change.student.status),
            _standing(difference, change.school_class, change.status),
        )
        for change in changes
    ]


def _standing(difference: RolloverDifference, ref: ClassRef, status: Any) -> str:
    return f"{_class(difference, ref)} · {STATUS_LABELS[status]}"


def _class(difference: RolloverDifference, ref: ClassRef) -> str:
    return ref.name if isinstance(ref, NewClass) else difference.school.units[ref].name


def _units(difference: RolloverDifference) -> list[PreviewRow]:
    outcome, units = difference.outcome, difference.school.units
    rows = [
        PreviewRow(new.name, "", "", _("new class of %(college)s") % {"college": units[new.college].name})
        for new in outcome.new_classes
    ]
    for pk, values in outcome.units.items():
        unit = units[pk]
        before = {"name": unit.name, "campus": unit.campus, "college": units[unit.college].name if unit.college else ""}
        after = {name: units[int(v)].name if name == "college" else str(v) for name, v in values.items()}
        old = "、".join(before[name] or "–" for name in values)
        rows.append(PreviewRow(unit.name, unit.code, old, "、".join(after.values())))
    closing = [units[pk] for pk in outcome.closing]
    return rows + [PreviewRow(unit.name, unit.code, "", _("closes")) for unit in closing]


def _posts(difference: RolloverDifference) -> list[PreviewRow]:
    given = [
        PreviewRow(user.name, user.number, "", f"{ROLE_LABELS[role]} · {_class(difference, ref)}")
        for user, ref, role in difference.posts_given
    ]
    ended = [
        PreviewRow(
            post.holder.name, post.holder.number, f"{ROLE_LABELS[Role(post.role)]} · {post.unit.name}", _("ends")
        )
        for post in difference.posts_ended
    ]
    return given + ended


def summary(step: RolloverStep, names: Mapping[str, str]) -> str:
    """A step in a few words; `names`: names of units by code. Lists that are not kept any more are counted."""
    params = json.loads(step.params or "{}")
    people = ngettext("%(n)d student", "%(n)d students", step.listed) % {"n": step.listed}

    def called(word: Any) -> str:
        return names.get(str(word), str(word))

    match step.kind:
        case StepKind.GRADUATE:
            parts = [pgettext("rollover", "Grade %(grade)s") % {"grade": params.get("grade")}]
            if params.get("years"):
                parts.append(ngettext("%(n)s year", "%(n)s years", 4) % {"n": params["years"]})
            parts += [called(params["college"])] if params.get("college") else []
            return "、".join(parts)
        case StepKind.SPLIT if params:
            targets = [f"{part.get('name')} ({len(part.get('students', []))})" for part in params.get("into", [])]
            return f"{called(params.get('class'))} → {'、'.join(targets)}"
        case StepKind.MERGE:
            return f"{'、'.join(called(word) for word in params.get('classes', []))} → {called(params.get('into'))}"
        case StepKind.MOVE:
            target = [called(params.get("to_college", "")), str(params.get("campus", ""))]
            return f"{called(params.get('class'))} → {'、'.join(word for word in target if word)}"
        case StepKind.RENAME:
            return f"{called(params.get('unit'))} → {params.get('name')}"
    return people
