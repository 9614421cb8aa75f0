import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.models.labels import TOPIC_LABELS
from crisis.models.base import moments_within_bounds
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Unit
from network.rules import Ability, Level
from network.scope import Scope


class CallQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """SECURITY: whoever took a call reads it, and nobody else."""
        return self.filter(taken_by=user.pk)

    def counted_for(self, user: Any) -> Self:
        """Those whose number the director may count."""
        schools = Scope.of(user).units([Ability.ARRANGE_COUNSELING]).get(Level.SCHOOL, frozenset())
        return self.filter(school__in=schools)


class Call(models.Model):
    """A call that the counselor on duty took. Nobody's name is kept; the caller may choose another one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    topic = models.CharField(_("topic"), max_length=12, choices=choices_of(TOPIC_LABELS))
    alias = EncryptedTextField(pgettext_lazy("call", "What the caller wants to be called"), max_length=20, default="")
    note = EncryptedTextField(_("note"), max_length=500, default="")
    has_risk = models.BooleanField(_("somebody may be in danger"), default=False)
    recorded_at = models.DateTimeField()

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("at", name="call_dates_within_bounds"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="call_minutes_within_bounds"),
        ]
        indexes = [models.Index(fields=["school", "at"], name="call_school_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
