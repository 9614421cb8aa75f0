"""Groups: planned with their dates, joined and left, decided at the deadline."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from counseling import policies
from counseling.models import Booking, Counselor, Group, GroupDate, GroupMember, Room, Session, Slot
from counseling.rules.groups import MOST_DATES, GroupState, MemberState, decided
from counseling.rules.kinds import BookingState, Rank, SessionKind, SessionState
from counseling.services import intervals
from counseling.services.shared import lock_counselors, lock_student, tell
from crisis.models.base import keys_of
from crisis.services.scheduled import for_each
from kernel import audit
from kernel.errors import Refused
from network.models import Student, User
from network.rules import PRESENT, EnrollmentStatus
from network.rules.consents import Purpose
from network.services import has_consent, record_client_event, tied

TASK = "counseling_groups"
JOINED = gettext_noop("You have a place. The dates stand among your times.")
WAITS = gettext_noop("All places are taken. You are told when one is free.")
CANCELLED = gettext_noop("Too few have registered, so it does not take place. Look for another offer or a talk.")
RUNS = gettext_noop("It takes place. The first date: %(time)s")
CODE = "GROUP"


@transaction.atomic
def plan_group(
    *,
    leader: Counselor,
    title: str,
    about: str,
    seats: tuple[int, int],
    room: Room,
    dates: Sequence[tuple[datetime, datetime]],
    recruits_until: datetime,
    by: User,
    at: datetime,
) -> Group:
    """Plan a group with all its dates; leader and room are taken for each. `seats`: least and most. Refused for all but
    the leader and the director, for a deadline after the first meeting, and when a date is taken."""
    leader = lock_counselors([leader.pk])[leader.pk]
    if leader.user_id != by.pk and not policies.may_direct(by, leader.school):
        raise Refused(_("The leader or the director plans a group."), code="may-not-plan")
    least, most = seats
    _check_plan(seats=seats, room=room, dates=dates, recruits_until=recruits_until, at=at)
    group: Group = Group.objects.create(
        school=leader.school,
        leader=leader,
        title=title.strip(),
        about=about.strip(),
        least=least,
        most=most,
        recruits_until=recruits_until,
        created_at=at,
    )
    for starts_at, ends_at in sorted(dates):
        _take_date(group, room, starts_at, ends_at, at=at)
    audit.record(action="group.plan", by=by, at=at, obj=group, unit=group.school.code)
    return group


def _check_plan(
    *,
    seats: tuple[int, int],
    room: Room,
    dates: Sequence[tuple[datetime, datetime]],
    recruits_until: datetime,
    at: datetime,
) -> None:
    least, most = seats
    if not 2 <= least <= most <= 40:
        raise Refused(_("The least number of members must not exceed the most; 2 to 40 are possible."), code="seats")
    if most > room.capacity:
        raise Refused(_("The room has too few seats for so many members. Choose another one."), code="room-too-small")
    if not dates or len(dates) > MOST_DATES or any(starts >= ends for starts, ends in dates):
        raise Refused(_("Give 1 to 20 dates that end after their beginning."), code="dates")
    first = min(starts for starts, _ends in dates)
    if not at < recruits_until <= first:
        raise Refused(_("Registration ends ahead of the first meeting, and not in the past."), code="deadline")


def _take_date(group: Group, room: Room, starts_at: datetime, ends_at: datetime, *, at: datetime) -> None:
    """Take leader and room for one meeting. Refused when either is taken."""
    session = Session(
        school=group.school,
        kind=SessionKind.GROUP.value,
        starts_at=starts_at,
        ends_at=ends_at,
        counselor=group.leader,
        room=room,
        series=group.pk,
        created_at=at,
    )
    if not intervals.take(session):
        message = _("Leader or room are taken on %(day)s. Choose another date.")
        raise Refused(message % {"day": localdate(starts_at)}, code="taken")
    GroupDate.objects.create(group=group, session=session)


@transaction.atomic
def join_group(*, group: Group, student: Student, by: User, at: datetime) -> GroupMember:
    """Take a place, or a place in the line when all are taken; who has one keeps it. Refused for anybody else, after
    the deadline, without consent, for whoever is tied to the leader, and when a date overlaps with another."""
    student = lock_student(student)
    group = _lock(group)
    if not policies.may_book_for_oneself(by, student):
        raise Refused(_("Students register themselves."), code="not-yours")
    standing = GroupMember.objects.filter(group=group, student=student, left_at=None).first()
    if standing is not None:
        return standing  # type: ignore[no-any-return]
    _check_joining(group, student, at=at)
    is_full = group.members.filter(state=MemberState.MEMBER.value).count() >= group.most
    state = MemberState.WAITING if is_full else MemberState.MEMBER
    if not is_full:
        _take_dates(group, student, by=by, at=at)
    member: GroupMember = GroupMember.objects.create(
        group=group, student=student, **keys_of(student), state=state.value, joined_at=at
    )
    record_client_event(action="group.join", student=student, by=by, at=at, obj=member)
    tell(student.user, WAITS if is_full else JOINED, at=at, key=f"group:{member.pk}:{state.value}")
    return member


@transaction.atomic
def leave_group(*, member: GroupMember, by: User, at: datetime) -> GroupMember:
    """Give the place back; the first in the line has it, as long as registration is open."""
    student = lock_student(member.student)
    group = _lock(member.group)
    member = GroupMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if not policies.may_book_for_oneself(by, student):
        raise Refused(_("Students leave for themselves."), code="not-yours")
    if member.left_at is None:
        had_place = member.state == MemberState.MEMBER.value
        _leave(member, at=at)
        record_client_event(action="group.leave", student=student, by=by, at=at, obj=member)
        if had_place and group.state == GroupState.RECRUITING.value:
            _move_up(group, by=by, at=at)
    return member


def decide_groups(*, at: datetime) -> int:
    """At the deadline a group takes place or is cancelled, and all are told. Returns how many were decided."""
    due = Group.objects.recruiting().filter(recruits_until__lte=at).order_by("pk")
    return for_each(due, lambda group: _decide(group, at=at), task=TASK, at=at)


@transaction.atomic
def record_group_attendance(*, date: GroupDate, came: Sequence[Student], by: User, at: datetime) -> int:
    """Who came to a meeting; everybody else with a place did not. Can be corrected. Refused before it has begun."""
    session = date.session
    if not policies.may_hold(by, session):
        raise Refused(_("The leader of the group records who came."), code="may-not-record")
    if session.starts_at > at:
        raise Refused(_("This meeting has not begun yet."), code="not-begun")
    keys = {student.pk for student in came}
    rows = Booking.objects.select_for_update(of=("self",)).filter(session=session).select_related("student__school")
    for booking in rows.exclude(state__in=["excused", "late", "cancelled"]).order_by("pk"):
        state = BookingState.ATTENDED if booking.student_id in keys else BookingState.NO_SHOW
        if booking.state != state.value:
            booking.state, booking.ended_at, booking.ended_by = state.value, at, by
            booking.save(update_fields=["state", "ended_at", "ended_by"])
            detail = {"came": state == BookingState.ATTENDED}
            who = {"student": booking.student, "by": by, "at": at}
            record_client_event(action="booking.record", obj=booking, detail=detail, **who)
    Session.objects.filter(pk=session.pk).update(state=SessionState.HELD.value)
    return len(keys)


def _check_joining(group: Group, student: Student, *, at: datetime) -> None:
    if group.state != GroupState.RECRUITING.value or at > group.recruits_until:
        raise Refused(_("Registration for this is over. Look for another offer."), code="closed")
    if student.school_id != group.school_id or EnrollmentStatus(student.enrollment_status) not in PRESENT:
        raise Refused(_("Only students who are at school can register."), code="not-present")
    if not has_consent(student, Purpose.COUNSELING, at):
        raise Refused(_("Please read and agree to the text on counseling first."), code="consent")
    if tied(student, [group.leader.user_id], localdate(at)):
        raise Refused(_("The leader teaches or looks after you otherwise. Choose another offer."), code="dual-relation")


def _take_dates(group: Group, student: Student, *, by: User, at: datetime) -> None:
    """A row of taken time and a booking for each meeting, all or none."""
    for date in group.dates.select_related("session").order_by("session__starts_at"):
        session = date.session
        if intervals.is_taken(student.pk, session.starts_at, session.ends_at):
            raise Refused(_("You have another appointment at one of the dates. Move that one first."), code="own-time")
        span = {"starts_at": session.starts_at, "ends_at": session.ends_at}
        Slot.objects.create(session=session, owner=student.pk, rank=Rank.STUDENT.value, **span)
        booked = {"code": CODE, "booked_by": by, "booked_at": at}
        Booking.objects.create(session=session, student=student, **keys_of(student), **booked)


def _leave(member: GroupMember, *, at: datetime) -> None:
    member.state, member.left_at = MemberState.LEFT.value, at
    member.save(update_fields=["state", "left_at"])
    _free(member.group, [member.student_id], at=at)


def _free(group: Group, students: Sequence[UUID], *, at: datetime) -> None:
    """Give the students' time of meetings to come back."""
    sessions = list(group.dates.filter(session__starts_at__gt=at).values_list("session", flat=True))
    Slot.objects.filter(session__in=sessions, owner__in=students, rank=Rank.STUDENT.value).delete()
    rows = Booking.objects.booked().filter(session__in=sessions, student__in=students)
    rows.update(state=BookingState.EXCUSED.value, ended_at=at)


def _move_up(group: Group, *, by: User, at: datetime) -> None:
    """The first in the line who can come has the place; somebody with another appointment keeps waiting."""
    waiting = group.members.filter(state=MemberState.WAITING.value).select_related("student__user", "student__school")
    for member in waiting.order_by("joined_at", "pk"):
        try:
            with transaction.atomic():
                _take_dates(group, member.student, by=by, at=at)
        except Refused:
            continue
        member.state = MemberState.MEMBER.value
        member.save(update_fields=["state"])
        tell(member.student.user, JOINED, at=at, key=f"group:{member.pk}:member")
        return


def _decide(group: Group, *, at: datetime) -> int:
    group = _lock(group)
    if group.state != GroupState.RECRUITING.value:
        return 0
    members = list(group.members.filter(left_at=None).select_related("student__user"))
    placed = [member for member in members if member.state == MemberState.MEMBER.value]
    state = decided(len(placed), group.least)
    group.state = state.value
    group.save(update_fields=["state"])
    first = group.dates.order_by("session__starts_at").values_list("session__starts_at", flat=True).first()
    if state == GroupState.RUNNING:
        told, title, params = placed, RUNS, {"time": first}
    else:
        told, title, params = members, CANCELLED, {}
        _free(group, [member.student_id for member in members], at=at)
        sessions = Session.objects.filter(group_date__group=group)
        Slot.objects.filter(session__in=sessions).delete()
        sessions.update(state=SessionState.CANCELLED.value)
    tell([member.student.user for member in told], title, params=params, at=at, key=f"group:{group.pk}:{state.value}")
    action = "group.run" if state == GroupState.RUNNING else "group.cancel"
    audit.record(action=action, by=None, at=at, obj=group, unit=group.school.code)
    return 1


def _lock(group: Group) -> Group:
    rows = Group.objects.select_for_update(of=("self",)).select_related("leader__user", "school")
    locked: Group = rows.get(pk=group.pk)
    return locked
