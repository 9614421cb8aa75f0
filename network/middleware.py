from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode
from django.utils.timezone import now

from network.access import AccessDecision, AccessKind, IdentityUnproved, RouteAccess, access_of, needs_proof
from network.policies import needs_second_factor
from network.rules.signin import LONGEST_SESSION, SEEN_EVERY, Stay, stay
from network.scope import Scope
from network.services import close_session, has_second_factor, open_session, see_session, session_limit
from network.signin.proof import proves_identity

OPEN_ROUTES = frozenset({"account_change_password", "account_logout", "set_language", "healthz", "healthz_alarms"})
# What somebody needs who has to show a second factor, and who has none yet.
SHOWING = OPEN_ROUTES | {"account_login", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
SETTING_UP = frozenset({"mfa_activate_totp", "mfa_add_webauthn"})
SITTING = "sitting"
# A page that asks by itself every few seconds says so: nobody sits there because of that.
POLLING = "X-Polling"


class SessionActivityMiddleware:
    """Ends sessions that were left alone, and keeps the list of a user's devices."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_in = request.user.is_authenticated
        sitting = request.session.get(SITTING) if was_in else None
        if sitting:
            _arrive(request, sitting, at=now())
        response = self.get_response(request)
        # Reading writes nothing: only a sign-in, or an act in a session that is not listed yet, adds to the list.
        if request.user.is_authenticated and (sitting or not was_in or request.method == "POST"):
            _settle(request, at=now())
        elif sitting:
            close_session(pk=sitting["pk"])
        return response


def _arrive(request: HttpRequest, sitting: dict[str, Any], *, at: datetime) -> None:
    alone = at - datetime.fromisoformat(sitting["seen"])
    age = at - datetime.fromisoformat(sitting["began"])
    state = stay(alone=alone, limit=timedelta(seconds=sitting["limit"]), age=age)
    if state in (Stay.LEFT, Stay.OVER):
        logout(request)
        # The sign-in page tells why it is shown.
        request.session["was_away" if state == Stay.LEFT else "was_long"] = True
    elif state == Stay.FRESH or POLLING in request.headers:
        return
    elif not see_session(pk=sitting["pk"], key=sitting["key"], address=_address(request), at=at):
        logout(request)
    else:
        request.session[SITTING] = sitting | {"seen": at.isoformat()}


def _settle(request: HttpRequest, *, at: datetime) -> None:
    user: Any = request.user
    key = request.session.session_key
    sitting = request.session.get(SITTING)
    if not key or (sitting and sitting["key"] == key):
        return
    if sitting:
        see_session(pk=sitting["pk"], key=key, address=_address(request), at=at)
        request.session[SITTING] = sitting | {"key": key}
        return
    agent = request.META.get("HTTP_USER_AGENT", "")
    session = open_session(user=user, key=key, address=_address(request), agent=agent, at=at)
    limit = int(session_limit(user=user, at=at).total_seconds())
    moment = at.isoformat()
    request.session[SITTING] = {"pk": str(session.pk), "key": key, "seen": moment, "began": moment, "limit": limit}
    # SECURITY: the row ends too, whatever the middleware would say. A little later, so that the page can tell why.
    request.session.set_expiry(at + LONGEST_SESSION + SEEN_EVERY)


def _address(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))


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
        if not user.must_change_password or (match and match.view_name in OPEN_ROUTES):
            return None
        # Somebody whom the university's own sign-in has let in needs no password here.
        if _signed_in_by(request, "socialaccount"):
            return None
        return redirect("account_change_password")


class SecondFactorMiddleware:
    """Whoever can see other people's data shows a second factor, and sets one up before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        route = request.resolver_match.view_name if request.resolver_match else ""
        if not request.user.is_authenticated or route in SHOWING or _signed_in_by(request, "mfa"):
            return None
        # SECURITY: asked of the grants of today, not of the session: a post may begin while somebody is signed in.
        return _to_factor(request, route) if needs_second_factor(request.user) else None


class RouteAccessMiddleware:
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
        if access.door is AccessKind.PUBLIC:
            return None
        if not request.user.is_authenticated:
            # Views of the API look at tokens themselves; their permission asks the same door again.
            return None if hasattr(view, "cls") else redirect_to_login(request.get_full_path())
        if access.door is AccessKind.ABILITY:
            enforce(access, request, names_row=bool(kwargs))
        # SECURITY: whoever has reset the password knows it, so it alone does not show who signs in.
        if needs_proof(view) and not proves_identity(request):
            return _unproved(request)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        return _unproved(request) if isinstance(exception, IdentityUnproved) else None


def enforce(access: RouteAccess, request: HttpRequest, *, names_row: bool) -> None:
    answer = access.answer(request.method or "", Scope.of(request.user).abilities, names_row=names_row)
    if answer is AccessDecision.NOT_FOUND:
        raise Http404
    if answer is AccessDecision.FORBIDDEN:
        raise PermissionDenied


def _to_factor(request: HttpRequest, route: str) -> HttpResponseBase | None:
    user: Any = request.user
    # SECURITY: whoever has a factor shows that one, and does not put another in its place.
    if not has_second_factor(user):
        return None if route in SETTING_UP else redirect("mfa_activate_totp")
    has_app = is_mfa_enabled(user, [Authenticator.Type.TOTP])
    show = resolve_url("mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn")
    return redirect(f"{show}?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else show)


def _unproved(request: HttpRequest) -> HttpResponse:
    return render(request, "network/signin/identity_unproved.html", status=HTTPStatus.FORBIDDEN)


def _signed_in_by(request: HttpRequest, method: str) -> bool:
    user: Any = request.user
    return any(record.get("method") == method for record in get_authentication_records(request, user))
