"""Who may do what with alarms and cases. One condition per line."""

from typing import Any

from crisis.models import Alarm, Case, Referral, Return
from crisis.rules import AlertLevel
from network.models import Student, Unit
from network.rules import Ability
from network.scope import Scope


def may_acknowledge(user: Any, alarm: Alarm) -> bool:
    """SECURITY: nobody handles an alarm about themselves."""
    if is_about(user, alarm.student):
        return False
    return Alarm.objects.visible_to(user, Ability.HANDLE_ALARM).filter(pk=alarm.pk).exists()


def is_about(user: Any, student: Student | None) -> bool:
    """Whether the user is the student."""
    return student is not None and bool(student.user_id == user.pk)


def may_tell_near(user: Any, alarm: Alarm) -> bool:
    """What the people near a student hear of an alarm of counseling is the center's to say."""
    if not alarm.is_confidential:
        return False
    return may_acknowledge(user, alarm)


def may_raise(user: Any, student: Student) -> bool:
    return Student.objects.visible_to(user, Ability.RAISE_ALARM).filter(pk=student.pk).exists()


def may_open_case(user: Any, student: Student) -> bool:
    """Center and college for their students; a fudaoyuan for those of their own classes."""
    if is_about(user, student):
        return False
    opening = (Ability.MANAGE_CASES, Ability.MANAGE_ASSIGNED_CASES)
    return Student.objects.visible_to(user, *opening).filter(pk=student.pk).exists()


def may_read(user: Any, case: Case) -> bool:
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


def may_manage(user: Any, case: Case) -> bool:
    if is_about(user, case.student):
        return False
    managing = (Ability.MANAGE_CASES, Ability.MANAGE_ASSIGNED_CASES)
    return Case.objects.visible_to(user, *managing).filter(pk=case.pk).exists()


def may_request_lowering(user: Any, case: Case) -> bool:
    """The reassessment is a counselor's."""
    if is_about(user, case.student):
        return False
    return Case.objects.visible_to(user, Ability.ASSESS_RISK).filter(pk=case.pk).exists()


def may_decide(user: Any, case: Case, level: AlertLevel) -> bool:
    """On red the center's director; on other levels anybody who may be a second person. The service checks that it is
    not the user who asked."""
    if is_about(user, case.student):
        return False
    if not Case.objects.visible_to(user, Ability.APPROVE_LOWERING).filter(pk=case.pk).exists():
        return False
    return level != AlertLevel.RED or Scope.of(user).covers(Ability.DECIDE_RED, case.school)


def may_report_unit(user: Any, unit: Unit) -> bool:
    return Scope.of(user).covers(Ability.MANAGE_CASES, unit)


def may_configure(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.CONFIGURE_CRISIS, school)


# What happens around the person.
def may_approve_referral(user: Any, case: Case) -> bool:
    """Center and college, for all cases of their scope."""
    return Case.objects.visible_to(user, Ability.MANAGE_CASES).filter(pk=case.pk).exists()


def may_work_on_return(user: Any, student_return: Return) -> bool:
    """As on the case; without one, center and college for their students."""
    if student_return.case is not None:
        return may_manage(user, student_return.case)
    return _reaches(user, student_return.student, Ability.MANAGE_CASES)


def may_interview(user: Any, student_return: Return) -> bool:
    """The interview is a counselor's."""
    if student_return.case is not None:
        return may_request_lowering(user, student_return.case)
    return _reaches(user, student_return.student, Ability.ASSESS_RISK)


def may_decide_return(user: Any, student_return: Return) -> bool:
    """Users who may be the second person in a lowering; the service checks that it is not the interviewer."""
    if student_return.case is None:
        return _reaches(user, student_return.student, Ability.APPROVE_LOWERING)
    if is_about(user, student_return.student):
        return False
    return Case.objects.visible_to(user, Ability.APPROVE_LOWERING).filter(pk=student_return.case.pk).exists()


def may_start_leave(user: Any, student: Student) -> bool:
    """Write down the leave of a student who has no case: center and college."""
    return _reaches(user, student, Ability.MANAGE_CASES)


def _reaches(user: Any, student: Student, ability: Ability) -> bool:
    if is_about(user, student):
        return False
    return Student.objects.visible_to(user, ability).filter(pk=student.pk).exists()


# Who goes to counseling.
def may_hand_to_counseling(user: Any, student: Student) -> bool:
    """The counselors and the director of the student's school."""
    return Scope.of(user).reaches([Ability.TAKE_COUNSELING, Ability.ARRANGE_COUNSELING], student)


def may_arrange_counseling(user: Any, referral: Referral) -> bool:
    return Scope.of(user).reaches([Ability.ARRANGE_COUNSELING], referral)


def may_take_on_counseling(user: Any, referral: Referral) -> bool:
    """The counselor it was given to, as long as they are one."""
    if not Scope.of(user).reaches([Ability.TAKE_COUNSELING], referral):
        return False
    return bool(referral.counselor_id == user.pk)


def may_end_counseling(user: Any, referral: Referral) -> bool:
    if may_arrange_counseling(user, referral):
        return True
    return may_take_on_counseling(user, referral)
