from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from kernel.choices import choices_of
from network.models.bounds import moment_in_reach
from network.models.labels import ROLE_LABELS
from network.models.units import Post, Unit


def orphaned(on: date) -> Q:
    """Duties that nobody in person owes on that day: the role at the unit does. A post that has ended, or whose holder
    is gone, takes its duties along at that very moment, whether or not any task has run."""
    lasting = Q(post__starts_on__lte=on) & (Q(post__ends_on=None) | Q(post__ends_on__gt=on))
    return Q(owner=None) | (~Q(role="") & (~lasting | Q(post=None) | Q(owner__is_active=False)))


class DutyQuerySet(models.QuerySet[Any]):
    def unsettled(self) -> Self:
        return self.filter(settled_at=None)

    def overdue(self, at: datetime) -> Self:
        return self.unsettled().filter(due_at__lt=at)

    def owed_by(self, user: Any, on: date) -> Self:
        """Duties of the user, and of the posts the user holds on that day."""
        posts = user.posts.active(on).values_list("role", "unit_id")
        mine = Q(owner=user) & ~orphaned(on)
        by_role: dict[str, list[int]] = {}
        for role, unit_id in posts.order_by("pk"):
            by_role.setdefault(role, []).append(unit_id)
        for role, unit_ids in by_role.items():
            mine |= orphaned(on) & Q(role=role, unit_id__in=unit_ids)
        return self.filter(mine)


class Duty(models.Model):
    """Something owed by a time: by one person, or by whoever holds a role at a unit; or by one person as long as their
    `post` lasts, and from that moment on by the role. Settled, it nags nobody."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="duties")
    role = models.CharField(max_length=30, choices=choices_of(ROLE_LABELS), blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="duties")
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=120)
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=200)
    due_at = models.DateTimeField(_("due"))
    settled_at = models.DateTimeField(null=True, blank=True)
    reminded_stage = models.PositiveSmallIntegerField(default=0)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        default_permissions = ()
        constraints = [
            moment_in_reach("due_at", name="duty_due_in_reach"),
            models.CheckConstraint(
                condition=~models.Q(role="") | models.Q(owner__isnull=False), name="duty_has_somebody_who_owes_it"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(settled_at=None), name="duty_unsettled_due"),
            models.Index(fields=["unit", "role"], name="duty_unit_role"),
        ]

    def __str__(self) -> str:
        return self.key

    def text(self) -> str:
        """The title in the reader's language."""
        return str(_g(self.title) % self.params)
