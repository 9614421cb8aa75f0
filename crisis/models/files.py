"""Scans that belong to a case: a signed page, a hospital's letter."""

from django.conf import settings
from django.db import models

from crisis.models.base import CaseRow
from crisis.models.cases import Case, CaseRowQuerySet
from kernel.fields import EncryptedTextField
from kernel.uploads import Upload


class CaseFile(CaseRow):
    """A picture or PDF that was accepted, kept encrypted; it is read through a recorded view alone."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="files")
    name = EncryptedTextField(max_length=80, default="", blank=True)
    media_type = models.CharField(max_length=20)
    content = EncryptedTextField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = CaseRowQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def upload(self) -> Upload:
        """The file as it was accepted."""
        return Upload.from_text(self.content, media_type=self.media_type, name=self.name)
