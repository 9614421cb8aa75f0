"""Whom a campaign asks: grades, colleges, classes, majors, and students named by number."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Q

from network.models import Student, Unit
from network.models.people import StudentQuerySet

FILTERS: Mapping[str, str] = {
    "grades": "school_class__grade__in",
    "colleges": "college__in",
    "classes": "school_class__in",
    "sex": "sex__in",
    "major": "school_class__major__icontains",
}


def students_of(school: Unit, population: Mapping[str, Any]) -> StudentQuerySet:
    """Present students of the school who match every filter, and those who are named; nobody when nothing is chosen."""
    asked = {lookup: population[name] for name, lookup in FILTERS.items() if population.get(name)}
    numbers = population.get("numbers") or []
    present: StudentQuerySet = Student.objects.present().filter(school=school)
    if not asked and not numbers:
        return present.none()
    condition = Q(**asked) if asked else Q(pk=None)
    return present.filter(condition | Q(number__in=numbers))


def count_by_college(students: StudentQuerySet) -> list[tuple[str, int]]:
    """How many students of each college are asked, by the college's code; those without a college come last."""
    rows = students.order_by().values("college__name", "college__code").annotate(n=Count("pk"))
    return [(row["college__name"] or "–", row["n"]) for row in rows.order_by("college__code")]


def not_found(school: Unit, numbers: Sequence[str]) -> list[tuple[int, str]]:
    """Numbers that belong to nobody present at this school, each with its line; another school's student is one."""
    known = set(_known(school, numbers))
    return [(line, number) for line, number in enumerate(numbers, start=1) if number not in known]


def _known(school: Unit, numbers: Iterable[str]) -> Iterable[str]:
    found: StudentQuerySet = Student.objects.present().filter(school=school, number__in=list(numbers))
    return found.order_by().values_list("number", flat=True)
