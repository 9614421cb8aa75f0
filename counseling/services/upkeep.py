"""What the scheduled task keeps right: bookings without their ground end, moves are owed, and the minutes of
past days are frozen."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils.timezone import localdate

from counseling.models import Booking, DayMinutes, Session, WaitingEntry
from counseling.rules.kinds import BookingState, Channel, EntryState, SessionKind, SessionState, Triage
from counseling.rules.minutes import minutes_offered
from counseling.rules.refusals import fits_hours
from counseling.services.booking import is_bookable
from counseling.services.changes import OF_ONE, end_booking, lock_booking, move_key
from counseling.services.closures import owe_moves
from counseling.services.free_times import Center, read_center
from counseling.services.shared import lock_counselors, lock_student
from counseling.services.waiting import end_entry, lock_entry
from crisis.services.scheduled import for_each
from kernel.periods import TZ
from network.models import Duty, Student, Unit
from network.rules.consents import Purpose
from network.services import consenting, tied, withdraw

GROUNDLESS, MISFITS, FREEZING = "counseling_groundless", "counseling_misfits", "counseling_minutes"


def end_groundless(*, at: datetime) -> int:
    """Future bookings and waiting entries end when consent was taken back or the student has left; the freed times go
    to the list. Returns how many ended."""
    rows = [row for school in Unit.objects.schools().active().order_by("pk") for row in _groundless(school, at=at)]
    return for_each(rows, lambda row: _end(row, at=at), task=GROUNDLESS, at=at)


def _groundless(school: Unit, *, at: datetime) -> list[Booking | WaitingEntry]:
    bookings = Booking.objects.booked().filter(school=school, session__starts_at__gt=at)
    entries = WaitingEntry.objects.open().filter(school=school)
    asking = set(bookings.values_list("student", flat=True)) | set(entries.values_list("student", flat=True))
    if not asking:
        return []
    students = Student.objects.filter(school=school)
    present = set(students.present().filter(pk__in=asking).values_list("pk", flat=True))
    gone = asking - (present & consenting(school, Purpose.COUNSELING, at))
    # Whoever asks for today need not agree first.
    waiting = entries.filter(student__in=gone).exclude(student__in=present, triage=Triage.TODAY.value)
    return [*bookings.filter(student__in=gone).order_by("pk"), *waiting.order_by("pk")]


def _end(row: Booking | WaitingEntry, *, at: datetime) -> int:
    return _end_booking(row, at=at) if isinstance(row, Booking) else _end_entry(row, at=at)


def _end_booking(booking: Booking, *, at: datetime) -> int:
    student = lock_student(booking.student)
    lock_counselors([booking.session.counselor_id])
    booking = lock_booking(booking, student)
    if booking.state != BookingState.BOOKED.value:
        return 0
    end_booking(booking, state=BookingState.EXCUSED, by=None, at=at)
    return 1


def _end_entry(entry: WaitingEntry, *, at: datetime) -> int:
    lock_student(entry.student)
    entry = lock_entry(entry)
    if entry.ended_at is None:
        end_entry(entry, EntryState.LEFT, at=at)
    return 1


def keep_moves(*, at: datetime) -> int:
    """Owe a move for each booking to come that lies in no hours that hold, in a closure, or with a counselor who cannot
    be booked or is tied to the student by now; withdraw what is owed no more. Returns how many are owed."""
    schools = Unit.objects.schools().active().order_by("pk")
    return for_each(schools, lambda school: _keep_moves(school, at=at), task=MISFITS, at=at)


def _keep_moves(school: Unit, *, at: datetime) -> int:
    rows = Booking.objects.booked().filter(school=school, session__starts_at__gt=at, session__kind__in=OF_ONE)
    rows = rows.exclude(session__counselor=None)
    related = ("session__counselor__user", "session__school", "student")
    bookings = list(rows.select_related(*related).order_by("session__starts_at", "pk"))
    misfits = _misfits(school, bookings, at=at)
    known = Duty.objects.unsettled().filter(key__in=[move_key(row) for row in bookings])
    owed = set(known.values_list("key", flat=True))
    owe_moves([row for row in misfits if move_key(row) not in owed], at=at)
    withdraw(keys=owed - {move_key(row) for row in misfits})
    return len(misfits)


def _misfits(school: Unit, bookings: list[Booking], *, at: datetime) -> list[Booking]:
    if not bookings:
        return []
    last = localdate(bookings[-1].session.starts_at)
    center = read_center(school_id=school.pk, first=localdate(at), last=last)
    return [booking for booking in bookings if not _stands(booking, center, at=at)]


def _stands(booking: Booking, center: Center, *, at: datetime) -> bool:
    session = booking.session
    counselor = session.counselor
    offered = center.offered.get(counselor.pk) if counselor else None
    if counselor is None or offered is None:
        return False
    day = localdate(session.starts_at)
    ask = center.ask(SessionKind(session.kind), Channel(session.channel), day, day, at)
    if not fits_hours(offered, ask, center.calendar, session.starts_at):
        return False
    if not is_bookable(counselor, session.starts_at):
        return False
    return not tied(booking.student, [counselor.user_id], localdate(at))


def freeze_minutes(*, at: datetime) -> int:
    """Write down what each counselor offered and held yesterday, once. Returns how many rows are new."""
    yesterday = localdate(at) - timedelta(days=1)
    schools = Unit.objects.schools().active().order_by("pk")
    return for_each(schools, lambda school: freeze_day(school, yesterday), task=FREEZING, at=at)


def freeze_day(school: Unit, day: date) -> int:
    """The minutes of one past day; a row that is there stays as it is."""
    center = read_center(school_id=school.pk, first=day, last=day)
    held = _held(center.counselors, day)
    rows = [
        DayMinutes(
            counselor=center.counselors[key],
            day=day,
            offered=minutes_offered(offered, day, center.calendar),
            held=held.get(key, 0),
        )
        for key, offered in center.offered.items()
    ]
    before = DayMinutes.objects.filter(day=day).count()
    DayMinutes.objects.bulk_create([row for row in rows if row.offered or row.held], ignore_conflicts=True)
    return DayMinutes.objects.filter(day=day).count() - before


def _held(counselors: Iterable[UUID], day: date) -> dict[UUID, int]:
    start = datetime.combine(day, time(), TZ)
    rows = Session.objects.filter(
        counselor__in=list(counselors),
        state=SessionState.HELD.value,
        starts_at__gte=start,
        starts_at__lt=start + timedelta(days=1),
    )
    held: dict[UUID, int] = {}
    for counselor, starts_at, ends_at in rows.values_list("counselor", "starts_at", "ends_at"):
        held[counselor] = held.get(counselor, 0) + int((ends_at - starts_at).total_seconds() // 60)
    return held
