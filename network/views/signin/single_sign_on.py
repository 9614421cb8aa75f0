import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.utils import respond_to_login_on_get
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect import views as oidc
from allauth.socialaccount.providers.saml import views as saml
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from requests import RequestException

from network.access import public

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]

# All that a silent, broken, strange or forged answer of another server can lead to.
FAILURES = (
    AttributeError,
    ImproperlyConfigured,
    LookupError,
    OAuth2Error,
    OneLogin_Saml2_Error,
    OneLogin_Saml2_ValidationError,
    PermissionDenied,
    RequestException,
    SyntaxError,  # of XML
    TypeError,
    ValueError,
)


def _steady(kind: str) -> Callable[[View], View]:
    """Open to strangers where this way in is configured; whatever fails on it ends on one page that tells nothing."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if not get_adapter().list_apps(request, provider=kind):
                raise Http404
            try:
                return view(request, **kwargs)
            except SocialApp.DoesNotExist:
                raise Http404 from None
            except FAILURES as failure:
                # SECURITY: the kind of failure alone; its words may hold tickets and names.
                logger.warning("sign-in by %s failed: %s", kind, type(failure).__name__)
                return _failed(request)

        return public(login_not_required(never_cache(answer)))

    return decorate


def _failed(request: HttpRequest) -> HttpResponse:
    return render(request, "socialaccount/authentication_error.html", status=401)


@_steady("cas")
def cas_login(request: HttpRequest) -> HttpResponse:
    provider = get_adapter().get_provider(request, "cas")
    asked: HttpResponse | None = respond_to_login_on_get(request, provider)
    return asked or provider.redirect_from_request(request)


@_steady("cas")
def cas_callback(request: HttpRequest) -> HttpResponse:
    provider = get_adapter().get_provider(request, "cas")
    state_id = request.GET.get("state", "")
    state = provider.unstash_redirect_state(request, state_id)
    name, attributes, _granting = provider.client(request, state_id).verify_ticket(request.GET["ticket"])
    if not name:
        return _failed(request)
    login = provider.sociallogin_from_response(request, (name, attributes))
    login.state = state
    answer: HttpResponse = complete_social_login(request, login)
    return answer


oidc_login = _steady("openid_connect")(oidc.login)
oidc_callback = _steady("openid_connect")(oidc.callback)
saml_login = _steady("saml")(saml.login)
saml_acs = csrf_exempt(_steady("saml")(saml.acs))
saml_acs_finish = _steady("saml")(saml.finish_acs)
saml_metadata = _steady("saml")(saml.metadata)


@_steady("saml")
def saml_sign_out(request: HttpRequest, organization_slug: str) -> HttpResponse:
    # SECURITY: nobody is signed out by a link or by a form of another site; the page asks.
    return redirect("account_logout")


@public
@login_not_required
@never_cache
def cancelled(request: HttpRequest) -> HttpResponse:
    return render(request, "socialaccount/login_cancelled.html")
