from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from kernel.choices import choices_of
from network.models.bounds import day_in_reach
from network.models.labels import LEVEL_LABELS, ROLE_LABELS
from network.rules import Ability, Level, Role
from network.scope import Scope


class UnitQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Units on which the user holds any of the abilities, with all that lies below them; none named: any."""
        scope = Scope.of(user)
        condition = scope.below(abilities or scope.abilities)
        return self.none() if condition is None else self.filter(condition)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def schools(self) -> Self:
        return self.filter(level=Level.SCHOOL)

    def colleges(self) -> Self:
        return self.filter(level=Level.COLLEGE)

    def classes(self) -> Self:
        return self.filter(level=Level.CLASS)

    def dorms(self) -> Self:
        return self.filter(level=Level.DORM)

    def of_school(self, school: Any) -> Self:
        return self.filter(Q(pk=school.pk) | Q(school=school))

    def within(self, unit: Any) -> Self:
        """The unit and all that lies below it."""
        keys = {Level.SCHOOL: "school", Level.COLLEGE: "college", Level.CLASS: "parent", Level.DORM: "pk"}
        return self.filter(Q(pk=unit.pk) | Q(**{keys[Level(unit.level)]: unit.pk}))

    def vacant(self, role: Role, on: date) -> Self:
        """Units that nobody holds the role at on that day."""
        held = Post.objects.active(on).filter(unit=models.OuterRef("pk"), role=role)
        return self.filter(~models.Exists(held))


class PostQuerySet(models.QuerySet[Any]):
    def active(self, on: date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)

    def over(self, on: date) -> Self:
        return self.filter(ends_on__lte=on)

    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        scope = Scope.of(user)
        condition = scope.below(abilities or scope.abilities, "unit__")
        return self.none() if condition is None else self.filter(condition)


class Unit(models.Model):
    """A school, college, class or dorm. A dorm's parent is its home class, the one most of its residents belong to."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    level = models.CharField(_("level"), max_length=10, choices=choices_of(LEVEL_LABELS))
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    school = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    college = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    campus = models.CharField(_("campus"), max_length=40, blank=True)
    building = models.CharField(_("building"), max_length=40, blank=True)
    room = models.CharField(_("room"), max_length=20, blank=True)
    major = models.CharField(_("major"), max_length=80, blank=True)
    grade = models.PositiveSmallIntegerField(_("grade"), null=True, blank=True)
    # The length of study; a class without one has that of its college.
    years = models.PositiveSmallIntegerField(_("length of study in years"), null=True, blank=True)
    is_active = models.BooleanField(default=True)
    # The day with which a unit closes, or has closed.
    last_day = models.DateField(_("last day"), null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        permissions = [(ability.value, ability.value) for ability in Ability]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(level=Level.SCHOOL.value, parent=None)
                | (~Q(level=Level.SCHOOL.value) & Q(parent__isnull=False)),
                name="unit_only_schools_have_no_parent",
            ),
            models.CheckConstraint(
                condition=Q(level=Level.SCHOOL.value) | Q(school__isnull=False), name="unit_belongs_to_a_school"
            ),
            day_in_reach("last_day", name="unit_last_day_in_reach"),
            models.UniqueConstraint(
                fields=["school", "campus", "building", "room"],
                condition=Q(level=Level.DORM.value),
                name="unit_one_dorm_per_room",
            ),
            models.CheckConstraint(
                condition=Q(years=None) | Q(years__gte=1, years__lte=10), name="unit_years_in_reach"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "level"], name="unit_school_level"),
            models.Index(fields=["college", "level"], name="unit_college_level"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def root_id(self) -> int:
        """Id of the school, its own for a school."""
        return self.school_id or self.pk

    def label(self) -> str:
        return str(LEVEL_LABELS[Level(self.level)])


class Post(models.Model):
    """Who holds which role at which unit, in force on starts_on ≤ day < ends_on."""

    holder = models.ForeignKey("network.User", models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    role = models.CharField(_("role"), max_length=30, choices=choices_of(ROLE_LABELS))
    # None: the system, such as an import from the command line.
    appointed_by = models.ForeignKey("network.User", models.SET_NULL, null=True, blank=True, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["unit__code", "role", "starts_on", "pk"]
        default_permissions = ()
        constraints = [
            day_in_reach("starts_on", name="post_start_in_reach"),
            day_in_reach("ends_on", name="post_end_in_reach"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="post_ends_after_its_start"
            ),
            models.UniqueConstraint(
                fields=["holder", "unit", "role"], condition=Q(ends_on=None), name="post_held_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} · {self.label()} · {self.unit}"

    def label(self) -> str:
        return str(ROLE_LABELS[Role(self.role)])


class UnitGrant(UserObjectPermissionBase):
    """An ability that a post gives its holder on a unit; the post's dates bound it."""

    content_object = models.ForeignKey(Unit, models.CASCADE)
    post = models.ForeignKey(Post, models.CASCADE, related_name="grants")

    class Meta:
        default_permissions = ()
        unique_together: ClassVar[list[str]] = []
        constraints = [models.UniqueConstraint(fields=["post", "permission"], name="grant_once_per_post")]
        indexes = [models.Index(fields=["user", "post"], name="grant_user_post")]
