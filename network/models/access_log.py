import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models.labels import SEALED_LABELS
from network.models.people import Student
from network.models.units import Unit
from network.querysets import BreakGlassQuerySet, DisclosureDelayQuerySet


class DisclosureDelay(models.Model):
    """A clinician keeps looks at a crisis from the student's eyes until a day. The newest row of a student counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="look_delays")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
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
            models.CheckConstraint(condition=Q(since__lte=F("set_at")), name="look_delay_begins_before_it_is_set")
        ]
        indexes = [models.Index(fields=["student", "-set_at"], name="look_delay_newest")]

    def __str__(self) -> str:
        return f"{self.student_id} {self.ends_on}"


class BreakGlass(models.Model):
    """One kind of one student's sealed data, opened by one person for an hour, and what a reviewer said of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
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
