from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.periods import Month
from network.models import Unit
from network.rules import Level
from network.scope import Scope
from reporting.rules.filing import DEFAULT_DUE_DAYS, DueTimes, due_times

DAY = [MinValueValidator(1), MaxValueValidator(31)]


class Calendar(models.Model):
    """When reports are due in a school, and whom to phone."""

    school = models.OneToOneField(Unit, models.CASCADE, related_name="calendar")
    dorm_day = models.PositiveSmallIntegerField(
        _("dorm reports are due on day"), default=DEFAULT_DUE_DAYS[Level.DORM], validators=DAY
    )
    class_day = models.PositiveSmallIntegerField(
        _("class reports are due on day"), default=DEFAULT_DUE_DAYS[Level.CLASS], validators=DAY
    )
    college_day = models.PositiveSmallIntegerField(
        _("college reports are due on day"), default=DEFAULT_DUE_DAYS[Level.COLLEGE], validators=DAY
    )
    vacation_months = models.JSONField(_("vacation months"), default=list, blank=True)
    vacation_starts = models.JSONField(_("first days of vacations"), default=list, blank=True)
    duty_phone = models.CharField(_("the center's duty phone"), max_length=30, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(dorm_day__lte=F("class_day")) & Q(class_day__lte=F("college_day")),
                name="calendar_levels_file_in_order",
            )
        ]

    def __str__(self) -> str:
        return str(self.school)

    def due_times(self, month: Month) -> DueTimes:
        """Due times of a month by this calendar."""
        days = {Level.DORM: self.dorm_day, Level.CLASS: self.class_day, Level.COLLEGE: self.college_day}
        starts = {Month.of(day): day for day in map(date.fromisoformat, self.vacation_starts)}
        return due_times(month, days, frozenset(self.vacation_months), starts)


class CycleQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Cycles of the schools in which the user holds a post that gives any ability."""
        return self.filter(school=user.school_id) if Scope.of(user).granted else self.none()

    def open(self) -> Self:
        return self.filter(closed_at=None)


class Cycle(models.Model):
    """One month of reports in one school."""

    school = models.ForeignKey(Unit, models.PROTECT, related_name="cycles")
    month = models.DateField(_("month"), help_text=_("its first day"))
    dorm_due_at = models.DateTimeField(null=True)
    class_due_at = models.DateTimeField(null=True)
    college_due_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    rolled_up_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    # Which placements the figures were counted from: when these change, so do the figures.
    placements_seen = models.CharField(max_length=100, default="")

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "school"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "month"], name="cycle_one_per_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def period(self) -> Month:
        return Month.of(self.month)

    def due_at(self, level: Level) -> datetime | None:
        """When reports of the level are due; None when it owes none this month."""
        return {Level.DORM: self.dorm_due_at, Level.CLASS: self.class_due_at, Level.COLLEGE: self.college_due_at}[level]
