"""The search over pages, units and students that are in the reader's scope: by name, pinyin initials or number."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from network.forms.filters import FilterForm, search_field
from network.models import Student, Unit
from network.rules import TREE, Ability
from network.scope import Scope
from portal.navigation import Link, links_of
from portal.pinyin import has_initials

MOST_ROWS = 20
FEWEST_LETTERS = 2
OF_STUDENTS = (Ability.VIEW_ROSTER, Ability.VIEW_NAMES)


class SearchForm(FilterForm):
    q = search_field(_("Name, pinyin initials or number"))

    @property
    def words(self) -> str:
        return str(self.asked.get("q", "")).strip()


@dataclass(frozen=True)
class Found:
    """What fits the words, at most MOST_ROWS of a kind. `students` is None where the reader may see none."""

    pages: list[Link]
    units: list[Unit]
    students: list[Student] | None
    # Whether students' numbers and classes may stand beside their names.
    full: bool = False
    # Whether the words are too short to look for more than pages.
    is_short: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.pages or self.units or self.students)


def search(user: Any, words: str) -> Found:
    """Look for pages, units and students in the scope of this user. Latin words of one letter find pages only."""
    pages = [link for link in links_of(user) if _fits(str(link.label), words)]
    if words.isascii() and len(words) < FEWEST_LETTERS:
        return Found(pages, [], None, is_short=True)
    abilities = Scope.of(user).abilities
    full = Ability.VIEW_ROSTER in abilities
    sees_students = full or Ability.VIEW_NAMES in abilities
    return Found(pages, _units(user, words), _students(user, words, full=full) if sees_students else None, full)


def _units(user: Any, words: str) -> list[Unit]:
    units = Unit.objects.visible_to(user, *TREE).active()
    fits = Q(name__icontains=words) | Q(code__icontains=words) | Q(pk__in=_by_initials(units, words))
    return list(units.filter(fits).select_related("college", "parent").order_by("code")[:MOST_ROWS])


def _students(user: Any, words: str, *, full: bool) -> list[Student]:
    # Peers see names without numbers, as in the list of students.
    students = Student.objects.visible_to(user, Ability.VIEW_ROSTER if full else Ability.VIEW_NAMES).present()
    fits = Q(name__icontains=words) | Q(pk__in=_by_initials(students, words))
    fits |= Q(number__icontains=words) if full else Q(number=words)
    return list(students.filter(fits).select_related("school_class", "dorm").order_by("name", "number")[:MOST_ROWS])


def _by_initials(rows: QuerySet[Any], words: str) -> list[Any]:
    """Keys of the rows whose names have these initials."""
    if not (words.isascii() and words.isalnum()) or words.isdecimal():
        return []
    initials = words.lower()
    names = rows.order_by().values_list("pk", "name").iterator(chunk_size=5000)
    fitting = (pk for pk, name in names if has_initials(name, initials))
    return [pk for pk, _place in zip(fitting, range(MOST_ROWS), strict=False)]


def _fits(label: str, words: str) -> bool:
    return words.lower() in label.lower() or (words.isascii() and has_initials(label, words.lower()))
