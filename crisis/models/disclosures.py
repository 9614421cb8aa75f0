"""What colleges and classes were told because of an alarm that counseling raised."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from crisis.models.alarms import Alarm
from crisis.models.base import PersonRow
from network.models.base import ScopedQuerySet


class Disclosure(PersonRow):
    """A fixed phrase that the center told the people near a student, and when. They see it instead of the alarm."""

    class Phrase(models.TextChoices):
        STAY_NEAR = "stay_near", pgettext_lazy("told near", "Please see to it that the student is not alone now")
        CALL_CENTER = "call_center", pgettext_lazy("told near", "Please call the center today about this student")
        FAMILY = "family", pgettext_lazy("told near", "The family is being told; please be reachable")
        CASE = "case", pgettext_lazy("told near", "A case has been opened")

    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="disclosures")
    phrase = models.CharField(max_length=20, choices=Phrase.choices)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    objects: Any = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-told_at", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["alarm", "phrase"], name="disclosure_once_per_phrase")]
        indexes = [models.Index(fields=["school", "-told_at"], name="disclosure_newest")]

    def __str__(self) -> str:
        return f"{self.alarm_id} {self.phrase}"

    def get_absolute_url(self) -> str:
        return reverse("crisis:disclosure-detail", args=[self.pk])
