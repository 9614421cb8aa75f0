"""Sessions, the time that they take, and who comes to them."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.models.counselors import Counselor
from counseling.models.labels import (
    BOOKING_STATE_LABELS,
    CHANNEL_LABELS,
    HOURS_USE_LABELS,
    SESSION_KIND_LABELS,
    SESSION_STATE_LABELS,
)
from counseling.models.rooms import Room
from counseling.rules.kinds import BookingState, Channel, HoursUse, Rank, SessionState
from crisis.models.base import PersonRow, days_within_bounds, moments_within_bounds
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Unit
from network.models.base import ScopedQuerySet
from network.rules import Ability, Level
from network.scope import Scope


class SessionQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """SECURITY: the counselor of the session and the director alone; no other staff."""
        schools = Scope.of(user).units(abilities or (Ability.ARRANGE_COUNSELING,)).get(Level.SCHOOL, frozenset())
        return self.filter(Q(school__in=schools) | Q(counselor__user=user.pk))

    def planned(self) -> Self:
        return self.filter(state=SessionState.PLANNED.value)

    def between(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Sessions that touch the span."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class Session(models.Model):
    """A meeting at a time: with a counselor, in a room, with one student or many, or with staff alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=choices_of(SESSION_KIND_LABELS))
    channel = models.CharField(
        _("how to talk"), max_length=10, choices=choices_of(CHANNEL_LABELS), default=Channel.IN_PERSON.value
    )
    use = models.CharField(max_length=10, choices=choices_of(HOURS_USE_LABELS), default=HoursUse.REGULAR.value)
    starts_at = models.DateTimeField(pgettext_lazy("time", "from"))
    ends_at = models.DateTimeField(pgettext_lazy("time", "to"))
    counselor = models.ForeignKey(Counselor, models.PROTECT, null=True, blank=True, related_name="sessions")
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="sessions")
    # Weekly sessions that were booked together.
    series = models.UUIDField(null=True, blank=True)
    link = EncryptedTextField(_("link to join"), max_length=300, default="", blank=True)
    state = models.CharField(
        max_length=10, choices=choices_of(SESSION_STATE_LABELS), default=SessionState.PLANNED.value
    )
    # Grows with each change of time or place: what calendars call SEQUENCE.
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("starts_at", "ends_at", name="session_dates_within_bounds"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_its_start"),
            models.CheckConstraint(
                condition=~Q(channel="in_person") | Q(room__isnull=False), name="session_in_person_has_a_room"
            ),
        ]
        indexes = [
            models.Index(fields=["counselor", "starts_at"], name="session_counselor_start"),
            models.Index(fields=["school", "starts_at"], name="session_school_start"),
            models.Index(fields=["room", "starts_at"], name="session_room_start"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Slot(models.Model):
    """Time that is taken: by a session or by a freed time on offer, of one counselor, room or student (`owner` is its
    key). For a counselor the pause is included. SECURITY: the database refuses overlaps of one owner
    (kernel/guards.py); no page asks this table."""

    session = models.ForeignKey(Session, models.CASCADE, null=True, related_name="slots")
    opening = models.ForeignKey("counseling.Opening", models.CASCADE, null=True, related_name="slots")
    owner = models.UUIDField()
    rank = models.PositiveSmallIntegerField(
        choices=[(Rank.COUNSELOR.value, "counselor"), (Rank.ROOM.value, "room"), (Rank.STUDENT.value, "student")]
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "rank", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_its_start"),
            models.CheckConstraint(
                condition=Q(session=None, opening__isnull=False) | Q(session__isnull=False, opening=None),
                name="slot_of_a_session_or_an_opening",
            ),
        ]
        indexes = [models.Index(fields=["owner", "starts_at"], name="slot_owner_start")]

    def __str__(self) -> str:
        return f"{self.owner} {self.starts_at:%Y-%m-%d %H:%M}"


class BookingQuerySet(ScopedQuerySet):
    """`for_user`: one's own bookings."""

    def for_user(self, user: Any) -> Self:
        return self.filter(student__user=user.pk)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """SECURITY: bookings of one's own sessions; the director all of the school. No other staff sees who comes."""
        schools = Scope.of(user).units(abilities or (Ability.ARRANGE_COUNSELING,)).get(Level.SCHOOL, frozenset())
        return self.filter(Q(school__in=schools) | Q(session__counselor__user=user.pk))

    def booked(self) -> Self:
        return self.filter(state=BookingState.BOOKED.value)

    def upcoming(self, at: datetime) -> Self:
        """Booked and not over yet."""
        return self.booked().filter(session__ends_at__gt=at)

    def without_outcome(self, at: datetime) -> Self:
        """Over, and nobody has recorded whether the student came."""
        return self.booked().filter(session__ends_at__lte=at)


class Booking(PersonRow):
    """A student's place in a session. `ended_at` is when it stopped being expected: cancelled, or its outcome kept."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="bookings")
    state = models.CharField(max_length=10, choices=choices_of(BOOKING_STATE_LABELS), default=BookingState.BOOKED.value)
    # The same request sent twice is one booking; `digest` tells whether its content was the same.
    client_id = models.UUIDField(default=uuid.uuid4)
    digest = models.CharField(max_length=64, blank=True)
    # What the desk's screen shows in place of a name.
    code = models.CharField(_("arrival code"), max_length=6)
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = EncryptedTextField(_("reason"), max_length=300, default="", blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["session__starts_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["session", "student"],
                condition=Q(state__in=["booked", "attended", "no_show"]),
                name="booking_one_live_per_student",
            ),
            models.UniqueConstraint(fields=["student", "client_id"], name="booking_once_per_request"),
            models.CheckConstraint(
                condition=Q(state="booked", ended_at=None) | (~Q(state="booked") & Q(ended_at__isnull=False)),
                name="booking_ended_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["school", "booked_at"], name="booking_school_booked")]

    def __str__(self) -> str:
        return str(self.pk)


class ExtensionQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        return self.filter(student__user=user.pk)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """The director's, and those that one granted oneself."""
        schools = Scope.of(user).units(abilities or (Ability.ARRANGE_COUNSELING,)).get(Level.SCHOOL, frozenset())
        return self.filter(Q(school__in=schools) | Q(granted_by=user.pk))


class Extension(PersonRow):
    """More sessions than the limit of a term, for one student, and why."""

    term_starts_on = models.DateField()
    sessions = models.PositiveSmallIntegerField(_("more sessions"))
    reason = EncryptedTextField(_("reason"), max_length=300)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        ordering = ["-granted_at", "pk"]
        default_permissions = ()
        constraints = [
            days_within_bounds("term_starts_on", name="extension_dates_within_bounds"),
            models.CheckConstraint(
                condition=Q(sessions__gte=1, sessions__lte=50), name="extension_sessions_within_bounds"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
