"""Who may do what in counseling. One condition per line."""

from typing import Any

from counseling.models import Booking, CollegeMessage, Counselor, Course, Session, Transfer
from counseling.rules.kinds import LIVE
from crisis.models import Referral
from network.models import Student, Unit
from network.rules import Ability
from network.scope import Scope

LIVE_STATES = [state.value for state in LIVE]


def may_book_for_oneself(user: Any, student: Student) -> bool:
    """SECURITY: students book for themselves alone."""
    return bool(student.user_id == user.pk)


def may_direct(user: Any, school: Unit) -> bool:
    """The center's director."""
    return Scope.of(user).covers(Ability.ARRANGE_COUNSELING, school)


def may_book_for(user: Any, student: Student, counselor: Counselor) -> bool:
    """The student, the counselor for their own hours, and the director."""
    if may_book_for_oneself(user, student):
        return True
    if counselor.user_id == user.pk:
        return Scope.of(user).reaches([Ability.TAKE_COUNSELING], student)
    return Scope.of(user).reaches([Ability.ARRANGE_COUNSELING], student)


def may_change_hours(user: Any, counselor: Counselor) -> bool:
    """The counselor themselves and the director."""
    if counselor.user_id == user.pk:
        return True
    return may_direct(user, counselor.school)


def may_change_booking(user: Any, booking: Booking) -> bool:
    """Move or cancel: the student, the session's counselor and the director."""
    if may_book_for_oneself(user, booking.student):
        return True
    return may_hold(user, booking.session)


def may_hold(user: Any, session: Session) -> bool:
    """The session's counselor, and the director."""
    if session.counselor is not None and session.counselor.user_id == user.pk:
        return True
    return may_direct(user, session.school)


def may_check_credential(user: Any, counselor: Counselor) -> bool:
    """SECURITY: nobody checks their own."""
    if counselor.user_id == user.pk:
        return False
    return may_direct(user, counselor.school)


def may_register_calls(user: Any, school: Unit) -> bool:
    """The school's counselors."""
    return Scope.of(user).covers(Ability.TAKE_COUNSELING, school)


def may_put_on_list(user: Any, student: Student) -> bool:
    """The student, the counselors of the school and its director."""
    if may_book_for_oneself(user, student):
        return True
    return Scope.of(user).reaches([Ability.TAKE_COUNSELING, Ability.ARRANGE_COUNSELING], student)


def may_answer_offer(user: Any, student: Student) -> bool:
    """SECURITY: the student alone."""
    return may_book_for_oneself(user, student)


def may_treat(user: Any, course: Course) -> bool:
    """The counselor of the course, as long as they counsel at the school."""
    if course.counselor.user_id != user.pk:
        return False
    return Scope.of(user).reaches([Ability.TAKE_COUNSELING], course)


def may_open_course(user: Any, student: Student, counselor: Counselor) -> bool:
    """For oneself, and for students whom one has met or who were given to one."""
    if counselor.user_id != user.pk:
        return False
    if not Scope.of(user).reaches([Ability.TAKE_COUNSELING], student):
        return False
    if Booking.objects.filter(student=student, session__counselor=counselor, state__in=LIVE_STATES).exists():
        return True
    return Referral.objects.to_counseling().filter(student=student, counselor=user).exists()


def may_take_on_transfer(user: Any, transfer: Transfer) -> bool:
    """The counselor it was offered to."""
    if transfer.to.user_id != user.pk:
        return False
    return Scope.of(user).reaches([Ability.TAKE_COUNSELING], transfer)


def may_answer(user: Any, row: Transfer | CollegeMessage) -> bool:
    """SECURITY: the student alone says yes or no."""
    return bool(row.student.user_id == user.pk)
