"""The scopes of the center's yearly work: rows of a school, and rows of a unit."""

from typing import Any, Self

from django.db import models

from network.rules import Ability, Level
from network.scope import Scope


class OfSchool(models.QuerySet[Any]):
    """Rows of a whole school."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Those of the schools on which the user holds any of the abilities."""
        return self.filter(school__in=Scope.of(user).units(abilities).get(Level.SCHOOL, frozenset()))

    def within_school_of(self, user: Any, *abilities: Ability) -> Self:
        """Those of the school in which the user holds any of the abilities, at whatever level."""
        return self.filter(school=user.school_id) if Scope.of(user).units(abilities) else self.none()


class OfUnit(models.QuerySet[Any]):
    """Rows that belong to a school, a college or a class."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Those of units on which the user holds any of the abilities, and of the units below."""
        condition = Scope.of(user).below(abilities, "unit__")
        return self.none() if condition is None else self.filter(condition)
