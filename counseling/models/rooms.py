import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.models.labels import ROOM_KIND_LABELS
from crisis.models.base import SchoolRowQuerySet
from kernel.choices import choices_of
from network.models import Unit


class RoomQuerySet(SchoolRowQuerySet):
    """`for_user`: the rooms of one's school."""

    def usable(self) -> Self:
        return self.filter(is_open=True)


class Room(models.Model):
    """A room of the center. Students take a self-service room without a counselor."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    campus = models.CharField(_("campus"), max_length=40, blank=True)
    name = models.CharField(pgettext_lazy("room", "name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=choices_of(ROOM_KIND_LABELS))
    capacity = models.PositiveSmallIntegerField(_("seats"), default=2)
    self_service = models.BooleanField(_("students book it for themselves"), default=False)
    is_open = models.BooleanField(_("in use"), default=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["campus", "name", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "campus", "name"], name="room_name_once_per_campus"),
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=2000), name="room_seats_within_bounds"),
        ]

    def __str__(self) -> str:
        return self.name
