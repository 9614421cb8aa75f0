"""Sessions: where somebody is signed in, and how it ends there."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.timezone import localdate

from kernel import audit
from network.models import Student, User, UserSession
from network.models.sessions import UserSessionQuerySet
from network.rules import PEER_ROLES, Role
from network.rules.signin import HAND_IDLE, SHARED_IDLE, idle_limit

BATCH = 500
# A longer name of a browser is cut.
AGENT = 300


def record_sign_in(*, user: User, by: str, address: str, at: datetime) -> None:
    """Write down that the user has signed in; `by` says how, in a word."""
    audit.record(action="user.sign_in", by=user, at=at, obj=user, detail={"by": by, "address": address})


def record_failed_sign_in(*, user: User | None, by: str, address: str, at: datetime) -> None:
    """Write down a wrong password or code; of an account that is not there, nothing of what was typed: it may have been
    a password. The limits of guessing bound how many there are."""
    audit.record(action="user.fail_sign_in", by=None, at=at, obj=user, detail={"by": by, "address": address})


def open_session(*, user: User, key: str, address: str, agent: str, at: datetime) -> UserSession:
    """List the session with this key among the user's devices."""
    session = UserSession(user=user, session_key=key, address=address, agent=agent[:AGENT], started_at=at, seen_at=at)
    # Two requests may come at once with a session that was there before the list: one of them is enough.
    UserSession.objects.bulk_create([session], ignore_conflicts=True)
    return session


def see_session(*, pk: str, key: str, address: str, at: datetime) -> bool:
    """Note that the session is in use, under its present key; False when it was ended elsewhere."""
    seen = UserSession.objects.filter(pk=pk).update(session_key=key, address=address, seen_at=at)
    return bool(seen)


def session_limit(*, user: User, at: datetime) -> timedelta:
    """How long the user's sessions may be left alone."""
    if user.shares_phone:
        return SHARED_IDLE
    roles = user.posts.active(localdate(at)).order_by("pk").values_list("role", flat=True)
    held = [Role(role) for role in roles]
    # Asked only where it matters: whoever holds a post of the staff sits at a desk.
    is_student = PEER_ROLES.issuperset(held) and Student.objects.filter(user=user).exists()
    return idle_limit(is_student=is_student, roles=held)


@transaction.atomic
def set_shared_phone(*, user: User, is_shared: bool, at: datetime) -> timedelta:
    """Note whether others use the phone that the user signs in with; returns how long sessions may be left alone now.
    SECURITY: nobody but the user is told, and nothing in the log says that it was changed."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    # On the caller's own user: the middleware asks it again when it begins to list this session.
    user.shares_phone = is_shared
    user.save(update_fields=["shares_phone"])
    return session_limit(user=user, at=at)


def close_session(*, pk: str) -> None:
    """The user has signed out there."""
    UserSession.objects.filter(pk=pk).delete()


@transaction.atomic
def end_session(*, session: UserSession, by: User, at: datetime) -> None:
    """Sign the user out there."""
    _end(UserSession.objects.filter(pk=session.pk))
    audit.record(action="user.end_session", by=by, at=at, obj=session.user, detail={"sessions": 1})


@transaction.atomic
def end_sessions(*, users: Iterable[User], by: User | None, at: datetime, keep: str = "") -> int:
    """Sign people out everywhere, but for the session with the key `keep`; returns how many sessions ended."""
    people = list({user.pk: user for user in users}.values())
    ended = 0
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        ended += _end(UserSession.objects.filter(user__in=batch).exclude(session_key=keep))
    if ended:
        only = people[0] if len(people) == 1 else None
        audit.record(action="user.end_session", by=by, at=at, obj=only, detail={"sessions": ended})
    return ended


@transaction.atomic
def forget_sessions(*, at: datetime) -> int:
    """Take the rows of sessions that have run out; returns how many."""
    return _end(UserSession.objects.left_before(at - HAND_IDLE))


def _end(sessions: UserSessionQuerySet) -> int:
    keys = list(sessions.order_by("pk").values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)
