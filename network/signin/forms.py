from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
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

from network.services import end_doubt, is_proved, record_failed_sign_in, set_password
from network.signin import attempts


class LoginForm(AllauthLoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Staff or student number")
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True, "placeholder": ""}
        self.fields["password"].widget.attrs |= {"placeholder": ""}

    def clean_login(self) -> str:
        return str(super().clean_login()).strip()


class ChangePasswordForm(AllauthChangePasswordForm):
    def clean_oldpassword(self) -> Any:
        """SECURITY: a guess here counts and is on record, as at the sign-in."""
        adapter = get_adapter()
        attempt = attempts.begin(context.request, number=self.user.number, user=self.user)
        if attempt is None:
            raise adapter.validation_error("too_many_login_attempts")
        try:
            password = super().clean_oldpassword()
        except ValidationError:
            attempt.fail()
            address = str(adapter.get_client_ip(context.request))
            record_failed_sign_in(user=self.user, by="password", address=address, at=now())
            raise
        attempt.succeed()
        return password

    def save(self) -> None:
        here = context.request.session.session_key or ""
        proved = is_proved(self.user, get_authentication_records(context.request, self.user))
        set_password(user=self.user, password=self.cleaned_data["password1"], at=now(), keep=here)
        if proved:
            end_doubt(user=self.user)


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
