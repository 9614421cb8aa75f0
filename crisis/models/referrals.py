"""Handing a student to a hospital, every step stamped; or to counseling."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.base import CaseRow, PersonRow, SchoolRowQuerySet, moments_within_bounds
from crisis.models.cases import AppendOnlyQuerySet, Case, PersonRowQuerySet
from crisis.models.files import CaseFile
from crisis.rules.counseling import due_at
from kernel.fields import EncryptedTextField
from network.models import Unit
from network.rules import Ability
from network.scope import Scope


class Hospital(models.Model):
    """A hospital that a school works with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.CASCADE, related_name="hospitals")
    name = models.CharField(pgettext_lazy("hospital", "name"), max_length=80)
    department = models.CharField(_("department"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(pgettext_lazy("hospital", "phone"), max_length=60, blank=True)
    green_channel = models.CharField(_("how a student gets in at once"), max_length=300, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = SchoolRowQuerySet.as_manager()

    class Meta:
        ordering = ["name", "department"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "name", "department"], name="hospital_department_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.department}".strip()


class ReferralQuerySet(PersonRowQuerySet):
    """Referrals to a hospital open as their case does; those to counseling to very few."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Referrals to hospitals. SECURITY: reading cases tells nobody who goes to counseling."""
        return super().visible_to(user, *abilities).exclude(target="counseling")

    def counseling_for(self, user: Any) -> Self:
        """Those to counseling: the director sees all of the school, a counselor those given to them and those that
        they handed over themselves."""
        scope = Scope.of(user)
        every = scope.rows([Ability.ARRANGE_COUNSELING])
        reached = scope.rows([Ability.TAKE_COUNSELING])
        if every is None and reached is None:
            return self.none()
        mine = None if reached is None else reached & (Q(counselor=user.pk) | Q(opened_by=user.pk))
        return self.to_counseling().filter((every or Q(pk=None)) | (mine or Q(pk=None)))

    def to_counseling(self) -> Self:
        return self.filter(target="counseling")

    def open(self) -> Self:
        return self.filter(state="open")

    def ended(self) -> Self:
        return self.exclude(ended_at=None)

    def longest_waiting_first(self) -> Self:
        """Those without a counselor first."""
        return self.order_by(F("assigned_at").asc(nulls_first=True), "opened_at", "pk")


class Referral(PersonRow):
    """A student is handed to a hospital, which ends with a reply and what the school does then; or to counseling, which
    ends with the first meeting."""

    class Target(models.TextChoices):
        HOSPITAL = "hospital", pgettext_lazy("referral", "Hospital")
        COUNSELING = "counseling", pgettext_lazy("referral", "Counseling center")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("referral", "under way")
        DONE = "done", pgettext_lazy("referral", "completed")
        BROKEN_OFF = "broken_off", pgettext_lazy("referral", "broken off")

    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="referrals")
    target = models.CharField(max_length=12, choices=Target.choices, default=Target.HOSPITAL)
    hospital = models.ForeignKey(Hospital, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = EncryptedTextField(_("why"), max_length=2000)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ending = EncryptedTextField(_("why it did not come about"), max_length=500, default="", blank=True)
    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField(null=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="referral_ended_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(target="hospital") | Q(hospital__isnull=False), name="referral_names_its_hospital"
            ),
            models.CheckConstraint(
                condition=Q(counselor=None, assigned_at=None) | Q(counselor__isnull=False, assigned_at__isnull=False),
                name="referral_assigned_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(target="hospital") | Q(counselor=None), name="referral_to_hospital_has_no_counselor"
            ),
            # SECURITY: college and fudaoyuan read all that belongs to a case.
            models.CheckConstraint(
                condition=~Q(target="counseling") | Q(case=None), name="referral_to_counseling_is_in_no_case"
            ),
            models.UniqueConstraint(
                fields=["student"],
                condition=Q(target="counseling", state="open"),
                name="one_open_referral_to_counseling",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def due_at(self) -> datetime:
        """When the next step of a referral to counseling is due."""
        return due_at(self.opened_at, self.assigned_at)


class ReferralStep(CaseRow):
    """One step of a referral, stamped when it was taken, never changed afterwards."""

    class Kind(models.TextChoices):
        ASSESSED = "assessed", pgettext_lazy("referral step", "Assessed")
        APPROVED = "approved", pgettext_lazy("referral step", "Approved")
        GUARDIAN_TOLD = "guardian_told", pgettext_lazy("referral step", "Family told")
        ESCORTED = "escorted", pgettext_lazy("referral step", "Escorted")
        ARRIVED = "arrived", pgettext_lazy("referral step", "At the hospital")
        REPLIED = "replied", pgettext_lazy("referral step", "Hospital's reply")
        PLANNED = "planned", pgettext_lazy("referral step", "School's plan")
        FOLLOWED_UP = "followed_up", pgettext_lazy("referral step", "Followed up")
        BROKEN_OFF = "broken_off", pgettext_lazy("referral step", "Broken off")

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    text = EncryptedTextField(max_length=2000, default="", blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    letter = models.OneToOneField(CaseFile, models.PROTECT, null=True, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["at", "recorded_at", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("at", name="referral_step_dates_within_bounds"),
            models.UniqueConstraint(fields=["referral", "kind"], name="referral_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.kind}"
