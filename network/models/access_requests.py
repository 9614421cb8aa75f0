import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from kernel.choices import choices_of
from network.models.bounds import day_in_reach
from network.models.labels import ROLE_LABELS
from network.models.units import Unit
from network.rules import ADMINISTRATORS, Role
from network.rules.appointments import DECIDERS
from network.scope import Scope


class AccessRequestQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(decided_at=None)

    def asked_by(self, user: Any) -> Self:
        return self.filter(asked_by=user.pk)

    def to_decide_by(self, user: Any) -> Self:
        """Open requests on which the user may be the second person, as far as the posts tell; never the user's own."""
        roles = Scope.of(user).roles
        schools = [unit_id for unit_id, held in roles.items() if held & DECIDERS]
        outside = [unit_id for unit_id, held in roles.items() if held & DECIDERS - ADMINISTRATORS]
        mine = Q(school__in=outside) | Q(school__in=schools, asked_by_administrator=False)
        return self.open().filter(mine).exclude(asked_by=user).exclude(holder=user)


class AccessRequest(models.Model):
    """Somebody asks for a post or for a reset that takes two people; another person decides."""

    class Kind(models.TextChoices):
        POST = "post", pgettext_lazy("access request", "a post")
        PASSWORD = "password", pgettext_lazy("access request", "a new password")
        FACTORS = "factors", pgettext_lazy("access request", "a new second step")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # For a post alone.
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=30, choices=choices_of(ROLE_LABELS), blank=True)
    ends_on = models.DateField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_by_administrator = models.BooleanField()
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(null=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        default_permissions = ()
        constraints = [
            day_in_reach("ends_on", name="access_request_end_in_reach"),
            models.CheckConstraint(
                condition=Q(kind="post", unit__isnull=False) & ~Q(role="") | ~Q(kind="post") & Q(unit=None, role=""),
                name="access_request_names_its_post",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, is_granted=None, decided_by=None)
                | Q(decided_at__isnull=False, is_granted__isnull=False),
                name="access_request_decision_is_whole",
            ),
            # SECURITY: four eyes.
            models.CheckConstraint(
                condition=Q(decided_by=None) | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("holder"))),
                name="access_request_decided_by_another",
            ),
            models.UniqueConstraint(
                fields=["holder", "unit", "role"],
                condition=Q(decided_at=None, kind="post"),
                name="access_request_one_open_per_post",
            ),
            models.UniqueConstraint(
                fields=["holder", "kind"],
                condition=Q(decided_at=None, unit=None),
                name="access_request_one_open_per_reset",
            ),
        ]
        indexes = [models.Index(fields=["school"], condition=Q(decided_at=None), name="access_request_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.holder_id} {self.asked_at:%Y-%m-%d}"

    def label(self) -> str:
        """What is asked for: the post by its name, or the kind of reset."""
        return str(ROLE_LABELS[Role(self.role)]) if self.role else self.get_kind_display()
