from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from counseling.models.labels import TRIAGES
from counseling.models.sessions import Booking
from counseling.rules.kinds import LIVE, Triage
from crisis.models.base import PersonRow
from kernel.fields import EncryptedTextField
from network.models.base import ScopedQuerySet
from network.rules import Ability


class IntakeQuerySet(ScopedQuerySet):
    """`for_user`: one's own intakes."""

    def for_user(self, user: Any) -> Self:
        return self.filter(student__user=user.pk)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """SECURITY: submitted ones of students who have or had a booking with the user, and nobody else's: the director
        reads none, and abilities named open none."""
        treated = Booking.objects.filter(session__counselor__user=user.pk, state__in=[state.value for state in LIVE])
        return self.submitted().filter(student__in=treated.order_by().values("student"))

    def drafts(self) -> Self:
        return self.filter(submitted_at=None)

    def submitted(self) -> Self:
        return self.exclude(submitted_at=None)


class Intake(PersonRow):
    """What a student writes before the first talk, as JSON. A draft is saved field by field; once submitted it is never
    changed, and the next one has the next version."""

    version = models.PositiveSmallIntegerField(default=1)
    answers = EncryptedTextField(_("answers"), max_length=20000, default="", blank=True)
    triage = models.PositiveSmallIntegerField(_("how soon"), choices=TRIAGES, default=Triage.REGULAR.value)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        ordering = ["-version", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["student", "version"], name="intake_version_once"),
            models.UniqueConstraint(
                fields=["student"], condition=Q(submitted_at=None), name="intake_one_draft_per_student"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="intake_versions_from_one"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
