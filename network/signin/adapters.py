from http import HTTPStatus
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from network.models import User
from network.policies import needs_second_factor
from network.services import has_second_factor, open_secret, record_failed_sign_in, record_sign_in, seal_secret
from network.signin import attempts
from network.signin.allauth_internals import get_user_by_username, unstash_login
from network.signin.devices import remember_device


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from the roster: nobody signs up. Guessing is counted, and each sign-in is on record."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "Number and password do not match. Check both, or ask your fudaoyuan for a new sign-in slip."
        ),
        "too_many_login_attempts": _(
            "Too many attempts. Wait five minutes and try again, use a device on which you have signed in before, or "
            "ask for a new sign-in slip."
        ),
    }
    attempt: attempts.Attempt | None = None
    tried: User | None = None

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        # The form is done; the same form once more would look as if nothing had been saved.
        return reverse("home")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        number = str(credentials.get("username") or "").strip()
        # The account is found as the check of the password finds it, whatever the spelling.
        user: Any = get_user_by_username(number) if number else None
        self.tried = user
        self.attempt = attempts.begin(request, number=number, user=user)
        if self.attempt is None:
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        if self.attempt:
            self.attempt.fail()
        record_failed_sign_in(user=self.tried, by="password", address=self.get_client_ip(request), at=now())

    def _rollback_login_failed_rl_usage(self) -> None:
        if self.attempt:
            self.attempt.succeed()

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        methods = [str(record.get("method")) for record in get_authentication_records(request, user)]
        record_sign_in(user=user, by="+".join(dict.fromkeys(methods)), address=self.get_client_ip(request), at=now())
        remember_device(request, response, user.pk)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        user: Any = context.request.user
        # Led here right after the password, to set up the first second factor: nothing else is open yet.
        if app == "allauth.mfa" and needs_second_factor(user) and not has_second_factor(user):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        # The password last: whom the university's own sign-in lets in may have none.
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return sorted(methods, key=lambda method: bool(method["id"] == "reauthenticate"))


class FactorAdapter(DefaultMFAAdapter):
    """Secrets are sealed in a table of their own; the authenticator keeps but their name."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code does not fit. Codes change every 30 seconds: wait for the next one and try again."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seal_secret(user=_owner(), text=text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_secret(user=_owner(), name=encrypted_text)

    def get_totp_issuer(self) -> str:
        return gettext("Shouwang")

    def get_totp_label(self, user: Any) -> str:
        return str(user.number)

    def _get_site_name(self) -> str:
        return gettext("Shouwang")

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return pgettext("passkey", "Passkey")


def _owner() -> User:
    """Whose secrets are asked for: the user of the request, or who is on the way in."""
    user: Any = context.request.user
    if user.is_authenticated:
        return user  # type: ignore[no-any-return]
    login: Any = unstash_login(context.request, peek=True)
    return login.user  # type: ignore[no-any-return]


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """The university's own sign-in tells who somebody is; the roster tells whether the portal knows them."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        # SECURITY: configuration alone; a row in the database opens no further way in.
        apps = [
            SocialApp(provider=kind, **app)
            for kind, provider_settings in settings.SOCIALACCOUNT_PROVIDERS.items()
            for app in provider_settings["APPS"]
        ]
        return [
            app
            for app in apps
            if provider in (None, app.provider, app.provider_id) and client_id in (None, app.client_id)
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        # SECURITY: the number alone decides, each time anew; nothing is connected, and nobody is created.
        user: Any = get_user_by_username(sociallogin.account.uid.strip())
        if user is None or sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise ImmediateHttpResponse(render(request, "socialaccount/unknown.html", status=HTTPStatus.FORBIDDEN))
        sociallogin.user = user
