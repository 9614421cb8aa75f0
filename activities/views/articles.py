from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.forms.articles import ArticleForm, ItemForm, TextForm
from activities.models import Article, ArticleVersion, LibraryItem
from activities.rules.wording import Finding, findings
from activities.services.articles import (
    add_item,
    approve_article,
    approve_item,
    drop_item,
    revise_article,
    send_article_back,
    submit_article,
    withdraw_article,
    write_article,
)
from activities.services.markup import article_html
from activities.views.program_pages import MANAGE, allow, form_page, school_of
from kernel import audit
from kernel.web import Request, act, page_of, perform, require_GET, require_http_methods, require_POST
from network.access import requires
from network.rules import Ability

WRITE = Ability.WRITE_ARTICLES
JOINED = ("school", "created_by", "submitted__author", "published__version", "published__approved_by")


@requires(WRITE)
@require_GET
def article_list(request: Request) -> HttpResponse:
    school = school_of(request, WRITE)
    rows = Article.objects.within_school_of(request.user, WRITE).select_related(*JOINED).with_latest()
    context = {"page": page_of(request, rows), "may_manage": policies.may_manage_program(request.user, school)}
    return render(request, "activities/article_list.html", context)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def article_new(request: Request) -> HttpResponse:
    school = school_of(request, WRITE)
    form = ArticleForm(request.POST or None)

    def save() -> Article:
        return write_article(school=school, by=request.user, at=now(), **form.values)

    return _write_page(request, form, save, title=_("Write an article"), back=reverse("activities:article-list"))


@requires(WRITE)
@require_GET
def article_detail(request: Request, pk: UUID) -> HttpResponse:
    """The newest version as everybody would read it, with its history."""
    article = _article(request, pk)
    versions = list(article.versions.select_related("author", "publication__approved_by"))
    number = request.GET.get("version", "")
    shown = next((row for row in versions if str(row.number) == number), versions[0])
    audit.record(action="article.read", by=request.user, at=now(), obj=article, unit=article.school.code)
    waiting = article.submitted
    context = {
        "article": article,
        "shown": shown,
        "versions": versions,
        "html": article_html(shown.body),
        "findings": _findings(shown),
        "is_newest": shown == versions[0],
        "may_approve": waiting is not None and policies.may_approve_article(request.user, waiting),
        "may_manage": policies.may_manage_program(request.user, article.school),
        "is_new": article.published is None or article.published.version_id != versions[0].pk,
    }
    return render(request, "activities/article_detail.html", context)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def article_edit(request: Request, pk: UUID) -> HttpResponse:
    article = _article(request, pk)
    latest = article.versions.all()[0]
    initial = {"title": latest.title, "summary": latest.summary, "body": latest.body, "base": latest.number}
    form = TextForm(request.POST or None, initial=initial)

    def save() -> Article:
        base = form.cleaned_data["base"] or 0
        revise_article(article=article, base=base, by=request.user, at=now(), **form.values)
        return article

    return _write_page(request, form, save, title=_("Change the article"), back=article.get_absolute_url())


@requires(WRITE)
@require_POST
def article_submit(request: Request, pk: UUID) -> HttpResponse:
    article = _article(request, pk)
    done = _("Handed in. Somebody else of the center reads it and puts it online.")
    return act(request, submit_article, done=done, to=article, article=article, by=request.user, at=now())


@requires(MANAGE, seen_by=[WRITE])
@require_POST
def article_approve(request: Request, pk: UUID) -> HttpResponse:
    article = _managed(request, pk)
    done = _("It is on the public site now.")
    return act(request, approve_article, done=done, to=article, article=article, by=request.user, at=now())


@requires(MANAGE, seen_by=[WRITE])
@require_POST
def article_send_back(request: Request, pk: UUID) -> HttpResponse:
    article = _managed(request, pk)
    done = _("Sent back to its author.")
    return act(request, send_article_back, done=done, to=article, article=article, by=request.user, at=now())


@requires(MANAGE, seen_by=[WRITE])
@require_POST
def article_withdraw(request: Request, pk: UUID) -> HttpResponse:
    article = _managed(request, pk)
    done = _("Taken off the site. Its versions stay here.")
    return act(request, withdraw_article, done=done, to=article, article=article, by=request.user, at=now())


@requires(WRITE)
@require_GET
def library_list(request: Request) -> HttpResponse:
    school = school_of(request, WRITE)
    rows = LibraryItem.objects.within_school_of(request.user, WRITE).select_related("added_by", "approved_by")
    page = page_of(request, rows.order_by(F("approved_at").asc(nulls_first=True), "-year", "pk"))
    context = {"page": page, "may_manage": policies.may_manage_program(request.user, school)}
    return render(request, "activities/library_list.html", context)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def library_new(request: Request) -> HttpResponse:
    school = school_of(request, WRITE)
    form = ItemForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: add_item(school=school, by=request.user, at=now(), **form.values),
        title=_("Propose an item for the library"),
        done=_("Proposed. It shows when somebody else has approved it."),
        back=reverse("activities:library-list"),
        back_label=_("Library"),
    )


@requires(MANAGE, seen_by=[WRITE])
@require_POST
def library_approve(request: Request, pk: int) -> HttpResponse:
    item = _item(request, pk)
    to = "activities:library-list"
    return act(request, approve_item, done=_("It is in the library now."), to=to, item=item, by=request.user, at=now())


@requires(MANAGE, seen_by=[WRITE])
@require_POST
def library_drop(request: Request, pk: int) -> HttpResponse:
    item = _item(request, pk)
    to = "activities:library-list"
    return act(request, drop_item, done=_("Taken out of the library."), to=to, item=item, by=request.user, at=now())


def _write_page(request: Request, form: Any, save: Any, *, title: Any, back: str) -> HttpResponse:
    """The page on which an article is written: a look at it without saving, and words to think about."""
    context = {"form": form, "title": title, "back": back}
    if request.method == "POST" and "preview" in request.POST and form.is_valid():
        given = form.cleaned_data
        context["html"] = article_html(given["body"])
        context["findings"] = findings(" ".join((given["title"], given["summary"], given["body"])))
        return render(request, "activities/article_write.html", context)

    def page(status: int) -> HttpResponse:
        return render(request, "activities/article_write.html", context, status=status)

    if request.method == "GET":
        return page(200)
    done = _("Saved as a new version. Nothing is public before somebody else has approved it.")
    return perform(request, form, save, done=done, to=lambda row: row.get_absolute_url(), page=page)


def _findings(version: ArticleVersion) -> list[Finding]:
    return findings(" ".join((version.title, version.summary, version.body)))


def _article(request: Request, pk: UUID) -> Article:
    rows = Article.objects.within_school_of(request.user, WRITE).select_related(*JOINED)
    row: Article = get_object_or_404(rows, pk=pk)
    return row


def _managed(request: Request, pk: UUID) -> Article:
    row = _article(request, pk)
    allow(policies.may_manage_program(request.user, row.school))
    return row


def _item(request: Request, pk: int) -> LibraryItem:
    rows = LibraryItem.objects.within_school_of(request.user, WRITE).select_related("school")
    row: LibraryItem = get_object_or_404(rows, pk=pk)
    allow(policies.may_manage_program(request.user, row.school))
    return row
