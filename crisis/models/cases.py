"""A case: somebody in the watchlist, who answers for them, and all that has happened."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models.alarms import Alarm
from crisis.models.base import CaseRow, PersonRow
from crisis.models.labels import AUDIENCE_LABELS, CRITERION_LABELS, GROUND_LABELS, KIND_LABELS, LEVEL_LABELS
from crisis.querysets import AppendOnlyQuerySet, CaseQuerySet, CaseRowQuerySet, TaskQuerySet
from crisis.rules import CLOSED, AlertLevel, criteria_of
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Post

LEVELS = [(int(level), label) for level, label in LEVEL_LABELS.items()]
LEVELS_AND_REST = [*LEVELS, (CLOSED, pgettext_lazy("alert level", "Closed"))]


class Case(PersonRow):
    """One student in the watchlist, from the first alarm until two people agree that it is over; reopened, it goes on.
    While it is open somebody answers for it and one next report is owed. `version` counts every change."""

    number = models.CharField(_("case number"), max_length=20)
    level = models.PositiveSmallIntegerField(_("level"), choices=LEVELS)
    level_since = models.DateTimeField()
    criteria = models.PositiveSmallIntegerField(_("reportable groups"), default=0)
    situation = EncryptedTextField(_("the situation in short"), max_length=2000, default="", blank=True)
    # No call to the family while abuse at home is feared.
    abuse_feared = models.BooleanField(_("abuse at home is feared"), default=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # The posts by which they answer: when a post ends, so does the answering.
    owner_post = models.ForeignKey(Post, models.SET_NULL, null=True, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    deputy_post = models.ForeignKey(Post, models.SET_NULL, null=True, related_name="+")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    ground = models.CharField(_("ground"), max_length=12, choices=choices_of(GROUND_LABELS), blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="case_number_once"),
            models.UniqueConstraint(fields=["student"], condition=Q(closed_at=None), name="case_one_open_per_student"),
            models.CheckConstraint(
                condition=Q(closed_at=None, ground="") | (Q(closed_at__isnull=False) & ~Q(ground="")),
                name="case_closed_on_a_ground",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, next_due_at__isnull=False)
                | Q(closed_at__isnull=False, next_due_at__isnull=True),
                name="case_open_owes_something",
            ),
            models.CheckConstraint(condition=Q(deputy=None) | ~Q(deputy=F("owner")), name="case_deputy_is_another"),
        ]
        indexes = [
            models.Index(
                fields=["school", "-level", "next_due_at"], condition=Q(closed_at=None), name="case_school_open"
            ),
            models.Index(
                fields=["college", "-level", "next_due_at"], condition=Q(closed_at=None), name="case_college_open"
            ),
            models.Index(fields=["owner"], condition=Q(closed_at=None), name="case_owner_open"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def level_word(self) -> str:
        """red, orange or yellow, for the level badge."""
        return AlertLevel(self.level).word

    def criteria_labels(self) -> list[str]:
        """The ticked groups in words."""
        return [str(CRITERION_LABELS[one]) for one in criteria_of(self.criteria)]


class CaseMember(CaseRow):
    """Somebody who is to be told of a case, by when, and when it was done. Being a member opens the case to a fudaoyuan
    or part-time counselor of its units."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    audience = models.CharField(max_length=20, choices=choices_of(AUDIENCE_LABELS), blank=True)
    must_by = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    objects = CaseRowQuerySet.as_manager()

    class Meta:
        ordering = [F("must_by").asc(nulls_last=True), "added_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="case_member_once"),
            models.CheckConstraint(
                condition=Q(told_at=None, told_by=None) | Q(told_at__isnull=False, told_by__isnull=False),
                name="case_member_told_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["user", "case"], name="case_member_user")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.user_id}"


class LoweringRequest(CaseRow):
    """A counselor's reassessment that asks for one level less, or for rest; a second person decides."""

    class Decision(models.TextChoices):
        PENDING = "pending", pgettext_lazy("request", "waiting for the second person")
        GRANTED = "granted", pgettext_lazy("request", "granted")
        REFUSED = "refused", pgettext_lazy("request", "not granted")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")

    case = models.ForeignKey(Case, models.CASCADE, related_name="lowering_requests")
    from_level = models.PositiveSmallIntegerField(choices=LEVELS)
    to_level = models.PositiveSmallIntegerField(choices=LEVELS_AND_REST)
    ground = models.CharField(max_length=12, choices=choices_of(GROUND_LABELS), blank=True)
    reassessment = EncryptedTextField(_("reassessment"), max_length=2000)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.PENDING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = EncryptedTextField(max_length=1000, default="", blank=True)

    objects = CaseRowQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(decision="pending"), name="lowering_one_pending"),
            models.CheckConstraint(
                condition=Q(decision="pending", decided_by=None, decided_at=None)
                | (~Q(decision="pending") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="lowering_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(decision="granted") | ~Q(decided_by=F("requested_by")),
                name="lowering_granted_by_another",
            ),
            models.CheckConstraint(condition=Q(to_level__lt=F("from_level")), name="lowering_goes_down"),
            models.CheckConstraint(
                condition=(Q(to_level=CLOSED) & ~Q(ground="")) | (~Q(to_level=CLOSED) & Q(ground="")),
                name="lowering_to_rest_has_a_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.from_level}→{self.to_level}"


class LevelChange(CaseRow):
    """One step of a case's level, never changed afterwards. 0 is the state before the opening and after the closing."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="level_changes")
    from_level = models.PositiveSmallIntegerField(choices=LEVELS_AND_REST)
    to_level = models.PositiveSmallIntegerField(choices=LEVELS_AND_REST)
    ground = models.CharField(max_length=12, choices=choices_of(GROUND_LABELS), blank=True)
    reason = EncryptedTextField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    request = models.OneToOneField(LoweringRequest, models.PROTECT, null=True, related_name="change")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            # The database itself knows of no lowering by one person.
            models.CheckConstraint(
                condition=Q(to_level__gt=F("from_level"))
                | (
                    Q(to_level__lt=F("from_level"), approved_by__isnull=False, request__isnull=False)
                    & ~Q(approved_by=F("by"))
                ),
                name="level_lowered_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.from_level}→{self.to_level}"


class CaseEvent(CaseRow):
    """One entry of a case's story, never changed afterwards. `title` is a message id whose %(name)s come from
    `params`; what people wrote is in `text`."""

    class Kind(models.TextChoices):
        ALARM = "alarm", _("Alarm")
        LEVEL = "level", _("Level")
        PEOPLE = "people", _("Who answers")
        TOLD = "told", _("Told")
        CONTACT = "contact", _("Contact")
        NOTE = "note", _("Note")
        REPORT = "report", _("Report")
        PLAN = "plan", _("Care plan")
        WATCH = "watch", _("Safety watch")
        GUARDIAN = "guardian", _("Family")
        TALK = "talk", _("Talk")
        REFERRAL = "referral", _("Referral")
        RETURN = "return", _("Leave and return")
        CHECKLIST = "checklist", _("Response plan")

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=200)
    params = models.JSONField(default=dict, blank=True)
    text = EncryptedTextField(max_length=4000, default="", blank=True)
    # Where the entry can be opened, a path of the portal.
    link = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    # The n-th entry of its case: what happened at the same moment keeps its order.
    serial = models.PositiveIntegerField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-serial"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(recorded_at__gte=F("at")), name="case_event_tells_what_has_happened"),
            models.UniqueConstraint(fields=["case", "serial"], name="case_event_serial_once"),
        ]
        indexes = [models.Index(fields=["case", "-at"], name="case_event_story")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"

    def sentence(self) -> str:
        """The title in the reader's language; levels, reports and grounds among the parameters in words."""
        return _g(self.title) % {name: _spoken(name, value) for name, value in self.params.items()}


SPOKEN: dict[str, dict[Any, Any]] = {
    "level": dict(LEVELS_AND_REST),
    "report": dict(KIND_LABELS),
    "ground": dict(GROUND_LABELS),
    "source": dict(Alarm.Source.choices),
}


def _spoken(name: str, value: str | int) -> str | int:
    return str(SPOKEN[name].get(value, value)) if name in SPOKEN else value


class CarePlan(CaseRow):
    """What is done for this student, one plan per student (一生一策); every saving is a version of its own."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="care_plans")
    version = models.PositiveIntegerField()
    supports = EncryptedTextField(_("who and what carries"), max_length=2000, default="", blank=True)
    risks = EncryptedTextField(_("what may trigger danger, and the signs"), max_length=2000, default="", blank=True)
    review_on = models.DateField(_("looked at again on"), null=True, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    objects = CaseRowQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="care_plan_version_once")]

    def __str__(self) -> str:
        return f"{self.case_id} v{self.version}"


class CareGoal(CaseRow):
    """A goal of a care plan: what, by whom, by when."""

    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="goals")
    order = models.PositiveSmallIntegerField()
    text = EncryptedTextField(_("goal"), max_length=300)
    who = models.CharField(_("by whom"), max_length=60, blank=True)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    is_reached = models.BooleanField(_("reached"), default=False)

    class Meta:
        ordering = ["plan", "order"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="care_goal_order_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.order}"


class CaseTask(PersonRow):
    """Something a class adviser or another helper is asked to do for a student; they see the task, never the level."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = EncryptedTextField(_("what is asked for"), max_length=500)
    due_at = models.DateTimeField(_("due"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    answer = EncryptedTextField(_("what came of it"), max_length=1000, default="", blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)
