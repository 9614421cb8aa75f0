"""Who sees which papers and results. Each ends in none() unless something was granted."""

from __future__ import annotations

from typing import Any, Self

from django.db.models import Q, QuerySet

from network.querysets import ScopedQuerySet
from network.rules import Ability, Level
from network.scope import ROW_KEYS, Scope, any_of


class PaperQuerySet(QuerySet[Any]):
    def for_user(self, user: Any) -> Self:
        """A student's own papers."""
        return self.filter(participation__student__user=user)


class ResultQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """A student's own results."""
        return self.filter(student__user=user)

    def counted_for(self, user: Any) -> Self:
        """Valid results of the schools and colleges whose statistics the user reads. A class is too few for figures."""
        found = counted_for(user)
        return self.none() if found is None else self.filter(found, is_valid=True)


def counted_for(user: Any) -> Q | None:
    """Rows of the schools and colleges whose statistics the user reads; None where there are none."""
    units = Scope.of(user).units([Ability.VIEW_STATS])
    return any_of({ROW_KEYS[level]: units[level] for level in (Level.SCHOOL, Level.COLLEGE) if level in units})
