"""After staff have reset a password: is it still the same person who signs in?

Whoever resets a password sees the new one and could sign in with it. So sealed pages and pages of one's own answers
stay shut until the person has shown who they are in a way that the reset did not open: a second factor that is older
than the reset, the university's own sign-in, or the word of a second person.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import audit, notices
from kernel.errors import Refused
from network import policies
from network.models import Post, Student, User
from network.rules import Role
from network.services.wide_posts import watchers_of

RESET = gettext_noop("%(by)s has reset your password. If you did not ask for it, call the counseling center.")
FACTORS_RESET = gettext_noop("Your second factor was reset. If you did not ask for it, call the counseling center.")
RESET_OF_ANOTHER = gettext_noop("%(by)s has reset the sign-in of %(name)s (%(number)s).")
CONFIRMED = gettext_noop("%(by)s has confirmed that it is you who signs in. If it is not, call the center.")


def is_proved(user: User, records: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a session shows who its user is; `records`: how the session was signed in, as allauth keeps it."""
    if user.reset_at is None:
        return True
    shown = list(records)
    if any(record.get("method") == "socialaccount" for record in shown):
        return True
    factors = [record["id"] for record in shown if record.get("method") == "mfa" and record.get("id")]
    # SECURITY: a factor that was set up after the reset may be that of whoever knew the new password.
    older = Authenticator.objects.filter(user=user, pk__in=factors, created_at__lt=user.reset_at)
    return bool(factors) and older.exists()


def doubt_identity(*, user: User, by: User | None, at: datetime) -> None:
    """Note a reset of the password; the caller saves the row. An earlier doubt that still stands is kept."""
    user.reset_at = user.reset_at or at
    user.reset_by = by


def end_doubt(*, user: User) -> None:
    """The person has proved who they are and has changed what the reset had opened."""
    User.objects.filter(pk=user.pk).exclude(reset_at=None).update(reset_at=None, reset_by=None)
    user.reset_at = user.reset_by = None


@transaction.atomic
def confirm_identity(*, user: User, by: User, at: datetime) -> None:
    """A second person says that it is this person who signs in now. Refused for whoever reset the password, for whom
    they have just appointed, and for whoever may not see the person."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    student = Student.objects.filter(user=user).first()
    posts = list(Post.objects.active(localdate(at)).filter(holder=user).select_related("unit"))
    if not policies.may_confirm_identity(by, user, student, posts, at):
        raise Refused(_("Somebody else has to confirm this: neither you nor whoever reset it."), code="may-not-confirm")
    if user.reset_at is None:
        return
    end_doubt(user=user)
    audit.record(action="user.confirm_identity", by=by, at=at, obj=user)
    notices.post(to=user, kind="user.identity", title=CONFIRMED, params={"by": by.name}, at=at, urgent=True)


def tell_of_reset(*, user: User, by: User, at: datetime, title: str = RESET) -> None:
    """Tell the person, and somebody who is neither the person nor `by`."""
    params = {"by": by.name} if "%(by)s" in title else {}
    notices.post(to=user, kind="user.reset", title=title, params=params, at=at, urgent=True)
    others = third_parties(user, without={user.pk, by.pk}, at=at)
    params = {"by": by.name, "name": user.name, "number": user.number}
    notices.post(to=others, kind="user.reset", title=RESET_OF_ANOTHER, params=params, at=at)


def third_parties(user: User, *, without: set[int], at: datetime) -> list[User]:
    """For a student the coordinators of the college; for the staff, or without a coordinator, those who watch over
    access."""
    student = Student.objects.filter(user=user).first()
    if student is not None and student.college_id is not None:
        posts = Post.objects.active(localdate(at)).filter(unit=student.college_id, role=Role.COLLEGE_COORDINATOR)
        near = [post.holder for post in posts.select_related("holder").order_by("pk")]
        near = [person for person in near if person.is_active and person.pk not in without]
        if near:
            return near
    return watchers_of(school_id=user.school_id or 0, at=at, without=without)
