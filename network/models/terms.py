"""The calendar of a school: its terms, and the dates that it plans itself."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.models.bounds import day_in_reach
from network.models.units import Unit
from network.rules import Ability, Level
from network.rules.terms import MOST_EXAM_WEEKS, MOST_WEEKS, TermSpan
from network.scope import Scope


class CalendarQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Rows of the schools on which the user holds any of the abilities."""
        return self.filter(school__in=Scope.of(user).units(abilities).get(Level.SCHOOL, frozenset()))

    def of_school(self, school: Unit) -> Self:
        return self.filter(school=school)

    def between(self, first: date, last: date) -> Self:
        """Planned dates of these days, both included."""
        return self.filter(date__gte=first, date__lte=last)


class Term(models.Model):
    """A term of an academic year. With a campus it counts there instead of the school's own term of that number."""

    school = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    campus = models.CharField(_("campus"), max_length=40, blank=True)
    year = models.CharField(_("academic year"), max_length=9)
    number = models.PositiveSmallIntegerField(pgettext_lazy("calendar", "term"))
    first_monday = models.DateField(_("first Monday"))
    weeks = models.PositiveSmallIntegerField(_("weeks"))
    exam_weeks = models.PositiveSmallIntegerField(_("weeks of exams at its end"), default=2)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        ordering = ["-first_monday", "campus"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "campus", "year", "number"], name="term_once_per_campus"),
            models.CheckConstraint(condition=Q(number__in=[1, 2]), name="term_is_first_or_second"),
            models.CheckConstraint(condition=Q(weeks__gte=1, weeks__lte=MOST_WEEKS), name="term_weeks_in_reach"),
            models.CheckConstraint(
                condition=Q(exam_weeks__lte=MOST_EXAM_WEEKS) & Q(exam_weeks__lte=F("weeks")),
                name="term_exams_within_it",
            ),
            models.CheckConstraint(condition=Q(first_monday__iso_week_day=1), name="term_starts_on_a_monday"),
            day_in_reach("first_monday", name="term_in_reach"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.number} {self.campus}".strip()

    @property
    def span(self) -> TermSpan:
        return TermSpan(self.first_monday, self.weeks, self.year, self.number, self.campus, self.exam_weeks)

    @property
    def last_day(self) -> date:
        return self.span.last_day


class DayPlan(models.Model):
    """A date on which a school is closed, or runs as another weekday than the national calendar says."""

    school = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    campus = models.CharField(_("campus"), max_length=40, blank=True)
    date = models.DateField(_("date"))
    # 1 to 7 from Monday; None: closed.
    runs_as = models.PositiveSmallIntegerField(_("runs as"), null=True, blank=True)
    name = models.CharField(pgettext_lazy("calendar", "occasion"), max_length=40, blank=True)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        ordering = ["date", "campus"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "campus", "date"], name="day_plan_once_per_campus"),
            models.CheckConstraint(
                condition=Q(runs_as=None) | Q(runs_as__gte=1, runs_as__lte=7), name="day_plan_runs_as_a_weekday"
            ),
            day_in_reach("date", name="day_plan_in_reach"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.campus}".strip()
