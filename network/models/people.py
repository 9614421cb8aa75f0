import uuid
from datetime import date
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models.base import ScopedQuerySet, UnitKeys
from network.models.bounds import day_in_reach
from network.models.labels import SEX_LABELS, STATUS_LABELS
from network.models.units import Unit
from network.rules import PRESENT, EnrollmentStatus
from network.rules.cells import OLDEST_BIRTH
from network.scope import Scope


class StudentQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """The student that the user is, if any."""
        return self.filter(user=user.pk)

    def present(self) -> Self:
        """Students who are at school: studying or returned."""
        return self.filter(enrollment_status__in=PRESENT)

    def matching(self, words: str) -> Self:
        """Search by number (from its start) or by a part of the name."""
        return self.filter(Q(number__startswith=words) | Q(name__icontains=words)) if words else self


class PlacementQuerySet(ScopedQuerySet):
    def on(self, day: date) -> Self:
        """Placements in force on that day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)

    def present(self) -> Self:
        return self.filter(enrollment_status__in=PRESENT)

    def open(self) -> Self:
        return self.filter(ends_on=None)


class UserManager(BaseUserManager["User"]):
    def create_user(self, number: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(number=number, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in by staff or student number."""

    number = models.CharField(_("staff or student number"), max_length=30, unique=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=40)
    email = models.EmailField(_("mail address"), blank=True)
    school = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    must_change_password = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    # SECURITY: staff have reset the password and the person has not yet shown who it is: services/signin/identity.py.
    reset_at = models.DateTimeField(null=True, blank=True)
    reset_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    # Others use the phone that this person signs in with: sessions end sooner, and discreet notices are not mailed.
    shares_phone = models.BooleanField(default=False)

    # Set for the length of a request alone: what the user may see is then read once.
    request_scope: Scope | None

    objects = UserManager()

    USERNAME_FIELD = "number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["number"]
        default_permissions = ()
        constraints = [
            # SECURITY: people sign in by number in any spelling, so no two numbers differ by case alone.
            models.UniqueConstraint(Lower("number"), name="user_number_once_in_any_case")
        ]

    def __str__(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Student(UnitKeys):
    """A student as the roster knows them today; the history is in Placement."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField("network.User", models.PROTECT, related_name="student")
    number = models.CharField(_("student number"), max_length=30, unique=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=40)
    sex = models.CharField(_("sex"), max_length=1, choices=choices_of(SEX_LABELS))
    ethnicity = models.CharField(_("ethnicity"), max_length=20, blank=True)
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    origin = models.CharField(_("place of origin"), max_length=40, blank=True)
    phone = EncryptedTextField(_("phone"), max_length=30, blank=True, default="")
    guardian_name = EncryptedTextField(_("guardian"), max_length=40, blank=True, default="")
    guardian_relation = models.CharField(_("relation"), max_length=20, blank=True)
    guardian_phone = EncryptedTextField(_("guardian's phone"), max_length=30, blank=True, default="")
    enrollment_status = models.CharField(
        _("enrollment status"),
        max_length=10,
        choices=choices_of(STATUS_LABELS),
        default=EnrollmentStatus.STUDYING.value,
    )
    bed = models.CharField(_("bed"), max_length=10, blank=True)

    objects = StudentQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        default_permissions = ()
        constraints = [
            day_in_reach("born_on", first=OLDEST_BIRTH, name="student_born_in_reach"),
        ]
        indexes = [
            models.Index(fields=["school", "number"], include=["enrollment_status"], name="student_school_number"),
            models.Index(fields=["college", "number"], name="student_college_number"),
            models.Index(fields=["school_class", "number"], name="student_class_number"),
            models.Index(fields=["dorm", "number"], name="student_dorm_number"),
        ]

    def __str__(self) -> str:
        return self.name


class Placement(UnitKeys):
    """Where a student belonged and lived on starts_on ≤ day < ends_on. What was reported then stays there."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="placements")
    enrollment_status = models.CharField(max_length=10, choices=choices_of(STATUS_LABELS))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["student", "starts_on", "pk"]
        default_permissions = ()
        constraints = [
            day_in_reach("starts_on", name="placement_start_in_reach"),
            day_in_reach("ends_on", name="placement_end_in_reach"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="placement_ends_after_its_start"
            ),
            models.UniqueConstraint(fields=["student"], condition=Q(ends_on=None), name="placement_one_open"),
        ]
        indexes = [
            models.Index(fields=["school", "starts_on"], name="placement_school_start"),
            models.Index(fields=["school_class", "starts_on"], name="placement_class_start"),
            models.Index(fields=["dorm", "starts_on"], name="placement_dorm_start"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.starts_on}"
