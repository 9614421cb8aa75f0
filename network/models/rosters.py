import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kernel.fields import EncryptedTextField
from network.models.units import Unit
from network.rules import Ability, Level
from network.scope import Scope


class RosterImportQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Imports of the schools at which the user may import rosters."""
        return self.filter(school__in=Scope.of(user).units([Ability.IMPORT_ROSTER]).get(Level.SCHOOL, frozenset()))

    def newest_applied(self, school: Any) -> Any:
        """The import of the school that can be undone, if any; its way back is not kept for ever."""
        applied = self.filter(school=school, state="applied").annotate(way_back=Length("undo"))
        newest = applied.order_by("-applied_at", "-uploaded_at").first()
        return newest if newest is not None and newest.way_back else None


class RosterImport(models.Model):
    """An uploaded roster: read, compared, applied, and undone if need be."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Being read")
        COMPARED = "compared", _("Waiting for confirmation")
        APPLIED = "applied", _("Imported")
        UNDONE = "undone", _("Undone")
        DISCARDED = "discarded", _("Discarded")
        REFUSED = "refused", _("Refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    skip_bad = models.BooleanField(default=False)
    # A part of the roster, such as one college: nobody is taken off for not being in it.
    is_partial = models.BooleanField(default=False)
    # SECURITY: the upload, the difference and the way back hold names and phone numbers, so all three are encrypted.
    content = EncryptedTextField(default="", blank=True)
    difference = EncryptedTextField(default="", blank=True)
    undo = EncryptedTextField(default="", blank=True)
    outcome = models.JSONField(default=dict)
    # Id of a class that seems renamed → whether somebody has said that it was.
    answers = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("network:import-detail", args=[self.pk])
