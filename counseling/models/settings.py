import uuid
from datetime import time

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crisis.models.base import SchoolRowQuerySet
from network.models import Unit


class CenterSettings(models.Model):
    """The booking rules of a school's center; the defaults hold where a school has set none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.OneToOneField(Unit, models.CASCADE, related_name="counseling_settings")
    term_limit = models.PositiveSmallIntegerField(_("sessions per student and term"), default=8)
    notice_minutes = models.PositiveIntegerField(_("book at the latest, minutes before"), default=120)
    late_hours = models.PositiveSmallIntegerField(_("cancel free of charge until, hours before"), default=24)
    grid_minutes = models.PositiveSmallIntegerField(_("sessions begin every, minutes"), default=15)
    hold_minutes = models.PositiveSmallIntegerField(_("an offer is held for, minutes"), default=120)
    days_ahead = models.PositiveSmallIntegerField(_("book at most, days ahead"), default=28)
    night_starts = models.TimeField(_("the night begins at"), default=time(22))
    night_ends = models.TimeField(_("the night ends at"), default=time(8))
    urgent_opens = models.TimeField(_("urgent hours open at"), default=time(8))
    call_minutes = models.PositiveSmallIntegerField(_("an urgent call is made within, minutes"), default=120)

    objects = SchoolRowQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(term_limit__gte=1, term_limit__lte=100), name="counseling_limit_within_bounds"
            ),
            models.CheckConstraint(
                condition=Q(notice_minutes__lte=20160, late_hours__lte=336), name="counseling_notice_within_bounds"
            ),
            models.CheckConstraint(
                condition=Q(grid_minutes__in=[5, 10, 15, 20, 30, 60]), name="counseling_grid_divides_the_hour"
            ),
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=10, hold_minutes__lte=2880, call_minutes__gte=10, call_minutes__lte=1440),
                name="counseling_hold_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(days_ahead__gte=1, days_ahead__lte=180), name="counseling_days_ahead_within_bounds"
            ),
        ]

    def __str__(self) -> str:
        return str(self.school)
