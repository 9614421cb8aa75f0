"""The public site: for everybody, without session or cookie, kept by browsers, proxies and this process."""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.timezone import now
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from activities.models.program_labels import LIBRARY_LABELS
from activities.rules.program import LibraryKind, Section
from activities.services import open_site
from activities.services.markup import article_html
from activities.services.open_site import KEPT_SECONDS, KeptPage
from kernel.web import Request, require_GET
from network.access import public

CACHED = f"public, max-age={KEPT_SECONDS}, stale-while-revalidate=600"
LONGEST_WORDS = 40


@public
@require_GET
def open_home(request: Request) -> HttpResponse:
    def content() -> Mapping[str, Any]:
        rows = list(open_site.articles()[: open_site.NEWEST])
        self_help = [row for row in rows if row.section == Section.SELF_HELP.value]
        return {"articles": [row for row in rows if row not in self_help], "self_help": self_help}

    return _page(request, "home", "open/home.html", content)


@public
@require_GET
def open_articles(request: Request) -> HttpResponse:
    def content() -> Mapping[str, Any]:
        return {"articles": open_site.articles(Section.ARTICLE)[: open_site.MOST_LISTED], "title": _("Articles")}

    return _page(request, "articles", "open/article_list.html", content)


@public
@require_GET
def open_self_help(request: Request) -> HttpResponse:
    def content() -> Mapping[str, Any]:
        rows = open_site.articles(Section.SELF_HELP)[: open_site.MOST_LISTED]
        return {"articles": rows, "title": _("Help yourself")}

    return _page(request, "self-help", "open/article_list.html", content)


@public
@require_GET
def open_article(request: Request, slug: str) -> HttpResponse:
    """A draft and an address that nobody has used are answered alike."""

    def content() -> Mapping[str, Any]:
        row = open_site.article(slug)
        if row is None or row.published is None:
            raise Http404
        version = row.published.version
        html = article_html(version.body)
        return {
            "article": row,
            "version": version,
            "html": html,
            "is_self_help": row.section == Section.SELF_HELP.value,
        }

    return _page(request, f"article {slug}", "open/article.html", content)


@public
@require_GET
def open_activities(request: Request) -> HttpResponse:
    def content() -> Mapping[str, Any]:
        return {"activities": open_site.activities(now())}

    return _page(request, "activities", "open/activities.html", content)


@public
@require_GET
def open_library(request: Request) -> HttpResponse:
    kind = request.GET.get("kind", "")
    kind = kind if kind in {value.value for value in LibraryKind} else ""

    def content() -> Mapping[str, Any]:
        kinds = [(value.value, label) for value, label in LIBRARY_LABELS.items()]
        return {"items": open_site.library(kind), "kinds": kinds, "kind": kind}

    return _page(request, f"library {kind}", "open/library.html", content)


@public
@require_GET
def open_search(request: Request) -> HttpResponse:
    """What people look for is kept nowhere."""
    words = request.GET.get("q", "").strip()[:LONGEST_WORDS]
    context = {"words": words, "articles": open_site.found(words), **_frame(request)}
    response = render(request, "open/search.html", context)
    response["Cache-Control"] = "no-store"
    return response


@public
@require_GET
def open_feed(request: Request) -> HttpResponse:
    """The newest articles as RSS."""

    def body() -> str:
        home = settings.PORTAL_URL.rstrip("/")
        feed = Rss201rev2Feed(
            title=gettext("Mental health at our university"),
            link=home + reverse("activities:open-home"),
            description=gettext("Articles, self-help and activities"),
            language=get_language() or "zh-hans",
        )
        for row in open_site.articles()[: open_site.NEWEST]:
            version, address = row.published.version, home + reverse("activities:open-article", args=[row.slug])
            at: datetime = row.published.approved_at
            feed.add_item(version.title, address, version.summary, pubdate=at, unique_id=address)
        return str(feed.writeString("utf-8"))

    return _kept(request, "feed", body, content_type="application/rss+xml; charset=utf-8")


@public
@require_GET
def open_sitemap(request: Request) -> HttpResponse:
    def body() -> str:
        names = ("open-home", "open-articles", "open-self-help", "open-activities", "open-library")
        context = {
            "home": settings.PORTAL_URL.rstrip("/"),
            "pages": [reverse(f"activities:{name}") for name in names],
            "articles": open_site.articles()[: open_site.MOST_LISTED],
        }
        return render_to_string("open/sitemap.xml", context)

    return _kept(request, "sitemap", body, content_type="application/xml; charset=utf-8")


def _page(request: Request, key: str, template: str, content: Callable[[], Mapping[str, Any]]) -> HttpResponse:
    def body() -> str:
        return render_to_string(template, {**content(), **_frame(request)}, request=request)

    return _kept(request, f"{key} {_language_query(request)}", body)


def _kept(
    request: Request, key: str, body: Callable[[], str], *, content_type: str = "text/html; charset=utf-8"
) -> HttpResponse:
    """The answer from the memory of this process, or made anew; 304 for a browser that has it."""
    page = open_site.kept_page(key)
    if page is None:
        text = body()
        page = KeptPage(text, f'W/"{sha256(text.encode()).hexdigest()[:20]}"')
        open_site.keep_page(key, page)
    response = HttpResponse(page.body, content_type=content_type)
    if request.headers.get("If-None-Match") == page.etag:
        response = HttpResponseNotModified()
    response["ETag"], response["Cache-Control"] = page.etag, CACHED
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _frame(request: Request) -> dict[str, str]:
    """What the frame of every page needs: the chosen language, kept in the links."""
    return {"lang_query": _language_query(request), "path": request.path}


def _language_query(request: Request) -> str:
    language = request.GET.get("lang", "")
    return f"?lang={language}" if language in {"en", "zh-hans"} else ""
