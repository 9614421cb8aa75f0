"""Who was there: by the code at the door, by hand, or from a list taken offline. The earliest record of each stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.models import Activity, Enrolment, Occasion, Presence
from activities.rules import checkins
from activities.rules.checkins import Source, Window
from activities.rules.enrolments import EnrolmentState
from kernel import audit
from kernel.errors import Refused
from network.models import Student, User
from network.models.base import keys_of

# A batch larger than this is sent in parts.
MOST_IN_BATCH = 500
MOST_WALK_INS = 200
# The clock of a phone may be ahead by this much.
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Record:
    """One tick on an offline list. `client_id` names it however often it is sent."""

    client_id: UUID
    student: UUID
    at: datetime


def check_window(occasion: Occasion, *, at: datetime) -> None:
    """Refused before the doors open and after they closed, with the time."""
    state = checkins.window(starts_at=occasion.starts_at, ends_at=occasion.ends_at, at=at)
    if state is Window.BEFORE:
        opens = timezone.localtime(checkins.opens_at(occasion.starts_at))
        time = (
            date_format(opens, "H:i")
            if opens.date() == timezone.localtime(at).date()
            else date_format(opens, "DATETIME_FORMAT")
        )
        raise Refused(_("Check-in opens %(time)s. Scan once more then.") % {"time": time}, code="too-early")
    if state is Window.OVER:
        raise Refused(_("Check-in is closed. If you were there, ask the organizer to note it."), code="too-late")


def check_code(occasion: Occasion, code: str, *, at: datetime) -> None:
    """Refused for a code that is not shown now."""
    check_window(occasion, at=at)
    if not checkins.is_valid_code(occasion.secret, code, at):
        raise Refused(_("This code is no longer shown. Scan the one on the screen now."), code="old-code")


@transaction.atomic
def check_in(
    *, occasion: Occasion, by: User, scanned_at: datetime | None, digits: str = "", device: str = "", at: datetime
) -> Presence:
    """One's own presence, by a scan of the last five minutes or by the six digits shown now. Whoever comes without a
    place is noted as a walk-in, not refused."""
    activity = occasion.activity
    student = Student.objects.for_user(by).first()
    if student is None or student.school_id != activity.school_id:
        raise Refused(_("Only students of this university check in."), code="no-student")
    if not activity.is_published:
        raise Refused(_("This activity does not take place."), code="not-published")
    if scanned_at is not None:
        if not checkins.ticket_counts(scanned_at, at):
            raise Refused(_("The scan is more than five minutes old. Scan the code once more."), code="old-scan")
        check_window(occasion, at=scanned_at)
        source, moment = Source.SCAN, scanned_at
    else:
        check_window(occasion, at=at)
        if not checkins.is_valid_digits(occasion.secret, digits.strip(), at):
            raise Refused(_("These digits are not shown now. Type the six on the screen."), code="old-code")
        source, moment = Source.CODE, at
    walks_in = not _has_place(activity, student)
    if walks_in and activity.is_discreet:
        raise Refused(_("Ask the organizer, who notes you on the list."), code="discreet")
    presence = _note(occasion, student, source=source, moment=moment, by=None, at=at, walks_in=walks_in)
    _flag_device(presence, device)
    audit.record(action="presence.check_in", by=by, at=at, obj=presence, detail={"source": source.value})
    return presence


@transaction.atomic
def check_in_by_hand(*, occasion: Occasion, student: Student, by: User, at: datetime) -> Presence:
    """The organizer notes somebody, enrolled or not, from the opening until two weeks after."""
    _check_runner(occasion, by=by)
    _check_hand(occasion, at=at)
    if student.school_id != occasion.activity.school_id:
        raise Refused(_("Only students of this university check in."), code="no-student")
    moment = min(at, occasion.ends_at)
    walks_in = not _has_place(occasion.activity, student)
    presence = _note(occasion, student, source=Source.HAND, moment=moment, by=by, at=at, walks_in=walks_in)
    audit.record(action="presence.by_hand", by=by, at=at, obj=presence, subject=str(student.pk))
    return presence


@transaction.atomic
def note_walk_ins(*, occasion: Occasion, numbers: Sequence[str], by: User, at: datetime) -> tuple[int, list[str]]:
    """Several people by student number; returns how many were noted, and the numbers that nobody here has."""
    _check_runner(occasion, by=by)
    _check_hand(occasion, at=at)
    wanted = list(dict.fromkeys(number.strip() for number in numbers if number.strip()))
    if not wanted:
        raise Refused(_("Type the student numbers, one in each line."), code="no-number")
    if len(wanted) > MOST_WALK_INS:
        raise Refused(
            _("At most %(count)s numbers go in at once. Send the rest after them.") % {"count": MOST_WALK_INS},
            code="too-many",
        )
    students = Student.objects.filter(school=occasion.activity.school_id, number__in=wanted).in_bulk(
        field_name="number"
    )
    moment = min(at, occasion.ends_at)
    for student in students.values():
        walks_in = not _has_place(occasion.activity, student)
        _note(occasion, student, source=Source.HAND, moment=moment, by=by, at=at, walks_in=walks_in)
        audit.record(action="presence.by_hand", by=by, at=at, obj=occasion, subject=str(student.pk))
    return len(students), [number for number in wanted if number not in students]


@transaction.atomic
def take_offline_batch(*, occasion: Occasion, records: Sequence[Record], by: User, at: datetime) -> dict[UUID, str]:
    """Ticks from a phone that was offline. Sent again, each answers as before; returns by client id what became of it:
    `taken`, `known`, `other` (the id was used for somebody else), `time` or `nobody`."""
    _check_runner(occasion, by=by)
    # The same batch may arrive twice at once.
    Occasion.objects.select_for_update(of=("self",)).get(pk=occasion.pk)
    if len(records) > MOST_IN_BATCH:
        raise Refused(_("At most %(count)s ticks go in at once.") % {"count": MOST_IN_BATCH}, code="too-many")
    wanted = {record.student for record in records}
    students = Student.objects.filter(school=occasion.activity.school_id).in_bulk(wanted)
    known = Presence.objects.in_bulk([record.client_id for record in records], field_name="client_id")
    answers: dict[UUID, str] = {}
    for record in records:
        student, before = students.get(record.student), known.get(record.client_id)
        if before is not None:
            same = before.student_id == record.student and before.occasion_id == occasion.pk
            answers[record.client_id] = "known" if same else "other"
        elif student is None:
            answers[record.client_id] = "nobody"
        elif not _is_plausible(occasion, record.at, at=at):
            answers[record.client_id] = "time"
        else:
            answers[record.client_id] = "taken"
            known[record.client_id] = _take(occasion, student, record, by=by, at=at)
    taken = sum(answer == "taken" for answer in answers.values())
    if taken:
        audit.record(action="presence.offline", by=by, at=at, obj=occasion, detail={"count": taken})
    return answers


def _take(occasion: Occasion, student: Student, record: Record, *, by: User, at: datetime) -> Presence:
    walks_in = not _has_place(occasion.activity, student)
    return _note(
        occasion,
        student,
        source=Source.OFFLINE,
        moment=record.at,
        by=by,
        at=at,
        walks_in=walks_in,
        client_id=record.client_id,
    )


def _note(
    occasion: Occasion,
    student: Student,
    *,
    source: Source,
    moment: datetime,
    by: User | None,
    at: datetime,
    walks_in: bool,
    client_id: UUID | None = None,
) -> Presence:
    """One presence for each student and occasion; of several records the earliest stays."""
    fields = {"source": source.value, "at": moment, "recorded_at": at, "recorded_by": by, "client_id": client_id}
    presence, made = Presence.objects.get_or_create(
        occasion=occasion,
        student=student,
        defaults={**fields, "is_walk_in": walks_in, **keys_of(student)},
    )
    if not made:
        presence = Presence.objects.select_for_update(of=("self",)).get(pk=presence.pk)
        if moment < presence.at:
            presence.source, presence.at = source.value, moment
            presence.recorded_at, presence.recorded_by = at, by
        presence.client_id = presence.client_id or client_id
        presence.save()
    return presence


def _flag_device(presence: Presence, device: str) -> None:
    """Two accounts on one device at one occasion: both are flagged for the organizer, nobody is refused."""
    if not device:
        return
    presence.device = device
    others = Presence.objects.filter(occasion=presence.occasion_id, device=device).exclude(pk=presence.pk)
    presence.is_flagged = presence.is_flagged or bool(others.update(is_flagged=True))
    presence.save(update_fields=["device", "is_flagged"])


def _has_place(activity: Activity, student: Student) -> bool:
    return Enrolment.objects.filter(activity=activity, student=student, state=EnrolmentState.IN.value).exists()


def _check_runner(occasion: Occasion, *, by: User) -> None:
    if not policies.may_run_activity(by, occasion.activity):
        raise Refused(_("The organizer notes who was there."), code="may-not-run")
    if not occasion.activity.is_published:
        raise Refused(_("This activity does not take place."), code="not-published")


def _check_hand(occasion: Occasion, *, at: datetime) -> None:
    if at < checkins.opens_at(occasion.starts_at):
        check_window(occasion, at=at)
    if at > occasion.ends_at + checkins.LATE_RECORDS:
        raise Refused(_("It was more than two weeks ago, so the list stays as it is."), code="too-late")


def _is_plausible(occasion: Occasion, moment: datetime, *, at: datetime) -> bool:
    opens, closes = checkins.opens_at(occasion.starts_at), occasion.ends_at + checkins.CLOSES_AFTER
    return opens <= moment <= min(closes, at + CLOCK_SKEW)
