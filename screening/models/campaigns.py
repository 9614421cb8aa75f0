import uuid
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.fields import EncryptedTextField
from network.models import Student, Unit
from network.models.base import ScopedQuerySet
from network.rules import Ability, Level
from network.scope import ROW_KEYS, Scope
from screening.models.scales import Scale
from screening.rules.days import EARLIEST, LATEST
from screening.rules.windows import ANSWERING, Phase, phase_on

CENTER = (Ability.RUN_SCREENING,)


class CampaignQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Campaigns of the user's school, for whoever holds one of the abilities anywhere in it."""
        if not Scope.of(user).units(abilities):
            return self.none()
        return self.filter(school=user.school_id)

    def shown_to(self, user: Any) -> Self:
        """Drafts are the center's alone."""
        return self if Scope.of(user).units(CENTER) else self.opened()

    def opened(self) -> Self:
        return self.exclude(opened_at=None)

    def closed(self) -> Self:
        """Those that take no answer any more."""
        return self.exclude(closed_at=None)

    def with_figures(self, user: Any) -> Self:
        """How many of those that the user follows are asked, and have finished."""
        followed = Scope.of(user).rows([Ability.FOLLOW_SCREENING], "participations__") or Q(pk=None)
        asked = followed & Q(participations__exempted_at=None)
        done = asked & Q(participations__finished_at__isnull=False)
        return self.annotate(
            asked=Count("participations", filter=asked), done=Count("participations", filter=done)
        ).order_by("-opens_on", "-created_at")

    def answerable(self, on: date) -> Self:
        """Campaigns that take answers on that day."""
        in_time = Q(closes_on__gte=on) | Q(makeup_until__gte=on)
        return self.opened().filter(in_time, opens_on__lte=on, closed_at=None)

    def past(self, on: date) -> Self:
        """Opened campaigns whose last day has passed and that nobody has closed."""
        over = Q(makeup_until=None, closes_on__lt=on) | Q(makeup_until__lt=on)
        return self.opened().filter(over, closed_at=None)


class ParticipationQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """A student's own rows, of campaigns that were opened."""
        return self.filter(student__user=user, campaign__opened_at__isnull=False)

    def within(self, unit: Any) -> Self:
        """Rows of one unit."""
        return self.filter(**{ROW_KEYS[Level(unit.level)]: unit.pk})

    def unfinished(self) -> Self:
        """Who is asked and has not finished: neither exempted nor declined."""
        return self.filter(finished_at=None, exempted_at=None, declined_at=None)

    def not_reminded_on(self, day: date) -> Self:
        """Who has had no reminder that day."""
        return self.filter(Q(reminded_at=None) | Q(reminded_at__date__lt=day))

    def due(self) -> Self:
        """All that count in the denominator: everybody but those exempted."""
        return self.filter(exempted_at=None)

    def tally(self, *keys: str) -> QuerySet[Any, dict[str, Any]]:
        """How many are asked, at work, done, declined and exempted, by the keys. Invalid and declined stay among the
        asked."""
        asked = Q(exempted_at=None)
        counted: QuerySet[Any, dict[str, Any]] = (
            self.order_by()
            .values(*keys)
            .annotate(
                due=Count("pk", filter=asked),
                done=Count("pk", filter=asked & Q(finished_at__isnull=False)),
                valid=Count("pk", filter=asked & Q(finished_at__isnull=False, is_valid=True)),
                begun=Count("pk", filter=asked & Q(consented_at__isnull=False, finished_at=None)),
                declined=Count("pk", filter=asked & Q(declined_at__isnull=False)),
                exempted=Count("pk", filter=~asked),
            )
            .order_by(*keys)
        )
        return counted


class ExemptionQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        condition = Scope.of(user).rows(abilities, "participation__")
        return self.none() if condition is None else self.filter(condition)

    def waiting(self) -> Self:
        return self.filter(approved=None)

    def with_people(self) -> Self:
        """With the student, the class and who asked."""
        joined = ("participation__student", "participation__school_class", "participation__campaign", "asked_by")
        return self.select_related(*joined)


class OperatorTrainingQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Trainings at the schools on which the user holds one of the abilities."""
        return self.filter(school__in=Scope.of(user).units(abilities).get(Level.SCHOOL, frozenset()))

    def valid(self, on: date) -> Self:
        """Completed by that day and not run out."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on), completed_on__lte=on)


class Campaign(models.Model):
    """One screening of many students: who, when, with which scales. It begins to run when it is opened."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="campaigns")
    name = models.CharField(_("name"), max_length=60)
    scales = models.ManyToManyField(Scale, through="CampaignScale", related_name="campaigns")
    # Grades, colleges, classes and student numbers, as chosen before opening; afterwards Participation rows count.
    population = models.JSONField(default=dict)
    opens_on = models.DateField(_("first day"))
    closes_on = models.DateField(_("last day"))
    makeup_until = models.DateField(_("make-up until"), null=True, blank=True)
    text_version = models.PositiveSmallIntegerField(default=0)
    tells_students = models.BooleanField(_("students get feedback"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    told_students_at = models.DateTimeField(null=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_on", "-created_at"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(opens_on__range=(EARLIEST, LATEST)), name="campaign_opens_on_bounds"),
            models.CheckConstraint(condition=Q(closes_on__lte=LATEST), name="campaign_closes_on_bounds"),
            models.CheckConstraint(
                condition=Q(makeup_until=None) | Q(makeup_until__lte=LATEST), name="campaign_makeup_until_bounds"
            ),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="campaign_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(makeup_until=None) | Q(makeup_until__gt=F("closes_on")), name="campaign_makeup_comes_after"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(opened_at__isnull=False), name="campaign_closed_was_opened"
            ),
            models.CheckConstraint(
                condition=Q(told_students_at=None) | Q(tells_students=True), name="campaign_tells_by_choice"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("screening:campaign-detail", args=[self.pk])

    def phase(self, day: date) -> Phase:
        """Where it stands on that day."""
        return phase_on(
            day,
            opens_on=self.opens_on,
            closes_on=self.closes_on,
            makeup_until=self.makeup_until,
            opened=self.opened_at is not None,
            closed=self.closed_at is not None,
        )

    def takes_answers(self, day: date) -> bool:
        return self.phase(day) in ANSWERING

    @property
    def last_day(self) -> date:
        return self.makeup_until or self.closes_on


class CampaignScale(models.Model):
    """A scale of a campaign, at its place in the order."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="parts")
    scale = models.ForeignKey(Scale, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["campaign", "position"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["campaign", "scale"], name="campaign_scale_once"),
            models.UniqueConstraint(fields=["campaign", "position"], name="campaign_scale_position"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.position}"


class CampaignText(models.Model):
    """What students are told beside the school's consent text, in versions: a new one asks those again who have not
    finished."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="texts")
    version = models.PositiveSmallIntegerField()
    purpose = models.TextField(_("purpose"), max_length=500)
    explanation = models.TextField(_("explanation"), max_length=2000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["campaign", "-version"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["campaign", "version"], name="campaign_text_version_once")]

    def __str__(self) -> str:
        return f"{self.campaign_id} v{self.version}"


class Participation(models.Model):
    """A student who is asked in a campaign, with the units of the day it was opened."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="participations")
    student = models.ForeignKey(Student, models.PROTECT, related_name="participations")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    consented_version = models.PositiveSmallIntegerField(null=True)
    consented_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    exempted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    is_valid = models.BooleanField(null=True)
    reminded_at = models.DateTimeField(null=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        ordering = ["school_class__code", "student__number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["campaign", "student"], name="participation_once"),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(consented_at__isnull=False, is_valid__isnull=False),
                name="participation_finished_had_consent",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None) | Q(consented_at=None), name="participation_agreed_or_declined"
            ),
            models.CheckConstraint(
                condition=Q(consented_at=None, consented_version=None)
                | Q(consented_at__isnull=False, consented_version__isnull=False),
                name="participation_agreed_to_a_version",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "college", "school_class"], name="participation_by_unit"),
            models.Index(fields=["campaign", "school_class"], name="participation_by_class"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Exemption(models.Model):
    """Somebody asks that a student need not take part; somebody else decides."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participation = models.ForeignKey(Participation, models.CASCADE, related_name="exemptions")
    reason = EncryptedTextField(_("Why need they not take part?"), max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved = models.BooleanField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["participation"], condition=Q(approved=None), name="exemption_one_waiting"),
            models.CheckConstraint(
                condition=Q(approved=None, decided_by=None, decided_at=None)
                | Q(approved__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="exemption_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="exemption_needs_two_people"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OperatorTraining(models.Model):
    """Somebody has been trained to run a screening; without it nobody opens one."""

    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="operator_trainings")
    course = models.CharField(pgettext_lazy("operator training", "course"), max_length=80)
    completed_on = models.DateField(_("completed on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = OperatorTrainingQuerySet.as_manager()

    class Meta:
        ordering = ["-completed_on", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "course", "completed_on"], name="operator_training_once"),
            models.CheckConstraint(
                condition=Q(completed_on__range=(EARLIEST, LATEST)), name="operator_training_completed_on_bounds"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__lte=LATEST), name="operator_training_valid_until_bounds"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("completed_on")),
                name="operator_training_ends_after_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.course}"
