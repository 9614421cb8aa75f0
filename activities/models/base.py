"""What rows about one student of an activity have in common."""

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q

from activities.models.activities import Activity
from network.models import Student
from network.models.base import ScopedQuerySet, UnitKeys
from network.rules import Ability
from network.scope import Scope


class RosterQuerySet(ScopedQuerySet):
    """Rows that name who took part. `activity_path` leads from the row to its activity."""

    activity_path = "activity"

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """All rows of the activities that the user runs, and rows of open activities about students of units on which
        any of the abilities is held. SECURITY: a discreet roster opens to its organizers and the center alone."""
        condition = Q(**{f"{self.activity_path}__in": Activity.objects.run_by(user).values("pk")})
        reached = Scope.of(user).rows(abilities)
        if reached is not None:
            condition |= reached & Q(**{f"{self.activity_path}__is_discreet": False})
        return self.filter(condition)

    def for_user(self, user: Any) -> Self:
        """One's own."""
        return self.filter(student__user=user.pk)


class ParticipantRow(UnitKeys):
    """A row about one student, with the units the student belonged to on its day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")

    class Meta:
        abstract = True
