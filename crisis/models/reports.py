"""The reports on a case, and those of a college or school on all of theirs."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.base import CaseRow, days_within_bounds, moments_within_bounds
from crisis.models.cases import Case, CaseRowQuerySet
from crisis.models.labels import KIND_LABELS, LEVELS
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Unit
from network.rules import Ability
from network.scope import Scope


class CaseReportQuerySet(CaseRowQuerySet):
    def owed(self) -> Self:
        """The one report that each open case owes."""
        return self.filter(filed_at=None, superseded_at=None)

    def filed(self) -> Self:
        return self.exclude(filed_at=None)


class CrisisReport(CaseRow):
    """A report on a case: owed with a due time, then filed, late if it is; or superseded when the level changed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=10, choices=choices_of(KIND_LABELS))
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    # The moment the wait is counted from; with it the due time can be found again when a special period is set.
    anchor_at = models.DateTimeField()
    due_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    is_late = models.BooleanField(default=False)
    superseded_at = models.DateTimeField(null=True)
    # JSON of the form's fields, see crisis.rules.reports.
    content = EncryptedTextField(default="", blank=True)
    # Kept while it is being written, so that nothing is lost.
    draft = EncryptedTextField(default="", blank=True)

    objects = CaseReportQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("due_at", name="crisis_report_dates_within_bounds"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(filed_at=None, superseded_at=None), name="case_report_one_owed"
            ),
            models.CheckConstraint(
                condition=Q(filed_at=None, filed_by=None, is_late=False)
                | Q(
                    filed_at__isnull=False,
                    filed_by__isnull=False,
                    superseded_at=None,
                    filed_at__lte=F("due_at"),
                    is_late=False,
                )
                | Q(
                    filed_at__isnull=False,
                    filed_by__isnull=False,
                    superseded_at=None,
                    filed_at__gt=F("due_at"),
                    is_late=True,
                ),
                name="case_report_late_when_filed_after_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(filed_at=None, superseded_at=None), name="case_report_owed"),
            models.Index(fields=["case", "-filed_at"], name="case_report_filed"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.due_at:%Y-%m-%d}"


class UnitRowQuerySet(QuerySet[Any]):
    """Rows of a unit that is no person's."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        condition = Scope.of(user).below(abilities, "unit__")
        return self.none() if condition is None else self.filter(condition)


class UnitReport(models.Model):
    """The weekly or monthly report of a college or school on its cases; without any it is a zero report."""

    class Kind(models.TextChoices):
        WEEKLY = "weekly", pgettext_lazy("unit report", "Weekly")
        MONTHLY = "monthly", pgettext_lazy("unit report", "Monthly")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="crisis_reports")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    due_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    is_late = models.BooleanField(default=False)
    is_zero = models.BooleanField(default=False)
    figures = models.JSONField(default=dict, blank=True)
    narrative = EncryptedTextField(_("in words"), max_length=2000, default="", blank=True)

    objects = UnitRowQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "unit__code", "pk"]
        default_permissions = ()
        constraints = [
            days_within_bounds("starts_on", "ends_on", name="unit_report_dates_within_bounds"),
            models.UniqueConstraint(fields=["unit", "kind", "starts_on"], name="unit_report_once_per_period"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="unit_report_ends_after_its_start"),
            models.CheckConstraint(
                condition=Q(filed_at=None, filed_by=None, is_late=False, is_zero=False)
                | Q(filed_at__isnull=False, filed_by__isnull=False, filed_at__lte=F("due_at"), is_late=False)
                | Q(filed_at__isnull=False, filed_by__isnull=False, filed_at__gt=F("due_at"), is_late=True),
                name="unit_report_late_when_filed_after_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.kind} {self.starts_on}"
