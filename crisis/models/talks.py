from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.base import PersonRow, moments_within_bounds
from crisis.models.cases import Case, PersonRowQuerySet
from kernel.fields import EncryptedTextField


class Talk(PersonRow):
    """A talk with a student one keeps an eye on: planned, held or not, summed up."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("talk", "planned")
        HELD = "held", pgettext_lazy("talk", "held")
        MISSED = "missed", pgettext_lazy("talk", "did not come about")

    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="talks")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(_("planned for"))
    purpose = EncryptedTextField(_("purpose"), max_length=300, default="", blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    held_at = models.DateTimeField(null=True)
    summary = EncryptedTextField(pgettext_lazy("talk", "summary"), max_length=2000, default="", blank=True)
    next_step = EncryptedTextField(_("next step"), max_length=500, default="", blank=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = PersonRowQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_at", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("planned_at", "held_at", name="talk_dates_within_bounds"),
            models.CheckConstraint(
                condition=(Q(state="held") & Q(held_at__isnull=False)) | (~Q(state="held") & Q(held_at=None)),
                name="talk_held_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
