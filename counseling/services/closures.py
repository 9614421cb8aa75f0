"""Days off and closures: nothing is cancelled by itself; what lies in them is owed a move."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from counseling import policies
from counseling.models import Booking, Closure, Counselor, Room
from counseling.rules.refusals import Why
from counseling.services.changes import move_key
from counseling.services.shared import DESK, NotBooked, lock_counselors
from crisis.rules.dates import PLANNED
from kernel import audit
from kernel.errors import Refused
from network.models import Post, Unit, User
from network.rules import Role
from network.services import Owed, owe

KIND = "counseling.move"
MOVE = gettext_noop("An appointment needs another time")
# A move is due a day before the session, or at once.
BEFORE = timedelta(hours=24)


def bookings_hit(
    *,
    school: Unit,
    counselor: Counselor | None,
    room: Room | None,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
) -> list[Booking]:
    """Bookings to come that a closure would hit, for the page that asks before it saves."""
    rows = Booking.objects.upcoming(at).filter(
        school=school, session__starts_at__lt=ends_at, session__ends_at__gt=starts_at
    )
    if counselor is not None:
        rows = rows.filter(session__counselor=counselor)
    if room is not None:
        rows = rows.filter(session__room=room)
    related = ("session__counselor__user", "session__school", "student")
    return list(rows.select_related(*related).order_by("session__starts_at", "pk"))


@transaction.atomic
def close_days(
    *,
    school: Unit,
    counselor: Counselor | None = None,
    room: Room | None = None,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
    by: User,
    at: datetime,
) -> tuple[Closure, list[Booking]]:
    """Close a counselor, a room or the whole center for a time. Returns the bookings that lie in it: they stand, and
    somebody owes each a move before it begins. SECURITY: the counselors are locked, so no booking slips in unseen."""
    # The center's and a room's closure concern everybody's bookings.
    keys = [counselor.pk] if counselor else list(Counselor.objects.filter(school=school).values_list("pk", flat=True))
    lock_counselors(keys)
    if not (policies.may_change_hours(by, counselor) if counselor else policies.may_direct(by, school)):
        raise NotBooked(Why.NOT_YOURS)
    if not starts_at < ends_at:
        raise Refused(_("The end lies before the beginning. Check both times."), code="reversed")
    if not (PLANNED.covers(starts_at, at) and PLANNED.covers(ends_at, at)):
        raise Refused(_("Choose days within the next twelve months."), code="out-of-reach")
    closure = Closure.objects.create(
        school=school,
        counselor=counselor,
        room=room,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        added_by=by,
        added_at=at,
    )
    hit = bookings_hit(school=school, counselor=counselor, room=room, starts_at=starts_at, ends_at=ends_at, at=at)
    owe_moves(hit, at=at)
    audit.record(action="closure.add", by=by, at=at, obj=closure, unit=school.code)
    return closure, hit


@transaction.atomic
def reopen_days(*, closure: Closure, by: User, at: datetime) -> None:
    """Take a closure back; moves that were owed for it alone are withdrawn by the next run of the task."""
    lock_counselors([closure.counselor_id])
    may = (
        policies.may_change_hours(by, closure.counselor)
        if closure.counselor
        else policies.may_direct(by, closure.school)
    )
    if not may:
        raise NotBooked(Why.NOT_YOURS)
    audit.record(action="closure.drop", by=by, at=at, obj=closure, unit=closure.school.code)
    closure.delete()


def owe_moves(bookings: Iterable[Booking], *, at: datetime) -> None:
    """SECURITY: the counselor owes the move, at the school; the duty says nothing of the student."""
    owe(duties=[_owed(booking, at=at) for booking in bookings])


def _owed(booking: Booking, *, at: datetime) -> Owed:
    session = booking.session
    owner = session.counselor.user if session.counselor else None
    posts = Post.objects.active(localdate(at)).filter(unit=session.school_id, holder=owner)
    return Owed(
        kind=KIND,
        key=move_key(booking),
        unit=session.school,
        role=Role.CENTER_DIRECTOR,
        owner=owner,
        post=posts.order_by("pk").first(),
        title=MOVE,
        params={},
        link=DESK,
        due_at=max(at, session.starts_at - BEFORE),
    )
