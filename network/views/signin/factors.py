from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic.edit import FormView

from kernel.errors import Refused
from kernel.web import Request, require_GET, require_http_methods, require_POST
from network.access import own
from network.policies import needs_second_factor
from network.services import drop_factor, drop_totp, end_doubt, factors_of, has_second_factor, is_proved, welcome_factor
from network.services.signin.factors import MAIN_FACTORS
from network.signin.allauth_internals import generate_recovery_codes, record_authentication

Kind = Authenticator.Type
# Recovery codes are shown in the session that made them, until they have been put away.
FRESH = "fresh_codes"


@own
@never_cache
@require_GET
def factor_list(request: Request) -> HttpResponse:
    factors = factors_of(request.user)
    codes = next((factor for factor in factors if factor.type == Kind.RECOVERY_CODES), None)
    context = {
        "app": next((factor for factor in factors if factor.type == Kind.TOTP), None),
        "passkeys": [factor for factor in factors if factor.type == Kind.WEBAUTHN],
        "codes": codes,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "needed": (needed := needs_second_factor(request.user)),
        "may_drop": not needed or sum(factor.type in MAIN_FACTORS for factor in factors) > 1,
    }
    return render(request, "mfa/index.html", context)


class FirstFactor:
    """What setting up an app and setting up a passkey have in common."""

    request: Request
    kind: str
    did_generate_recovery_codes: bool

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        first = not has_second_factor(self.request.user)
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"first": first, "needed": first and needs_second_factor(self.request.user)}

    def is_proved(self) -> bool:
        """Asked before another app takes the place of the one that proves it."""
        return is_proved(self.request.user, get_authentication_records(self.request, self.request.user))

    def settle_in(self, *, proved: bool) -> None:
        user = self.request.user
        if proved:
            end_doubt(user=user)
        record_authentication(self.request, user, "mfa", type=self.kind, reauthenticated=True)
        welcome_factor(user=user, kind=self.kind, at=now(), keep=self.request.session.session_key or "")
        if self.did_generate_recovery_codes:
            self.request.session[FRESH] = True


@method_decorator([never_cache, reauthentication_required(app="allauth.mfa", allow_get=False)], name="dispatch")
class TotpActivate(FirstFactor, ActivateTOTPView):
    kind = Kind.TOTP

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Another app takes the place of the one before; allauth would ask to go without in between.
        return FormView.dispatch(self, request, *args, **kwargs)

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        proved = self.is_proved()
        drop_totp(user=self.request.user)
        response: HttpResponse = super().form_valid(form)
        self.settle_in(proved=proved)
        return response


@method_decorator(never_cache, name="dispatch")
class PasskeyAdd(FirstFactor, AddWebAuthnView):
    kind = Kind.WEBAUTHN

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        self.settle_in(proved=self.is_proved())
        return response


totp_activate = own(TotpActivate.as_view())
passkey_add = own(PasskeyAdd.as_view())


@own
@require_POST
def factor_drop(request: Request, pk: int) -> HttpResponse:
    factor = next(
        (factor for factor in factors_of(request.user) if factor.pk == pk and factor.type != Kind.RECOVERY_CODES), None
    )
    if factor is None:
        raise Http404
    dropped: HttpResponse = _drop(request, factor)
    return dropped


@reauthentication_required(app="allauth.mfa")
def _drop(request: Request, factor: Authenticator) -> HttpResponse:
    try:
        drop_factor(factor=factor, by=request.user, at=now())
        messages.success(request, _("Removed."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("mfa_index")


@own
@never_cache
@require_http_methods(["GET", "POST"])
def recovery_codes(request: Request) -> HttpResponse:
    factor = next((factor for factor in factors_of(request.user) if factor.type == Kind.RECOVERY_CODES), None)
    if request.method == "POST" and request.POST.get("act") == "make" and has_second_factor(request.user):
        generate_recovery_codes(request)
        request.session[FRESH] = True
        return redirect("mfa_view_recovery_codes")
    if request.method == "POST":
        request.session.pop(FRESH, None)
        return redirect("home")
    if factor is None or not request.session.get(FRESH):
        return redirect("mfa_index")
    return render(request, "mfa/recovery_codes.html", {"codes": factor.wrap().get_unused_codes()})


@own
@never_cache
@require_GET
def recovery_codes_download(request: Request) -> HttpResponse:
    factor = next((factor for factor in factors_of(request.user) if factor.type == Kind.RECOVERY_CODES), None)
    if factor is None or not request.session.get(FRESH):
        raise Http404
    lines = [_("Recovery codes of %(number)s for Shouwang; each works once.") % {"number": request.user.number}, ""]
    text = "\r\n".join([*lines, *factor.wrap().get_unused_codes(), ""])
    headers = {"Content-Disposition": 'attachment; filename="recovery-codes.txt"'}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
