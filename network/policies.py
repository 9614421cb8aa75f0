"""Who may do what. One condition per line."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from network.models import BreakGlass, Post, Student, Unit, User
from network.rules import ADMINISTRATORS, PEER_ROLES, Ability, Level, Role
from network.rules.access_log import BREAKERS, CLINICIANS, Sealed
from network.rules.signin import demands_second_factor
from network.scope import Scope

# Whom a college may appoint by itself; the rest of the staff is appointed by the center or the security administrator.
COLLEGE_STAFF = frozenset({Role.FUDAOYUAN, Role.CLASS_ADVISER})


def may_appoint(user: Any, unit: Unit, role: Role) -> bool:
    scope = Scope.of(user)
    # SECURITY: whoever works with personal data makes no administrators, nor does an administrator of another kind.
    if role in ADMINISTRATORS:
        return scope.covers(Ability.MANAGE_ACCESS, unit)
    if role in PEER_ROLES and scope.covers(Ability.APPOINT_PEER, unit):
        return True
    if not scope.covers(Ability.APPOINT_STAFF, unit):
        return False
    if scope.units([Ability.APPOINT_STAFF]).get(Level.SCHOOL):
        return True
    return role in COLLEGE_STAFF


def may_manage_access(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.MANAGE_ACCESS, school)


def may_issue_first_password(user: Any, posts: Sequence[Post]) -> bool:
    """`posts`: all that the person holds today."""
    return bool(posts) and all(may_appoint(user, post.unit, Role(post.role)) for post in posts)


def may_import_roster(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.IMPORT_ROSTER, school)


def may_configure(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.CONFIGURE, school)


def may_delay_disclosure(user: Any, student: Student) -> bool:
    return any(role in CLINICIANS for role in Scope.of(user).roles_over(student))


def may_break_glass(user: Any, student: Student, kind: Sealed) -> bool:
    return any(role in BREAKERS[kind] for role in Scope.of(user).roles_over(student))


def may_review_break_glass(user: Any, glass: BreakGlass) -> bool:
    if glass.opened_by_id == user.pk:
        return False
    if glass.reviewed_at is not None:
        return False
    return BreakGlass.objects.to_be_judged_by(user).filter(pk=glass.pk).exists()


def may_write_consent_texts(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.MANAGE_CONSENT_TEXTS, school)


def may_consent(user: Any, student: Student) -> bool:
    # Consent is personal: nobody gives it or takes it back for somebody else.
    return bool(student.user_id == user.pk)


def may_manage_retention(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.MANAGE_RETENTION, school)


def may_decide_erasure(user: Any, student: Student) -> bool:
    return Student.objects.visible_to(user, Ability.DECIDE_ERASURE).filter(pk=student.pk).exists()


def may_ask_about_data(user: Any, student: Student) -> bool:
    if student.user_id == user.pk:
        return True
    return may_decide_erasure(user, student)


def may_disable(user: Any, person: User, posts: Sequence[Post]) -> bool:
    """`posts`: all that the person holds today."""
    if user == person:
        return False
    if person.school is None:
        return False
    if not Scope.of(user).covers(Ability.APPOINT_STAFF, person.school):
        return False
    return all(may_appoint(user, post.unit, Role(post.role)) for post in posts)


def needs_second_factor(user: Any) -> bool:
    """Whoever can see other people's data; `SECOND_FACTOR=off` is for a look at the demonstration."""
    return settings.SECOND_FACTOR != "off" and demands_second_factor(Scope.of(user).abilities)
