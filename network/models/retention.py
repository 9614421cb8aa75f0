import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.fields import EncryptedTextField
from network.models.base import ScopedQuerySet, UnitKeys
from network.models.bounds import day_in_reach
from network.models.people import Student
from network.models.units import Unit
from network.rules import Ability, Level
from network.scope import Scope


class LegalHoldQuerySet(ScopedQuerySet):
    def in_force(self, at: datetime) -> Self:
        """Holds that nobody has lifted and whose last day is not over."""
        return self.filter(lifted_at=None, ends_on__gte=localdate(at), placed_at__lte=at)


class RetentionRunQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Runs of the schools where the user decides how long data is kept."""
        return self.filter(school__in=Scope.of(user).units([Ability.MANAGE_RETENTION]).get(Level.SCHOOL, ()))


class RetentionPeriod(models.Model):
    """How many months a school keeps one kind of data, and which period somebody has confirmed after seeing its
    plan."""

    school = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    months = models.PositiveSmallIntegerField(_("months"))
    confirmed = models.PositiveSmallIntegerField(null=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["school", "kind"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=600), name="retention_months_in_reach"),
            models.UniqueConstraint(fields=["school", "kind"], name="retention_period_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.months}"


class RetentionRun(models.Model):
    """One going-through of all kinds of a school's data. Unfinished, it goes on where it stopped."""

    school = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # Rows by kind.
    counts = models.JSONField(default=dict)

    objects = RetentionRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school"], condition=Q(finished_at=None), name="retention_one_open_run")
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class LegalHold(UnitKeys):
    """Nothing of this student may be deleted until the hold ends: a complaint, an inquiry, a court. The keys are those
    of the day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="legal_holds")
    case_number = models.CharField(_("file number of the case"), max_length=40, blank=True)
    reason = EncryptedTextField(_("reason"), max_length=500)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    ends_on = models.DateField(pgettext_lazy("legal hold", "until"))
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["ends_on", "pk"]
        default_permissions = ()
        constraints = [
            day_in_reach("ends_on", name="legal_hold_end_in_reach"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="legal_hold_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.ends_on}"
