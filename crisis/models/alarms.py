"""Alarms and the steps of their escalation."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.labels import STEP_LABELS
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Student, Unit
from network.models.base import ScopedQuerySet
from network.rules import Ability, Level
from network.scope import Scope


class AlarmQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Alarms of units on which the user holds any of the abilities. SECURITY: one that counseling raised stays with
        the center; what the people near the student hear of it is a Disclosure."""
        at_the_center = Scope.of(user).units(abilities).get(Level.SCHOOL, frozenset())
        confidential = Q(source="counseling") & ~Q(school__in=at_the_center)
        return super().visible_to(user, *abilities).exclude(confidential)

    def near(self) -> Self:
        """Alarms that people near the student hear of: all but those of counseling."""
        return self.exclude(source="counseling")

    def unacknowledged(self) -> Self:
        return self.filter(acknowledged_at=None)

    def unsettled(self) -> Self:
        """Alarms whose outcome nobody has written down yet."""
        return self.filter(settled_at=None)

    def to_escalate(self, at: datetime) -> Self:
        """Alarms whose next escalation step is due, the longest waiting first."""
        return self.unacknowledged().filter(escalates_at__lte=at).order_by("escalates_at", "pk")

    def with_due_addition(self, at: datetime) -> Self:
        """Alarms with added evidence that people have not been told of yet."""
        return self.filter(addition_due_at__lte=at).order_by("addition_due_at", "pk")

    def waiting_first(self) -> Self:
        """The triage queue: unacknowledged alarms, then unsettled ones, the longest wait first; then settled ones."""
        acknowledged = F("acknowledged_at").asc(nulls_first=True)
        return self.order_by(F("settled_at").desc(nulls_first=True), acknowledged, "raised_at", "pk")


class Alarm(models.Model):
    """A report that somebody may be in danger. Center and college see it in red, and it escalates, until a user
    acknowledges it. The student may be unknown at first and is added later."""

    class Source(models.TextChoices):
        THUNDER_LINE = "thunder_line", _("Thunder in a monthly report")
        SCREENING = "screening", _("A critical answer in a screening")
        COUNSELOR = "counselor", _("A counselor")
        STAFF = "staff", _("A fudaoyuan or teacher")
        STUDENT = "student", _("The student asked for help")
        PHONE = "phone", _("A phone call")
        COUNSELING = "counseling", pgettext_lazy("alarm source", "Counseling")

    class Outcome(models.TextChoices):
        CASE = "case", pgettext_lazy("alarm outcome", "taken into a case")
        CARE = "care", pgettext_lazy("alarm outcome", "cared for, no case needed")
        MISTAKE = "mistake", pgettext_lazy("alarm outcome", "raised by mistake")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, null=True, related_name="alarms")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=20, choices=Source.choices)
    source_key = models.CharField(max_length=120, unique=True)
    # The evidence is frozen here, so that crisis work never reads upward.
    evidence = EncryptedTextField(default="", blank=True)
    # Where the person is now, and how to reach the caller.
    place = EncryptedTextField(max_length=200, default="", blank=True)
    contact = EncryptedTextField(max_length=100, default="", blank=True)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    action_taken = EncryptedTextField(_("What you did or will do now"), max_length=500, default="", blank=True)
    # When the next step is due; empty once the alarm is acknowledged or the last step was called.
    escalates_at = models.DateTimeField(null=True)
    # When the postponed notice about added evidence is due; empty while there is none.
    addition_due_at = models.DateTimeField(null=True)
    case = models.ForeignKey("crisis.Case", models.PROTECT, null=True, related_name="alarms")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    outcome_note = EncryptedTextField(max_length=500, default="", blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alarm_acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, outcome="")
                | (
                    Q(settled_at__isnull=False, settled_by__isnull=False, acknowledged_at__isnull=False)
                    & ~Q(outcome="")
                ),
                name="alarm_settled_by_somebody_after_it_was_taken_on",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None) | Q(escalates_at=None), name="alarm_acknowledged_escalates_no_more"
            ),
            models.CheckConstraint(
                condition=Q(student=None, school_class=None) | Q(student__isnull=False, school_class__isnull=False),
                name="alarm_of_a_student_has_their_class",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "raised_at"], condition=Q(acknowledged_at=None), name="alarm_school_open"),
            models.Index(fields=["escalates_at"], condition=Q(acknowledged_at=None), name="alarm_to_escalate"),
            models.Index(fields=["school", "-raised_at"], name="alarm_school_raised"),
            models.Index(
                fields=["addition_due_at"], condition=Q(addition_due_at__isnull=False), name="alarm_addition_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.raised_at:%Y-%m-%d %H:%M}"

    @property
    def is_confidential(self) -> bool:
        """Whether it came from counseling: it begins at the center, and nobody near the student sees it."""
        return self.source == Alarm.Source.COUNSELING


class AlarmStep(models.Model):
    """An escalation step that was called: when it was due, when it was called, how many people were told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="steps")
    step = models.PositiveSmallIntegerField(choices=choices_of(STEP_LABELS))
    due_at = models.DateTimeField()
    called_at = models.DateTimeField()
    told = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["alarm", "step"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["alarm", "step"], name="alarm_step_called_once")]

    def __str__(self) -> str:
        return f"{self.alarm_id} {self.step}"


class AlarmEvent(models.Model):
    """Something that happened to an alarm after it was raised, never changed afterwards. `title` is a message id whose
    %(name)s come from `params`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="events")
    title = models.CharField(max_length=200)
    params = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.alarm_id} {self.at:%m-%d %H:%M}"

    def sentence(self) -> str:
        """The title in the reader's language."""
        sentence: str = _g(self.title) % self.params
        return sentence
