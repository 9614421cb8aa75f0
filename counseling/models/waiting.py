"""The waiting list: who waits, which time was freed, and to whom it is offered."""

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
    CHANNEL_LABELS,
    ENTRY_STATE_LABELS,
    HOURS_USE_LABELS,
    OFFER_STATE_LABELS,
    OPENING_STATE_LABELS,
    SESSION_KIND_LABELS,
    TRIAGES,
)
from counseling.models.rooms import Room
from counseling.rules.kinds import Channel, EntryState, HoursUse, OfferState, OpeningState, SessionKind, Triage
from crisis.models.base import PersonRow, moments_within_bounds
from kernel.choices import choices_of
from network.models import Unit
from network.models.base import ScopedQuerySet
from network.rules import Ability, Level
from network.scope import Scope


class WaitingEntryQuerySet(ScopedQuerySet):
    """`for_user`: one's own entries."""

    def for_user(self, user: Any) -> Self:
        return self.filter(student__user=user.pk)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """SECURITY: the director alone."""
        schools = Scope.of(user).units(abilities or (Ability.ARRANGE_COUNSELING,)).get(Level.SCHOOL, frozenset())
        return self.filter(school__in=schools)

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def waiting(self) -> Self:
        return self.filter(state=EntryState.WAITING.value)

    def in_order(self) -> Self:
        """Whom a freed time is offered to first."""
        return self.order_by("triage", "since", "pk")


class WaitingEntry(PersonRow):
    """A student who waits for a time. Empty wishes mean: whatever there is. `parts` are "1am" to "7eve"."""

    kind = models.CharField(
        _("kind"), max_length=12, choices=choices_of(SESSION_KIND_LABELS), default=SessionKind.INDIVIDUAL.value
    )
    triage = models.PositiveSmallIntegerField(_("how soon"), choices=TRIAGES, default=Triage.REGULAR.value)
    since = models.DateTimeField()
    counselor = models.ForeignKey(Counselor, models.SET_NULL, null=True, blank=True, related_name="+")
    channels = models.JSONField(_("ways to talk"), default=list, blank=True)
    parts = models.JSONField(_("times of the week"), default=list, blank=True)
    campus = models.CharField(_("campus"), max_length=40, blank=True)
    short_notice = models.BooleanField(_("tell me of times at short notice"), default=False)
    state = models.CharField(max_length=8, choices=choices_of(ENTRY_STATE_LABELS), default=EntryState.WAITING.value)
    lapses = models.PositiveSmallIntegerField(default=0)
    client_id = models.UUIDField(default=uuid.uuid4)
    digest = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = WaitingEntryQuerySet.as_manager()

    class Meta:
        ordering = ["triage", "since", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("since", name="waiting_entry_dates_within_bounds"),
            models.UniqueConstraint(
                fields=["student"], condition=Q(ended_at=None), name="waiting_entry_one_open_per_student"
            ),
            models.UniqueConstraint(fields=["student", "client_id"], name="waiting_entry_once_per_request"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "paused"], ended_at=None)
                | Q(state__in=["served", "left"], ended_at__isnull=False),
                name="waiting_entry_ended_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["school", "triage", "since"], condition=Q(state="waiting"), name="waiting_entry_in_order"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OpeningQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """The director's, and those of one's own hours."""
        schools = Scope.of(user).units(abilities or (Ability.ARRANGE_COUNSELING,)).get(Level.SCHOOL, frozenset())
        return self.filter(Q(school__in=schools) | Q(counselor__user=user.pk))

    def open(self) -> Self:
        return self.filter(state=OpeningState.OPEN.value)


class Opening(models.Model):
    """A counselor's time that somebody gave back. Its Slot keeps it from passers-by until it is taken or released."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    counselor = models.ForeignKey(Counselor, models.CASCADE, related_name="openings")
    room = models.ForeignKey(Room, models.SET_NULL, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=10, choices=choices_of(CHANNEL_LABELS), default=Channel.IN_PERSON.value)
    use = models.CharField(max_length=10, choices=choices_of(HOURS_USE_LABELS), default=HoursUse.REGULAR.value)
    starts_at = models.DateTimeField(pgettext_lazy("time", "from"))
    ends_at = models.DateTimeField(pgettext_lazy("time", "to"))
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=choices_of(OPENING_STATE_LABELS), default=OpeningState.OPEN.value)
    ended_at = models.DateTimeField(null=True)

    objects = OpeningQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("starts_at", "ends_at", name="opening_dates_within_bounds"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="opening_ends_after_its_start"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="opening_ended_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "made_at"], condition=Q(state="open"), name="opening_open"),
            models.Index(fields=["counselor", "starts_at"], name="opening_counselor_start"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class OfferQuerySet(QuerySet[Any]):
    """`for_user`: offers to oneself."""

    def for_user(self, user: Any) -> Self:
        return self.filter(entry__student__user=user.pk)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """SECURITY: the director alone."""
        return self.filter(entry__in=WaitingEntry.objects.visible_to(user, *abilities).order_by().values("pk"))

    def open(self) -> Self:
        return self.filter(state=OfferState.OPEN.value)

    def lapsing(self, at: datetime) -> Self:
        """Open ones whose time is over."""
        return self.open().filter(held_until__lt=at)


class Offer(models.Model):
    """A freed time offered to somebody who waits, until and including held_until. Offers at short notice go to many at
    once (`to_many`); the first who accepts has it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(WaitingEntry, models.CASCADE, related_name="offers")
    opening = models.ForeignKey(Opening, models.CASCADE, related_name="offers")
    to_many = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    held_until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=choices_of(OFFER_STATE_LABELS), default=OfferState.OPEN.value)
    ended_at = models.DateTimeField(null=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state="open", to_many=False), name="offer_one_open_per_entry"
            ),
            models.UniqueConstraint(
                fields=["opening"], condition=Q(state="open", to_many=False), name="offer_one_open_per_opening"
            ),
            models.UniqueConstraint(fields=["entry", "opening"], name="offer_once"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="offer_ended_at_a_time",
            ),
            models.CheckConstraint(condition=Q(held_until__gte=F("made_at")), name="offer_held_after_it_was_made"),
        ]
        indexes = [models.Index(fields=["held_until"], condition=Q(state="open"), name="offer_open_until")]

    def __str__(self) -> str:
        return str(self.pk)
