"""Scope and named filters of the network. Each scoped queryset ends in none() unless something was granted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q, QuerySet

from network.rules import PRESENT, Ability, Level, Role
from network.scope import Scope


class ScopedQuerySet(QuerySet[Any]):
    """Rows that carry school, college, school_class and dorm as of their date."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Rows of units on which the user holds any of the abilities."""
        condition = Scope.of(user).rows(abilities)
        return self.none() if condition is None else self.filter(condition)


class UnitQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Units on which the user holds any of the abilities, with all that lies below them; none named: any."""
        scope = Scope.of(user)
        condition = scope.below(abilities or scope.abilities)
        return self.none() if condition is None else self.filter(condition)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def schools(self) -> Self:
        return self.filter(level=Level.SCHOOL)

    def colleges(self) -> Self:
        return self.filter(level=Level.COLLEGE)

    def classes(self) -> Self:
        return self.filter(level=Level.CLASS)

    def dorms(self) -> Self:
        return self.filter(level=Level.DORM)

    def of_school(self, school: Any) -> Self:
        return self.filter(Q(pk=school.pk) | Q(school=school))

    def within(self, unit: Any) -> Self:
        """The unit and all that lies below it."""
        keys = {Level.SCHOOL: "school", Level.COLLEGE: "college", Level.CLASS: "parent", Level.DORM: "pk"}
        return self.filter(Q(pk=unit.pk) | Q(**{keys[Level(unit.level)]: unit.pk}))

    def vacant(self, role: Role, on: date) -> Self:
        """Units that nobody holds the role at on that day."""
        held = models.Exists(
            self.model._meta.get_field("posts")
            .related_model._default_manager.active(on)
            .filter(unit=models.OuterRef("pk"), role=role)
        )
        return self.filter(~held)


class PostQuerySet(QuerySet[Any]):
    def active(self, on: date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)

    def over(self, on: date) -> Self:
        return self.filter(ends_on__lte=on)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        scope = Scope.of(user)
        condition = scope.below(abilities or scope.abilities, "unit__")
        return self.none() if condition is None else self.filter(condition)


class StudentQuerySet(ScopedQuerySet):
    def present(self) -> Self:
        """Students who are at school: studying or returned."""
        return self.filter(enrollment_status__in=PRESENT)

    def matching(self, words: str) -> Self:
        """Search by number (from its start) or by a part of the name."""
        return self.filter(Q(number__startswith=words) | Q(name__icontains=words)) if words else self


class PlacementQuerySet(ScopedQuerySet):
    def on(self, day: date) -> Self:
        """Placements in force on that day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)

    def present(self) -> Self:
        return self.filter(enrollment_status__in=PRESENT)

    def open(self) -> Self:
        return self.filter(ends_on=None)


class DutyQuerySet(QuerySet[Any]):
    def unsettled(self) -> Self:
        return self.filter(settled_at=None)

    def overdue(self, at: datetime) -> Self:
        return self.unsettled().filter(due_at__lt=at)

    def owed_by(self, user: Any, on: date) -> Self:
        """Duties of the user, and of the posts the user holds on that day."""
        posts = user.posts.active(on).values_list("role", "unit_id")
        mine = Q(owner=user) & ~orphaned(on)
        by_role: dict[str, list[int]] = {}
        for role, unit_id in posts.order_by("pk"):
            by_role.setdefault(role, []).append(unit_id)
        for role, unit_ids in by_role.items():
            mine |= orphaned(on) & Q(role=role, unit_id__in=unit_ids)
        return self.filter(mine)


def orphaned(on: date) -> Q:
    """Duties that nobody in person owes on that day: the role at the unit does. A post that has ended, or whose holder
    is gone, takes its duties along at that very moment, whether or not any task has run."""
    lasting = Q(post__starts_on__lte=on) & (Q(post__ends_on=None) | Q(post__ends_on__gt=on))
    return Q(owner=None) | (~Q(role="") & (~lasting | Q(post=None) | Q(owner__is_active=False)))


class RosterImportQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Imports of the schools at which the user may import rosters."""
        return self.filter(school__in=Scope.of(user).units([Ability.IMPORT_ROSTER]).get(Level.SCHOOL, frozenset()))

    def newest_applied(self, school: Any) -> Any:
        """The import of the school that can be undone, if any."""
        return self.filter(school=school, state="applied").order_by("-applied_at", "-uploaded_at").first()
