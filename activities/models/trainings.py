"""Who has been trained: the ledger of staff, and the center's own trainings for peers and fudaoyuan."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models.evidence import Evidence
from activities.models.program_labels import AUDIENCE_LABELS, ORGANIZER_LABELS, TRAINING_KIND_LABELS
from activities.models.scoping import OfSchool
from activities.rules.program import QUALIFYING
from kernel.choices import choices_of
from network.models import Unit
from network.models.bounds import day_in_reach
from network.rules import Ability, Level
from network.scope import Scope


class TrainingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """One's own rows, and those of the schools on which the user holds any of the abilities."""
        schools = Scope.of(user).units(abilities).get(Level.SCHOOL, frozenset())
        return self.filter(Q(user=user.pk) | Q(school__in=schools))

    def of_user(self, user: Any) -> Self:
        return self.filter(user=user.pk)

    def in_year(self, year: int) -> Self:
        return self.filter(day__year=year)

    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)


class Training(models.Model):
    """A training or conference of one of the staff; it counts when somebody else has confirmed it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="trainings")
    kind = models.CharField(_("kind"), max_length=10, choices=choices_of(TRAINING_KIND_LABELS))
    title = models.CharField(_("title of the training"), max_length=120)
    organizer = models.CharField(_("organizer"), max_length=80)
    level = models.CharField(_("kind of organizer"), max_length=10, choices=choices_of(ORGANIZER_LABELS))
    day = models.DateField(_("last day"))
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=1, null=True, blank=True)
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "pk"]
        default_permissions = ()
        constraints = [
            # SECURITY: nobody confirms a training of their own.
            models.CheckConstraint(condition=~Q(confirmed_by=F("user")), name="training_confirmed_by_another"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="training_confirmed_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind="hours", hours__gt=0, hours__lte=200) | Q(kind="conference", hours=None),
                name="training_hours_fit_its_kind",
            ),
            day_in_reach("day", name="training_day_in_reach"),
        ]
        indexes = [models.Index(fields=["school", "user", "day"], name="training_of_user")]

    def __str__(self) -> str:
        return self.title

    @property
    def qualifies(self) -> bool:
        """Whether it is a conference that counts."""
        return self.kind == "conference" and self.level in QUALIFYING


class LessonQuerySet(OfSchool):
    def with_people(self) -> Self:
        """With how many took part, as `people`."""
        return self.annotate(people=models.Count("attendances")).order_by("-day", "pk")


class Lesson(models.Model):
    """A training that the center holds for peers or for fudaoyuan."""

    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    title = models.CharField(_("title of the training"), max_length=120)
    audience = models.CharField(_("for"), max_length=9, choices=choices_of(AUDIENCE_LABELS))
    day = models.DateField(_("day"))
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=1)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=200), name="lesson_hours_in_range"),
            day_in_reach("day", name="lesson_day_in_reach"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("activities:lesson-detail", args=[self.pk])


class LessonAttendance(models.Model):
    """Somebody who took part in a training of the center."""

    lesson = models.ForeignKey(
        Lesson, models.CASCADE, related_name="attendances", verbose_name=pgettext_lazy("training", "training")
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["user__number"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["lesson", "user"], name="lesson_attended_once")]

    def __str__(self) -> str:
        return str(self.pk)
