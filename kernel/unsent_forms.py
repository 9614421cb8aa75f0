"""Forms that were sent after the session had ended, and addresses that are called with the wrong method."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.urls import Resolver404, resolve

# base.html says on a page with this parameter that the form was not sent.
UNSENT = "unsent"
FOUND = 302
METHOD_NOT_ALLOWED = 405


class UnsentFormMiddleware:
    """After signing in again, the browser comes back to the page of the form, not to the address that the form was sent
    to: that address may answer to POST alone. A 405 without words gets a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _asks_for_sign_in(response):
            return _to_sign_in(request, response)
        if response.status_code == METHOD_NOT_ALLOWED and request.method != "HEAD" and not response.content:
            page = render(request, "405.html", status=METHOD_NOT_ALLOWED)
            page["Allow"] = response["Allow"]
            return page
        return response


def _to_sign_in(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    is_form, is_part = request.method == "POST", bool(request.headers.get("HX-Request"))
    if not is_form and not is_part:
        return response
    query = urlencode({"next": _page_of(request, is_form=is_form)})
    address = f"{resolve_url(settings.LOGIN_URL)}?{query}"
    # htmx would put the page of the sign-in where a part of the old page was.
    return HttpResponse(headers={"HX-Redirect": address}) if is_part else redirect(address)


def _asks_for_sign_in(response: HttpResponse) -> bool:
    target = urlsplit(response.get("Location", ""))
    is_sign_in = target.path == resolve_url(settings.LOGIN_URL) and "next" in QueryDict(target.query)
    return response.status_code == FOUND and is_sign_in


def _page_of(request: HttpRequest, *, is_form: bool) -> str:
    """The page that the form or part stood on, by the Referer of our own site; the home page where there is none. It
    says of a form that it was not sent."""
    page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    query = QueryDict(page.query, mutable=True)
    if is_form:
        query[UNSENT] = "1"
    # SECURITY: only our own pages, so that nobody is sent to another site after signing in.
    if page.netloc != request.get_host() or not _is_page(page.path):
        return (
            f"{resolve_url(settings.LOGIN_REDIRECT_URL)}?{UNSENT}=1"
            if is_form
            else resolve_url(settings.LOGIN_REDIRECT_URL)
        )
    return f"{page.path}?{query.urlencode()}" if query else page.path


def _is_page(path: str) -> bool:
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return "GET" in getattr(view, "methods", ("GET",))
