"""An account is closed to somebody, and opened again."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network import policies
from network.models import Post, User
from network.services.signin.sessions import end_sessions


@transaction.atomic
def disable_account(*, user: User, by: User, at: datetime) -> User:
    """The person can no longer sign in and is signed out everywhere; posts stay. Refused when `by` may not."""
    user = _locked(user, by=by, at=at)
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        audit.record(action="user.disable", by=by, at=at, obj=user)
        end_sessions(users=[user], by=by, at=at)
    return user


@transaction.atomic
def enable_account(*, user: User, by: User, at: datetime) -> User:
    """The person can sign in again, with the password of before. Refused when `by` may not."""
    user = _locked(user, by=by, at=at)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit.record(action="user.enable", by=by, at=at, obj=user)
    return user


def _locked(user: User, *, by: User, at: datetime) -> User:
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    posts = list(Post.objects.active(localdate(at)).filter(holder=user).select_related("unit"))
    if not policies.may_disable(by, user, posts):
        raise Refused(_("You may not open or close this account. Please ask the center."), code="may-not-disable")
    return user
