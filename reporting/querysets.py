"""Who sees which reports, lines and figures."""

from __future__ import annotations

from typing import Any, Self

from django.db.models import Count, Q, QuerySet

from network.querysets import ScopedQuerySet
from network.rules import Ability, Level
from network.scope import Scope
from reporting.rules.filing import ARRIVED, State

# Which ability opens a report of each level, besides one's own filing.
REPORT_ABILITIES: dict[Level, tuple[Ability, ...]] = {
    Level.DORM: (Ability.FILE_DORM_REPORT, Ability.CHECK_DORM_REPORT, Ability.VIEW_LINES),
    Level.CLASS: (Ability.FILE_CLASS_REPORT, Ability.CHECK_CLASS_REPORT, Ability.VIEW_CLASS_REPORT),
    Level.COLLEGE: (Ability.FILE_COLLEGE_REPORT, Ability.CHECK_COLLEGE_REPORT, Ability.VIEW_COLLEGE_REPORT),
}
# Whoever may see a report of some level; the view tells those who may not act on this one.
READING = frozenset().union(*REPORT_ABILITIES.values())


class CycleQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Cycles of the schools in which the user holds a post that gives any ability."""
        return self.filter(school=user.school_id) if Scope.of(user).granted else self.none()

    def open(self) -> Self:
        return self.filter(closed_at=None)


class ReportQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Reports whose level the user may read at their unit; with abilities named, those alone count."""
        scope = Scope.of(user)
        conditions = Q(pk=None)
        for level, opening in REPORT_ABILITIES.items():
            rows = scope.rows([one for one in opening if not abilities or one in abilities])
            if rows is not None:
                conditions |= Q(rows, level=level)
        return self.filter(conditions)

    def current(self) -> Self:
        return self.filter(is_current=True)

    def arrived(self) -> Self:
        return self.filter(state__in=ARRIVED)

    def tally(self, *keys: str) -> QuerySet[Any, dict[str, Any]]:
        """How many reports are due, filed, on time and sent back, by the keys."""
        arrived = Q(state__in=ARRIVED)
        counted: QuerySet[Any, dict[str, Any]] = (
            self.order_by()
            .values(*keys)
            .annotate(
                due=Count("pk"),
                filed=Count("pk", filter=arrived),
                timely=Count("pk", filter=arrived & Q(on_time=True)),
                returned=Count("pk", filter=Q(state=State.RETURNED)),
            )
            .order_by(*keys)
        )
        return counted


class LineQuerySet(ScopedQuerySet):
    def current(self) -> Self:
        return self.filter(is_current=True)

    def concerned(self) -> Self:
        """Lines below clear weather."""
        return self.filter(status__gt=1)


class SummaryQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Figures of units on which the user may read statistics, and of all units below."""
        condition = Scope.of(user).below([Ability.VIEW_STATS], "unit__")
        return self.none() if condition is None else self.filter(condition)


class SummaryExportQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own exports, of units on which one may still export."""
        condition = Scope.of(user).below([Ability.EXPORT_SUMMARY], "unit__")
        return self.none() if condition is None else self.filter(condition, made_by=user)
