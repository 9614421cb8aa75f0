from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.models import Unit
from network.rules import Ability, Level
from network.scope import Scope
from screening.rules.scales import definitions, wording


class ScaleQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Shipped scales and those of the schools at which the user holds any of the abilities."""
        schools = Scope.of(user).units(abilities).get(Level.SCHOOL)
        return self.filter(Q(school=None) | Q(school__in=schools)) if schools else self.none()

    def of_school(self, school: Any) -> Self:
        """Shipped scales and the school's own."""
        return self.filter(Q(school=None) | Q(school=school))

    def published(self) -> Self:
        return self.filter(state="published")


class Scale(models.Model):
    """One version of an instrument. Only a draft can change: papers rest on what was published, so a change is a new
    version. Without a school it came with the portal."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("scale", "Draft")
        PUBLISHED = "published", pgettext_lazy("scale", "In use")
        RETIRED = "retired", pgettext_lazy("scale", "Replaced")

    key = models.CharField(_("scale"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    school = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    definition = models.JSONField()
    # Texts by language; those of a licensed instrument are the school's to bring.
    wording = models.JSONField(default=dict)
    source = models.CharField(_("source"), max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    objects = ScaleQuerySet.as_manager()

    class Meta:
        ordering = ["key", "school", "-version"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "key", "version"], name="scale_version_once_per_school"),
            models.UniqueConstraint(
                fields=["key", "version"], condition=Q(school=None), name="scale_shipped_version_once"
            ),
            models.UniqueConstraint(
                fields=["school", "key"], condition=Q(state="published"), name="scale_in_use_once_per_school"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=Q(state="published", school=None), name="scale_shipped_in_use_once"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None, retired_at=None)
                | Q(state="published", published_at__isnull=False, retired_at=None)
                | Q(state="retired", published_at__isnull=False, retired_at__isnull=False),
                name="scale_dates_match_its_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("screening:scale-detail", args=[self.pk])

    @cached_property
    def parsed(self) -> definitions.Scale:
        """The definition, ready to score with."""
        return definitions.parse(self.definition)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages in which it can be answered."""
        return wording.languages(self.parsed, self.wording)

    @property
    def is_usable(self) -> bool:
        """Whether students can answer it: it is in use, and its text is there."""
        return self.state == self.State.PUBLISHED and bool(self.languages)

    def words(self, language: str) -> dict[str, Any]:
        """The text in that language where it is complete, else in another one; what there is where none is."""
        order = [language, *self.languages] if language in self.languages else [*self.languages, language]
        found: dict[str, Any] = next((self.wording[language] for language in order if language in self.wording), {})
        return found or next(iter(self.wording.values()), {})

    def title(self, language: str) -> str:
        """What it is called in that language, its key where nothing is known."""
        in_language = self.wording.get(language, {})
        return str(in_language.get("title") or self.words(language).get("title") or self.key)
