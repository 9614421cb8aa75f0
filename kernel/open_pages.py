"""Pages that are the same for everybody: no cookie goes in or out, so that browsers and proxies may keep them."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

LANGUAGES = frozenset({"en", "zh-hans"})


class OpenPagesMiddleware:
    """Under OPEN_PREFIX a request has no cookie, so no session is read and nobody is signed in; the answer sets none.
    `?lang=` chooses the language, because there is no cookie to remember it.

    SECURITY: outside of the session and language middlewares. What is kept of such a page for the next reader cannot
    hold anything of this one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(settings.OPEN_PREFIX):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        language = request.GET.get("lang", "")
        if language in LANGUAGES:
            request.META["HTTP_ACCEPT_LANGUAGE"] = language
        response = self.get_response(request)
        response.cookies.clear()
        _forget_cookie(response)
        return response


def _forget_cookie(response: HttpResponse) -> None:
    """Take "Cookie" out of Vary: the answer does not depend on it."""
    if response.has_header("Vary"):
        names = [name.strip() for name in response["Vary"].split(",")]
        kept = [name for name in names if name.lower() != "cookie"]
        if kept:
            response["Vary"] = ", ".join(kept)
        else:
            del response["Vary"]
