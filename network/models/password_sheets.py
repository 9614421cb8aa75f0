import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models

from kernel.fields import EncryptedTextField
from network.models.units import Unit


class PasswordSheetQuerySet(models.QuerySet[Any]):
    def for_user(self, user: Any) -> Self:
        """The sheets that the user had printed; nobody else opens them."""
        return self.filter(made_by=user.pk)

    def made_before(self, at: datetime) -> Self:
        return self.filter(made_at__lt=at)


class PasswordSheet(models.Model):
    """First passwords of the students of a class or grade, printed for whoever hands them out; kept for a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    grade = models.PositiveSmallIntegerField(null=True)
    count = models.PositiveIntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    # SECURITY: the codes stand here alone, sealed, as base64 of the two files; the accounts keep a hash.
    pdf = EncryptedTextField()
    workbook = EncryptedTextField()

    objects = PasswordSheetQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["made_by", "-made_at"], name="password_sheet_by_person")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.made_at:%Y-%m-%d %H:%M}"
