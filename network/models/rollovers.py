import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models.bounds import day_in_reach
from network.models.units import Unit
from network.rules import Ability, Level
from network.rules.rollover_plans import StepKind
from network.scope import Scope

STEP_LABELS = {
    StepKind.GRADUATE: pgettext_lazy("rollover", "Graduation"),
    StepKind.DELAY: pgettext_lazy("rollover", "Delayed graduation"),
    StepKind.SPLIT: pgettext_lazy("rollover", "Split a class"),
    StepKind.MERGE: pgettext_lazy("rollover", "Merge classes"),
    StepKind.MOVE: pgettext_lazy("rollover", "Move a class"),
    StepKind.RENAME: _("Rename a class or college"),
    StepKind.TRANSFER: pgettext_lazy("rollover", "Transfer list"),
}


class RolloverQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Rollovers of the schools at which the user may import rosters."""
        return self.filter(school__in=Scope.of(user).units([Ability.IMPORT_ROSTER]).get(Level.SCHOOL, frozenset()))

    def newest_applied(self, school: Any) -> Any:
        """The rollover of the school that was applied last and is in force, if any."""
        return self.filter(school=school, state="applied").order_by("-applied_at", "-created_at").first()

    def without_texts(self) -> Self:
        return self.defer("difference", "undo")


class Rollover(models.Model):
    """A plan for the turn of the year: written step by step, looked at, applied on its day, and undone if need be."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("rollover", "Being planned")
        SCHEDULED = "scheduled", pgettext_lazy("rollover", "Waits for its day")
        APPLIED = "applied", pgettext_lazy("rollover", "Applied")
        UNDONE = "undone", pgettext_lazy("rollover", "Undone")
        DISCARDED = "discarded", pgettext_lazy("rollover", "Discarded")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    title = models.CharField(_("name of the plan"), max_length=80, blank=True)
    effective_on = models.DateField(_("effective on"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    # The month of reports need not be closed first: drafts follow, what was filed stays.
    in_open_month = models.BooleanField(default=False)
    # SECURITY: what was confirmed and the way back name students, so both are encrypted, as are the steps.
    difference = EncryptedTextField(default="", blank=True)
    undo = EncryptedTextField(default="", blank=True)
    # Figures alone.
    outcome = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = RolloverQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        default_permissions = ()
        constraints = [day_in_reach("effective_on", name="rollover_day_in_reach")]

    def __str__(self) -> str:
        return self.title or f"{self.effective_on}"

    def get_absolute_url(self) -> str:
        return reverse("network:rollover-detail", args=[self.pk])

    @property
    def has_way_back(self) -> bool:
        """Whether what is needed to undo it is still kept; asks the database for its length alone."""
        sizes = Rollover.objects.filter(pk=self.pk).annotate(size=Length("undo")).values_list("size", flat=True)
        return bool(sizes.first())


class RolloverStep(models.Model):
    """One step of a plan; `params` as the documented plan format has them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rollover = models.ForeignKey(Rollover, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=choices_of(STEP_LABELS))
    params = EncryptedTextField(default="", blank=True)
    # How many students its lists name; of the other kinds 0.
    listed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["rollover", "position"], name="rollover_step_once")]

    def __str__(self) -> str:
        return f"{self.rollover_id} {self.kind}"

    def label(self) -> str:
        return str(STEP_LABELS[StepKind(self.kind)])
