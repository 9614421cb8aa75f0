"""Who was there."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from activities.models.activities import Activity, Occasion
from activities.models.base import ParticipantRow, RosterQuerySet
from activities.models.labels import SOURCE_LABELS
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models.bounds import day_in_reach, moment_in_reach


class PresenceQuerySet(RosterQuerySet):
    activity_path = "occasion__activity"


class Presence(ParticipantRow):
    """A student at an occasion; the earliest record stays. Absence is no row, and nothing counts it."""

    occasion = models.ForeignKey(Occasion, models.CASCADE, related_name="presences")
    source = models.CharField(max_length=7, choices=choices_of(SOURCE_LABELS))
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    # None: the student checked in without help.
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # What a phone without a connection calls this record, so that it counts once however often it is sent.
    client_id = models.UUIDField(null=True, unique=True)
    is_walk_in = models.BooleanField(default=False)
    # Two accounts checked in on one device.
    is_flagged = models.BooleanField(default=False)
    device = models.CharField(max_length=32, blank=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["occasion", "student"], name="presence_once"),
            moment_in_reach("at", name="presence_in_reach"),
        ]
        indexes = [
            models.Index(fields=["student", "-at"], name="presence_of_student"),
            models.Index(fields=["occasion", "device"], condition=~Q(device=""), name="presence_by_device"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Feedback(models.Model):
    """What somebody thought of an activity. It carries no person and no time, only the day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="feedback")
    rating = models.PositiveSmallIntegerField()
    words = EncryptedTextField(max_length=300, default="", blank=True)
    given_on = models.DateField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="feedback_rating_1_to_5"),
            day_in_reach("given_on", name="feedback_day_in_reach"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class FeedbackReceipt(models.Model):
    """That somebody has given feedback, so that nobody gives it twice; it leads to no feedback."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["activity", "user"], name="feedback_given_once")]

    def __str__(self) -> str:
        return str(self.pk)
