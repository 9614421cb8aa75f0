from __future__ import annotations

import uuid
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Student, Unit
from network.models.base import ScopedQuerySet
from network.models.labels import LEVEL_LABELS
from network.rules import Ability
from network.scope import Scope
from reporting.models.cycles import Cycle
from reporting.models.labels import EVENT_LABELS, HELP_LABELS, SIGN_LABELS, STATE_LABELS, STATUS_LABELS, TOPIC_LABELS
from reporting.rules.dorm_lines import OBSERVATION_LENGTH
from reporting.rules.filing import ARRIVED, REPORT_ABILITIES, State


class ReportQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Reports whose level the user may read at their unit; with abilities named, those alone count."""
        scope = Scope.of(user)
        conditions = Q(pk=None)
        for level, opening in REPORT_ABILITIES.items():
            rows = scope.rows([ability for ability in opening if not abilities or ability in abilities])
            if rows is not None:
                conditions |= Q(rows, level=level)
        return self.filter(conditions)

    def current(self) -> Self:
        return self.filter(is_current=True)

    def arrived(self) -> Self:
        return self.filter(state__in=ARRIVED)

    def tally(self, *keys: str) -> QuerySet[Any, dict[str, Any]]:
        """How many reports are due, filed, on time and sent back, by the keys."""
        arrived = Q(state__in=ARRIVED)
        counted: QuerySet[Any, dict[str, Any]] = (
            self.order_by()
            .values(*keys)
            .annotate(
                due=Count("pk"),
                filed=Count("pk", filter=arrived),
                timely=Count("pk", filter=arrived & Q(on_time=True)),
                returned=Count("pk", filter=Q(state=State.RETURNED)),
            )
            .order_by(*keys)
        )
        return counted


class Report(models.Model):
    """What a dorm, class or college filed for a month; its keys are those of the day it was filed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="reports")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reports")
    level = models.CharField(max_length=10, choices=choices_of(LEVEL_LABELS))
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=choices_of(STATE_LABELS), default=State.DRAFT.value)
    # Counts the filings: who files on top of an older one is told, not obeyed.
    revision = models.PositiveIntegerField(default=0)
    first_filed_at = models.DateTimeField(null=True)
    on_time = models.BooleanField(null=True)
    filed_at = models.DateTimeField(null=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    return_reason = EncryptedTextField(_("What should be added or put right?"), max_length=500, default="", blank=True)
    correction_reason = EncryptedTextField(_("Why is it corrected?"), max_length=500, default="", blank=True)
    all_well = models.BooleanField(default=False)
    missing_reason = EncryptedTextField(_("Why are reports missing?"), max_length=500, default="", blank=True)
    mood_index = models.PositiveSmallIntegerField(
        _("mood of the class"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    topics = models.PositiveIntegerField(default=0)
    activity = models.CharField(_("activity held"), max_length=200, blank=True)
    requests = EncryptedTextField(_("requests"), max_length=500, default="", blank=True)
    narrative = EncryptedTextField(_("narrative"), max_length=3000, default="", blank=True)
    # The figures as they stood at acceptance: what a closed month prints for ever.
    figures = models.JSONField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["cycle", "unit__code", "-version"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["cycle", "unit", "version"], name="report_version_once"),
            models.UniqueConstraint(fields=["cycle", "unit"], condition=Q(is_current=True), name="report_one_current"),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT.value)
                | Q(
                    first_filed_at__isnull=False, filed_at__isnull=False, filed_by__isnull=False, on_time__isnull=False
                ),
                name="report_filed_has_time_and_filer",
            ),
        ]
        indexes = [
            models.Index(fields=["cycle", "level", "school_class"], name="report_cycle_class"),
            models.Index(fields=["cycle", "level", "college"], name="report_cycle_college"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle} {self.unit}"

    @property
    def has_arrived(self) -> bool:
        return self.state in ARRIVED

    def topic_words(self) -> list[str]:
        """The hot topics in words."""
        return [str(label) for topic, label in TOPIC_LABELS.items() if self.topics & topic]


class Filing(models.Model):
    """One request to file a report. The page makes its id: the same id with the same content has one effect."""

    client_id = models.UUIDField(primary_key=True)
    # SECURITY: keyed with the secret key, since few contents are possible and each could be tried.
    digest = models.CharField(max_length=64)
    report = models.ForeignKey(Report, models.CASCADE, related_name="filings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.client_id)


class LineQuerySet(ScopedQuerySet):
    def current(self) -> Self:
        return self.filter(is_current=True)

    def concerned(self) -> Self:
        """Lines below clear weather."""
        return self.filter(status__gt=1)


class Line(models.Model):
    """What was seen of one student in one month, with the class, college and dorm of that day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, models.CASCADE, related_name="lines")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    status = models.PositiveSmallIntegerField(_("weather"), choices=choices_of(STATUS_LABELS))
    signs = models.PositiveIntegerField(_("signs"), default=0)
    events = models.PositiveIntegerField(_("events"), default=0)
    helps = models.PositiveIntegerField(_("help given"), default=0)
    observation = EncryptedTextField(_("what was seen"), max_length=OBSERVATION_LENGTH, default="", blank=True)
    is_current = models.BooleanField(default=True)

    objects = LineQuerySet.as_manager()

    class Meta:
        ordering = ["-status", "student__number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "student"], condition=Q(is_current=True), name="line_one_current_per_student"
            ),
            models.CheckConstraint(condition=Q(status__gte=1, status__lte=5), name="line_status_in_range"),
        ]
        indexes = [
            models.Index(fields=["cycle", "school_class"], name="line_cycle_class"),
            models.Index(fields=["cycle", "college", "status"], name="line_cycle_college_status"),
            models.Index(fields=["cycle", "dorm"], name="line_cycle_dorm"),
            # The list of a whole school, worst weather first, comes from the index in its order.
            models.Index(
                fields=["cycle", "-status", "school_class", "dorm", "id"],
                condition=Q(is_current=True),
                name="line_by_weather",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def flags(self) -> list[str]:
        """The signs, events and helps in words."""
        masks = ((self.signs, SIGN_LABELS), (self.events, EVENT_LABELS), (self.helps, HELP_LABELS))
        return [str(label) for mask, labels in masks for flag, label in labels.items() if mask & flag]
