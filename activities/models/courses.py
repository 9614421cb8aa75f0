"""Courses on mental health: what is taught, by whom, and who takes part. No marks are kept."""

import uuid
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models.program_labels import (
    COURSE_KIND_LABELS,
    COURSE_STATE_LABELS,
    EXCHANGE_KIND_LABELS,
    TEACHING_ROLE_LABELS,
)
from activities.models.scoping import OfSchool
from activities.rules.indicators import COURSE_CREDITS, COURSE_HOURS, counts_as_required
from activities.rules.program import FIRST_YEAR, LAST_YEAR, CourseKind, CourseState
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Student, Unit
from network.models.base import ScopedQuerySet
from network.models.bounds import day_in_reach
from network.rules import Ability


class CourseQuerySet(OfSchool):
    def required(self) -> Self:
        """Courses that count for the coverage of first-years."""
        return self.filter(kind="required", credits__gte=COURSE_CREDITS, hours__gte=COURSE_HOURS)


class Course(models.Model):
    """A course as the curriculum has it from a day on."""

    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.CharField(_("course code"), max_length=20)
    title = models.CharField(pgettext_lazy("course", "title"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=choices_of(COURSE_KIND_LABELS))
    credits = models.DecimalField(_("credits"), max_digits=3, decimal_places=1)
    hours = models.PositiveSmallIntegerField(_("class hours"))
    effective_from = models.DateField(_("in the curriculum from"))

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "code"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "code"], name="course_code_once"),
            models.CheckConstraint(condition=Q(credits__gt=0, credits__lte=10), name="course_credits_in_range"),
            models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=200), name="course_hours_in_range"),
            day_in_reach("effective_from", name="course_start_in_reach"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("activities:course-detail", args=[self.pk])

    @property
    def counts(self) -> bool:
        """Whether it counts for the coverage of first-years."""
        is_required = self.kind == CourseKind.REQUIRED.value
        return counts_as_required(is_required=is_required, credits_given=self.credits, hours=self.hours)


class CourseRunQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Runs of the courses of the user's school."""
        return self.filter(course__in=Course.objects.within_school_of(user, *abilities))


class CourseRun(models.Model):
    """A course as it is held in a term for a teaching group. `year`: in which the academic year begins."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="runs")
    year = models.PositiveSmallIntegerField(_("academic year beginning in"))
    term = models.PositiveSmallIntegerField(_("term"), choices=[(1, _("autumn")), (2, _("spring"))])
    group = models.CharField(_("teaching group"), max_length=40)
    timetable = models.CharField(_("time and place"), max_length=80, blank=True)

    objects = CourseRunQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-term", "course", "group"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["course", "year", "term", "group"], name="course_run_once"),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="course_run_year_in_range"
            ),
            models.CheckConstraint(condition=Q(term__in=[1, 2]), name="course_run_term_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.year + 1}-{self.term} {self.group}"

    def get_absolute_url(self) -> str:
        return reverse("activities:run-detail", args=[self.pk])


class Teaching(models.Model):
    """One of the team of a run."""

    run = models.ForeignKey(CourseRun, models.CASCADE, related_name="team")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(_("part"), max_length=9, choices=choices_of(TEACHING_ROLE_LABELS))
    hours = models.PositiveSmallIntegerField(_("class hours"))

    class Meta:
        ordering = ["run", "role", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["run", "teacher"], name="teaching_once"),
            models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=200), name="teaching_hours_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.teacher_id} {self.role}"


class TeachingExchange(models.Model):
    """The teachers of a course prepare lessons together, watch each other, share what works."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="exchanges")
    kind = models.CharField(_("kind"), max_length=11, choices=choices_of(EXCHANGE_KIND_LABELS))
    day = models.DateField(_("day"))
    topic = models.CharField(_("topic"), max_length=120)
    people = models.PositiveSmallIntegerField(_("people"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-day", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(people__gte=2, people__lte=500), name="exchange_people_in_range"),
            day_in_reach("day", name="exchange_day_in_reach"),
        ]

    def __str__(self) -> str:
        return self.topic


class CourseEnrolmentQuerySet(ScopedQuerySet):
    def taking_part(self) -> Self:
        return self.exclude(state=CourseState.WITHDRAWN.value)

    def counts(self, runs: Iterable[int]) -> dict[int, int]:
        """How many there are of each of these runs; runs without any are left out."""
        rows = self.filter(run__in=list(runs)).order_by().values_list("run").annotate(n=models.Count("pk"))
        return dict(rows)


class CourseEnrolment(models.Model):
    """A student in a run, with the units of the day on which the list was imported."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(CourseRun, models.PROTECT, related_name="enrolments")
    student = models.ForeignKey(Student, models.PROTECT, related_name="course_enrolments")
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    college = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    school_class = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dorm = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=choices_of(COURSE_STATE_LABELS))
    changed_at = models.DateTimeField()

    objects = CourseEnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["run", "student__number"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["run", "student"], name="course_enrolment_once")]
        indexes = [models.Index(fields=["student", "run"], name="course_enrolment_of_student")]

    def __str__(self) -> str:
        return str(self.pk)


class CourseImportQuerySet(OfSchool):
    pass


class CourseImport(models.Model):
    """A list of a course's students that was uploaded: looked at first, then applied whole or not at all."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", pgettext_lazy("file", "to be confirmed")
        APPLIED = "applied", pgettext_lazy("file", "applied")
        DISCARDED = "discarded", pgettext_lazy("file", "discarded")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, models.PROTECT, related_name="imports")
    year = models.PositiveSmallIntegerField()
    term = models.PositiveSmallIntegerField()
    file_name = models.CharField(max_length=200)
    sheet = EncryptedTextField(default="", blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=choices_of(dict(State.choices)), default=State.UPLOADED.value
    )
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)

    objects = CourseImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False) | (~Q(state="applied") & Q(applied_at=None)),
                name="course_import_applied_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("activities:course-import-detail", args=[self.pk])
