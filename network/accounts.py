from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from network.services import set_password


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from the roster: nobody signs up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "Number and password do not match. Check both, or ask your fudaoyuan for a new sign-in slip."
        ),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class LoginForm(AllauthLoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Staff or student number")
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True, "placeholder": ""}
        self.fields["password"].widget.attrs |= {"placeholder": ""}

    def clean_login(self) -> str:
        return str(super().clean_login()).strip()


class ChangePasswordForm(AllauthChangePasswordForm):
    def save(self) -> None:
        set_password(user=self.user, password=self.cleaned_data["password1"], at=now())
