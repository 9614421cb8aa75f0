"""Which scales a school has."""

from typing import Any, Self

from django.db.models import Q, QuerySet

from network.rules import Ability, Level
from network.scope import Scope


class ScaleQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Shipped scales and those of the schools at which the user holds any of the abilities."""
        schools = Scope.of(user).units(abilities).get(Level.SCHOOL)
        return self.filter(Q(school=None) | Q(school__in=schools)) if schools else self.none()

    def of_school(self, school: Any) -> Self:
        """Shipped scales and the school's own."""
        return self.filter(Q(school=None) | Q(school=school))

    def published(self) -> Self:
        return self.filter(state="published")
