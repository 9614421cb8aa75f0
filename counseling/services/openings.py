"""Freed times: whoever gives one back keeps it from passers-by, until it was offered to those who wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from counseling.models import Counselor, Opening, Session, Slot, WaitingEntry
from counseling.rules.free_times import Span, overlaps
from counseling.rules.kinds import EntryState, HoursUse, OpeningState, Rank
from counseling.rules.limits import LAST_CALL
from counseling.services import intervals
from kernel import jobs

OFFER_TASK = "counseling.offer_openings"


@dataclass(frozen=True)
class Before:
    """What a session took before it was moved."""

    session: Session
    counselor: Counselor | None
    room_id: UUID | None
    channel: str
    use: str
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, session: Session, counselors: Mapping[UUID, Counselor]) -> Before:
        counselor = counselors.get(session.counselor_id) if session.counselor_id else None
        return cls(
            session, counselor, session.room_id, session.channel, session.use, session.starts_at, session.ends_at
        )

    @property
    def pause(self) -> timedelta:
        return timedelta(minutes=self.counselor.pause if self.counselor else 0)

    @property
    def spans(self) -> list[Span]:
        """What the move gives up: with the counselor's pause, and without it as the room has it."""
        return [(self.starts_at, self.ends_at + self.pause), (self.starts_at, self.ends_at)]


def give_back(session: Session, *, at: datetime, offer: bool) -> None:
    """Free the time of a cancelled session. With `offer`, and when somebody waits, counselor and room stay taken by an
    Opening, inside the caller's transaction; so nobody who passes by sees the time."""
    if session.counselor is None:
        intervals.free(session)
        return
    waited_for = offer and is_waited_for(session.school_id, session.starts_at, at=at)
    opening = _open(
        school_id=session.school_id,
        counselor=session.counselor,
        room_id=session.room_id,
        channel=session.channel,
        use=session.use,
        span=(session.starts_at, session.ends_at),
        at=at,
        waited_for=waited_for,
    )
    if waited_for:
        intervals.hand_over(session, opening)
        enqueue(opening)
    else:
        intervals.free(session)


def open_after_move(before: Before, *, at: datetime) -> None:
    """The same for the time that a session was moved away from, unless the new time overlaps it."""
    session = before.session
    if before.counselor is None or before.use == HoursUse.URGENT.value:
        return
    if overlaps((session.starts_at, session.ends_at + before.pause), before.spans[0]):
        return
    waited_for = is_waited_for(session.school_id, before.starts_at, at=at)
    opening = _open(
        school_id=session.school_id,
        counselor=before.counselor,
        room_id=before.room_id,
        channel=before.channel,
        use=before.use,
        span=(before.starts_at, before.ends_at),
        at=at,
        waited_for=waited_for,
    )
    if waited_for and _hold(opening, before):
        enqueue(opening)


def is_waited_for(school_id: int, starts_at: datetime, *, at: datetime) -> bool:
    """Whether there is somebody to offer the time to, and still time to do so."""
    if starts_at - at < LAST_CALL:
        return False
    waiting = WaitingEntry.objects.filter(school=school_id, state=EntryState.WAITING.value)
    return waiting.exists()


def enqueue(opening: Opening) -> None:
    """Offer it soon; without a broker the beat does."""
    jobs.enqueue(OFFER_TASK, opening.pk)


def _open(
    *,
    school_id: int,
    counselor: Counselor,
    room_id: UUID | None,
    channel: str,
    use: str,
    span: Span,
    at: datetime,
    waited_for: bool,
) -> Opening:
    """The row is written also when nobody waits: what was freed is counted."""
    return Opening.objects.create(
        school_id=school_id,
        counselor=counselor,
        room_id=room_id,
        channel=channel,
        use=use,
        starts_at=span[0],
        ends_at=span[1],
        made_at=at,
        state=(OpeningState.OPEN if waited_for else OpeningState.RELEASED).value,
        ended_at=None if waited_for else at,
    )


def _hold(opening: Opening, before: Before) -> bool:
    """Take the old time for the opening. If somebody was faster, the time is theirs and the opening ends."""
    rows = [
        Slot(
            opening=opening,
            owner=opening.counselor_id,
            rank=Rank.COUNSELOR.value,
            starts_at=before.starts_at,
            ends_at=before.ends_at + before.pause,
        )
    ]
    if before.room_id is not None:
        span = {"starts_at": before.starts_at, "ends_at": before.ends_at}
        rows.append(Slot(opening=opening, owner=before.room_id, rank=Rank.ROOM.value, **span))
    try:
        with transaction.atomic():
            Slot.objects.bulk_create(rows)
    except IntegrityError:
        opening.state, opening.ended_at = OpeningState.RELEASED.value, opening.made_at
        opening.save(update_fields=["state", "ended_at"])
        return False
    return True
