from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.choices import choices_of
from network.models.base import ScopedQuerySet, UnitKeys
from network.models.labels import PURPOSE_LABELS
from network.models.people import Student
from network.models.units import Unit
from network.rules import Ability, Level
from network.rules.consents import Purpose, Wording
from network.scope import Scope


class ConsentTextQuerySet(models.QuerySet[Any]):
    """Texts are published and read, nothing else; the database refuses the rest as well."""

    def visible_to(self, user: Any) -> Self:
        """Texts of the schools whose texts the user writes."""
        return self.filter(school__in=Scope.of(user).units([Ability.MANAGE_CONSENT_TEXTS]).get(Level.SCHOOL, ()))

    def published(self, school_id: int, purpose: Purpose, at: datetime) -> Self:
        """All versions of one purpose that were out by then, newest first."""
        return self.filter(school=school_id, purpose=purpose, published_at__lte=at).order_by("-version")


class ConsentQuerySet(ScopedQuerySet):
    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")

    def by(self, at: datetime) -> Self:
        """What had been said by then."""
        return self.filter(at__lte=at)


class ConsentText(models.Model):
    """What students of a school are asked to agree to, word for word. Published, it never changes: the database
    refuses. A new wording is a new version."""

    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=choices_of(PURPOSE_LABELS))
    version = models.PositiveIntegerField(_("version"))
    title_zh = models.CharField(_("title in Chinese"), max_length=80)
    body_zh = models.TextField(_("text in Chinese"))
    title_en = models.CharField(_("title in English"), max_length=120)
    body_en = models.TextField(_("text in English"))
    sha256 = models.CharField(max_length=64)
    # Purpose, manner or kind of data changed: whoever agreed before is asked again.
    asks_again = models.BooleanField(default=False)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        ordering = ["school", "purpose", "-version"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "purpose", "version"], name="consent_text_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="consent_text_versions_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"

    @property
    def wording(self) -> Wording:
        return Wording(self.title_zh, self.body_zh, self.title_en, self.body_en)

    @property
    def title(self) -> str:
        """In the reader's language."""
        return self.title_en if get_language() == "en" else self.title_zh

    @property
    def body(self) -> str:
        """In the reader's language."""
        return self.body_en if get_language() == "en" else self.body_zh


class Consent(UnitKeys):
    """A student said yes to a version of a text, or took the yes back. Rows are only ever added; the last one counts.
    The keys are those of the day."""

    class How(models.TextChoices):
        OWN_PAGE = "own_page", _("on the page of one's own consents")
        BEFOREHAND = "beforehand", _("asked before it began")

    student = models.ForeignKey(Student, models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=20, choices=choices_of(PURPOSE_LABELS))
    act = models.CharField(max_length=10, choices=[("given", _("agreed")), ("withdrawn", _("taken back"))])
    how = models.CharField(max_length=12, choices=How)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(act__in=["given", "withdrawn"]), name="consent_act_known")]
        indexes = [
            models.Index(fields=["student", "purpose", "-at", "-id"], name="consent_by_student"),
            models.Index(fields=["school", "purpose", "-at"], name="consent_by_school"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.act}"
