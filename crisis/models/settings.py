"""Settings of a school: escalation times, duty roster, special periods; and the heartbeats of scheduled tasks."""

import uuid
from datetime import date, datetime, time
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.base import SchoolRowQuerySet, days_within_bounds, moments_within_bounds
from crisis.rules import LONGEST, EscalationDelay, Step
from kernel.fields import EncryptedTextField
from network.models import Unit


class EscalationSettings(models.Model):
    """When each escalation step is called in a school, the center's hours, and the group bots."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.OneToOneField(Unit, models.CASCADE, related_name="escalation")
    center_duty_after = models.PositiveSmallIntegerField(
        _("center on duty, after minutes"), default=EscalationDelay.center_duty
    )
    director_after = models.PositiveSmallIntegerField(
        _("center director, after minutes"), default=EscalationDelay.director
    )
    school_leader_after = models.PositiveSmallIntegerField(
        _("school leader, after minutes"), default=EscalationDelay.school_leader
    )
    work_starts = models.TimeField(_("the center opens at"), default=time(8, 0))
    work_ends = models.TimeField(_("the center closes at"), default=time(18, 0))
    # SECURITY: the address of a bot is its password.
    bots = EncryptedTextField(_("group bots"), default="", blank=True, max_length=2000)

    objects = SchoolRowQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(center_duty_after__lte=F("director_after"))
                & Q(director_after__lte=F("school_leader_after")),
                name="escalation_steps_in_order",
            ),
            models.CheckConstraint(
                condition=Q(center_duty_after__lte=LONGEST[Step.CENTER_DUTY])
                & Q(director_after__lte=LONGEST[Step.DIRECTOR])
                & Q(school_leader_after__lte=LONGEST[Step.SCHOOL_LEADER]),
                name="escalation_steps_within_bounds",
            ),
            models.CheckConstraint(condition=Q(work_starts__lt=F("work_ends")), name="escalation_opens_before_closing"),
        ]

    def __str__(self) -> str:
        return str(self.school)

    @property
    def delay(self) -> EscalationDelay:
        return EscalationDelay(self.center_duty_after, self.director_after, self.school_leader_after)


class DutyShiftQuerySet(SchoolRowQuerySet):
    def on_duty(self, at: datetime) -> Self:
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def from_day(self, day: date) -> Self:
        return self.filter(ends_at__date__gte=day)


class DutyShift(models.Model):
    """Who answers for the center on starts_at ≤ moment < ends_at, outside working hours above all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.CASCADE, related_name="duty_shifts")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="duty_shifts")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    phone = models.CharField(_("phone during the shift"), max_length=30, blank=True)

    objects = DutyShiftQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("starts_at", "ends_at", name="duty_shift_dates_within_bounds"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_shift_ends_after_its_start"),
            models.UniqueConstraint(fields=["school", "officer", "starts_at"], name="duty_shift_once"),
        ]
        indexes = [models.Index(fields=["school", "ends_at"], name="duty_shift_school_end")]

    def __str__(self) -> str:
        return f"{self.officer} {self.starts_at:%m-%d %H:%M}"


class SpecialPeriod(models.Model):
    """Days of raised vigilance, first and last day included: the reports of open cases come sooner."""

    class Kind(models.TextChoices):
        TERM_START = "term_start", pgettext_lazy("special period", "Start of term")
        EXAMS = "exams", pgettext_lazy("special period", "Exams")
        GRADUATION = "graduation", pgettext_lazy("special period", "Graduation")
        SPRING = "spring", pgettext_lazy("special period", "Spring")
        INCIDENT = "incident", pgettext_lazy("special period", "After an incident")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.CASCADE, related_name="special_periods")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))

    objects = SchoolRowQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "pk"]
        default_permissions = ()
        constraints = [
            days_within_bounds("starts_on", "ends_on", name="special_period_dates_within_bounds"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="special_period_ends_after_its_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on}"


class Heartbeat(models.Model):
    """When a scheduled task last ran; the watchdog reads it from the database, not from a queue."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()
    # Rows that failed in its last run.
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
