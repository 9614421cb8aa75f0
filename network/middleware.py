from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from network.access import Access, Answer, Door, access_of
from network.scope import Scope

OPEN_ROUTES = frozenset({"account_change_password", "account_logout", "set_language", "healthz"})


class FirstPasswordMiddleware:
    """Whoever signs in for the first time sets a password before anything else. Keeps the scope for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        user = request.user
        if not user.is_authenticated:
            return None
        user.request_scope = None
        match = request.resolver_match
        if user.must_change_password and match and match.view_name not in OPEN_ROUTES:
            return redirect("account_change_password")
        return None


class DoorMiddleware:
    """Lets nobody through to a view but whom its door lets in; a view without a door answers nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        access = access_of(view, request.method or "")
        # SECURITY: deny by default, and loudly: in production too this is an error page and nothing else.
        if access is None:
            raise ImproperlyConfigured(f"{request.resolver_match} declares no door, see network/access.py")
        if access.door is Door.PUBLIC:
            return None
        if not request.user.is_authenticated:
            # Views of the API look at tokens themselves; their permission asks the same door again.
            return None if hasattr(view, "cls") else redirect_to_login(request.get_full_path())
        if access.door is Door.ABILITY:
            _knock(access, request, names_row=bool(kwargs))
        return None


def _knock(access: Access, request: HttpRequest, *, names_row: bool) -> None:
    answer = access.answer(request.method or "", Scope.of(request.user).abilities, names_row=names_row)
    if answer is Answer.NOT_THERE:
        raise Http404
    if answer is Answer.REFUSED:
        raise PermissionDenied
