"""What is planned: festivals, brands, activities and their occasions."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models.labels import ADMISSION_LABELS, AUDIENCE_LABELS, KIND_LABELS, STATE_LABELS
from activities.rules.activities import ActivityState, Admission, Audience, Kind
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Student, Unit
from network.models.bounds import day_in_reach, moment_in_reach
from network.rules import Ability, Level
from network.scope import Scope, any_of

ORGANIZING = (Ability.ORGANIZE_ACTIVITIES,)
OVERSEEING = (Ability.OVERSEE_ACTIVITIES,)


class OfSchoolQuerySet(models.QuerySet[Any]):
    """Festivals and brands: everybody of a school may read them."""

    def of_school_of(self, user: Any) -> Self:
        return self.filter(school=user.school_id)


class Festival(models.Model):
    """A month or week of activities under one name, such as 5·25."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    theme = models.CharField(pgettext_lazy("festival", "theme"), max_length=120, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = OfSchoolQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "name"]
        default_permissions = ()
        constraints = [
            day_in_reach("starts_on", name="festival_start_in_reach"),
            day_in_reach("ends_on", name="festival_end_in_reach"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="festival_ends_after_its_start"),
            models.UniqueConstraint(fields=["school", "name", "starts_on"], name="festival_once"),
            models.UniqueConstraint(
                fields=["copied_from", "starts_on"],
                condition=Q(copied_from__isnull=False),
                name="festival_copied_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_on.year}"


class Brand(models.Model):
    """A series that comes back under its own name, such as a salon of the center."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    description = models.CharField(_("description"), max_length=300, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = OfSchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="brand_once")]

    def __str__(self) -> str:
        return self.name


class ActivityQuerySet(models.QuerySet[Any]):
    """Activities by who may see them. Published ones are open to their audience, see `for_student`."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Activities of units on which the user holds any of the abilities, without discreet ones of others; and those
        that the user plans or helps with. SECURITY: that there is a discreet activity is told to its audience, its
        organizers and the center alone."""
        scope = Scope.of(user)
        reached, every = _of_units(scope, abilities), _of_units(scope, OVERSEEING)
        condition = _run_by(user, scope)
        if reached is not None:
            condition |= reached & Q(is_discreet=False)
        if reached is not None and every is not None:
            condition |= reached & every
        return self.filter(condition)

    def run_by(self, user: Any) -> Self:
        """Those whose roster the user works with: one's own, those one helps with, and for the center all."""
        return self.filter(_run_by(user, Scope.of(user)))

    def for_student(self, student: Student) -> Self:
        """Published or cancelled activities whose audience the student belongs to."""
        units = [key for key in (student.school_id, student.college_id, student.school_class_id) if key]
        grade = Q(grade=None) | Q(grade=student.school_class.grade)
        reached = Q(audience="school", school=student.school_id) | Q(audience="unit", unit__in=units)
        return self.announced().filter(reached, grade)

    def announced(self) -> Self:
        return self.filter(approved_at__isnull=False, state__in=["published", "cancelled"])

    def published(self) -> Self:
        return self.filter(state="published")

    def to_approve(self) -> Self:
        return self.filter(state="submitted")

    def upcoming(self, at: datetime) -> Self:
        """Those whose last occasion is not over, the next first."""
        return self.filter(ends_at__gte=at).order_by("starts_at", "pk")

    def past(self, at: datetime) -> Self:
        return self.filter(ends_at__lt=at).order_by("-starts_at", "pk")

    def open_to_everybody(self) -> Self:
        """What the public site shows."""
        return self.published().filter(is_public=True)


def _run_by(user: Any, scope: Scope) -> Q:
    """SECURITY: who may no longer organize at the unit no longer reads the rosters of earlier days."""
    organizing, every = _of_units(scope, ORGANIZING), _of_units(scope, OVERSEEING)
    condition = Q(pk__in=())
    if organizing is not None:
        helping = Helper.objects.filter(user=user.pk).values("activity")
        condition |= organizing & (Q(planned_by=user.pk) | Q(pk__in=helping))
    return condition if every is None else condition | every


def _of_units(scope: Scope, abilities: tuple[Ability, ...]) -> Q | None:
    """Activities of the units on which any of the abilities is held, by the keys the activity carries."""
    granted = scope.units(abilities)
    keys = {Level.SCHOOL: "school", Level.COLLEGE: "college", Level.CLASS: "school_class"}
    return any_of({key: granted[level] for level, key in keys.items() if granted.get(level)})


class Activity(models.Model):
    """Something that students can take part in. It carries its units as of the day it was planned."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="activities", verbose_name=_("held by"))
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(pgettext_lazy("activity", "title"), max_length=80)
    kind = models.CharField(_("kind"), max_length=14, choices=choices_of(KIND_LABELS), default=Kind.LECTURE.value)
    description = models.TextField(_("what it is about"), max_length=2000, blank=True)
    festival = models.ForeignKey(Festival, models.PROTECT, null=True, blank=True, related_name="activities")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="activities")
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    admission = models.CharField(
        _("how places are given"), max_length=6, choices=choices_of(ADMISSION_LABELS), default=Admission.QUEUE.value
    )
    audience = models.CharField(
        _("whom it is for"), max_length=6, choices=choices_of(AUDIENCE_LABELS), default=Audience.UNIT.value
    )
    grade = models.PositiveSmallIntegerField(_("only this grade"), null=True, blank=True)
    enrol_from = models.DateTimeField(_("enrolment opens"))
    enrol_until = models.DateTimeField(_("enrolment closes"))
    # Of its occasions, kept here so that lists sort and filter without a join.
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_discreet = models.BooleanField(_("discreet"), default=False)
    is_public = models.BooleanField(_("shown on the public site"), default=False)
    state = models.CharField(max_length=9, choices=choices_of(STATE_LABELS), default=ActivityState.DRAFT.value)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    sent_back_for = models.CharField(_("why it was sent back"), max_length=300, blank=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_for = models.CharField(_("why it does not take place"), max_length=300, blank=True)
    # The number that the last who enrolled was given.
    last_queue_no = models.PositiveIntegerField(default=0)
    # SECURITY: sealed until the draw; only its hash is published before.
    seed = EncryptedTextField(default="", blank=True)
    seed_hash = models.CharField(max_length=64, blank=True)
    revealed_seed = models.CharField(max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        default_permissions = ()
        verbose_name_plural = "activities"
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gte=1, capacity__lte=100_000), name="activity_has_a_place"
            ),
            models.CheckConstraint(
                condition=Q(enrol_until__gt=F("enrol_from")), name="activity_enrolment_closes_after_it_opens"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="activity_ends_after_its_start"),
            # SECURITY: four eyes. Whoever wrote it last counts as an author too.
            models.CheckConstraint(
                condition=~Q(state="published") | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="activity_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | (~Q(approved_by=F("planned_by")) & ~Q(approved_by=F("edited_by"))),
                name="activity_approver_is_not_the_author",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at=None)),
                name="activity_cancelled_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(is_discreet=False) | Q(is_public=False), name="activity_discreet_is_not_public"
            ),
            models.CheckConstraint(
                condition=Q(drawn_at=None, revealed_seed="") | (Q(drawn_at__isnull=False) & ~Q(revealed_seed="")),
                name="activity_drawn_shows_its_seed",
            ),
            models.CheckConstraint(
                condition=~Q(admission="draw") | Q(capacity__isnull=False), name="activity_drawn_has_places"
            ),
            models.UniqueConstraint(
                fields=["copied_from", "festival"],
                condition=Q(copied_from__isnull=False, festival__isnull=False),
                name="activity_copied_once_per_festival",
            ),
            moment_in_reach("enrol_from", name="activity_opening_in_reach"),
            moment_in_reach("enrol_until", name="activity_closing_in_reach"),
            moment_in_reach("starts_at", name="activity_start_in_reach"),
            moment_in_reach("ends_at", name="activity_end_in_reach"),
        ]
        indexes = [
            models.Index(fields=["school", "state", "starts_at"], name="activity_school_state_start"),
            models.Index(fields=["unit", "starts_at"], name="activity_unit_start"),
            models.Index(fields=["planned_by", "-starts_at"], name="activity_by_planner"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_by_lot(self) -> bool:
        return self.admission == Admission.DRAW.value

    @property
    def is_published(self) -> bool:
        return self.state == ActivityState.PUBLISHED.value


class Helper(models.Model):
    """Somebody who checks people in for the organizer and so reads the roster."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="helpers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["activity", "user"], name="helper_once")]

    def __str__(self) -> str:
        return str(self.pk)


class OccasionQuerySet(models.QuerySet[Any]):
    def of(self, activities: models.QuerySet[Any]) -> Self:
        """Occasions of activities that were scoped before."""
        return self.filter(activity__in=activities)


class Occasion(models.Model):
    """One meeting of an activity, with its own code at the door."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="occasions")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=80)
    hours = models.DecimalField(_("hours credited"), max_digits=4, decimal_places=1, default=0)
    # SECURITY: whoever knows it can make valid codes.
    secret = EncryptedTextField()

    objects = OccasionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="occasion_ends_after_its_start"),
            models.CheckConstraint(condition=Q(hours__gte=0, hours__lte=24), name="occasion_hours_within_bounds"),
            models.UniqueConstraint(fields=["activity", "starts_at"], name="occasion_once"),
            moment_in_reach("starts_at", name="occasion_start_in_reach"),
            moment_in_reach("ends_at", name="occasion_end_in_reach"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
