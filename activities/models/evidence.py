"""Certificates, vouchers and photographs that prove what was entered."""

import uuid

from django.conf import settings
from django.db import models

from activities.models.scoping import OfSchool
from kernel.fields import EncryptedTextField
from kernel.uploads import Upload
from network.models import Unit


class Evidence(models.Model):
    """A picture or PDF that was accepted, kept encrypted; it opens with the row that it proves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = EncryptedTextField(max_length=80, default="", blank=True)
    media_type = models.CharField(max_length=20)
    content = EncryptedTextField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = OfSchool.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]
        default_permissions = ()
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def upload(self) -> Upload:
        """The file as it was accepted."""
        return Upload.from_text(self.content, media_type=self.media_type, name=self.name)
