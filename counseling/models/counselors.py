"""The counselors of a center: what they offer, with which credentials, and in which hours."""

import uuid
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.models.labels import CREDENTIAL_KIND_LABELS, HOURS_USE_LABELS, WEEKS_LABELS
from counseling.models.rooms import Room
from counseling.rules.kinds import HoursUse, Weeks
from crisis.models.base import SchoolRowQuerySet, days_within_bounds, moments_within_bounds
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Unit
from network.rules import Ability, Level
from network.scope import Scope


class CounselorQuerySet(SchoolRowQuerySet):
    """`for_user`: the counselors of one's school, whose public part everybody reads."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Those whose hours and credentials the user reads: the director of the school, and each counselor their own.
        Abilities named narrow it."""
        schools = Scope.of(user).units(abilities or (Ability.ARRANGE_COUNSELING,)).get(Level.SCHOOL, frozenset())
        return self.filter(Q(school__in=schools) | Q(user=user.pk))

    def active(self) -> Self:
        return self.filter(is_active=True)

    def bookable(self, on: date) -> Self:
        """Active ones with a checked credential that is valid on that day."""
        valid = Credential.objects.checked().valid(on).filter(counselor=OuterRef("pk"))
        return self.active().filter(Exists(valid))


class Counselor(models.Model):
    """Somebody who counsels at a school. `length` and `pause` in minutes, `weekly_cap` in sessions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="counselors")
    intro = models.CharField(_("about the counselor"), max_length=500, blank=True)
    topics = models.JSONField(_("topics"), default=list, blank=True)
    # Values of SessionKind and Channel that can be booked.
    kinds = models.JSONField(_("kinds of sessions"), default=list, blank=True)
    channels = models.JSONField(_("ways to talk"), default=list, blank=True)
    campus = models.CharField(_("campus"), max_length=40, blank=True)
    length = models.PositiveSmallIntegerField(_("length of a session in minutes"), default=50)
    pause = models.PositiveSmallIntegerField(_("pause after a session in minutes"), default=10)
    weekly_cap = models.PositiveSmallIntegerField(_("most sessions in a week"), default=20)
    # What a post contracts; the load of a counselor is counted against it.
    clinical_hours = models.PositiveSmallIntegerField(_("contracted clinical hours per week"), default=24)
    takes_new = models.BooleanField(_("takes new students"), default=True)
    is_active = models.BooleanField(_("can be booked"), default=True)

    objects = CounselorQuerySet.as_manager()

    class Meta:
        ordering = ["user__name", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "user"], name="counselor_once_per_school"),
            models.CheckConstraint(condition=Q(length__gte=10, length__lte=180), name="counselor_length_within_bounds"),
            models.CheckConstraint(condition=Q(pause__lte=60), name="counselor_pause_within_bounds"),
            models.CheckConstraint(
                condition=Q(weekly_cap__lte=60, clinical_hours__lte=60), name="counselor_week_within_bounds"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class CounselorRowQuerySet(QuerySet[Any]):
    """Rows that open as their counselor does."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        return self.filter(counselor__in=Counselor.objects.visible_to(user, *abilities).order_by().values("pk"))


class CredentialQuerySet(CounselorRowQuerySet):
    def checked(self) -> Self:
        return self.exclude(checked_at=None)

    def valid(self, on: date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)


class Credential(models.Model):
    """What allows somebody to counsel, on starts_on ≤ day ≤ ends_on; it counts once somebody else has checked it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    counselor = models.ForeignKey(Counselor, models.CASCADE, related_name="credentials")
    # The counselor's user, so that the database sees that the checker is another.
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=24, choices=choices_of(CREDENTIAL_KIND_LABELS))
    number = EncryptedTextField(_("number of the certificate"), max_length=60, default="", blank=True)
    issuer = models.CharField(_("issued by"), max_length=80, blank=True)
    starts_on = models.DateField(_("valid from"))
    ends_on = models.DateField(_("valid until"), null=True, blank=True)
    scan = EncryptedTextField(_("scan"), default="", blank=True)
    scan_type = models.CharField(max_length=20, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = [F("ends_on").asc(nulls_last=True), "pk"]
        default_permissions = ()
        constraints = [
            days_within_bounds("starts_on", name="credential_start_within_bounds"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"), ends_on__lte=date(2099, 12, 31)),
                name="credential_ends_after_its_start",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None, checked_at=None) | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="credential_checked_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("holder")), name="credential_checked_by_another"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class HoursQuerySet(CounselorRowQuerySet):
    def in_force(self, first: date, last: date) -> Self:
        """Hours that hold on some day from first to last."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=first), valid_from__lte=last)


class Hours(models.Model):
    """A stretch of the week in which a counselor can be booked: weekday 1 is Monday; valid_from ≤ day ≤ valid_until."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    counselor = models.ForeignKey(Counselor, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    starts = models.TimeField(pgettext_lazy("time", "from"))
    ends = models.TimeField(pgettext_lazy("time", "to"))
    use = models.CharField(
        _("used for"), max_length=10, choices=choices_of(HOURS_USE_LABELS), default=HoursUse.REGULAR.value
    )
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("room"))
    weeks = models.CharField(_("weeks"), max_length=4, choices=choices_of(WEEKS_LABELS), default=Weeks.ALL.value)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = HoursQuerySet.as_manager()

    class Meta:
        ordering = ["counselor", "weekday", "starts", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="hours_on_a_weekday"),
            models.CheckConstraint(condition=Q(starts__lt=F("ends")), name="hours_start_before_their_end"),
            days_within_bounds("valid_from", name="hours_valid_within_bounds"),
            models.CheckConstraint(
                condition=Q(valid_until=None)
                | Q(valid_until__gte=F("valid_from"), valid_until__lte=date(2099, 12, 31)),
                name="hours_end_after_their_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts:%H:%M}–{self.ends:%H:%M}"


class ClosureQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Those of the schools that the user directs, and one's own days off."""
        schools = Scope.of(user).units(abilities or (Ability.ARRANGE_COUNSELING,)).get(Level.SCHOOL, frozenset())
        return self.filter(Q(school__in=schools) | Q(counselor__user=user.pk))

    def touching(self, starts_at: Any, ends_at: Any) -> Self:
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class Closure(models.Model):
    """Time in which a counselor, a room or, with neither, the whole center is not booked: starts_at ≤ t < ends_at."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    counselor = models.ForeignKey(Counselor, models.CASCADE, null=True, blank=True, related_name="closures")
    room = models.ForeignKey(Room, models.CASCADE, null=True, blank=True, related_name="closures")
    starts_at = models.DateTimeField(pgettext_lazy("time", "from"))
    ends_at = models.DateTimeField(pgettext_lazy("time", "to"))
    reason = EncryptedTextField(_("reason"), max_length=200, default="", blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("starts_at", "ends_at", name="closure_dates_within_bounds"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="closure_ends_after_its_start"),
            models.CheckConstraint(condition=Q(counselor=None) | Q(room=None), name="closure_has_one_target"),
        ]
        indexes = [models.Index(fields=["school", "ends_at"], name="closure_school_end")]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
