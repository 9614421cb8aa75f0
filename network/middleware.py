from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

OPEN_ROUTES = frozenset({"account_change_password", "account_logout", "set_language", "healthz", "healthz_alarms"})


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
