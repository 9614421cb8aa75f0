"""What is written down after an activity: a few words and pictures."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from activities.models.activities import Activity
from kernel.fields import EncryptedTextField
from kernel.uploads import Upload


class ActivitySummary(models.Model):
    """How it went, written by the organizer."""

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True, related_name="summary")
    words = models.TextField(_("how it went"), max_length=2000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        verbose_name_plural = "activity summaries"

    def __str__(self) -> str:
        return str(self.pk)


class ActivityPicture(models.Model):
    """A picture of an activity that was accepted, kept encrypted: people can be seen on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="pictures")
    name = EncryptedTextField(max_length=80, default="", blank=True)
    media_type = models.CharField(max_length=20)
    content = EncryptedTextField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def upload(self) -> Upload:
        """The picture as it was accepted."""
        return Upload.from_text(self.content, media_type=self.media_type, name=self.name)
