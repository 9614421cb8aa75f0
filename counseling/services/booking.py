"""Booking a session: look without locks, lock student and counselor, ask again, take the time, write. See the ADR on
one table of intervals."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from secrets import choice
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop

from counseling import policies
from counseling.models import Booking, Counselor, Credential, Extension, Session, WaitingEntry
from counseling.rules.free_times import RoomLine, Span
from counseling.rules.kinds import COUNTED, Channel, EntryState, SessionKind
from counseling.rules.limits import is_short_notice, remaining
from counseling.rules.refusals import Why, why_not
from counseling.services import intervals
from counseling.services.free_times import WEEK, alternatives_to, knows, read_center, without
from counseling.services.shared import DESK, NotBooked, digest_of, lock_counselors, lock_student, settings_of, tell
from counseling.services.timetables import term_of
from counseling.services.waiting import end_entry
from crisis.models.base import keys_of
from network.models import Student, User
from network.rules import PRESENT, EnrollmentStatus
from network.rules.consents import Purpose
from network.services import has_consent, record_client_event, tied

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 4
BOOKED = gettext_noop("Your appointment: %(time)s")
NEW_BOOKING = gettext_noop("A new appointment: %(time)s")


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for: a counselor at a start, and how to talk."""

    student: Student
    counselor: Counselor
    starts_at: datetime
    kind: SessionKind
    channel: Channel

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.counselor.length)

    @property
    def span(self) -> Span:
        return self.starts_at, self.ends_at

    @property
    def digest(self) -> str:
        return digest_of([self.student.pk, self.counselor.pk, self.starts_at, self.kind.value, self.channel.value])


def book_session(
    *,
    student: Student,
    counselor: Counselor,
    starts_at: datetime,
    kind: SessionKind,
    channel: Channel = Channel.IN_PERSON,
    client_id: UUID | None = None,
    series: UUID | None = None,
    by: User,
    at: datetime,
) -> Booking:
    """Book a time of a counselor for a student. The same `client_id` with the same content gives the same booking.
    Refused (NotBooked) with a code, a sentence and up to three free times near it."""
    wanted = Wanted(student, counselor, starts_at, kind, channel)
    client_id = client_id or uuid4()
    try:
        # Most of those who come too late leave here, without a lock.
        if intervals.is_taken(counselor.pk, *wanted.span) and not _earlier(wanted, client_id):
            raise NotBooked(Why.TAKEN)
        return _book(wanted, client_id, series, by=by, at=at)
    except NotBooked as refusal:
        raise with_alternatives(refusal, wanted, at) from None


@transaction.atomic
def _book(wanted: Wanted, client_id: UUID, series: UUID | None, *, by: User, at: datetime) -> Booking:
    student = lock_student(wanted.student)
    counselor = lock_counselors([wanted.counselor.pk])[wanted.counselor.pk]
    wanted = Wanted(student, counselor, wanted.starts_at, wanted.kind, wanted.channel)
    if earlier := _earlier(wanted, client_id):
        return earlier
    check_people(wanted, by=by, at=at)
    check_limit(wanted, at=at)
    by_oneself = series is None and by.pk == student.user_id
    use, rooms = find_place(wanted, at=at, within_reach=by_oneself)
    session = place(wanted, use, rooms, series=series, at=at)
    return write_booking(session, wanted, client_id, by=by, at=at)


def _earlier(wanted: Wanted, client_id: UUID) -> Booking | None:
    """The booking that the same request has made already; refused when it asked for something else."""
    row: Booking | None = Booking.objects.filter(student=wanted.student, client_id=client_id).first()
    if row is not None and row.digest != wanted.digest:
        raise NotBooked(Why.OTHER_CONTENT)
    return row


def check_people(wanted: Wanted, *, by: User, at: datetime) -> None:
    """Whether this person may book this counselor for this student. Refused otherwise."""
    student, counselor = wanted.student, wanted.counselor
    if not policies.may_book_for(by, student, counselor):
        raise NotBooked(Why.NOT_YOURS)
    if EnrollmentStatus(student.enrollment_status) not in PRESENT:
        raise NotBooked(Why.NOT_PRESENT)
    if counselor.school_id != student.school_id or not is_bookable(counselor, wanted.starts_at):
        raise NotBooked(Why.NOT_BOOKABLE)
    if tied(student, [counselor.user_id], localdate(at)):
        raise NotBooked(Why.DUAL_RELATION)
    if not counselor.takes_new and not knows(student, counselor):
        raise NotBooked(Why.NOT_BOOKABLE)
    if not has_consent(student, Purpose.COUNSELING, at):
        raise NotBooked(Why.CONSENT)


def is_bookable(counselor: Counselor, starts_at: datetime) -> bool:
    """Active, with a checked credential that is valid on that day."""
    credentials = Credential.objects.checked().valid(localdate(starts_at)).filter(counselor=counselor)
    return counselor.is_active and counselor.user.is_active and credentials.exists()


def check_limit(wanted: Wanted, *, at: datetime, moved: Booking | None = None) -> None:
    """Refused when the sessions of the term are used up; a booking that is moved does not count itself."""
    if wanted.kind != SessionKind.INDIVIDUAL:
        return
    if sessions_left(wanted.student, wanted.starts_at, moved=moved) < 1:
        raise NotBooked(Why.LIMIT)


def sessions_left(student: Student, starts_at: datetime, *, moved: Booking | None = None) -> int:
    """How many sessions the student may still book in the term of that moment."""
    first, last = term_of(student.school_id, localdate(starts_at))
    used = Booking.objects.filter(
        student=student,
        session__kind=SessionKind.INDIVIDUAL.value,
        session__starts_at__date__gte=first,
        session__starts_at__date__lte=last,
        state__in=[state.value for state in COUNTED],
    ).exclude(pk=moved.pk if moved else None)
    extensions = Extension.objects.filter(student=student, term_starts_on=first).values_list("sessions", flat=True)
    return remaining(settings_of(student.school_id).term_limit, extensions, used.count())


def find_place(
    wanted: Wanted, *, at: datetime, held: Sequence[Span] = (), within_reach: bool = False, notice: int | None = None
) -> tuple[str, list[UUID]]:
    """The use of the hours, and the rooms that look free (none by phone or online). `held`: spans of the counselor and
    of rooms that count as free, because they are given up by the same act. `within_reach`: not too many days ahead.
    `notice`: minutes, instead of the school's. Refused with the reason."""
    day = localdate(wanted.starts_at)
    center = read_center(
        school_id=wanted.student.school_id,
        first=day,
        last=day,
        student=wanted.student,
        counselors=[wanted.counselor.pk],
    )
    offered = center.offered.get(wanted.counselor.pk)
    if offered is None:
        raise NotBooked(Why.NO_HOURS)
    if is_short_notice(wanted.starts_at, at, 0):
        raise NotBooked(Why.NOTICE)
    if within_reach and day > localdate(at) + timedelta(days=center.settings.days_ahead):
        raise NotBooked(Why.TOO_FAR)
    ask = center.ask(wanted.kind, wanted.channel, day, day, at)
    if notice is not None:
        ask = replace(ask, notice=notice)
    rooms = [RoomLine(room.key, room.campus, [s for s in room.taken if s not in held]) for room in center.room_lines]
    answer = why_not(without(offered, held), rooms, ask, center.calendar, wanted.starts_at)
    if isinstance(answer, Why):
        raise NotBooked(answer)
    use, keys = answer
    return str(use), [key for key in keys if isinstance(key, UUID)]


def place(wanted: Wanted, use: str, rooms: Sequence[UUID], *, series: UUID | None, at: datetime) -> Session:
    """Take the time in the first room that is still free. Refused when none is."""
    choices: Sequence[UUID | None] = rooms if wanted.channel == Channel.IN_PERSON else [None]
    for room in choices:
        session = Session(
            school_id=wanted.student.school_id,
            kind=wanted.kind.value,
            channel=wanted.channel.value,
            use=use,
            starts_at=wanted.starts_at,
            ends_at=wanted.ends_at,
            counselor=wanted.counselor,
            room_id=room,
            series=series,
            created_at=at,
        )
        if intervals.take(session, students=[wanted.student.pk]):
            return session
        refuse_if_taken(wanted)
    raise NotBooked(Why.NO_ROOM)


def refuse_if_taken(wanted: Wanted) -> None:
    """Refused when it is not the room that was taken: another room would not help."""
    if intervals.is_taken(wanted.student.pk, *wanted.span):
        raise NotBooked(Why.OWN_TIME)
    pause = timedelta(minutes=wanted.counselor.pause)
    if intervals.is_taken(wanted.counselor.pk, wanted.starts_at, wanted.ends_at + pause):
        raise NotBooked(Why.TAKEN)


def write_booking(session: Session, wanted: Wanted, client_id: UUID, *, by: User, at: datetime) -> Booking:
    """The booking of a session whose time is taken, its entry in the log, and who is told."""
    student = wanted.student
    booking = Booking.objects.create(
        session=session,
        student=student,
        **keys_of(student),
        client_id=client_id,
        digest=wanted.digest,
        code=make_code(),
        booked_by=by,
        booked_at=at,
    )
    # Whoever has an appointment of the kind waits no more.
    entries = WaitingEntry.objects.select_for_update(no_key=True, of=("self",))
    for entry in entries.filter(student=student, kind=wanted.kind.value, ended_at=None):
        end_entry(entry, EntryState.SERVED, at=at)
    record_client_event(action="booking.make", student=student, by=by, at=at, obj=booking)
    tell(student.user, BOOKED, params={"time": session.starts_at}, at=at)
    if by.pk != wanted.counselor.user_id:
        tell(wanted.counselor.user, NEW_BOOKING, params={"time": session.starts_at}, link=DESK, at=at)
    return booking


def make_code() -> str:
    """What the desk's screen shows in place of a name; letters and digits that nobody mixes up."""
    return "".join(choice(LETTERS) for _ in range(CODE_LENGTH))


def with_alternatives(refusal: NotBooked, wanted: Wanted, at: datetime) -> NotBooked:
    """The same refusal with up to three free times; none where no other time would help."""
    if refusal.why in (Why.CONSENT, Why.LIMIT, Why.NOT_PRESENT, Why.NOT_YOURS, Why.OTHER_CONTENT):
        return refusal
    free = alternatives_to(
        student=wanted.student, kind=wanted.kind, channel=wanted.channel, starts_at=wanted.starts_at, at=at
    )
    return NotBooked(refusal.why, free)


@dataclass
class Series:
    """What became of a weekly series: the bookings, and each date that could not be booked, with the refusal."""

    booked: list[Booking] = field(default_factory=list)
    refused: list[tuple[datetime, NotBooked]] = field(default_factory=list)


def book_series(
    *,
    student: Student,
    counselor: Counselor,
    starts_at: datetime,
    weeks: int,
    kind: SessionKind = SessionKind.INDIVIDUAL,
    channel: Channel = Channel.IN_PERSON,
    client_id: UUID,
    by: User,
    at: datetime,
) -> Series:
    """Book the same time in so many weeks, each date for itself; dates that cannot be booked are listed with free times
    near them. Only the first date needs to be within reach. The same `client_id` again gives the same series."""
    result = Series()
    reach = timedelta(days=settings_of(student.school_id).days_ahead)
    if by.pk == student.user_id and localdate(starts_at) > localdate(at) + reach:
        raise NotBooked(Why.TOO_FAR)
    for week in range(weeks):
        begins = starts_at + week * WEEK
        try:
            booking = book_session(
                student=student,
                counselor=counselor,
                starts_at=begins,
                kind=kind,
                channel=channel,
                client_id=uuid5(client_id, str(week)),
                series=client_id,
                by=by,
                at=at,
            )
        except NotBooked as refusal:
            result.refused.append((begins, refusal))
        else:
            result.booked.append(booking)
    return result
