"""The care plan of a student (一生一策) with its goals; every saving is a new version."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crisis.models.base import CaseRow, days_within_bounds
from crisis.models.cases import Case, CaseRowQuerySet
from kernel.fields import EncryptedTextField


class CarePlan(CaseRow):
    """What is done for this student, one plan per student (一生一策); every saving is a version of its own."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="care_plans")
    version = models.PositiveIntegerField()
    supports = EncryptedTextField(_("sources of support"), max_length=2000, default="", blank=True)
    risks = EncryptedTextField(_("what may trigger danger, and the signs"), max_length=2000, default="", blank=True)
    review_on = models.DateField(_("review on"), null=True, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    objects = CaseRowQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        default_permissions = ()
        constraints = [
            days_within_bounds("review_on", name="care_plan_dates_within_bounds"),
            models.UniqueConstraint(fields=["case", "version"], name="care_plan_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} v{self.version}"


class CareGoal(CaseRow):
    """A goal of a care plan: what, by whom, by when."""

    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="goals")
    order = models.PositiveSmallIntegerField()
    text = EncryptedTextField(_("goal"), max_length=300)
    who = models.CharField(_("by whom"), max_length=60, blank=True)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    is_reached = models.BooleanField(_("reached"), default=False)

    class Meta:
        ordering = ["plan", "order"]
        default_permissions = ()
        constraints = [
            days_within_bounds("due_on", name="care_goal_dates_within_bounds"),
            models.UniqueConstraint(fields=["plan", "order"], name="care_goal_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.order}"
