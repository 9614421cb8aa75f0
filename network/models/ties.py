from typing import Any, Self

from django.conf import settings
from django.db import models

from network.models.units import Unit
from network.rules import Ability
from network.scope import Scope


class DualRelationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        condition = Scope.of(user).below(abilities, "unit__")
        return self.none() if condition is None else self.filter(condition)


class DualRelation(models.Model):
    """A counselor who teaches, advises or is otherwise tied to a class or college counsels and interviews nobody
    there."""

    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="dual_relations")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = DualRelationQuerySet.as_manager()

    class Meta:
        ordering = ["counselor", "unit__code"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["counselor", "unit"], name="dual_relation_of_a_unit_once")]

    def __str__(self) -> str:
        return f"{self.counselor} · {self.unit}"
