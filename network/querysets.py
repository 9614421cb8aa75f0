"""Scope and named filters of the network. Each scoped queryset ends in none() unless something was granted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.utils.timezone import localdate

from network.rules import PRESENT, Ability, Level, Role
from network.rules.consents import Purpose
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
    def for_user(self, user: Any) -> Self:
        """The student that the user is, if any."""
        return self.filter(user=user.pk)

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


class DisclosureDelayQuerySet(ScopedQuerySet):
    def newest_of(self, student: Any) -> Any:
        """The delay that counts for a student, whether its end has come or not; None without one."""
        return self.filter(student=student).order_by("-set_at", "pk").first()


class BreakGlassQuerySet(ScopedQuerySet):
    def active(self, at: datetime) -> Self:
        return self.filter(opened_at__lte=at, ends_at__gt=at)

    def unreviewed(self) -> Self:
        return self.filter(reviewed_at=None)

    def to_be_judged_by(self, user: Any) -> Self:
        """Openings that the user reviews by role and school; never the user's own."""
        judged = Q(pk=None)
        for unit_id, roles in Scope.of(user).roles.items():
            judged |= Q(school=unit_id, review_role__in=roles)
        return self.filter(judged).exclude(opened_by=user)


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
        """The import of the school that can be undone, if any; its way back is not kept for ever."""
        applied = self.filter(school=school, state="applied").annotate(way_back=Length("undo"))
        newest = applied.order_by("-applied_at", "-uploaded_at").first()
        return newest if newest is not None and newest.way_back else None


class ConsentTextQuerySet(QuerySet[Any]):
    """Texts are published and read, nothing else; the database refuses the rest as well."""

    def visible_to(self, user: Any) -> Self:
        """Texts of the schools whose texts the user writes."""
        return self.filter(school__in=Scope.of(user).units([Ability.MANAGE_CONSENT_TEXTS]).get(Level.SCHOOL, ()))

    def published(self, school_id: int, purpose: Purpose, at: datetime) -> Self:
        """All versions of one purpose that were out by then, newest first."""
        return self.filter(school=school_id, purpose=purpose, published_at__lte=at).order_by("-version")


class ConsentQuerySet(ScopedQuerySet):
    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")

    def by(self, at: datetime) -> Self:
        """What had been said by then."""
        return self.filter(at__lte=at)


class LegalHoldQuerySet(ScopedQuerySet):
    def in_force(self, at: datetime) -> Self:
        """Holds that nobody has lifted and whose last day is not over."""
        return self.filter(lifted_at=None, ends_on__gte=localdate(at), placed_at__lte=at)


class RetentionRunQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Runs of the schools where the user decides how long data is kept."""
        return self.filter(school__in=Scope.of(user).units([Ability.MANAGE_RETENTION]).get(Level.SCHOOL, ()))


class DataRequestQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """What the user asked for about their own data."""
        return self.filter(student__user=user.pk)

    def open(self) -> Self:
        return self.filter(decided_at=None)

    def to_erase(self, on: date) -> Self:
        """Granted erasures whose day has come."""
        return self.filter(state="granted", erase_on__lte=on)


class UserSessionQuerySet(QuerySet[Any]):
    def for_user(self, user: Any) -> Self:
        """The user's own sessions."""
        return self.filter(user=user.pk)

    def left_before(self, at: datetime) -> Self:
        """Sessions that nobody has used since."""
        return self.filter(seen_at__lt=at)
