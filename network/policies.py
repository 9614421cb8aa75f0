"""Who may do what. One condition per line."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.timezone import localdate

from network.models import AccessRequest, BreakGlass, Post, Student, Unit, User
from network.rules import ADMINISTRATORS, PEER_ROLES, Ability, Level, Role
from network.rules.access_log import BREAKERS, CLINICIANS, Sealed
from network.rules.appointments import SETTLING, reviewers_of
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


def may_help_student(user: Any, student: Student) -> bool:
    """Give a first password to a student who holds no post: whoever knows the roster and appoints peers there."""
    scope = Scope.of(user)
    if not scope.reaches([Ability.VIEW_ROSTER], student):
        return False
    return scope.reaches([Ability.APPOINT_PEER, Ability.APPOINT_STAFF], student)


def may_print_first_passwords(user: Any, unit: Unit) -> bool:
    """For the students of a unit: whoever knows the roster there and appoints peers or staff."""
    scope = Scope.of(user)
    if not scope.covers(Ability.VIEW_ROSTER, unit):
        return False
    return scope.covers(Ability.APPOINT_PEER, unit) or scope.covers(Ability.APPOINT_STAFF, unit)


def may_reset_sign_in(user: Any, person: User, student: Student | None, posts: Sequence[Post]) -> bool:
    """`posts`: all that the person holds today."""
    if user == person:
        return False
    if posts:
        return may_issue_first_password(user, posts)
    return student is not None and may_help_student(user, student)


def appointed_lately(by: Collection[int], person: User, at: datetime) -> bool:
    """Whether one of these people (their ids) has appointed the person in the last two weeks."""
    since = localdate(at) - SETTLING
    return Post.objects.filter(holder=person, appointed_by__in=by, starts_on__gt=since).exists()


def is_own_reviewer(user: Any, posts: Sequence[Post]) -> bool:
    """Whether the holder of these posts reviews what the user opens."""
    own_roles = [role for roles in Scope.of(user).roles.values() for role in roles]
    return any(Role(post.role) in reviewers_of(own_roles) for post in posts)


def may_confirm_identity(user: Any, person: User, student: Student | None, posts: Sequence[Post], at: datetime) -> bool:
    if user == person:
        return False
    if user.pk == person.reset_by_id:
        return False
    # SECURITY: nobody makes a witness for a reset of their own, and a witness is known by more than a reset.
    if user.reset_at is not None:
        return False
    if person.reset_by_id is not None and appointed_lately([person.reset_by_id], user, at):
        return False
    if student is not None and Scope.of(user).reaches([Ability.VIEW_ROSTER], student):
        return True
    return may_issue_first_password(user, posts)


def may_decide_access_request(user: Any, request: AccessRequest, at: datetime) -> bool:
    if not AccessRequest.objects.to_decide_by(user).filter(pk=request.pk).exists():
        return False
    # SECURITY: nobody makes a second person for a request of their own.
    return not appointed_lately([request.asked_by_id, request.holder_id], user, at)


def may_import_roster(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.IMPORT_ROSTER, school)


def may_configure(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.CONFIGURE, school)


def may_resolve_aliases(user: Any, school: Unit) -> bool:
    """The director of the school's center."""
    return Role.CENTER_DIRECTOR in Scope.of(user).roles.get(school.pk, frozenset())


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
