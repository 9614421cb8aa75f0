""" "Today" never ends in "no slot": urgent hours first, and when none is left the one on duty owes a call."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from counseling import policies
from counseling.models import WaitingEntry
from counseling.rules.free_times import FreeTime
from counseling.rules.kinds import Channel, EntryState, HoursUse, SessionKind, Triage
from counseling.rules.limits import call_due
from counseling.rules.refusals import Why
from counseling.services.free_times import free_times_of
from counseling.services.shared import DUTY_DESK, NotBooked, lock_student, settings_of, tell
from counseling.services.waiting import Wishes, end_entry, join_waiting_list, lock_entry
from crisis.services.cases.recipients import center_on_duty, holders_of
from kernel.errors import Refused
from network.models import Student, User
from network.rules import Role
from network.services import Owed, owe, record_client_event, settle

KIND = "counseling.call"
CALL = gettext_noop("Somebody waits for a call from the center")
WILL_CALL = gettext_noop("The center calls you until %(until)s. If it cannot wait, use the help lines.")


@dataclass(frozen=True)
class Today:
    """What somebody gets who asks for today: urgent times that are free, or until when the center calls."""

    entry: WaitingEntry
    times: list[FreeTime]
    call_until: datetime | None


def ask_for_today(*, student: Student, client_id: UUID, by: User, at: datetime) -> Today:
    """Put the student first on the list, and show the urgent times of today. Without one, whoever is on duty owes a
    call within two hours; asked again, the first time stays. Never refused for want of consent."""
    times = urgent_times(student, at=at)
    with transaction.atomic():
        standing = WaitingEntry.objects.open().filter(student=student, triage=Triage.TODAY.value).first()
        if standing is None:
            wishes = Wishes(kind=SessionKind.FIRST_TALK, triage=Triage.TODAY, short_notice=True)
            standing = join_waiting_list(student=student, wishes=wishes, client_id=client_id, by=by, at=at)
        if times:
            return Today(standing, times, None)
        return Today(standing, [], owe_call(standing, at=at))


def urgent_times(student: Student, *, at: datetime) -> list[FreeTime]:
    """Urgent times of today, open from the morning on."""
    day = localdate(at)
    found: list[FreeTime] = []
    for channel in Channel:
        _center, free = free_times_of(
            school_id=student.school_id,
            kind=SessionKind.FIRST_TALK,
            channel=channel,
            first=day,
            last=day,
            at=at,
            student=student,
        )
        found += [row for row in free if row.use == HoursUse.URGENT.value]
        if found:
            return found
    return found


def owe_call(entry: WaitingEntry, *, at: datetime) -> datetime:
    """SECURITY: the duty hangs on the school and names nobody. Returns until when the call is due."""
    since = entry.since
    due = call_due(since, settings_of(entry.school_id).call_minutes)
    student = Student.objects.select_related("school", "user").get(pk=entry.student_id)
    people = center_on_duty(entry.school_id, at) or holders_of(
        roles=[Role.CENTER_DIRECTOR], units=[entry.school_id], at=at
    )
    owner = people[0] if people else None
    owed = Owed(
        kind=KIND,
        key=call_key(entry),
        unit=student.school,
        # A duty of a role and a person is the role's without a post, so it is one or the other.
        role="" if owner else Role.CENTER_DIRECTOR,
        owner=owner,
        title=CALL,
        params={},
        link=DUTY_DESK,
        due_at=due,
    )
    owe(duties=[owed])
    tell(people, CALL, at=at, link=DUTY_DESK, key=call_key(entry), urgent=True)
    tell(student.user, WILL_CALL, params={"until": due}, at=at, key=call_key(entry))
    return due


@transaction.atomic
def record_call(*, entry: WaitingEntry, by: User, at: datetime) -> WaitingEntry:
    """Somebody of the center has talked with the student who asked for today. Refused to all other people."""
    student = lock_student(entry.student)
    if policies.may_book_for_oneself(by, student) or not policies.may_put_on_list(by, student):
        raise NotBooked(Why.NOT_YOURS)
    entry = lock_entry(entry)
    if entry.triage != Triage.TODAY.value:
        raise Refused(_("Nobody owes a call for this entry."), code="no-call")
    if entry.ended_at is None:
        end_entry(entry, EntryState.SERVED, at=at)
    settle(keys=[call_key(entry)], at=at)
    record_client_event(action="waiting.call", student=student, by=by, at=at, obj=entry)
    return entry


def call_key(entry: WaitingEntry) -> str:
    """The key of the duty to call."""
    return f"counseling:call:{entry.pk}"
