"""Taking and freeing time. The database refuses overlaps; here the rows are written in one order, so that two bookings
at once never wait for each other."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from counseling.models import Counselor, Opening, Session, Slot
from counseling.rules.kinds import Rank


class _Overlap(Exception):
    """Rolls the savepoint back."""


def take(session: Session, *, students: Iterable[UUID] = ()) -> bool:
    """Write the session and the time of its counselor, room and students, all or nothing; False when any of it is
    taken. The caller holds the locks and is in a transaction."""
    rows = _rows(session, students)
    try:
        with transaction.atomic():
            session.save()
            Slot.objects.bulk_create(rows, ignore_conflicts=True)
            # PostgreSQL leaves out what overlaps and says nothing; SQLite raises.
            if Slot.objects.filter(session=session).count() != len(rows):
                raise _Overlap
    except (_Overlap, IntegrityError):
        return False
    return True


def free(session: Session) -> None:
    """Give back all that a session takes."""
    Slot.objects.filter(session=session).delete()


def free_student(session: Session, student: UUID) -> None:
    Slot.objects.filter(session=session, owner=student, rank=Rank.STUDENT.value).delete()


def hand_over(session: Session, opening: Opening) -> None:
    """The session's counselor and room stay taken, now by a freed time on offer; its student is free."""
    Slot.objects.filter(session=session, rank=Rank.STUDENT.value).delete()
    Slot.objects.filter(session=session).update(session=None, opening=opening)


def release(opening: Opening) -> None:
    """Anybody may book the freed time again."""
    Slot.objects.filter(opening=opening).delete()


def is_taken(owner: UUID, starts_at: Any, ends_at: Any) -> bool:
    return Slot.objects.filter(owner=owner, starts_at__lt=ends_at, ends_at__gt=starts_at).exists()


def _rows(session: Session, students: Iterable[UUID]) -> list[Slot]:
    """In the fixed order: counselor, room, students."""
    span = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    rows = []
    if session.counselor is not None:
        pause = timedelta(minutes=_pause(session.counselor))
        rows.append(_slot(session, session.counselor.pk, Rank.COUNSELOR, span | {"ends_at": session.ends_at + pause}))
    if session.room_id is not None:
        rows.append(_slot(session, session.room_id, Rank.ROOM, span))
    return rows + [_slot(session, student, Rank.STUDENT, span) for student in sorted(students)]


def _slot(session: Session, owner: UUID, rank: Rank, span: dict[str, Any]) -> Slot:
    return Slot(session=session, owner=owner, rank=rank.value, **span)


def _pause(counselor: Counselor) -> int:
    return counselor.pause
