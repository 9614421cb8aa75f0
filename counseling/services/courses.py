"""Opening and closing courses, and how many sessions they have used."""

from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from counseling import policies
from counseling.models import Booking, Counselor, Course, Transfer
from counseling.rules.courses import CHOSEN, LEAST_LIMIT, MOST_LIMIT, Closing, due_after
from counseling.rules.kinds import COUNTED, BookingState
from crisis.models import Referral
from crisis.models.base import keys_of
from crisis.services.scheduled import for_each
from kernel.errors import Refused
from kernel.periods import TZ
from network.models import Duty, Post, Student, User
from network.rules import Role
from network.services import Owed, owe, record_client_event, tied, withdraw

DUTY, TASK = "counseling_course", "counseling_courses"
PASS_ON = gettext_noop("Pass a client on to another counselor")
COUNSELORS = (Role.FULL_TIME_COUNSELOR, Role.PART_TIME_COUNSELOR)
PASS_ON_WITHIN = 5


@transaction.atomic
def open_course(
    *,
    student: Student,
    counselor: Counselor,
    limit: int,
    by: User,
    at: datetime,
    referral: Referral | None = None,
) -> Course:
    """Open a course; while the same counselor has one open with the student, that one is returned. Refused for all
    but the counselor, without a booking or referral, to whoever is tied to the student, and while another has it."""
    student = lock_student(student)
    if not policies.may_open_course(by, student, counselor):
        raise Refused(_("A course is opened by the counselor who has met the student."), code="may-not-open")
    standing = Course.objects.open().filter(student=student).first()
    if standing is not None and standing.counselor_id == counselor.pk:
        return standing  # type: ignore[no-any-return]
    if standing is not None:
        raise Refused(
            _("Another counselor has an open course with this student. Ask the director to pass it on to you."),
            code="other-course",
        )
    return write_course(student=student, counselor=counselor, limit=limit, by=by, at=at, referral=referral)


def write_course(
    *, student: Student, counselor: Counselor, limit: int, by: User, at: datetime, referral: Referral | None = None
) -> Course:
    """The row itself, inside the caller's transaction, which holds the lock of the student."""
    check_tie(student, counselor, at=at)
    _check_limit(limit, 0)
    keys: dict[str, Any] = keys_of(student)
    opened: dict[str, Any] = {"referral": referral, "opened_by": by, "opened_at": at}
    course: Course = Course.objects.create(student=student, **keys, counselor=counselor, limit=limit, **opened)
    record_client_event(action="client_course.open", student=student, by=by, at=at, obj=course)
    return course


@transaction.atomic
def close_course(*, course: Course, closing: Closing, by: User, at: datetime) -> Course:
    """End a course with its reason. Refused for all but its counselor, a second time, and while a transfer is open."""
    course = lock_course(course)
    if not policies.may_treat(by, course):
        raise Refused(_("The treating counselor ends a course."), code="may-not-close")
    if not course.is_open:
        raise Refused(_("This course has ended already."), code="ended")
    if closing not in CHOSEN:
        raise ValueError(f"not chosen by a counselor: {closing}")
    if Transfer.objects.open().filter(course=course).exists():
        raise Refused(_("This course is being passed on. Take that back first."), code="transfer-open")
    return end_course(course, closing, by=by, at=at)


def end_course(course: Course, closing: Closing, *, by: User, at: datetime) -> Course:
    """Write the end, inside the caller's transaction."""
    course.closing, course.closed_by, course.closed_at = closing.value, by, at
    course.save(update_fields=["closing", "closed_by", "closed_at"])
    withdraw(keys=[duty_key(course)])
    record_client_event(action="client_course.close", student=course.student, by=by, at=at, obj=course)
    return course


@transaction.atomic
def set_limit(*, course: Course, limit: int, by: User, at: datetime) -> Course:
    """Agree on another number of sessions. Refused for all but its counselor and below what was used."""
    course = lock_course(course)
    if not policies.may_treat(by, course) or not course.is_open:
        raise Refused(_("The treating counselor sets the limit while the course is open."), code="may-not-set")
    _check_limit(limit, sessions_used(course))
    course.limit = limit
    course.save(update_fields=["limit"])
    record_client_event(action="client_course.limit", student=course.student, by=by, at=at, obj=course)
    return course


def _check_limit(limit: int, used: int) -> None:
    if not LEAST_LIMIT <= limit <= MOST_LIMIT:
        raise Refused(_("A course has 1 to 60 sessions."), code="limit-out-of-bounds")
    if limit < used:
        message = _("%(used)s sessions are used already; choose at least as many.")
        raise Refused(message % {"used": used}, code="limit-below-used")


def sessions_used(course: Course) -> int:
    """Sessions of this counselor with the student that count, from the day of the opening on."""
    since = datetime.combine(localdate(course.opened_at), time(0), TZ)
    rows = _bookings(course).filter(session__starts_at__gte=since, state__in=[state.value for state in COUNTED])
    used: int = rows.exclude(state=BookingState.BOOKED.value).count()
    return used


def _bookings(course: Course) -> Any:
    rows = Booking.objects.filter(student=course.student_id, session__counselor=course.counselor_id)
    return rows.filter(session__starts_at__lte=course.closed_at) if course.closed_at else rows


def lock_student(student: Student) -> Student:
    rows = Student.objects.select_for_update(no_key=True, of=("self",)).select_related("school")
    locked: Student = rows.get(pk=student.pk)
    return locked


def lock_course(course: Course) -> Course:
    """The course, after its student."""
    lock_student(course.student)
    rows = Course.objects.select_for_update(of=("self",)).select_related("student__school", "counselor__user", "school")
    locked: Course = rows.get(pk=course.pk)
    return locked


def check_tie(student: Student, counselor: Counselor, *, at: datetime) -> None:
    """Refused for a counselor who teaches or looks after the student otherwise, or who is no counselor now."""
    if counselor.school_id != student.school_id or not _holds_post(counselor, at=at):
        message = _("%(name)s is no counselor of this school.")
        raise Refused(message % {"name": counselor.user.name}, code="no-counselor")
    if tied(student, [counselor.user_id], localdate(at)):
        message = _("%(name)s teaches or looks after this student; choose somebody else.")
        raise Refused(message % {"name": counselor.user.name}, code="dual-relation")


def _holds_post(counselor: Counselor, *, at: datetime) -> bool:
    if not (counselor.is_active and counselor.user.is_active):
        return False
    posts = Post.objects.active(localdate(at)).filter(unit=counselor.school_id, role__in=COUNSELORS)
    return posts.filter(holder=counselor.user_id).exists()


def duty_key(course: Course) -> str:
    return f"course:{course.pk}"


def keep_courses(*, at: datetime) -> int:
    """Let the director owe a transfer for each open course whose counselor has left or is tied to the student by now,
    as long as none is under way; withdraw what is owed no more. Returns how many are owed."""
    rows = Course.objects.open().select_related("student__school", "counselor__user", "school").order_by("pk")
    return for_each(rows, lambda course: _keep(course, at=at), task=TASK, at=at)


def _keep(course: Course, *, at: datetime) -> int:
    is_underway = Transfer.objects.open().filter(course=course).exists()
    is_tied = bool(tied(course.student, [course.counselor.user_id], localdate(at)))
    known = Duty.objects.unsettled().filter(key=duty_key(course)).exists()
    if is_underway or (_holds_post(course.counselor, at=at) and not is_tied):
        if known:
            withdraw(keys=[duty_key(course)])
        return 0
    if not known:
        owe(
            duties=[
                Owed(
                    kind=DUTY,
                    key=duty_key(course),
                    # SECURITY: what is owed for a client hangs on the school, so that it never climbs to peers.
                    unit=course.school,
                    role=Role.CENTER_DIRECTOR,
                    title=PASS_ON,
                    params={},
                    link=course.get_absolute_url(),
                    due_at=due_after(at, PASS_ON_WITHIN),
                )
            ]
        )
    return 1
