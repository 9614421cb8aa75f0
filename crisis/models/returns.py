"""Leave of absence and return to school, and the year of follow-ups after it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.base import CaseRow, PersonRow, days_within_bounds, moments_within_bounds
from crisis.models.cases import Case, PersonRowQuerySet
from crisis.models.files import CaseFile
from kernel.fields import EncryptedTextField


class ReturnQuerySet(PersonRowQuerySet):
    def without_case(self) -> Self:
        return self.filter(case=None)


class Return(PersonRow):
    """A leave and the way back: applied for, hospital's opinion, center's interview, family's commitment, decision."""

    class State(models.TextChoices):
        ON_LEAVE = "on_leave", pgettext_lazy("return", "on leave")
        APPLIED = "applied", pgettext_lazy("return", "has applied to return")
        RETURNED = "returned", pgettext_lazy("return", "returned")
        POSTPONED = "postponed", pgettext_lazy("return", "return postponed")
        ENDED = "ended", pgettext_lazy("return", "followed to the end")

    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="returns")
    state = models.CharField(max_length=10, choices=State.choices)
    left_on = models.DateField(_("on leave from"))
    expected_on = models.DateField(_("expected back"), null=True, blank=True)
    applied_on = models.DateField(_("applied on"), null=True, blank=True)
    hospital_opinion = EncryptedTextField(_("hospital's opinion, quoted"), max_length=2000, default="", blank=True)
    opinion_file = models.OneToOneField(CaseFile, models.PROTECT, null=True, related_name="+")
    interview = EncryptedTextField(_("center's interview"), max_length=2000, default="", blank=True)
    interviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    commitment = EncryptedTextField(_("family's commitment"), max_length=1000, default="", blank=True)
    support_plan = EncryptedTextField(_("support plan"), max_length=2000, default="", blank=True)
    decision_note = EncryptedTextField(_("reason of the decision"), max_length=1000, default="", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    returned_on = models.DateField(_("back since"), null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    objects = ReturnQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "pk"]
        default_permissions = ()
        constraints = [
            days_within_bounds(
                "left_on", "expected_on", "applied_on", "returned_on", name="return_dates_within_bounds"
            ),
            models.UniqueConstraint(
                fields=["student"],
                condition=Q(state__in=["on_leave", "applied", "postponed"]),
                name="return_one_under_way",
            ),
            models.CheckConstraint(
                condition=(Q(expected_on=None) | Q(expected_on__gte=F("left_on")))
                & (Q(applied_on=None) | Q(applied_on__gte=F("left_on")))
                & (Q(returned_on=None) | Q(returned_on__gte=F("left_on"))),
                name="return_dates_after_the_leave",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "ended"])
                | Q(returned_on__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="return_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(interviewed_by=None) | ~Q(decided_by=F("interviewed_by")),
                name="return_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ReturnFollowUp(CaseRow):
    """A look after somebody who came back: in weeks 1, 2 and 4, then monthly for a year."""

    student_return = models.ForeignKey(Return, models.CASCADE, related_name="follow_ups")
    number = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    text = EncryptedTextField(max_length=2000, default="", blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        default_permissions = ()
        constraints = [
            moments_within_bounds("due_at", name="return_follow_up_dates_within_bounds"),
            models.UniqueConstraint(fields=["student_return", "number"], name="return_follow_up_once"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="return_follow_up_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_return_id} {self.number}"

    @property
    def is_late(self) -> bool:
        """Whether it was done after its day."""
        return self.done_at is not None and self.done_at > self.due_at
