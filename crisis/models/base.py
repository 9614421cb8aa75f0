"""What rows about one student, rows of a case and rows of a school have in common."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q, QuerySet

from crisis.rules.dates import EARLIEST, LATEST
from network.models import Student, Unit
from network.rules import Ability, Level
from network.scope import Scope


class SchoolRowQuerySet(QuerySet[Any]):
    """Rows of a school: rosters, periods, hospitals, plans."""

    def for_user(self, user: Any) -> Self:
        """Those of the school that the user belongs to."""
        return self.filter(school=user.school_id)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Those of the schools on which the user holds any of the abilities."""
        return self.filter(school__in=Scope.of(user).units(abilities).get(Level.SCHOOL, frozenset()))


class PersonRow(models.Model):
    """A row about one student, with the units the student belonged to on its day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="%(class)ss")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


class CaseRow(models.Model):
    """A row that belongs to a case and opens with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


def keys_of(student: Student) -> dict[str, int | None]:
    """The units of a student as of now, for the row about to be written."""
    return {
        "school_id": student.school_id,
        "college_id": student.college_id,
        "school_class_id": student.school_class_id,
        "dorm_id": student.dorm_id,
    }


def days_within_bounds(*names: str, name: str) -> models.CheckConstraint:
    """No date outside the years that the portal knows: PostgreSQL would keep it and nobody could read the row."""
    condition = Q()
    for field in names:
        condition &= Q(**{f"{field}__gte": EARLIEST, f"{field}__lte": LATEST})
    return models.CheckConstraint(condition=condition, name=name)


def moments_within_bounds(*names: str, name: str) -> models.CheckConstraint:
    """The same for date-times."""
    first = datetime(EARLIEST.year, EARLIEST.month, EARLIEST.day, tzinfo=UTC) - timedelta(days=1)
    last = datetime(LATEST.year, LATEST.month, LATEST.day, tzinfo=UTC) + timedelta(days=1)
    condition = Q()
    for field in names:
        condition &= Q(**{f"{field}__gte": first, f"{field}__lt": last})
    return models.CheckConstraint(condition=condition, name=name)
