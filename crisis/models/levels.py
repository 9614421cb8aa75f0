"""The level of a case: each change, and the requests to lower it or to close the case."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.base import CaseRow
from crisis.models.cases import AppendOnlyQuerySet, Case, CaseRowQuerySet
from crisis.models.labels import GROUND_LABELS, LEVELS, LEVELS_AND_CLOSED
from crisis.rules import CLOSED
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField


class LoweringRequest(CaseRow):
    """A counselor's reassessment that asks for the next lower level, or for closing; a second person decides."""

    class Decision(models.TextChoices):
        PENDING = "pending", pgettext_lazy("request", "waiting for the second person")
        GRANTED = "granted", pgettext_lazy("request", "granted")
        REFUSED = "refused", pgettext_lazy("request", "not granted")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")

    case = models.ForeignKey(Case, models.CASCADE, related_name="lowering_requests")
    from_level = models.PositiveSmallIntegerField(choices=LEVELS)
    to_level = models.PositiveSmallIntegerField(choices=LEVELS_AND_CLOSED)
    ground = models.CharField(max_length=12, choices=choices_of(GROUND_LABELS), blank=True)
    reassessment = EncryptedTextField(_("reassessment"), max_length=2000)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.PENDING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = EncryptedTextField(max_length=1000, default="", blank=True)

    objects = CaseRowQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(decision="pending"), name="lowering_one_pending"),
            models.CheckConstraint(
                condition=Q(decision="pending", decided_by=None, decided_at=None)
                | (~Q(decision="pending") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="lowering_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(decision="granted") | ~Q(decided_by=F("requested_by")),
                name="lowering_granted_by_another",
            ),
            models.CheckConstraint(condition=Q(to_level__lt=F("from_level")), name="lowering_goes_down"),
            models.CheckConstraint(
                condition=(Q(to_level=CLOSED) & ~Q(ground="")) | (~Q(to_level=CLOSED) & Q(ground="")),
                name="lowering_to_rest_has_a_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.from_level}→{self.to_level}"


class LevelChange(CaseRow):
    """One step of a case's level, never changed afterwards. 0 is the state before the opening and after the closing."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="level_changes")
    from_level = models.PositiveSmallIntegerField(choices=LEVELS_AND_CLOSED)
    to_level = models.PositiveSmallIntegerField(choices=LEVELS_AND_CLOSED)
    ground = models.CharField(max_length=12, choices=choices_of(GROUND_LABELS), blank=True)
    reason = EncryptedTextField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    request = models.OneToOneField(LoweringRequest, models.PROTECT, null=True, related_name="change")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            # SECURITY: the database too refuses a lowering by one person.
            models.CheckConstraint(
                condition=Q(to_level__gt=F("from_level"))
                | (
                    Q(to_level__lt=F("from_level"), approved_by__isnull=False, request__isnull=False)
                    & ~Q(approved_by=F("by"))
                ),
                name="level_lowered_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.from_level}→{self.to_level}"
