"""Who has a place, and who waits for one."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models.activities import Activity
from activities.models.base import ParticipantRow, RosterQuerySet
from activities.models.labels import ENROLMENT_LABELS
from kernel.choices import choices_of
from network.models.bounds import moment_in_reach


class EnrolmentQuerySet(RosterQuerySet):
    def holding(self) -> Self:
        """Those who have a place or are asked to take one."""
        return self.filter(state__in=["in", "offered"])

    def active(self) -> Self:
        return self.filter(state__in=["in", "offered", "waiting"])

    def waiting(self) -> Self:
        """The queue, in order of arrival."""
        return self.filter(state="waiting").order_by("queue_no", "pk")

    def lapsing(self, at: datetime) -> Self:
        """Offers whose time is over."""
        return self.filter(state="offered", offered_until__lt=at)


class Enrolment(ParticipantRow):
    """One student and one activity. Who enrolls again after cancelling keeps the row and gets a new number."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="enrolments")
    state = models.CharField(_("state"), max_length=9, choices=choices_of(ENROLMENT_LABELS))
    queue_no = models.PositiveIntegerField()
    offered_until = models.DateTimeField(null=True)
    # The place in the draw, from 1; kept so that the draw can be computed again.
    draw_rank = models.PositiveIntegerField(null=True)
    enrolled_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["queue_no", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["activity", "student"], name="enrolment_once"),
            models.UniqueConstraint(fields=["activity", "queue_no"], name="enrolment_number_once"),
            models.CheckConstraint(
                condition=Q(state="offered", offered_until__isnull=False)
                | (~Q(state="offered") & Q(offered_until=None)),
                name="enrolment_offer_has_an_end",
            ),
            moment_in_reach("offered_until", name="enrolment_offer_in_reach"),
        ]
        indexes = [
            models.Index(fields=["activity", "state", "queue_no"], name="enrolment_queue"),
            models.Index(fields=["student", "state"], name="enrolment_of_student"),
            models.Index(fields=["offered_until"], condition=Q(state="offered"), name="enrolment_offers"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
