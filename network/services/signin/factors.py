"""The second factor: what belongs to it is sealed, and whoever lost it gets a new start."""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network import policies
from network.models import FactorSecret, User
from network.services.signin.identity import FACTORS_RESET, tell_of_reset
from network.services.signin.sessions import end_sessions

# Recovery codes help out; alone they are no second factor.
MAIN_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def seal_secret(*, user: User, text: str) -> str:
    """Keep a secret of the user's sealed; returns the name under which it is found again."""
    sealed = FactorSecret.objects.create(user=user, secret=text)
    return str(sealed.pk)


def open_secret(*, user: User, name: str) -> str:
    """The secret under this name. SECURITY: only for the user whose it is, so that no row can borrow another's."""
    secret: str = FactorSecret.objects.get(pk=UUID(name), user=user).secret
    return secret


def factors_of(user: User) -> list[Authenticator]:
    """All that the user has set up, the oldest first."""
    return list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))


def has_second_factor(user: User) -> bool:
    """Whether the user has set up an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=user, type__in=MAIN_FACTORS).exists())


@transaction.atomic
def welcome_factor(*, user: User, kind: str, at: datetime, keep: str) -> None:
    """A factor was added: whoever is signed in elsewhere, without it, is signed out there."""
    _forget_secrets(user)
    audit.record(action="user.add_factor", by=user, at=at, obj=user, detail={"kind": kind})
    end_sessions(users=[user], by=user, at=at, keep=keep)


@transaction.atomic
def drop_totp(*, user: User) -> None:
    """Make room for another authenticator app."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()


@transaction.atomic
def drop_factor(*, factor: Authenticator, by: User, at: datetime) -> None:
    """Take one of the user's own factors away. Refused for the last one of somebody who must have one."""
    others = Authenticator.objects.filter(user=by, type__in=MAIN_FACTORS).exclude(pk=factor.pk)
    if not others.exists():
        if policies.needs_second_factor(by):
            raise Refused(_("Add another second factor first: your post asks for one."), code="last-factor")
        Authenticator.objects.filter(user=by).delete()
    Authenticator.objects.filter(pk=factor.pk).delete()
    _forget_secrets(by)
    audit.record(action="user.drop_factor", by=by, at=at, obj=by, detail={"kind": factor.type})


@transaction.atomic
def reset_factors(*, user: User, by: User, at: datetime) -> None:
    """A new start for somebody who lost phone and recovery codes. The caller has checked that `by` may."""
    Authenticator.objects.filter(user=user).delete()
    _forget_secrets(user)
    audit.record(action="user.reset_factors", by=by, at=at, obj=user)
    end_sessions(users=[user], by=by, at=at)
    tell_of_reset(user=user, by=by, at=at, title=FACTORS_RESET)


def _forget_secrets(user: User) -> None:
    named = [
        name
        for data in Authenticator.objects.filter(user=user).order_by("pk").values_list("data", flat=True)
        for name in (data.get("secret"), data.get("seed"))
        if name
    ]
    FactorSecret.objects.filter(user=user).exclude(pk__in=named).delete()
