import uuid

from django.db import models
from django.db.models import Q

from counseling.models.counselors import Counselor, CounselorRowQuerySet
from crisis.models.base import days_within_bounds


class DayMinutes(models.Model):
    """Minutes that a counselor offered and held on a past day, frozen: hours that change later do not change them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    counselor = models.ForeignKey(Counselor, models.CASCADE, related_name="day_minutes")
    day = models.DateField()
    offered = models.PositiveSmallIntegerField()
    held = models.PositiveSmallIntegerField()

    objects = CounselorRowQuerySet.as_manager()

    class Meta:
        ordering = ["day", "counselor"]
        default_permissions = ()
        constraints = [
            days_within_bounds("day", name="day_minutes_within_bounds"),
            models.UniqueConstraint(fields=["counselor", "day"], name="day_minutes_once"),
            models.CheckConstraint(condition=Q(offered__lte=1440, held__lte=1440), name="day_minutes_of_one_day"),
        ]

    def __str__(self) -> str:
        return f"{self.counselor_id} {self.day}"
