"""Rooms of the center, and the colleges' stations with their yearly check."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities.models.program_labels import PREMISES_LABELS
from activities.models.scoping import OfSchool, OfUnit
from activities.rules.program import FIRST_YEAR, LAST_YEAR
from kernel.choices import choices_of
from network.models import Unit
from network.models.bounds import day_in_reach


class PremisesQuerySet(OfSchool):
    pass


class StationQuerySet(OfUnit):
    pass


class Premises(models.Model):
    """A room of the center, of one of eight kinds."""

    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind of room"), max_length=10, choices=choices_of(PREMISES_LABELS))
    name = models.CharField(_("name of the room"), max_length=60)
    place = models.CharField(_("campus, building, room"), max_length=80)
    area = models.DecimalField(_("area in m²"), max_digits=6, decimal_places=1)
    seats = models.PositiveSmallIntegerField(_("seats"))
    equipment = models.CharField(_("equipment"), max_length=200, blank=True)
    is_in_use = models.BooleanField(_("in use"), default=True)

    objects = PremisesQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name", "pk"]
        default_permissions = ()
        verbose_name_plural = "premises"
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="premises_name_once"),
            models.CheckConstraint(condition=Q(area__gt=0, area__lte=5000), name="premises_area_in_range"),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=1000), name="premises_seats_in_range"),
        ]

    def __str__(self) -> str:
        return self.name


class Station(models.Model):
    """The station of a college."""

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="station")
    place = models.CharField(_("room"), max_length=80)
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("head of the station")
    )
    opening_hours = models.CharField(_("opening hours"), max_length=120)
    opened_on = models.DateField(_("open since"))

    objects = StationQuerySet.as_manager()

    class Meta:
        ordering = ["unit__code"]
        default_permissions = ()
        constraints = [day_in_reach("opened_on", name="station_start_in_reach")]

    def __str__(self) -> str:
        return str(self.unit_id)

    def get_absolute_url(self) -> str:
        return reverse("activities:station-detail", args=[self.unit_id])


class StationCheck(models.Model):
    """The yearly check of a station: the college answers its checklist, the center visits and decides."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey(Station, models.PROTECT, related_name="checks")
    year = models.PositiveSmallIntegerField(_("year"))
    # Item → "met", "unmet" or "na".
    own_answers = models.JSONField(default=dict)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    answers = models.JSONField(default=dict)
    note = models.CharField(_("what to mend"), max_length=300, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-year"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["station", "year"], name="station_checked_once_a_year"),
            models.CheckConstraint(condition=~Q(checked_by=F("answered_by")), name="station_checked_by_another"),
            models.CheckConstraint(
                condition=Q(checked_by=None, checked_at=None) | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="station_checked_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="station_check_year_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.year}"
