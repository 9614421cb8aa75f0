"""What the views of all apps share: the request type, status codes, page sizes, allowed methods, act-and-answer."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.timezone import now
from django.views.decorators import http

from kernel import printing
from kernel.errors import Refused

OK = 200
CONFLICT = 409
UNPROCESSABLE = 422
CHANGED = "changed-meanwhile"
PAGE_SIZE = 50

View = Callable[..., Any]


class Request(HttpRequest):
    """A request that the sign-in middleware has let through."""

    user: Any
    htmx: Any
    # Set by the page of one student: whose file is open.
    opened_file: Any


def require_http_methods(methods: Iterable[str]) -> Callable[[View], View]:
    """Django's decorator; the view also carries `methods`, which the access table reads."""
    allowed = tuple(methods)

    def decorate(view: View) -> View:
        checked: View = http.require_http_methods(list(allowed))(view)
        checked.methods = allowed  # type: ignore[attr-defined]
        return checked

    return decorate


# As Django calls them.
require_GET = require_http_methods(["GET"])  # noqa: N816
require_POST = require_http_methods(["POST"])  # noqa: N816


def status_of(form: forms.BaseForm) -> int:
    """The status of a page that shows a form: 422 when what was sent was not taken."""
    return UNPROCESSABLE if form.errors else OK


def page_of(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Page[Any]:
    """The page of the rows that `?page=` names; the first or last one where it names none."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def perform(
    request: Request,
    form: forms.BaseForm,
    service: Callable[[], Any],
    *,
    done: Promise | str,
    to: str | Callable[[Any], str],
    page: Callable[[int], HttpResponse],
) -> HttpResponse:
    """Call the service for a valid form, say what was done, and redirect to `to` (an address, or a function of the
    result). Otherwise show the page again with the input and the reason."""
    status = UNPROCESSABLE
    try:
        if form.is_valid():
            result = service()
            messages.success(request, str(done))
            return redirect(to(result) if callable(to) else to)
    except Refused as refused:
        form.add_error(None, str(refused.message))
        status = CONFLICT if refused.code == CHANGED else UNPROCESSABLE
    return page(status)


def act(
    request: Request, service: Callable[..., Any], *, done: Promise | str, to: Any, **arguments: Any
) -> HttpResponse:
    """Call the service for a button, say what was done or why it was refused, and redirect to `to`."""
    try:
        service(**arguments)
        messages.success(request, str(done))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect(to)


def start_printing(request: Request, *, kind: str, about: printing.About, to: Any) -> HttpResponse:
    """Have a document printed and show how far it is; where it is refused, say why at `to`."""
    try:
        job = printing.start(kind=kind, about=about, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect(to)
    return redirect("job-detail", pk=job.pk)
