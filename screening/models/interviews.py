import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crisis.models import Referral
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Student, Unit
from network.models.base import ScopedQuerySet
from network.rules import Ability
from network.scope import Scope
from screening.models.campaigns import Campaign, Participation
from screening.models.captions import ACTION_LABELS, ATTEMPT_LABELS, OUTCOME_LABELS, URGENCY_LABELS, Attempted
from screening.rules.interviews import Urgency

CENTER = (Ability.RUN_SCREENING,)


class InterviewQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """The center sees every talk of its school; a counselor those that are theirs."""
        scope = Scope.of(user)
        every = scope.rows(abilities or CENTER)
        mine = Q(counselor=user.pk) if Ability.HOLD_INTERVIEW in scope.abilities else None
        if every is None and mine is None:
            return self.none()
        return self.filter((every or Q(pk=None)) | (mine or Q(pk=None)))

    def open(self) -> Self:
        return self.filter(settled_at=None)

    def longest_wait_first(self) -> Self:
        """Critical answers before all others, then whoever has waited longest."""
        others = Case(When(urgency=Urgency.CRITICAL, then=0), default=1)
        return self.order_by(others, "created_at", "pk")

    def overdue(self, at: datetime) -> Self:
        return self.open().filter(due_at__lt=at)


class FeedbackQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """What was told to the college; a fudaoyuan sees the students that they were asked to look after."""
        scope = Scope.of(user)
        level = scope.rows([Ability.VIEW_SCREENING_LEVEL])
        task = scope.rows([Ability.VIEW_SCREENING_TASK])
        if level is None and task is None:
            return self.none()
        return self.filter((level or Q(pk=None)) | ((task & Q(tells_fudaoyuan=True)) if task else Q(pk=None)))


class Interview(models.Model):
    """A talk that a result or a critical answer asks for. One per participation, as urgent as the gravest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participation = models.OneToOneField(Participation, models.PROTECT, related_name="interview")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="interviews")
    student = models.ForeignKey(Student, models.PROTECT, related_name="interviews")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=choices_of(URGENCY_LABELS))
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(_("due"))
    counselor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="interviews"
    )
    assigned_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("outcome"), max_length=1, choices=choices_of(OUTCOME_LABELS), blank=True)
    refused = models.BooleanField(default=False)
    note = EncryptedTextField(_("What was talked about"), max_length=2000, default="", blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    referral = models.ForeignKey(Referral, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = InterviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(due_at__gt=F("created_at")), name="interview_due_after_it_was_asked"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, outcome="", refused=False)
                | Q(settled_at__isnull=False, settled_by__isnull=False, refused=False) & ~Q(outcome="")
                | Q(settled_at__isnull=False, settled_by__isnull=False, refused=True, outcome=""),
                name="interview_settled_by_outcome_or_refusal",
            ),
            models.CheckConstraint(
                condition=Q(counselor=None, assigned_at=None) | Q(counselor__isnull=False, assigned_at__isnull=False),
                name="interview_assigned_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "due_at"], condition=Q(settled_at=None), name="interview_open"),
            models.Index(fields=["counselor", "due_at"], condition=Q(settled_at=None), name="interview_counselor_open"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("screening:interview-detail", args=[self.pk])


class InterviewAttempt(models.Model):
    """Somebody invited the student or tried to; missing a talk has no penalty and is no outcome."""

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="attempts")
    kind = models.CharField(max_length=12, choices=choices_of(ATTEMPT_LABELS), default=Attempted.NO_SHOW.value)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.interview_id} {self.kind}"


class Feedback(models.Model):
    """All that a college learns of one student: the level and what it is asked to do. Never an answer or a score."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.OneToOneField(Interview, models.PROTECT, related_name="feedback")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="feedback")
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    level = models.PositiveSmallIntegerField(_("level"))
    action = models.CharField(_("what the college does"), max_length=12, choices=choices_of(ACTION_LABELS))
    tells_fudaoyuan = models.BooleanField(_("the fudaoyuan is told"), default=False)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["level", "college", "school_class", "student__number"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="feedback_level_in_range"),
        ]
        indexes = [models.Index(fields=["college", "given_at"], name="feedback_college")]

    def __str__(self) -> str:
        return str(self.pk)
