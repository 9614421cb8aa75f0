"""Printing HTML as a tagged PDF (PDF/UA-1). Nothing is fetched: no file, no address; pictures only as data: images."""

import hashlib
from functools import cache
from threading import Lock

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

IMAGES = ("data:image/png", "data:image/jpeg", "data:image/svg+xml")
VARIANT = "pdf/ua-1"

# Pango's font map is shared between renderings, which saves loading the Chinese fonts, and is not safe between threads.
_one_at_a_time = Lock()


class NothingFetched(URLFetcher):
    """Refuses every address; only pictures within the document are read."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        # SECURITY: the default fetcher reads files of this machine and calls hosts of its network.
        if not url.lower().startswith(IMAGES):
            raise PermissionError("a document fetches nothing")
        return super().fetch(url, headers)


def render(html: str, *, css: str = "", title: str = "") -> bytes:
    """The document as PDF; the same HTML and CSS give the same bytes. `title` stands in for a missing <title>."""
    fetcher = NothingFetched()
    with _one_at_a_time:
        fonts = _fonts()
        sheets = [CSS(string=css, url_fetcher=fetcher, font_config=fonts)] if css else []
        document = HTML(string=html, url_fetcher=fetcher).render(stylesheets=sheets, font_config=fonts)
        document.metadata.title = document.metadata.title or title or None
        identifier = hashlib.sha256(f"{html}\0{css}\0{title}".encode()).hexdigest()[:32].encode()
        printed: bytes = document.write_pdf(pdf_variant=VARIANT, pdf_identifier=identifier)
    return printed


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()
