"""The sections of the student file. Each app declares its own in its student_file.py: the route of a view that takes
the student's key, fetches through `visible_to`, records the look with `record_look` and answers an htmx request with
the section alone."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.models import Student
from network.rules import Ability, Role
from network.rules.access_log import CLINICIANS
from network.scope import Scope

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
    # Where it stands in the file.
    place: int = 0

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


_sections: dict[str, Section] = {}


def declare(*sections: Section) -> None:
    """Called by an app's student_file.py when the portal starts."""
    for section in sections:
        if section.route in _sections:
            raise KeyError(f"two sections of the student file lead to {section.route}")
        _sections[section.route] = section


def declared() -> list[Section]:
    """The sections of all apps, in the order of the file."""
    return sorted(_sections.values(), key=lambda section: section.place)


def sections_of(student: Student, reader: Any) -> list[OpenSection]:
    """The sections that the reader may open of the student."""
    scope = Scope.of(reader)
    return [
        OpenSection(section.label, section.hint, reverse(section.route, args=[student.pk]), section.icon)
        for section in declared()
        if section.is_open(scope, student)
    ]


declare(
    Section(
        _("What the student sees of looks"),
        _("Whether looks at what belongs to a crisis are kept back, until when and why."),
        "network:student-delay",
        "eye-off",
        frozenset({Ability.HANDLE_ALARM}),
        CLINICIANS,
        place=40,
    )
)
