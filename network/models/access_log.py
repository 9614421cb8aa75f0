import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models.base import ScopedQuerySet, UnitKeys
from network.models.bounds import day_in_reach
from network.models.labels import SEALED_LABELS
from network.models.people import Student
from network.scope import Scope


class DisclosureDelayQuerySet(ScopedQuerySet):
    def newest_of(self, student: Any) -> Any:
        """The delay that counts for a student, whether its end has come or not; None without one."""
        return self.filter(student=student).order_by("-set_at", "pk").first()


class BreakGlassQuerySet(ScopedQuerySet):
    def active(self, at: datetime) -> Self:
        return self.filter(opened_at__lte=at, ends_at__gt=at)

    def unreviewed(self) -> Self:
        return self.filter(reviewed_at=None)

    def to_be_judged_by(self, user: Any) -> Self:
        """Openings that the user reviews by role and school; never the user's own."""
        judged = Q(pk=None)
        for unit_id, roles in Scope.of(user).roles.items():
            judged |= Q(school=unit_id, review_role__in=roles)
        return self.filter(judged).exclude(opened_by=user)


class DisclosureDelay(UnitKeys):
    """A clinician keeps looks at a crisis from the student's eyes until a day. The newest row of a student counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="look_delays")
    # Looks after this moment are held back; those before it have been told already.
    since = models.DateTimeField()
    ends_on = models.DateField(_("to"))
    reason = EncryptedTextField(_("Why should the student not be told yet?"), max_length=500)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = DisclosureDelayQuerySet.as_manager()

    class Meta:
        ordering = ["student", "-set_at", "pk"]
        default_permissions = ()
        constraints = [
            day_in_reach("ends_on", name="look_delay_end_in_reach"),
            models.CheckConstraint(condition=Q(since__lte=F("set_at")), name="look_delay_begins_before_it_is_set"),
        ]
        indexes = [models.Index(fields=["student", "-set_at"], name="look_delay_newest")]

    def __str__(self) -> str:
        return f"{self.student_id} {self.ends_on}"


class BreakGlass(UnitKeys):
    """One kind of one student's sealed data, opened by one person for an hour, and what a reviewer said of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=choices_of(SEALED_LABELS))
    reason = EncryptedTextField(_("Why must you read this?"), max_length=500)
    is_emergency = models.BooleanField(default=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    review_role = models.CharField(max_length=30)
    review_due_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    was_justified = models.BooleanField(null=True)
    review_note = EncryptedTextField(_("What do you think of it?"), max_length=500, default="", blank=True)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("opened_at")), name="glass_closes_after_it_opened"),
            models.CheckConstraint(
                condition=Q(reviewed_by=None, reviewed_at=None, was_justified=None)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False, was_justified__isnull=False),
                name="glass_review_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("opened_by")), name="glass_reviewed_by_another"
            ),
        ]
        indexes = [
            models.Index(fields=["opened_by", "student", "kind", "-ends_at"], name="glass_active"),
            models.Index(fields=["school", "review_due_at"], condition=Q(reviewed_at=None), name="glass_to_review"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.student_id} {self.opened_at:%Y-%m-%d %H:%M}"
