"""Societies of students: the union's departments and self-help groups, and who belongs to them."""

import uuid
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities.models.activities import Activity
from activities.models.program_labels import OFFICE_LABELS, SOCIETY_KIND_LABELS
from activities.models.scoping import OfUnit
from kernel.choices import choices_of
from network.models import Student, Unit
from network.models.base import ScopedQuerySet
from network.models.bounds import day_in_reach


class SocietyQuerySet(OfUnit):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Society(models.Model):
    """A department of the student union, or a self-help group, of a school or a college."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="societies")
    kind = models.CharField(_("kind"), max_length=10, choices=choices_of(SOCIETY_KIND_LABELS))
    name = models.CharField(_("name of the society"), max_length=60)
    purpose = models.CharField(_("what it is for"), max_length=300)
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("adviser from the staff")
    )
    founded_on = models.DateField(_("founded"))
    is_active = models.BooleanField(_("active"), default=True)

    objects = SocietyQuerySet.as_manager()

    class Meta:
        ordering = ["unit__code", "kind", "name"]
        default_permissions = ()
        verbose_name_plural = "societies"
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="society_name_once"),
            day_in_reach("founded_on", name="society_founding_in_reach"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("activities:society-detail", args=[self.pk])


class MembershipQuerySet(ScopedQuerySet):
    def on(self, day: date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)

    def current_first(self) -> Self:
        """Current members before former ones, leaders before the others."""
        rank = Case(When(office="leader", then=0), When(office="deputy", then=1), default=2)
        return self.order_by(F("ends_on").desc(nulls_first=True), rank, "student__number")

    def of_societies(self, societies: Any) -> Self:
        """Members of societies that were scoped before."""
        return self.filter(society__in=societies)


class Membership(models.Model):
    """A student in a society for a term of office, starts_on ≤ day < ends_on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    society = models.ForeignKey(Society, models.PROTECT, related_name="memberships")
    student = models.ForeignKey(Student, models.PROTECT, related_name="memberships")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.CharField(_("office"), max_length=6, choices=choices_of(OFFICE_LABELS))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["office", "student__number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["society", "student"], condition=Q(ends_on=None), name="membership_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_its_start"
            ),
            day_in_reach("starts_on", name="membership_start_in_reach"),
            day_in_reach("ends_on", name="membership_end_in_reach"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SocietyActivity(models.Model):
    """An activity that a society holds."""

    society = models.ForeignKey(Society, models.CASCADE, related_name="activities")
    activity = models.OneToOneField(Activity, models.CASCADE, related_name="society_link")

    class Meta:
        ordering = ["-activity__starts_at"]
        default_permissions = ()
        verbose_name_plural = "society activities"

    def __str__(self) -> str:
        return str(self.pk)
