"""The public site: articles with every version ever written, and the library."""

import uuid
from typing import Any, Never, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models.program_labels import LIBRARY_LABELS, SECTION_LABELS
from activities.models.scoping import OfSchool
from activities.rules.markdown import LONGEST
from activities.rules.program import FIRST_YEAR, LAST_YEAR
from kernel.choices import choices_of
from network.models import Unit


class ArticleQuerySet(OfSchool):
    def published(self) -> Self:
        """What everybody may read, the newest first."""
        return self.filter(published__isnull=False).order_by("-published__approved_at", "pk")

    def with_latest(self) -> Self:
        """With the title of the newest version, as `latest_title`."""
        newest = ArticleVersion.objects.filter(article=models.OuterRef("pk")).order_by("-number")
        return self.annotate(latest_title=models.Subquery(newest.values("title")[:1]))


class Article(models.Model):
    """A page of the public site. What it says stands in its versions; what is public, in `published`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    section = models.CharField(_("section"), max_length=9, choices=choices_of(SECTION_LABELS))
    # The version that waits for a second person, and the publication that is online.
    submitted = models.ForeignKey("ArticleVersion", models.PROTECT, null=True, blank=True, related_name="+")
    published = models.ForeignKey("Publication", models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("activities:article-detail", args=[self.pk])


class VersionQuerySet(models.QuerySet[Any]):
    """Versions are written and read; the database refuses the rest as well."""

    def update(self, **kwargs: Any) -> Never:
        raise TypeError("versions are never changed")

    def delete(self) -> Never:
        raise TypeError("versions are never deleted")


class ArticleVersion(models.Model):
    """What somebody wrote, in Markdown. Append-only."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(pgettext_lazy("article", "title"), max_length=80)
    summary = models.CharField(_("summary"), max_length=200)
    body = models.TextField(_("text"), max_length=LONGEST)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["article", "-number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="article_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="article_version_counts_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.number}"


class Publication(models.Model):
    """A version that went online: approved by somebody who did not write it."""

    version = models.OneToOneField(ArticleVersion, models.PROTECT, related_name="publication")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        ordering = ["-approved_at"]
        default_permissions = ()
        constraints = [
            # SECURITY: four eyes before anything is public.
            models.CheckConstraint(condition=~Q(approved_by=F("author")), name="article_approved_by_another")
        ]

    def __str__(self) -> str:
        return str(self.version_id)


class LibraryQuerySet(OfSchool):
    def published(self) -> Self:
        return self.filter(approved_at__isnull=False)


class LibraryItem(models.Model):
    """A paper, a case of good practice, a policy or teaching material, with where to find it."""

    school = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=choices_of(LIBRARY_LABELS))
    title = models.CharField(pgettext_lazy("library", "title"), max_length=160)
    authors = models.CharField(_("authors"), max_length=160)
    source = models.CharField(_("published in"), max_length=160)
    year = models.PositiveSmallIntegerField(_("year"))
    url = models.URLField(_("web address"), max_length=300, blank=True)
    abstract = models.TextField(_("what it says, in a few words"), max_length=1000, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "title", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(approved_by=F("added_by")), name="library_approved_by_another"),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="library_approved_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR - 100, year__lte=LAST_YEAR), name="library_year_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.title
