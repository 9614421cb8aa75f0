"""Cleans requests before any view reads them: characters that no database keeps, and encodings other than UTF-8."""

import codecs
import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict

# NUL, which PostgreSQL refuses in text, and half a surrogate pair, which is no character in UTF-8.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


class CleanInputMiddleware:
    """Takes such characters out of query, form and cookies, so that nothing else in a form is lost. A path or a header
    with one, and a request in another encoding, is refused: no browser sends them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _check(request)
        request.GET = _cleaned(request.GET)
        for name, value in request.COOKIES.items():
            request.COOKIES[name] = clean_text(value)
        if request.method == "POST" and request.content_type in FORM_TYPES:
            request.POST = _cleaned(request.POST)
        return self.get_response(request)


def clean_text(text: str) -> str:
    """The text without characters that cannot be stored."""
    return UNSTORABLE.sub("", text)


def _check(request: HttpRequest) -> None:
    headers = (str(value) for name, value in request.META.items() if name.startswith(("HTTP_", "CONTENT_")))
    if UNSTORABLE.search(request.path_info) or any(map(UNSTORABLE.search, headers)):
        raise BadRequest("a path or a header with a character that cannot be stored")
    # SECURITY: some of Python's encodings, like UTF-7, decode to half a surrogate pair.
    if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
        raise BadRequest("a form in an encoding other than UTF-8")


def _cleaned(fields: Any) -> Any:
    if not any(UNSTORABLE.search(text) for name, values in fields.lists() for text in (name, *values)):
        return fields
    cleaned = QueryDict(mutable=True)
    for name, values in fields.lists():
        cleaned.setlist(clean_text(name), [clean_text(value) for value in values])
    return cleaned
