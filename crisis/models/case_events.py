"""The timeline of a case: what happened, in the order in which it happened."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.alarms import Alarm
from crisis.models.base import CaseRow, moments_within_bounds
from crisis.models.cases import AppendOnlyQuerySet, Case
from crisis.models.labels import GROUND_LABELS, KIND_LABELS, LEVELS_AND_CLOSED
from kernel.fields import EncryptedTextField


class CaseEvent(CaseRow):
    """One entry of a case's timeline, never changed afterwards. `title` is a message id whose %(name)s come from
    `params`; what people wrote is in `text`."""

    class Kind(models.TextChoices):
        ALARM = "alarm", _("Alarm")
        LEVEL = "level", pgettext_lazy("alert level", "Level")
        PEOPLE = "people", _("Who answers")
        TOLD = "told", _("Told")
        CONTACT = "contact", _("Contact")
        NOTE = "note", pgettext_lazy("case", "Note")
        REPORT = "report", _("Report")
        PLAN = "plan", _("Care plan")
        WATCH = "watch", _("Safety watch")
        GUARDIAN = "guardian", _("Family")
        TALK = "talk", _("Talk")
        REFERRAL = "referral", _("Referral")
        RETURN = "return", _("Leave and return")
        CHECKLIST = "checklist", _("Response plan")

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=200)
    params = models.JSONField(default=dict, blank=True)
    text = EncryptedTextField(max_length=4000, default="", blank=True)
    # Where the entry can be opened, a path of the portal.
    link = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    # The n-th entry of its case: what happened at the same moment keeps its order.
    serial = models.PositiveIntegerField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-serial"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("at", name="case_event_dates_within_bounds"),
            models.CheckConstraint(condition=Q(recorded_at__gte=F("at")), name="case_event_tells_what_has_happened"),
            models.UniqueConstraint(fields=["case", "serial"], name="case_event_serial_once"),
        ]
        indexes = [models.Index(fields=["case", "-at"], name="case_event_story")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"

    def sentence(self) -> str:
        """The title in the reader's language; levels, reports and grounds among the parameters in words."""
        return _g(self.title) % {name: _in_words(name, value) for name, value in self.params.items()}


PARAMETER_LABELS: dict[str, dict[Any, Any]] = {
    "level": dict(LEVELS_AND_CLOSED),
    "report": dict(KIND_LABELS),
    "ground": dict(GROUND_LABELS),
    "source": dict(Alarm.Source.choices),
}


def _in_words(name: str, value: str | int) -> str | int:
    return str(PARAMETER_LABELS[name].get(value, value)) if name in PARAMETER_LABELS else value
