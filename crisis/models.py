import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crisis.querysets import AlarmQuerySet
from network.models import Student, Unit
from portal.kernel.fields import EncryptedTextField


class Alarm(models.Model):
    """Somebody may be in danger. It stands in red before center and college until a person acknowledges it."""

    class Source(models.TextChoices):
        THUNDER_LINE = "thunder_line", _("Thunder in a monthly report")
        SCREENING = "screening", _("Screening")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="alarms")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=20, choices=Source.choices)
    source_key = models.CharField(max_length=120, unique=True)
    # The evidence is frozen here, so that crisis work never reads upward.
    evidence = EncryptedTextField(default="", blank=True)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    action_taken = EncryptedTextField(_("What you did or will do now"), max_length=500, default="", blank=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alarm_acknowledged_by_somebody",
            )
        ]
        indexes = [
            models.Index(fields=["school", "raised_at"], condition=Q(acknowledged_at=None), name="alarm_school_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.raised_at:%Y-%m-%d %H:%M}"
