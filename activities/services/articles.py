"""Articles for everybody: written, approved by a second person, published; and the library."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from activities import policies
from activities.models import Article, ArticleVersion, LibraryItem, Publication
from activities.rules.markdown import LONGEST
from activities.services.open_site import forget_pages
from kernel import audit, notices
from kernel.errors import Refused
from network.models import Unit, User

APPROVED = gettext_noop("“%(title)s” is on the public site now")
SENT_BACK = gettext_noop("“%(title)s” came back to you before it is published")


@transaction.atomic
def write_article(
    *, school: Unit, slug: str, section: str, title: str, summary: str, body: str, by: User, at: datetime
) -> Article:
    """Begin an article with its first version. Refused for an address that is taken."""
    _check_writer(by, school.pk)
    if Article.objects.filter(slug=slug).exists():
        raise Refused(_("Another article has this address. Choose another one."), code="slug-taken")
    article = Article.objects.create(school=school, slug=slug, section=section, created_by=by, created_at=at)
    _add_version(article, title=title, summary=summary, body=body, by=by, at=at)
    audit.record(action="article.write", by=by, at=at, obj=article, unit=school.code)
    return article


@transaction.atomic
def revise_article(
    *, article: Article, base: int, title: str, summary: str, body: str, by: User, at: datetime
) -> ArticleVersion:
    """Add a version; earlier ones stay. Refused when somebody else has written one since `base`."""
    row = _locked(article)
    _check_writer(by, row.school_id)
    if _latest(row) != base:
        raise Refused(
            _("Somebody else has changed this article since you opened it. Look at theirs first."), code="base"
        )
    version = _add_version(row, title=title, summary=summary, body=body, by=by, at=at)
    # What waits for approval is always the newest text.
    row.submitted = None
    row.save(update_fields=["submitted"])
    detail = {"version": version.number}
    audit.record(action="article.revise", by=by, at=at, obj=row, unit=row.school.code, detail=detail)
    return version


@transaction.atomic
def submit_article(*, article: Article, by: User, at: datetime) -> None:
    """Hand the newest version to a second person."""
    row = _locked(article)
    _check_writer(by, row.school_id)
    version = row.versions.first()
    if version is None or (row.published and row.published.version_id == version.pk):
        raise Refused(_("There is nothing new to publish."), code="nothing-new")
    row.submitted = version
    row.save(update_fields=["submitted"])
    audit.record(
        action="article.submit", by=by, at=at, obj=row, unit=row.school.code, detail={"version": version.number}
    )


@transaction.atomic
def approve_article(*, article: Article, by: User, at: datetime) -> Publication:
    """Put the version that waits online. Refused for whoever wrote it."""
    row = _locked(article)
    version = _waiting(row)
    if not policies.may_approve_article(by, version):
        raise Refused(_("Somebody else of the center must approve what you wrote."), code="may-not-approve")
    # A version that was taken off the site comes back with a new approval.
    publication, _is_new = Publication.objects.update_or_create(
        version=version, defaults={"author": version.author, "approved_by": by, "approved_at": at}
    )
    row.published, row.submitted = publication, None
    row.save(update_fields=["published", "submitted"])
    detail = {"version": version.number}
    audit.record(action="article.approve", by=by, at=at, obj=row, unit=row.school.code, detail=detail)
    _tell_author(version, title=APPROVED, at=at)
    transaction.on_commit(forget_pages)
    return publication


@transaction.atomic
def send_article_back(*, article: Article, by: User, at: datetime) -> None:
    """Give the version that waits back to its author."""
    row = _locked(article)
    version = _waiting(row)
    if not policies.may_approve_article(by, version):
        raise Refused(_("Somebody else of the center must approve what you wrote."), code="may-not-approve")
    row.submitted = None
    row.save(update_fields=["submitted"])
    audit.record(action="article.send_back", by=by, at=at, obj=row, unit=row.school.code)
    _tell_author(version, title=SENT_BACK, at=at)


@transaction.atomic
def withdraw_article(*, article: Article, by: User, at: datetime) -> None:
    """Take an article off the public site; its versions stay."""
    row = _locked(article)
    if not policies.may_manage_program(by, row.school):
        raise Refused(_("The center takes articles off the site."), code="may-not-manage")
    if row.published is None:
        raise Refused(_("This article is not on the site."), code="not-published")
    row.published = None
    row.save(update_fields=["published"])
    audit.record(action="article.withdraw", by=by, at=at, obj=row, unit=row.school.code)
    transaction.on_commit(forget_pages)


@transaction.atomic
def add_item(
    *,
    school: Unit,
    kind: str,
    title: str,
    authors: str,
    source: str,
    year: int,
    url: str,
    abstract: str,
    by: User,
    at: datetime,
) -> LibraryItem:
    """Propose an item for the library; it shows when somebody else has approved it."""
    _check_writer(by, school.pk)
    item = LibraryItem.objects.create(
        school=school,
        kind=kind,
        title=title,
        authors=authors,
        source=source,
        year=year,
        url=url,
        abstract=abstract,
        added_by=by,
        added_at=at,
    )
    audit.record(action="library.add", by=by, at=at, obj=item, unit=school.code)
    return item


@transaction.atomic
def approve_item(*, item: LibraryItem, by: User, at: datetime) -> LibraryItem:
    """Show an item to everybody. Refused for whoever proposed it."""
    row: LibraryItem = LibraryItem.objects.select_for_update(of=("self",)).select_related("school").get(pk=item.pk)
    if not policies.may_approve_item(by, row):
        raise Refused(_("Somebody else of the center must approve what you added."), code="may-not-approve")
    if row.approved_at is not None:
        raise Refused(_("This item is on the site already."), code="approved")
    row.approved_by, row.approved_at = by, at
    row.save(update_fields=["approved_by", "approved_at"])
    audit.record(action="library.approve", by=by, at=at, obj=row, unit=row.school.code)
    transaction.on_commit(forget_pages)
    return row


@transaction.atomic
def drop_item(*, item: LibraryItem, by: User, at: datetime) -> None:
    """Take an item out of the library."""
    row: LibraryItem = LibraryItem.objects.select_for_update(of=("self",)).select_related("school").get(pk=item.pk)
    if not policies.may_manage_program(by, row.school):
        raise Refused(_("The center takes items out of the library."), code="may-not-manage")
    audit.record(action="library.drop", by=by, at=at, obj=row, unit=row.school.code)
    row.delete()
    transaction.on_commit(forget_pages)


def _add_version(article: Article, *, title: str, summary: str, body: str, by: User, at: datetime) -> ArticleVersion:
    if len(body) > LONGEST:
        raise Refused(_("This text is too long. Make two articles of it."), code="too-long")
    return ArticleVersion.objects.create(
        article=article,
        number=_latest(article) + 1,
        title=title,
        summary=summary,
        body=body,
        author=by,
        written_at=at,
    )


def _latest(article: Article) -> int:
    """The number of the newest version; 0 before the first."""
    return ArticleVersion.objects.filter(article=article).aggregate(number=Max("number"))["number"] or 0


def _waiting(article: Article) -> ArticleVersion:
    if article.submitted is None:
        raise Refused(_("Nothing of this article waits for approval."), code="not-submitted")
    return article.submitted


def _tell_author(version: ArticleVersion, *, title: str, at: datetime) -> None:
    notices.post(
        to=version.author,
        kind="article.decided",
        title=title,
        params={"title": version.title},
        link=version.article.get_absolute_url(),
        at=at,
    )


def _locked(article: Article) -> Article:
    row: Article = (
        Article.objects.select_for_update(of=("self",))
        .select_related("school", "submitted__author", "submitted__article__school", "published")
        .get(pk=article.pk)
    )
    return row


def _check_writer(by: User, school_id: int) -> None:
    if not policies.may_write(by, school_id):
        raise Refused(_("Your post does not write for the public site."), code="may-not-write")
