from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import QuerySet

from kernel.choices import choices_of
from network.models import Unit
from network.models.labels import LEVEL_LABELS
from network.rules import Ability
from network.scope import Scope
from reporting.models.cycles import Cycle
from reporting.rules.disclosure import Cells
from reporting.rules.totals import Figures


class SummaryQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Figures of units on which the user may read statistics, and of all units below."""
        condition = Scope.of(user).below([Ability.VIEW_STATS], "unit__")
        return self.none() if condition is None else self.filter(condition)


class Summary(models.Model):
    """The figures of one unit in one month, rebuilt from the lines at any time."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="summaries")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="summaries")
    level = models.CharField(max_length=10, choices=choices_of(LEVEL_LABELS))
    figures = models.JSONField()
    # The same as they may be shown to readers without the right to exact counts.
    published = models.JSONField(null=True)

    objects = SummaryQuerySet.as_manager()

    class Meta:
        ordering = ["cycle", "unit__code"]
        verbose_name_plural = "summaries"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["cycle", "unit"], name="summary_one_per_unit")]
        indexes = [models.Index(fields=["cycle", "level"], name="summary_cycle_level")]

    def __str__(self) -> str:
        return f"{self.cycle} {self.unit}"

    @property
    def totals(self) -> Figures:
        return Figures(**self.figures)

    @property
    def shown(self) -> Cells | None:
        return None if self.published is None else Cells.of(self.published)

    @staticmethod
    def stored(figures: Figures) -> dict[str, object]:
        """The figures as this table keeps them."""
        return dict(vars(figures))
