"""The student file: which sections there are, who is offered them, and how looks at it are told to the student.

A new app adds one line to SECTIONS: the route of a view that takes the student's key, fetches through `visible_to`,
records the look with `record_look` and answers an htmx request with the section alone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import AuditEvent
from network.models import Student
from network.models.labels import ROLE_LABELS
from network.rules import Ability, Role
from network.rules.access_log import BREAK_GLASS, CLINICIANS, LookPurpose
from network.scope import Scope

A = Ability
ANY_ROLE: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Section:
    """A part of the file, offered to holders of one of the abilities over the student, in one of the roles if named."""

    label: Promise
    hint: Promise
    route: str
    icon: str
    abilities: frozenset[Ability]
    roles: frozenset[Role] = ANY_ROLE

    def is_open(self, scope: Scope, student: Student) -> bool:
        if not scope.reaches(self.abilities, student):
            return False
        return not self.roles or any(role in self.roles for role in scope.roles_over(student))


@dataclass(frozen=True)
class OpenSection:
    """A section that this reader may open of this student."""

    label: Promise
    hint: Promise
    url: str
    icon: str


SECTIONS = (
    Section(
        _("Watchlist"),
        _("Calls for help for this student, and the case if there is one."),
        "crisis:student-section",
        "siren",
        frozenset({A.HANDLE_ALARM, A.VIEW_CASES, A.VIEW_ASSIGNED_CASES}),
    ),
    Section(
        _("Monthly reports"),
        _("The weather of each month as dorm and class saw it."),
        "reporting:student-lines",
        "cloud-sun",
        frozenset({A.VIEW_LINES, A.VIEW_LINE_SUMMARY}),
    ),
    Section(
        _("Screening"),
        _("Results of past screenings as far as your post goes, and the talks that followed."),
        "screening:student-section",
        "clipboard-list",
        frozenset({A.VIEW_SCREENING_LEVEL, A.VIEW_SCREENING_TASK, A.VIEW_SCREENING_FACTORS}),
    ),
    Section(
        _("What the student sees of looks"),
        _("Whether looks at what belongs to a crisis are kept back, until when and why."),
        "network:student-delay",
        "eye-off",
        frozenset({A.HANDLE_ALARM}),
        CLINICIANS,
    ),
)


def sections_of(student: Student, reader: Any) -> list[OpenSection]:
    """The sections that the reader may open of the student."""
    scope = Scope.of(reader)
    return [
        OpenSection(one.label, one.hint, reverse(one.route, args=[student.pk]), one.icon)
        for one in SECTIONS
        if one.is_open(scope, student)
    ]


# How a look is told to the student: plain words, nothing that frightens.
LOOK_WORDS: dict[str, Promise] = {
    "glass.break": _("opened sealed notes about you for one hour, with a written reason"),
    "glass.read": _("checked whether opening sealed notes about you was right"),
    "line.read": _("read what the monthly reports say of you"),
    "look.read_delay": _("looked at how your file is shown to you"),
    "student.read": _("opened your roster card"),
}
OF_CARE = _("read notes of the people who look after you")
OF_THE_FILE = _("looked at something in your file")
CARE_NOUNS = ("alarm", "case")
PURPOSE_WORDS: dict[str, Promise] = {
    LookPurpose.CARE: pgettext_lazy("to the student", "to look after you in everyday life"),
    LookPurpose.DUTY: pgettext_lazy("to the student", "as part of their regular duty"),
    LookPurpose.FOLLOW_UP: pgettext_lazy("to the student", "to see how things have gone on"),
    LookPurpose.REVIEW: pgettext_lazy("to the student", "to check that all was done rightly"),
    LookPurpose.EMERGENCY: pgettext_lazy("to the student", "because help was needed quickly"),
    LookPurpose.OWN_REQUEST: pgettext_lazy("to the student", "because you asked for it"),
    BREAK_GLASS: pgettext_lazy("to the student", "for a reason that others check"),
}


@dataclass(frozen=True)
class ToldLook:
    """A look in the words that the student reads: in what role, what, and what for. No name. `times`: how often that
    day."""

    event: AuditEvent
    times: int = 1

    @property
    def role(self) -> Promise:
        return ROLE_LABELS[Role(self.event.role)] if self.event.role in set(Role) else _("Somebody at the school")

    @property
    def what(self) -> Promise:
        noun = self.event.action.partition(".")[0]
        if noun in CARE_NOUNS or self.event.object_type.startswith("crisis."):
            return OF_CARE
        return LOOK_WORDS.get(self.event.action, OF_THE_FILE)

    @property
    def purpose(self) -> Promise | str:
        return PURPOSE_WORDS.get(self.event.purpose, "")


def told_by_day(events: Iterable[AuditEvent]) -> list[ToldLook]:
    """The looks in their order; what the same post did for the same purpose on one day is told once, with its number,
    so that a busy day does not hide the others."""
    found: dict[tuple[date, str, str, str], ToldLook] = {}
    for look in map(ToldLook, events):
        key = (localdate(look.event.at), str(look.role), str(look.what), str(look.purpose))
        found[key] = replace(found[key], times=found[key].times + 1) if key in found else look
    return list(found.values())
