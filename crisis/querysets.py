"""Who sees which alarms and cases. Each scoped queryset ends in none() unless something was granted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Never, Self

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from crisis.rules import AlertLevel
from network.querysets import ScopedQuerySet
from network.rules import Ability, Level
from network.scope import Scope


class AlarmQuerySet(ScopedQuerySet):
    def unacknowledged(self) -> Self:
        return self.filter(acknowledged_at=None)

    def unsettled(self) -> Self:
        """Alarms whose outcome nobody has written down yet."""
        return self.filter(settled_at=None)

    def to_climb(self, at: datetime) -> Self:
        """Alarms whose next step has come, the longest waiting first."""
        return self.unacknowledged().filter(climbs_at__lte=at).order_by("climbs_at", "pk")

    def waiting_first(self) -> Self:
        """The triage queue: what nobody has taken on, then what nobody has settled, then the rest."""
        first = F("acknowledged_at").desc(nulls_first=True)
        return self.order_by(F("settled_at").desc(nulls_first=True), first, "-raised_at", "pk")


class CaseQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Cases that the user may read: all of a scope for center and college; for a fudaoyuan and a part-time
        counselor those they were told of or answer for, while their post reaches them. Abilities named narrow it."""
        scope = Scope.of(user)
        wanted = abilities or (Ability.VIEW_CASES, Ability.VIEW_ASSIGNED_CASES)
        assigning = [one for one in wanted if one in ASSIGNED]
        whole = scope.rows([one for one in wanted if one not in ASSIGNED])
        assigned = scope.rows(assigning)
        found = Q(pk=None)
        if whole is not None:
            found |= whole
        if assigned is not None:
            found |= assigned & self.concerning(user)
        return self.filter(found) if whole is not None or assigned is not None else self.none()

    def concerning(self, user: Any) -> Q:
        """Cases that the user answers for or was told of."""
        members = self.model._meta.get_field("members").related_model._default_manager
        told = members.filter(case=OuterRef("pk"), user=user.pk)
        return Q(owner=user.pk) | Q(deputy=user.pk) | Q(Exists(told))

    def summarised_for(self, user: Any) -> Self:
        """Open red cases of the schools whose leaders may know that they exist."""
        condition = Scope.of(user).rows([Ability.VIEW_RED_SUMMARY])
        return self.none() if condition is None else self.open().filter(condition, level=AlertLevel.RED)

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def overdue(self, at: datetime) -> Self:
        return self.open().filter(next_due_at__lt=at)

    def most_pressing_first(self) -> Self:
        return self.order_by("-level", "next_due_at", "pk")


# Abilities that reach only those rows of a scope that concern the user.
ASSIGNED = frozenset({Ability.VIEW_ASSIGNED_CASES, Ability.MANAGE_ASSIGNED_CASES})


class CaseRowQuerySet(QuerySet[Any]):
    """Rows that belong to a case and open with it."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Rows of the cases that the user may read."""
        cases = self.model._meta.get_field("case").related_model._default_manager
        return self.filter(case__in=cases.visible_to(user, *abilities).order_by().values("pk"))


class AppendOnlyQuerySet(CaseRowQuerySet):
    """What happened is written and read; nothing of it is changed or taken away."""

    def update(self, **kwargs: Any) -> Never:
        raise TypeError("what happened in a case is never changed")

    def delete(self) -> Never:
        raise TypeError("what happened in a case is never deleted")


class PersonRowQuerySet(ScopedQuerySet):
    """Rows about one student that may belong to a case: with a case they open as it does, without one to whoever
    reads all cases of the unit."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        cases = self.model._meta.get_field("case").related_model._default_manager
        found = Q(case__in=cases.visible_to(user, *abilities).order_by().values("pk"))
        whole = Scope.of(user).rows([one for one in abilities or (Ability.VIEW_CASES,) if one not in ASSIGNED])
        return self.filter(found if whole is None else found | Q(whole, case=None))


class ReferralQuerySet(PersonRowQuerySet):
    """Referrals to a hospital open as their case does; those to counseling to very few."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Referrals to hospitals. SECURITY: reading cases tells nobody who goes to counseling."""
        return super().visible_to(user, *abilities).exclude(target="counseling")

    def counseling_for(self, user: Any) -> Self:
        """Those to counseling: the director sees all of the school, a counselor those given to them and those that
        they handed over themselves."""
        scope = Scope.of(user)
        every = scope.rows([Ability.ARRANGE_COUNSELING])
        reached = scope.rows([Ability.TAKE_COUNSELING])
        if every is None and reached is None:
            return self.none()
        mine = None if reached is None else reached & (Q(counselor=user.pk) | Q(opened_by=user.pk))
        return self.to_counseling().filter((every or Q(pk=None)) | (mine or Q(pk=None)))

    def to_counseling(self) -> Self:
        return self.filter(target="counseling")

    def open(self) -> Self:
        return self.filter(state="open")

    def ended(self) -> Self:
        return self.exclude(ended_at=None)

    def longest_waiting_first(self) -> Self:
        """Those without a counselor first."""
        return self.order_by(F("assigned_at").asc(nulls_first=True), "opened_at", "pk")


class CaseReportQuerySet(CaseRowQuerySet):
    def owed(self) -> Self:
        """The one report that each open case owes."""
        return self.filter(filed_at=None, superseded_at=None)

    def filed(self) -> Self:
        return self.exclude(filed_at=None)


class UnitRowQuerySet(QuerySet[Any]):
    """Rows of a unit that is no person's."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        condition = Scope.of(user).below(abilities, "unit__")
        return self.none() if condition is None else self.filter(condition)


class SchoolRowQuerySet(QuerySet[Any]):
    """Rows of a school: rosters, periods, hospitals, plans."""

    def for_user(self, user: Any) -> Self:
        """Those of the school that the user belongs to."""
        return self.filter(school=user.school_id)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Those of the schools on which the user holds any of the abilities."""
        return self.filter(school__in=Scope.of(user).units(abilities).get(Level.SCHOOL, frozenset()))


class PlanStepQuerySet(QuerySet[Any]):
    """Steps of response plans."""

    def for_user(self, user: Any) -> Self:
        """Those of the school that the user belongs to."""
        return self.filter(plan__school=user.school_id)


class IncidentQuerySet(SchoolRowQuerySet):
    """The register: the center reads all of its school, a college its own."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        units = Scope.of(user).units(abilities)
        none: frozenset[int] = frozenset()
        return self.filter(Q(school__in=units.get(Level.SCHOOL, none)) | Q(college__in=units.get(Level.COLLEGE, none)))


class DutyShiftQuerySet(SchoolRowQuerySet):
    def on_duty(self, at: datetime) -> Self:
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def from_day(self, day: date) -> Self:
        return self.filter(ends_at__date__gte=day)


class TaskQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """Tasks given to the user, who learns nothing else of the case."""
        return self.filter(assignee=user.pk)
