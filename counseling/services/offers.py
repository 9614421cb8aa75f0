"""Offering freed times to those who wait, and what they answer. Locks, in this order: student, counselor, freed time,
entry, offer; the worker begins at the freed time."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from counseling import policies
from counseling.models import Booking, Offer, Opening, WaitingEntry
from counseling.rules.kinds import (
    LIVE,
    BookingState,
    Channel,
    EntryState,
    OfferState,
    OpeningState,
    SessionKind,
)
from counseling.rules.limits import LAPSES_ASK, LAPSES_PAUSE, LAST_CALL, SHORT, Night, held_until
from counseling.rules.refusals import Why
from counseling.rules.waiting import Freed, Wish, suits
from counseling.services import intervals
from counseling.services.booking import (
    Wanted,
    check_limit,
    check_people,
    find_place,
    place,
    sessions_left,
    write_booking,
)
from counseling.services.openings import enqueue
from counseling.services.shared import NotBooked, lock_counselors, lock_student, settings_of, tell
from counseling.services.waiting import lock_entry
from crisis.services.scheduled import for_each
from kernel.errors import Refused
from network.models import User
from network.rules import PRESENT, EnrollmentStatus
from network.rules.consents import Purpose
from network.services import has_consent, record_client_event, tied

TASK = "counseling_offers"
OFFERED = gettext_noop("A time has become free for you. Please answer by %(until)s.")
FIRST_COME = gettext_noop("A time has become free at short notice. Whoever answers first has it.")
STILL_WAITING = gettext_noop("Two offers went by unanswered. Do you still want to wait?")
PAUSED = gettext_noop("Three offers went by unanswered. Your place is kept; tell us when to go on.")


def offer_openings(*, at: datetime) -> int:
    """Let old offers lapse and offer each freed time to the next one who waits. Returns how many offers were made. Any
    number of workers may do it at once."""
    keys = list(Opening.objects.open().order_by("made_at", "pk").values_list("pk", flat=True))
    return for_each(keys, lambda key: _serve(key, at=at), task=TASK, at=at)


def _serve(key: object, *, at: datetime) -> int:
    """One freed time: skipped when another worker has it."""
    rows = Opening.objects.open().select_for_update(skip_locked=True, of=("self",), no_key=True)
    opening: Opening | None = rows.select_related("counselor__user").filter(pk=key).first()
    if opening is None:
        return 0
    _lapse(opening, at=at)
    if opening.offers.open().exists():
        return 0
    left = opening.starts_at - at
    if left < LAST_CALL:
        return _release(opening, at=at)
    made = _offer_to_many(opening, at=at) if left < SHORT else _offer_next(opening, at=at)
    return made or _release(opening, at=at)


def _lapse(opening: Opening, *, at: datetime) -> None:
    """Offers whose time is over; those to many count for nobody."""
    offers = Offer.objects.lapsing(at).filter(opening=opening)
    entries = WaitingEntry.objects.filter(pk__in=list(offers.values_list("entry", flat=True))).order_by("pk")
    locked = entries.select_for_update(of=("self",), no_key=True).select_related("student__user")
    waiting = {entry.pk: entry for entry in locked}
    for offer in offers.filter(entry__in=waiting).select_for_update(of=("self",), no_key=True):
        offer.state, offer.ended_at = OfferState.LAPSED.value, at
        offer.save(update_fields=["state", "ended_at"])
        if not offer.to_many and waiting[offer.entry_id].ended_at is None:
            _count_lapse(waiting[offer.entry_id], at=at)


def _count_lapse(entry: WaitingEntry, *, at: datetime) -> None:
    entry.lapses += 1
    if entry.lapses >= LAPSES_PAUSE and entry.state == EntryState.WAITING.value:
        entry.state = EntryState.PAUSED.value
        tell(entry.student.user, PAUSED, at=at)
    elif entry.lapses == LAPSES_ASK:
        tell(entry.student.user, STILL_WAITING, at=at)
    entry.save(update_fields=["lapses", "state"])


def _release(opening: Opening, *, at: datetime) -> int:
    opening.state, opening.ended_at = OpeningState.RELEASED.value, at
    opening.save(update_fields=["state", "ended_at"])
    intervals.release(opening)
    return 0


def _offer_next(opening: Opening, *, at: datetime) -> int:
    rules = settings_of(opening.school_id)
    until = held_until(at, rules.hold_minutes, opening.starts_at, Night(rules.night_starts, rules.night_ends))
    for entry in _suited(opening, at=at):
        if entry.offers.open().filter(to_many=False).exists():
            continue
        Offer.objects.create(entry=entry, opening=opening, made_at=at, held_until=until)
        tell(entry.student.user, OFFERED, params={"until": until}, at=at, urgent=True)
        return 1
    return 0


def _offer_to_many(opening: Opening, *, at: datetime) -> int:
    until = opening.starts_at - LAST_CALL
    entries = [entry for entry in _suited(opening, at=at) if entry.short_notice]
    Offer.objects.bulk_create(
        Offer(entry=entry, opening=opening, made_at=at, held_until=until, to_many=True) for entry in entries
    )
    tell([entry.student.user for entry in entries], FIRST_COME, at=at, urgent=True)
    return len(entries)


def _suited(opening: Opening, *, at: datetime) -> Iterator[WaitingEntry]:
    """Who waits for such a time, in order, each locked; those with a reason against it keep their place."""
    counselor = opening.counselor
    freed = Freed(
        counselor.pk, opening.channel, opening.use, opening.starts_at, counselor.campus, frozenset(counselor.kinds)
    )
    waiting = WaitingEntry.objects.waiting().filter(school=opening.school_id)
    waiting = waiting.exclude(offers__opening=opening).exclude(student__in=_gave_up(opening))
    rows = waiting.select_for_update(skip_locked=True, of=("self",), no_key=True).select_related("student__user")
    for key in waiting.in_order().values_list("pk", flat=True):
        entry: WaitingEntry | None = rows.filter(pk=key).order_by().first()
        if entry is not None and suits(_wish(entry), freed) and _is_possible(entry, opening, at=at):
            yield entry


def _gave_up(opening: Opening) -> object:
    """Students who have cancelled or moved away from this very time: it is not offered to them again by itself."""
    given = Booking.objects.filter(
        Q(session__counselor=opening.counselor, session__starts_at=opening.starts_at),
        state__in=[BookingState.LATE.value, BookingState.EXCUSED.value],
    )
    return given.order_by().values("student")


def _wish(entry: WaitingEntry) -> Wish:
    return Wish(entry.kind, entry.counselor_id, entry.channels, entry.parts, entry.campus)


def _is_possible(entry: WaitingEntry, opening: Opening, *, at: datetime) -> bool:
    """Whether the student could book this time now, as far as it depends on the student."""
    student, counselor = entry.student, opening.counselor
    if EnrollmentStatus(student.enrollment_status) not in PRESENT:
        return False
    if tied(student, [counselor.user_id], localdate(at)) or not _takes(entry, opening):
        return False
    if intervals.is_taken(student.pk, opening.starts_at, opening.ends_at):
        return False
    if entry.kind == SessionKind.INDIVIDUAL.value and sessions_left(student, opening.starts_at) < 1:
        return False
    return has_consent(student, Purpose.COUNSELING, at)


def _takes(entry: WaitingEntry, opening: Opening) -> bool:
    if opening.counselor.takes_new:
        return True
    states = [state.value for state in LIVE]
    known = Booking.objects.filter(student=entry.student_id, session__counselor=opening.counselor_id, state__in=states)
    return known.exists()


@transaction.atomic
def accept_offer(*, offer: Offer, by: User, at: datetime) -> Booking:
    """Take the offered time; a second tap gives the same booking. Refused to anybody else, one moment after
    `held_until`, and when somebody was faster; the place in line is kept then."""
    student = lock_student(offer.entry.student)
    if not policies.may_answer_offer(by, student):
        raise NotBooked(Why.NOT_YOURS)
    counselor = lock_counselors([offer.opening.counselor_id])[offer.opening.counselor_id]
    opening = Opening.objects.select_for_update(of=("self",), no_key=True).get(pk=offer.opening_id)
    entry = lock_entry(offer.entry)
    known: Booking | None = Booking.objects.filter(student=student, client_id=offer.pk).first()
    if known is not None:
        return known
    offer = _lock_open(offer, at=at)
    channel, kind = Channel(opening.channel), SessionKind(entry.kind)
    wanted = Wanted(student, counselor, opening.starts_at, kind, channel)
    check_people(wanted, by=by, at=at)
    check_limit(wanted, at=at)
    slots = list(opening.slots.order_by("rank").values_list("starts_at", "ends_at"))
    _use, rooms = find_place(wanted, at=at, held=slots, notice=0)
    intervals.release(opening)
    first = [opening.room_id] if opening.room_id in rooms else []
    ordered = [room for room in [*first, *(room for room in rooms if room not in first)] if room is not None]
    session = place(wanted, opening.use, ordered, series=None, at=at)
    opening.state, opening.ended_at = OpeningState.TAKEN.value, at
    opening.save(update_fields=["state", "ended_at"])
    offer.state, offer.ended_at = OfferState.ACCEPTED.value, at
    offer.save(update_fields=["state", "ended_at"])
    opening.offers.open().update(state=OfferState.LAPSED.value, ended_at=at)
    return write_booking(session, wanted, offer.pk, by=by, at=at)


@transaction.atomic
def decline_offer(*, offer: Offer, by: User, at: datetime) -> Offer:
    """Let the offered time go and keep the place. Refused to anybody else, and when the offer has ended."""
    student = lock_student(offer.entry.student)
    if not policies.may_answer_offer(by, student):
        raise NotBooked(Why.NOT_YOURS)
    opening = Opening.objects.select_for_update(of=("self",), no_key=True).get(pk=offer.opening_id)
    offer = _lock_open(offer, at=at)
    offer.state, offer.ended_at = OfferState.DECLINED.value, at
    offer.save(update_fields=["state", "ended_at"])
    record_client_event(action="offer.decline", student=student, by=by, at=at, obj=offer)
    enqueue(opening)
    return offer


def _lock_open(offer: Offer, *, at: datetime) -> Offer:
    locked: Offer = Offer.objects.select_for_update(of=("self",), no_key=True).get(pk=offer.pk)
    if locked.state != OfferState.OPEN.value or at > locked.held_until:
        raise Refused(
            _("This offer has ended, but your place on the waiting list is kept. You hear from us again."),
            code="lapsed",
        )
    return locked
