"""A case: a student on the watchlist, who is responsible, and who must be told. Also the querysets of rows that open
with their case."""

from datetime import datetime
from typing import Any, Never, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from crisis.models.base import CaseRow, PersonRow, moments_within_bounds
from crisis.models.labels import AUDIENCE_LABELS, CRITERION_LABELS, GROUND_LABELS, LEVELS
from crisis.rules import AlertLevel, criteria_of
from kernel.choices import choices_of
from kernel.fields import EncryptedTextField
from network.models import Post
from network.models.base import ScopedQuerySet
from network.rules import Ability
from network.scope import Scope

# Abilities that reach only those rows of a scope that concern the user.
ASSIGNED = frozenset({Ability.VIEW_ASSIGNED_CASES, Ability.MANAGE_ASSIGNED_CASES})


class CaseQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Cases that the user may read: all of a scope for center and college; for a fudaoyuan and a part-time
        counselor those they were told of or answer for, while their post reaches them. Abilities named narrow it."""
        scope = Scope.of(user)
        wanted = abilities or (Ability.VIEW_CASES, Ability.VIEW_ASSIGNED_CASES)
        assigning = [ability for ability in wanted if ability in ASSIGNED]
        whole = scope.rows([ability for ability in wanted if ability not in ASSIGNED])
        assigned = scope.rows(assigning)
        condition = Q(pk=None)
        if whole is not None:
            condition |= whole
        if assigned is not None:
            condition |= assigned & self.concerning(user)
        return self.filter(condition) if whole is not None or assigned is not None else self.none()

    def concerning(self, user: Any) -> Q:
        """Cases that the user answers for or was told of."""
        memberships = CaseMember.objects.filter(case=OuterRef("pk"), user=user.pk)
        return Q(owner=user.pk) | Q(deputy=user.pk) | Q(Exists(memberships))

    def summarised_for(self, user: Any) -> Self:
        """Open red cases of the schools whose leaders may know that they exist."""
        condition = Scope.of(user).rows([Ability.VIEW_RED_SUMMARY])
        return self.none() if condition is None else self.open().filter(condition, level=AlertLevel.RED)

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def overdue(self, at: datetime) -> Self:
        return self.open().filter(next_due_at__lt=at)

    def most_pressing_first(self) -> Self:
        return self.order_by("-level", "next_due_at", "pk")


class CaseRowQuerySet(QuerySet[Any]):
    """Rows that belong to a case and open with it."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Rows of the cases that the user may read."""
        return self.filter(case__in=Case.objects.visible_to(user, *abilities).order_by().values("pk"))


class AppendOnlyQuerySet(CaseRowQuerySet):
    """What happened is written and read; nothing of it is changed or taken away."""

    def update(self, **kwargs: Any) -> Never:
        raise TypeError("what happened in a case is never changed")

    def delete(self) -> Never:
        raise TypeError("what happened in a case is never deleted")


class PersonRowQuerySet(ScopedQuerySet):
    """Rows about one student that may belong to a case. With a case they open as the case does; without one they open
    to users who read all cases of the unit."""

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        in_case = Q(case__in=Case.objects.visible_to(user, *abilities).order_by().values("pk"))
        wanted = abilities or (Ability.VIEW_CASES,)
        whole = Scope.of(user).rows([ability for ability in wanted if ability not in ASSIGNED])
        return self.filter(in_case if whole is None else in_case | Q(whole, case=None))


class Case(PersonRow):
    """One student on the watchlist, from the opening until two people agree to close the case; it can be reopened.
    An open case has an owner and owes exactly one report. `version` counts every change."""

    number = models.CharField(_("case number"), max_length=20)
    level = models.PositiveSmallIntegerField(_("level"), choices=LEVELS)
    level_since = models.DateTimeField()
    criteria = models.PositiveSmallIntegerField(_("reportable groups"), default=0)
    situation = EncryptedTextField(_("the situation in short"), max_length=2000, default="", blank=True)
    # No call to the family while abuse at home is feared.
    abuse_feared = models.BooleanField(_("abuse at home is feared"), default=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # The posts by which owner and deputy are responsible; the responsibility ends with the post.
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
            moments_within_bounds("level_since", name="case_dates_within_bounds"),
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
        return [str(CRITERION_LABELS[criterion]) for criterion in criteria_of(self.criteria)]


class CaseMember(CaseRow):
    """A user who must be told of a case, by when, and when this was done. A fudaoyuan or part-time counselor of the
    case's units can open the case because they are a member."""

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
