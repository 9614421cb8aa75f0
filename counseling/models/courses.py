"""Courses of counseling: the notes, measures and passages from one counselor to another."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.models.counselors import Counselor
from counseling.models.course_labels import (
    ANSWER_LABELS,
    CLOSING_LABELS,
    MEASURE_LABELS,
    PHRASE_LABELS,
    TRANSFER_LABELS,
)
from counseling.models.sessions import Session
from counseling.rules.courses import AnswerState, TransferState
from crisis.models import Referral
from crisis.models.base import PersonRow, moments_within_bounds
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Unit
from network.models.base import ScopedQuerySet
from network.rules import Ability, Level
from network.scope import Scope

TREATING = (Ability.TAKE_COUNSELING,)


def schools_of(user: Any, *abilities: Ability) -> frozenset[int]:
    """The schools on which the user holds one of the abilities."""
    return Scope.of(user).units(abilities).get(Level.SCHOOL, frozenset())


class ClientCourseQuerySet(ScopedQuerySet):
    """`for_user`: one's own courses as a student."""

    def for_user(self, user: Any) -> Self:
        return self.filter(student__user=user.pk)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """SECURITY: those that the user treats or treated, as long as they counsel here; the director all."""
        every = Q(school__in=schools_of(user, *(abilities or (Ability.ARRANGE_COUNSELING,))))
        return self.filter(every | Q(school__in=schools_of(user, *TREATING), counselor__user=user.pk))

    def open(self) -> Self:
        return self.filter(closed_at=None)


class Course(PersonRow):
    """The work of one counselor with one student, of at most `limit` sessions; one open per student."""

    counselor = models.ForeignKey(Counselor, models.PROTECT, related_name="courses")
    limit = models.PositiveSmallIntegerField(_("sessions at most"), default=8)
    referral = models.ForeignKey(Referral, models.SET_NULL, null=True, related_name="+")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closing = models.CharField(_("why it ended"), max_length=16, choices=choices_of(CLOSING_LABELS), blank=True)

    objects = ClientCourseQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["student"], condition=Q(closed_at=None), name="course_one_open"),
            models.CheckConstraint(condition=Q(limit__gte=1, limit__lte=60), name="course_limit_within_bounds"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, closing="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closing="")),
                name="course_closed_by_somebody_for_a_reason",
            ),
            moments_within_bounds("opened_at", name="course_dates_within_bounds"),
        ]
        indexes = [models.Index(fields=["counselor", "-opened_at"], name="course_of_counselor")]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("counseling:course-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class SessionNoteQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """SECURITY: those that one wrote oneself, in one's own courses, as long as one counsels here. Nobody else, and
        no ability opens more: the director reads through a glass, see services/notes.py."""
        mine = Q(author=user.pk, course__counselor__user=user.pk)
        return self.filter(mine, school__in=schools_of(user, *TREATING))


class SessionNote(PersonRow):
    """What a counselor noted of a session. SECURITY: the database refuses every change (kernel/guards.py); a
    correction is another note."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="notes")
    session = models.ForeignKey(Session, models.PROTECT, null=True, related_name="+")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    text = EncryptedTextField(_("note"), max_length=8000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = SessionNoteQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["student", "written_at"], name="note_of_student")]

    def __str__(self) -> str:
        return str(self.pk)


class NoteTombstone(models.Model):
    """A note that retention or an erasure took away; without it the database refuses the deletion."""

    row_id = models.UUIDField(primary_key=True)
    deleted_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.row_id)


class OfCourseQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        return self.filter(student__user=user.pk)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """SECURITY: as their course, but of one's own courses alone."""
        return self.filter(course__counselor__user=user.pk, school__in=schools_of(user, *TREATING))


class Measure(PersonRow):
    """A score that was taken in a course: WHO-5 0–100, SUDS 0–10, goal attainment as T. No text of a scale."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="measures")
    kind = models.CharField(_("measure"), max_length=8, choices=choices_of(MEASURE_LABELS))
    score = models.PositiveSmallIntegerField(_("score"))
    # The single answers by their keys, as JSON.
    items = EncryptedTextField(max_length=400, default="", blank=True)
    taken_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfCourseQuerySet.as_manager()

    class Meta:
        ordering = ["taken_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="suds", score__lte=10) | (~Q(kind="suds") & Q(score__lte=100)),
                name="measure_score_in_range",
            )
        ]
        indexes = [models.Index(fields=["course", "taken_at"], name="measure_of_course")]

    def __str__(self) -> str:
        return f"{self.kind} {self.score}"


class TransferQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        return self.filter(student__user=user.pk)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """SECURITY: whoever gives, whoever takes once the student has agreed, and the director."""
        every = Q(school__in=schools_of(user, *(abilities or (Ability.ARRANGE_COUNSELING,))))
        gives = Q(course__counselor__user=user.pk)
        takes = Q(to__user=user.pk, state__in=["agreed", "done", "refused"])
        return self.filter(every | ((gives | takes) & Q(school__in=schools_of(user, *TREATING))))

    def open(self) -> Self:
        return self.filter(ended_at=None)


class Transfer(PersonRow):
    """A course passes to another counselor, if the student says yes. The new one reads the summary and no note."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="transfers")
    to = models.ForeignKey(Counselor, models.PROTECT, related_name="+", verbose_name=_("to"))
    summary = EncryptedTextField(_("summary for the new counselor"), max_length=4000)
    state = models.CharField(max_length=10, choices=choices_of(TRANSFER_LABELS), default=TransferState.ASKED.value)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    opened = models.OneToOneField(Course, models.PROTECT, null=True, related_name="came_from")

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["course"], condition=Q(ended_at=None), name="transfer_one_open"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "agreed"], ended_at=None)
                | (~Q(state__in=["asked", "agreed"]) & Q(ended_at__isnull=False)),
                name="transfer_terminal_has_a_time",
            ),
            models.CheckConstraint(
                condition=(Q(state="done") & Q(opened__isnull=False)) | (~Q(state="done") & Q(opened=None)),
                name="transfer_done_opened_a_course",
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="transfer_due_later"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("counseling:transfer-detail", args=[self.pk])


class CollegeMessageQuerySet(OfCourseQuerySet):
    def told_to(self, user: Any) -> Self:
        """What people near the student were told with the student's yes."""
        condition = Scope.of(user).rows([Ability.HANDLE_ALARM])
        return self.none() if condition is None else self.filter(condition, state="agreed")


class CollegeMessage(PersonRow):
    """A fixed phrase for fudaoyuan and college. It goes out with the student's yes alone."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="messages")
    phrase = models.CharField(_("what the college is told"), max_length=12, choices=choices_of(PHRASE_LABELS))
    state = models.CharField(max_length=8, choices=choices_of(ANSWER_LABELS), default=AnswerState.ASKED.value)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects = CollegeMessageQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["course", "phrase"], condition=Q(state="asked"), name="college_message_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at=None) | (~Q(state="asked") & Q(answered_at__isnull=False)),
                name="college_message_answered_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.phrase


class SessionFeedbackQuerySet(QuerySet[Any]):
    """SECURITY: nobody reads single answers; figures alone."""


class Feedback(models.Model):
    """What somebody thought of a session: four answers of 1 to 5, without student, session or day. `token` is a keyed
    digest of the booking, so that each is answered once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    counselor = models.ForeignKey(Counselor, models.PROTECT, null=True, related_name="+")
    month = models.CharField(max_length=7)
    heard = models.PositiveSmallIntegerField(pgettext_lazy("feedback", "I felt heard"))
    goals = models.PositiveSmallIntegerField(pgettext_lazy("feedback", "We talked about what matters to me"))
    way = models.PositiveSmallIntegerField(pgettext_lazy("feedback", "The way of working suits me"))
    overall = models.PositiveSmallIntegerField(pgettext_lazy("feedback", "All in all it was good for me"))

    objects = SessionFeedbackQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    heard__gte=1, heard__lte=5, goals__gte=1, goals__lte=5, way__gte=1, way__lte=5,
                    overall__gte=1, overall__lte=5,
                ),
                name="counseling_feedback_in_range",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.month


class FeedbackToken(models.Model):
    """A booking whose student has answered, as a keyed digest. Apart from the answers and without a time."""

    token = models.CharField(primary_key=True, max_length=40)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.token
