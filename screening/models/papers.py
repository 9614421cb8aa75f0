import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q, QuerySet

from kernel.fields import EncryptedTextField
from network.models import Student, Unit
from network.models.base import ScopedQuerySet
from screening.models.campaigns import Campaign, Participation
from screening.models.scales import Scale


class PaperQuerySet(QuerySet[Any]):
    def for_user(self, user: Any) -> Self:
        """A student's own papers."""
        return self.filter(participation__student__user=user)


class ResultQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """A student's own results."""
        return self.filter(student__user=user)


class Paper(models.Model):
    """One scale in the hands of one student. All answers are one ciphertext; `revision` counts the savings."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participation = models.ForeignKey(Participation, models.CASCADE, related_name="papers")
    scale = models.ForeignKey(Scale, models.PROTECT, related_name="papers")
    position = models.PositiveSmallIntegerField()
    sheet = EncryptedTextField(default="", blank=True)
    revision = models.PositiveIntegerField(default=0)
    answered = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ["participation", "position"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["participation", "scale"], name="paper_once"),
            models.UniqueConstraint(fields=["participation", "position"], name="paper_position"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Result(models.Model):
    """What a submitted paper came to. Level and validity stand in clear, for lists and counts; all else is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="result")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="results")
    scale = models.ForeignKey(Scale, models.PROTECT, related_name="results")
    student = models.ForeignKey(Student, models.PROTECT, related_name="results")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    level = models.PositiveSmallIntegerField(null=True)
    is_valid = models.BooleanField()
    # The whole outcome as JSON: total, standard, factors, band, critical items, flags, and the rules that gave them.
    outcome = EncryptedTextField()
    scored_at = models.DateTimeField()

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering = ["-scored_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gte=1, level__lte=3), name="result_level_in_range"
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "level", "college"], name="result_campaign_level"),
            models.Index(fields=["student", "scored_at"], name="result_student"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ResultVersion(models.Model):
    """What a result was before a corrected key scored its paper again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    result = models.ForeignKey(Result, models.CASCADE, related_name="versions")
    scale = models.ForeignKey(Scale, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True)
    is_valid = models.BooleanField()
    outcome = EncryptedTextField()
    scored_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["-replaced_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["result", "scale"], name="result_version_once_per_scale"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
