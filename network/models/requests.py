import uuid
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kernel.fields import EncryptedTextField
from network.models.base import ScopedQuerySet, UnitKeys
from network.models.bounds import day_in_reach, moment_in_reach
from network.models.people import Student


class DataRequestQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """What the user asked for about their own data."""
        return self.filter(student__user=user.pk)

    def open(self) -> Self:
        return self.filter(decided_at=None)

    def to_erase(self, on: date) -> Self:
        """Granted erasures whose day has come."""
        return self.filter(state="granted", erase_on__lte=on)


class DataRequest(UnitKeys):
    """What somebody asks about a student's data: to put it right, or to erase it. The keys are those of the day."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Correction or complaint")
        ERASURE = "erasure", _("Erasure")

    class State(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        ANSWERED = "answered", _("answered")
        REFUSED = "refused", _("not granted")
        GRANTED = "granted", _("granted")
        ERASED = "erased", _("erased")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="data_requests")
    kind = models.CharField(max_length=12, choices=Kind)
    words = EncryptedTextField(max_length=1000, default="", blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = EncryptedTextField(max_length=1000, default="", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    erase_on = models.DateField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "pk"]
        default_permissions = ()
        constraints = [
            day_in_reach("erase_on", name="data_request_erasure_in_reach"),
            moment_in_reach("due_at", name="data_request_due_in_reach"),
            models.UniqueConstraint(
                fields=["student", "kind"], condition=Q(state="open"), name="data_request_one_open_per_kind"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None, decided_by=None)
                | (~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False))
                | Q(state="erased"),
                name="data_request_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(erase_on__isnull=False), name="data_request_granted_has_a_day"
            ),
            models.CheckConstraint(
                condition=Q(state="erased", erased_at__isnull=False) | (~Q(state="erased") & Q(erased_at=None)),
                name="data_request_erased_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["school", "state", "due_at"], name="data_request_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("network:request-detail", args=[self.pk])


class Tombstone(models.Model):
    """That somebody's data was erased, without a name. Rows are only ever added. They are exported and played back
    after a restore, so that what was erased does not come back with a backup."""

    subject = models.UUIDField(unique=True)
    # Keyed, so that nobody finds the student number by trying them all.
    digest = models.CharField(max_length=64)
    school_code = models.CharField(max_length=40)
    kinds = models.JSONField()
    erased_at = models.DateTimeField()

    class Meta:
        ordering = ["erased_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.subject)
