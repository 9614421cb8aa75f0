"""A counselor's own calendar as a feed, under an address that can be revoked; one time as a file for a student."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from counseling.models import Booking, FeedToken, Session
from counseling.rules.calendars import AHEAD, CANCELLED_STAYS, PAST, BusyTime, calendar_text
from counseling.rules.kinds import SessionState
from kernel import audit
from kernel.errors import Refused
from network.models import User
from network.rules import Ability
from network.scope import Scope

BYTES = 32
# An address that nobody renews ends by itself: half a year, about a term.
LASTS = timedelta(days=183)
# How exact "last fetched" is: programs may ask every few minutes.
SEEN_EVERY = timedelta(hours=1)


@transaction.atomic
def make_feed(*, by: User, at: datetime) -> str:
    """A new address for one's own calendar; an older one stops working. Returns the key in the address, which is not
    stored and cannot be shown again. Refused for all but counselors."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if Ability.TAKE_COUNSELING not in Scope.of(by).abilities:
        raise Refused(_("Only counselors have a calendar here."), code="no-counselor")
    _revoke(by, at)
    key = secrets.token_urlsafe(BYTES)
    token = FeedToken.objects.create(user=by, sha256=_hash(key), created_at=at, ends_on=_end(by, localdate(at)))
    audit.record(action="feed.make", by=by, at=at, obj=token)
    return key


@transaction.atomic
def revoke_feed(*, by: User, at: datetime) -> None:
    """From now on the address gives nothing; without an address nothing happens."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if _revoke(by, at):
        audit.record(action="feed.revoke", by=by, at=at, obj=by)


def read_feed(*, key: str, at: datetime) -> bytes | None:
    """The calendar behind an address. None for a wrong, revoked or ended one, and when the holder counsels no more:
    nobody learns which of these it is."""
    token = FeedToken.objects.active(localdate(at)).filter(sha256=_hash(key)).select_related("user").first()
    if token is None or not token.user.is_active:
        return None
    if Ability.TAKE_COUNSELING not in Scope.load(token.user).abilities:
        return None
    if token.last_read_at is None or at - token.last_read_at >= SEEN_EVERY:
        FeedToken.objects.filter(pk=token.pk).update(last_read_at=at)
    return calendar_text([_time_of(session) for session in _sessions(token.user, at)], at=at)


def own_time(booking: Booking, *, at: datetime) -> bytes:
    """One appointment as a file for the student's own calendar: nothing that is fetched again."""
    return calendar_text([_time_of(booking.session)], at=at)


def _sessions(user: User, at: datetime) -> Any:
    """Those around today; cancelled ones for a month after they were cancelled."""
    around = Session.objects.between(at - PAST, at + AHEAD).filter(counselor__user=user)
    lately = Q(cancelled_at__gte=at - CANCELLED_STAYS) | Q(cancelled_at=None)
    return around.annotate(cancelled_at=Max("bookings__ended_at")).filter(
        ~Q(state=SessionState.CANCELLED.value) | lately
    )


def _time_of(session: Session) -> BusyTime:
    # SECURITY: the key of the session stands in addresses of the portal; the calendar gets another one.
    uid = salted_hmac("counseling.feeds", str(session.pk), algorithm="sha256").hexdigest()[:32]
    is_cancelled = session.state == SessionState.CANCELLED
    return BusyTime(uid, session.starts_at, session.ends_at, session.version + is_cancelled, is_cancelled)


def _end(user: User, on: date) -> date:
    """With the last of the posts that make somebody a counselor, or after half a year."""
    granted = Scope.of(user).granted.get(Ability.TAKE_COUNSELING, {})
    units = [pk for ids in granted.values() for pk in ids]
    ends = list(user.posts.active(on).filter(unit__in=units).order_by("pk").values_list("ends_on", flat=True))
    if not ends or None in ends:
        return on + LASTS
    last: date = max(ends) - timedelta(days=1)
    return min(on + LASTS, last)


def _revoke(user: User, at: datetime) -> int:
    return int(FeedToken.objects.for_user(user).filter(revoked_at=None).update(revoked_at=at))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
