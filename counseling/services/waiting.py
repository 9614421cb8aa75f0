"""Joining and leaving the waiting list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from counseling import policies
from counseling.models import Counselor, Offer, WaitingEntry
from counseling.rules.kinds import Channel, EntryState, OfferState, SessionKind, Triage
from counseling.rules.refusals import Why
from counseling.rules.waiting import PARTS
from counseling.services.shared import NotBooked, digest_of, lock_student
from crisis.models.base import keys_of
from kernel.errors import Refused
from network.models import Student, User
from network.rules import PRESENT, EnrollmentStatus
from network.rules.consents import Purpose
from network.services import has_consent, record_client_event, tied

FEW = 10


@dataclass(frozen=True)
class Wishes:
    """What a student who waits would like; what is empty does not matter to them."""

    kind: SessionKind = SessionKind.INDIVIDUAL
    triage: Triage = Triage.REGULAR
    counselor: Counselor | None = None
    channels: Sequence[Channel] = ()
    parts: Sequence[str] = ()
    campus: str = ""
    short_notice: bool = False

    def fields(self) -> dict[str, object]:
        """The columns of the entry."""
        return {
            "kind": self.kind.value,
            "triage": self.triage.value,
            "counselor_id": self.counselor.pk if self.counselor else None,
            "channels": sorted(channel.value for channel in self.channels),
            "parts": sorted(self.parts),
            "campus": self.campus,
            "short_notice": self.short_notice,
        }


@transaction.atomic
def join_waiting_list(*, student: Student, wishes: Wishes, client_id: UUID, by: User, at: datetime) -> WaitingEntry:
    """Put a student on the waiting list; one who waits already keeps the place, and the wishes are the new ones.
    Refused without consent, except for somebody who asks for today."""
    student = lock_student(student)
    _check(student, wishes, by=by, at=at)
    fields = wishes.fields()
    digest = digest_of([student.pk, fields])
    known: WaitingEntry | None = WaitingEntry.objects.filter(student=student, client_id=client_id).first()
    if known is not None:
        if known.digest != digest:
            raise NotBooked(Why.OTHER_CONTENT)
        return known
    entry: WaitingEntry | None = _lock_open(student)
    if entry is None:
        entry = WaitingEntry(student=student, **keys_of(student), since=at, client_id=client_id, added_by=by)
    for name, value in fields.items():
        setattr(entry, name, value)
    entry.digest, entry.state, entry.lapses = digest, EntryState.WAITING.value, 0
    entry.save()
    record_client_event(action="waiting.join", student=student, by=by, at=at, obj=entry)
    return entry


def _check(student: Student, wishes: Wishes, *, by: User, at: datetime) -> None:
    if not policies.may_put_on_list(by, student):
        raise NotBooked(Why.NOT_YOURS)
    if EnrollmentStatus(student.enrollment_status) not in PRESENT:
        raise NotBooked(Why.NOT_PRESENT)
    if wishes.triage != Triage.TODAY and not has_consent(student, Purpose.COUNSELING, at):
        raise NotBooked(Why.CONSENT)
    if wishes.counselor is not None and wishes.counselor.school_id != student.school_id:
        raise NotBooked(Why.NOT_BOOKABLE)
    if wishes.counselor is not None and tied(student, [wishes.counselor.user_id], localdate(at)):
        raise NotBooked(Why.DUAL_RELATION)
    if not set(wishes.parts) <= PARTS or wishes.kind not in (SessionKind.FIRST_TALK, SessionKind.INDIVIDUAL):
        raise Refused(_("Choose from the times and kinds shown."), code="unknown-wish")


@transaction.atomic
def leave_waiting_list(*, entry: WaitingEntry, by: User, at: datetime) -> WaitingEntry:
    """Take a student off the list; an offer that is open lapses without counting. Refused to strangers."""
    student = lock_student(entry.student)
    if not policies.may_put_on_list(by, student):
        raise NotBooked(Why.NOT_YOURS)
    entry = lock_entry(entry)
    if entry.ended_at is None:
        end_entry(entry, EntryState.LEFT, at=at)
        record_client_event(action="waiting.leave", student=student, by=by, at=at, obj=entry)
    return entry


def end_entry(entry: WaitingEntry, state: EntryState, *, at: datetime) -> None:
    """Nothing is offered any more to a locked entry."""
    entry.state, entry.ended_at = state.value, at
    entry.save(update_fields=["state", "ended_at"])
    Offer.objects.open().filter(entry=entry).update(state=OfferState.LAPSED.value, ended_at=at)


@transaction.atomic
def resume_waiting(*, entry: WaitingEntry, by: User, at: datetime) -> WaitingEntry:
    """Somebody whose offers lapsed wants to go on waiting, at the same place."""
    student = lock_student(entry.student)
    if not policies.may_put_on_list(by, student):
        raise NotBooked(Why.NOT_YOURS)
    entry = lock_entry(entry)
    if entry.ended_at is not None:
        raise Refused(_("You are not on the waiting list any more. Join it again."), code="ended")
    entry.state, entry.lapses = EntryState.WAITING.value, 0
    entry.save(update_fields=["state", "lapses"])
    record_client_event(action="waiting.resume", student=student, by=by, at=at, obj=entry)
    return entry


def place_in_line(entry: WaitingEntry) -> tuple[int, int]:
    """The place as a range, such as (1, 10): exact places would tell who else waits."""
    before = WaitingEntry.objects.waiting().filter(school=entry.school_id)
    sooner = before.filter(triage__lt=entry.triage).count()
    equal = before.filter(triage=entry.triage, since__lt=entry.since).count()
    first = (sooner + equal) // FEW * FEW
    return first + 1, first + FEW


def lock_entry(entry: WaitingEntry) -> WaitingEntry:
    rows = WaitingEntry.objects.select_for_update(no_key=True, of=("self",)).select_related("student__school")
    locked: WaitingEntry = rows.get(pk=entry.pk)
    return locked


def _lock_open(student: Student) -> WaitingEntry | None:
    rows = WaitingEntry.objects.select_for_update(no_key=True, of=("self",))
    entry: WaitingEntry | None = rows.filter(student=student, ended_at=None).first()
    return entry
