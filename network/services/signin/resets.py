"""A new password or a new second step for somebody who lost theirs: who may give it, and when it takes two people."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from network import policies
from network.models import AccessRequest, Post, Student, User
from network.rules import Role
from network.rules.appointments import reset_takes_two
from network.scope import Scope
from network.services.access_requests import ask_reset
from network.services.signin.accounts import FirstPassword, reset_password
from network.services.signin.factors import reset_factors

Kind = AccessRequest.Kind


@transaction.atomic
def renew_password(*, user: User, by: User, at: datetime) -> FirstPassword | AccessRequest:
    """A new code for one person, or the request for it where a second person has to agree. Refused as `check_reset`."""
    if check_reset(user=user, by=by, at=at):
        return ask_reset(holder=user, kind=Kind.PASSWORD, by=by, at=at)
    return reset_password(user=user, by=by, at=at)


@transaction.atomic
def renew_factors(*, user: User, by: User, at: datetime) -> AccessRequest | None:
    """A new start for the second step, or the request for it where a second person has to agree; None when it is done.
    Refused as `check_reset`."""
    if check_reset(user=user, by=by, at=at):
        return ask_reset(holder=user, kind=Kind.FACTORS, by=by, at=at)
    reset_factors(user=user, by=by, at=at)
    return None


def check_reset(*, user: User, by: User, at: datetime) -> bool:
    """Whether it takes two people. Refused unless `by` appoints to every post of the person, and for people whom `by`
    has just appointed or who review what `by` does."""
    held = list(Post.objects.active(localdate(at)).filter(holder=user).select_related("unit"))
    student = Student.objects.filter(user=user).first()
    # SECURITY: whoever hands out a code could sign in with it, so nobody does for somebody who may do more.
    if not policies.may_reset_sign_in(by, user, student, held):
        raise Refused(_("You may not reset this person's sign-in. Please ask the center."), code="may-not-reset")
    # SECURITY: appoint and reset are harmless alone; together they would make one person two.
    if policies.appointed_lately([by.pk], user, at):
        raise Refused(
            _("You appointed this person in the last 14 days. Please ask somebody else for the reset."),
            code="appointed-lately",
        )
    if policies.is_own_reviewer(by, held):
        raise Refused(_("This person reviews what you do. Somebody else has to reset this."), code="own-reviewer")
    own_roles = [role for roles in Scope.of(by).roles.values() for role in roles]
    return reset_takes_two(own_roles, [Role(post.role) for post in held])
