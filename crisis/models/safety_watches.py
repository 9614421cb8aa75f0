"""Watching over somebody for 24 hours: two people at least, handed over from shift to shift."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.base import CaseRow, moments_within_bounds
from crisis.models.cases import Case, CaseRowQuerySet
from kernel.fields import EncryptedTextField


class SafetyWatch(CaseRow):
    """Somebody is not left alone from starts_at until it is ended, usually by handing over to family or hospital."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="watches")
    place = EncryptedTextField(_("where"), max_length=200, default="", blank=True)
    instructions = EncryptedTextField(_("what to look after"), max_length=1000, default="", blank=True)
    least = models.PositiveSmallIntegerField(_("people at a time"), default=2)
    starts_at = models.DateTimeField(_("from"))
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    handed_to = EncryptedTextField(_("handed over to"), max_length=300, default="", blank=True)

    objects = CaseRowQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("starts_at", "ended_at", name="safety_watch_dates_within_bounds"),
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="watch_one_at_a_time"),
            models.CheckConstraint(condition=Q(least__gte=2), name="watch_by_two_at_least"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__gte=F("starts_at"), ended_by__isnull=False),
                name="watch_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.starts_at:%m-%d %H:%M}"


class WatchShift(CaseRow):
    """One person at the watch from starts_at to ends_at; what they hand over to the next."""

    watch = models.ForeignKey(SafetyWatch, models.CASCADE, related_name="shifts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # Somebody without an account: a relative, a guard, a room-mate's parent.
    name = models.CharField(pgettext_lazy("person", "name"), max_length=40, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    handed_over_at = models.DateTimeField(null=True)
    handover = EncryptedTextField(_("what the next one must know"), max_length=1000, default="", blank=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("starts_at", "ends_at", name="watch_shift_dates_within_bounds"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="watch_shift_ends_after_its_start"),
            models.CheckConstraint(condition=Q(person__isnull=False) | ~Q(name=""), name="watch_shift_is_somebodys"),
        ]

    def __str__(self) -> str:
        return f"{self.watch_id} {self.starts_at:%m-%d %H:%M}"

    @property
    def who(self) -> str:
        """The name of whoever is there."""
        return self.person.name if self.person else self.name

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when to when somebody is really there."""
        return self.starts_at, min(self.ends_at, self.handed_over_at or self.ends_at)
