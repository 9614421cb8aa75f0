from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.exceptions import ValidationError
from django.forms import Form
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from network.services import record_failed_sign_in, set_password


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
        here = context.request.session.session_key or ""
        set_password(user=self.user, password=self.cleaned_data["password1"], at=now(), keep=here)


def _as_code(form: Form) -> None:
    """Digits on the phone's keyboard, and nothing that the browser would keep."""
    form.fields["code"].widget.attrs = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "autofocus": True,
        "maxlength": 12,
        "class": "code-input",
    }


class _ShownCode:
    """A wrong code is on record."""

    def clean_code(self) -> Any:
        try:
            return super().clean_code()  # type: ignore[misc]
        except ValidationError as error:
            if error.code == "incorrect_code":
                address = str(get_adapter().get_client_ip(context.request))
                record_failed_sign_in(user=self.user, by="mfa", address=address, at=now())  # type: ignore[attr-defined]
            raise


class CodeForm(_ShownCode, AllauthAuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from the app, or a recovery code")
        _as_code(self)


class CodeAgainForm(_ShownCode, AllauthReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from the app, or a recovery code")
        _as_code(self)


class FirstCodeForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The six digits that the app shows now")
        _as_code(self)
        # A phone would scroll past the picture to the field.
        del self.fields["code"].widget.attrs["autofocus"]
