"""The plan of a year: goals with owners and due days, and the steps towards them."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities.models.evidence import Evidence
from activities.models.program_labels import PILLAR_LABELS
from activities.models.scoping import OfUnit
from activities.rules.program import FIRST_YEAR, LAST_YEAR
from kernel.choices import choices_of
from network.models import Unit
from network.models.bounds import day_in_reach
from network.rules import Ability
from network.scope import Scope


class WorkPlan(models.Model):
    """What a school, college or class sets out to do in a calendar year."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="work_plans")
    year = models.PositiveSmallIntegerField(_("year"))
    aim = models.CharField(_("aim of the year"), max_length=300)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = OfUnit.as_manager()

    class Meta:
        ordering = ["-year", "unit__code"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="plan_once_a_year"),
            models.CheckConstraint(condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="plan_year_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("activities:plan-detail", args=[self.pk])


class GoalQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Goals of the plans in scope, and one's own."""
        condition = Scope.of(user).below(abilities, "plan__unit__")
        own = Q(owner=user.pk)
        return self.filter(own if condition is None else own | condition)


class Goal(models.Model):
    """A goal of a plan: owned by one person, due on a day."""

    plan = models.ForeignKey(WorkPlan, models.CASCADE, related_name="goals")
    pillar = models.CharField(_("pillar"), max_length=10, choices=choices_of(PILLAR_LABELS))
    title = models.CharField(_("goal"), max_length=120)
    target = models.CharField(_("when is it reached"), max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who sees to it")
    )
    due_on = models.DateField(_("due"))
    weight = models.PositiveSmallIntegerField(_("weight"))

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "pillar", "due_on", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=100), name="goal_weight_in_range"),
            day_in_reach("due_on", name="goal_due_in_reach"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('activities:plan-detail', args=[self.plan_id])}#goal-{self.pk}"


class StepQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Steps of the goals in scope."""
        return self.filter(goal__in=Goal.objects.visible_to(user, *abilities))


class Step(models.Model):
    """A step towards a goal, with how far it has come, in percent, and what proves it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="steps")
    title = models.CharField(_("what is done"), max_length=120)
    progress = models.PositiveSmallIntegerField(_("progress in percent"), default=0)
    note = models.CharField(_("how it went"), max_length=300, blank=True)
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="+")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["goal", "changed_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=100), name="step_progress_in_range")
        ]

    def __str__(self) -> str:
        return self.title
