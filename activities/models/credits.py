"""Hours credited, and the certificates about them."""

from decimal import Decimal
from typing import Any, Never

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from activities.models.activities import Activity
from activities.models.base import ParticipantRow, RosterQuerySet
from kernel.fields import EncryptedTextField


class CreditQuerySet(RosterQuerySet):
    """Credits are written and read, nothing else; the database refuses the rest as well."""

    def update(self, **kwargs: Any) -> Never:
        raise TypeError("credits are never changed; write a correction")

    def delete(self) -> Never:
        raise TypeError("credits are never deleted; write a correction")

    def total(self) -> Decimal:
        """The hours of all rows, corrections included."""
        return self.aggregate(hours=Sum("hours"))["hours"] or Decimal("0.0")


class Credit(ParticipantRow):
    """Hours for an activity. A correction is a negative row of its own, with its reason."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="credits")
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = CreditQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects=None, hours__gt=0, hours__lte=2000)
                | Q(corrects__isnull=False, hours__lt=0, hours__gte=-2000),
                name="credit_corrected_by_a_negative_row",
            ),
        ]
        indexes = [models.Index(fields=["student", "activity"], name="credit_of_student")]

    def __str__(self) -> str:
        return str(self.pk)


class CertificateQuerySet(RosterQuerySet):
    pass


class Certificate(ParticipantRow):
    """A printed confirmation of hours, with a code under which anybody can check it."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="certificates")
    code = models.CharField(max_length=12, unique=True)
    title = models.CharField(max_length=120)
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    issued_at = models.DateTimeField()
    content = EncryptedTextField(default="", blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["activity", "student", "hours"], name="certificate_once"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="certificate_has_hours"),
        ]

    def __str__(self) -> str:
        return self.code
