"""Who may do what. One condition per line."""

from collections.abc import Sequence
from typing import Any

from network.models import Post, Student, Unit
from network.rules import PEER_ROLES, Ability, Level, Role
from network.scope import Scope

# Whom a college may appoint by itself; the rest of the staff is appointed by the center or the administrator.
COLLEGE_STAFF = frozenset({Role.FUDAOYUAN, Role.CLASS_ADVISER})


def may_appoint(user: Any, unit: Unit, role: Role) -> bool:
    scope = Scope.of(user)
    if role in PEER_ROLES and scope.covers(Ability.APPOINT_PEER, unit):
        return True
    if not scope.covers(Ability.APPOINT_STAFF, unit):
        return False
    if scope.units([Ability.APPOINT_STAFF]).get(Level.SCHOOL):
        return True
    return role in COLLEGE_STAFF


def may_hand_slip(user: Any, posts: Sequence[Post]) -> bool:
    """`posts`: all that the person holds today."""
    return bool(posts) and all(may_appoint(user, post.unit, Role(post.role)) for post in posts)


def may_import_roster(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.IMPORT_ROSTER, school)


def may_configure(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.CONFIGURE, school)


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
