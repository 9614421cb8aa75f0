"""What rows about one student have in common: the units of their day, and the scope over them."""

from typing import Any, Self

from django.db import models

from network.models.units import Unit
from network.rules import Ability
from network.scope import Scope


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows that carry school, college, school_class and dorm as of their date."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Rows of units on which the user holds any of the abilities."""
        condition = Scope.of(user).rows(abilities)
        return self.none() if condition is None else self.filter(condition)


class UnitKeys(models.Model):
    """A row that carries the units of a student as of its date; a later move does not change them."""

    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


def keys_of(student: UnitKeys) -> dict[str, int | None]:
    """The units of a student as of now, for the row about to be written."""
    return {
        "school_id": student.school_id,
        "college_id": student.college_id,
        "school_class_id": student.school_class_id,
        "dorm_id": student.dorm_id,
    }
