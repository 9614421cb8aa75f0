"""Response plans (预案) with their versions, ticked off while an alarm is handled; and the register of incidents."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.alarms import Alarm
from crisis.models.base import SchoolRowQuerySet, moments_within_bounds
from crisis.models.cases import Case
from kernel.fields import EncryptedTextField
from network.models import Unit
from network.rules import Ability, Level
from network.scope import Scope


class ResponsePlan(models.Model):
    """What is done in which order when something of a kind happens. A published version is never changed: the next
    one takes its place."""

    class Situation(models.TextChoices):
        ANY = "any", pgettext_lazy("response plan", "Any alarm")
        SUICIDE = "suicide", pgettext_lazy("response plan", "Danger of suicide")
        MISSING = "missing", pgettext_lazy("response plan", "Somebody is missing")
        VIOLENCE = "violence", pgettext_lazy("response plan", "Violence")
        PSYCHOSIS = "psychosis", pgettext_lazy("response plan", "Acute confusion, voices, delusion")
        DEATH = "death", pgettext_lazy("response plan", "A death")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.CASCADE, related_name="response_plans")
    situation = models.CharField(_("situation"), max_length=10, choices=Situation.choices)
    version = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=80)
    is_current = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    objects = SchoolRowQuerySet.as_manager()

    class Meta:
        ordering = ["situation", "-version"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "situation", "version"], name="response_plan_version_once"),
            models.UniqueConstraint(
                fields=["school", "situation"], condition=Q(is_current=True), name="response_plan_one_current"
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(published_at__isnull=False, published_by__isnull=False),
                name="response_plan_current_is_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class PlanStepQuerySet(QuerySet[Any]):
    """Steps of response plans."""

    def for_user(self, user: Any) -> Self:
        """Those of the school that the user belongs to."""
        return self.filter(plan__school=user.school_id)


class PlanStep(models.Model):
    """One line of a response plan."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ResponsePlan, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(_("what is done"), max_length=200)
    who = models.CharField(_("by whom"), max_length=60, blank=True)
    within_minutes = models.PositiveIntegerField(_("within minutes"), null=True, blank=True)

    objects = PlanStepQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "order"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="plan_step_order_once")]

    def __str__(self) -> str:
        return self.text


class PlanTick(models.Model):
    """A step was done while an alarm was handled; never taken back, a remark may say more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    step = models.ForeignKey(PlanStep, models.PROTECT, related_name="ticks")
    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="ticks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    remark = EncryptedTextField(max_length=300, default="", blank=True)

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["step", "alarm"], name="plan_step_ticked_once")]

    def __str__(self) -> str:
        return f"{self.step_id} {self.at:%m-%d %H:%M}"


class IncidentQuerySet(SchoolRowQuerySet):
    """The register: the center reads all of its school, a college its own."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        units = Scope.of(user).units(abilities)
        none: frozenset[int] = frozenset()
        return self.filter(Q(school__in=units.get(Level.SCHOOL, none)) | Q(college__in=units.get(Level.COLLEGE, none)))


class Incident(models.Model):
    """Something that has happened, entered in the school's register; its trend is what prevention is measured by."""

    class Kind(models.TextChoices):
        ATTEMPT = "attempt", pgettext_lazy("incident", "Attempted suicide")
        DEATH = "death", pgettext_lazy("incident", "Death")
        SELF_HARM = "self_harm", pgettext_lazy("incident", "Self-harm")
        VIOLENCE = "violence", pgettext_lazy("incident", "Violence")
        MISSING = "missing", pgettext_lazy("incident", "Missing")
        PREVENTED = "prevented", pgettext_lazy("incident", "Prevented in time")
        OTHER = "other", pgettext_lazy("incident", "Other")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="incidents")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    case = models.ForeignKey(Case, models.SET_NULL, null=True, blank=True, related_name="incidents")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    happened_at = models.DateTimeField(_("when"))
    place = EncryptedTextField(_("where"), max_length=200, default="", blank=True)
    account = EncryptedTextField(_("what happened"), max_length=4000, default="", blank=True)
    measures = EncryptedTextField(_("what was done"), max_length=4000, default="", blank=True)
    lessons = EncryptedTextField(_("what we learned"), max_length=4000, default="", blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "pk"]
        default_permissions = ()
        constraints = [moments_within_bounds("happened_at", name="incident_dates_within_bounds")]
        indexes = [models.Index(fields=["school", "-happened_at"], name="incident_school_time")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%Y-%m-%d}"
