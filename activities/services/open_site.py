"""What the public site shows. No person is asked for: everything here is for everybody."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.cache import caches
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from activities.models import Activity, Article, LibraryItem
from activities.rules.program import Section

# Each process keeps a page that long; another process shows a new article after this time at the latest.
KEPT_SECONDS = 60
NEWEST, MOST_FOUND, MOST_LISTED = 12, 30, 500
JOINED = ("published__version", "school")


@dataclass(frozen=True)
class KeptPage:
    """A page as it was rendered, with its fingerprint."""

    body: str
    etag: str


def kept_page(key: str) -> KeptPage | None:
    """The page in the memory of this process, in the language at hand."""
    kept: KeptPage | None = caches["pages"].get(_name(key))
    return kept


def keep_page(key: str, page: KeptPage) -> None:
    caches["pages"].set(_name(key), page, KEPT_SECONDS)


def forget_pages() -> None:
    """After a change this process renders everything anew."""
    caches["pages"].clear()


def _name(key: str) -> str:
    return f"open:{get_language()}:{sha256(key.encode()).hexdigest()}"


def articles(section: Section | None = None) -> QuerySet[Any]:
    """Published articles, the newest first."""
    rows = Article.objects.published().select_related(*JOINED)
    return rows.filter(section=section.value) if section else rows


def article(slug: str) -> Article | None:
    """The published article at this address; None for a draft and for nothing alike."""
    row: Article | None = articles().filter(slug=slug).first()
    return row


def found(words: str) -> QuerySet[Any]:
    """Published articles that hold these words."""
    if not words:
        return articles().none()
    version = "published__version__"
    places = Q(**{f"{version}title__icontains": words}) | Q(**{f"{version}summary__icontains": words})
    return articles().filter(places | Q(**{f"{version}body__icontains": words}))[:MOST_FOUND]


def activities(at: datetime) -> QuerySet[Any]:
    """Activities that are announced to everybody and not over yet."""
    return Activity.objects.open_to_everybody().upcoming(at).select_related("unit", "school")[:MOST_LISTED]


def library(kind: str = "") -> QuerySet[Any]:
    """Approved items, the newest first."""
    rows = LibraryItem.objects.published().select_related("school")
    return (rows.filter(kind=kind) if kind else rows)[:MOST_LISTED]
