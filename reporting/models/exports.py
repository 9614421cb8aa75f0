from __future__ import annotations

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.fields import EncryptedTextField
from kernel.periods import Month
from network.models import Unit
from network.rules import Ability
from network.scope import Scope


class SummaryExportQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own exports, of units on which one may still export."""
        condition = Scope.of(user).below([Ability.EXPORT_SUMMARY], "unit__")
        return self.none() if condition is None else self.filter(condition, made_by=user)


class SummaryExport(models.Model):
    """A printed summary, kept for who had it made; the PDF is stored encrypted, as base64."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="summary_exports")
    month = models.DateField(_("month"), help_text=_("its first day"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="summary_exports")
    made_at = models.DateTimeField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = EncryptedTextField()

    objects = SummaryExportQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["made_by", "-made_at"], name="export_by_person")]

    def __str__(self) -> str:
        return f"{self.unit} {self.period}"

    @property
    def period(self) -> Month:
        return Month.of(self.month)

    @property
    def file_name(self) -> str:
        return f"{self.unit.code}-{self.period}.pdf"
