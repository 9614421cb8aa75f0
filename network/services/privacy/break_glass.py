"""Breaking the glass: sealed data of one student, opened for an hour, told to others, and judged afterwards."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import audit, notices
from kernel.errors import Refused
from kernel.models import AuditEvent, AuditEventQuerySet
from network import policies
from network.models import BreakGlass, Post, Student, Unit, User
from network.models.base import keys_of
from network.rules import Role
from network.rules import access_log as rules
from network.rules.access_log import BREAK_GLASS, OPEN_FOR, REVIEW_WITHIN, SHORTEST_REVIEW_NOTE, Sealed
from network.scope import Scope
from network.services.duties import Owed, owe, settle
from network.services.privacy.access_log import record_look, subjects_of

# Told beside the directors, so that nobody opens something unseen.
SECURITY_SIDE = (Role.AUDITOR.value, Role.SECURITY_ADMINISTRATOR.value)


@transaction.atomic
def break_glass(
    *, student: Student, kind: Sealed, reason: str, is_emergency: bool, by: User, at: datetime
) -> BreakGlass:
    """Open one kind of a student's sealed data for an hour; while it is open, a second call returns the same opening.
    The caller has had `by` sign in again. Refused without the right and without a reason that others can judge."""
    locked = Student.objects.select_for_update(of=("self",)).select_related("school_class", "school")
    student = locked.get(pk=student.pk)
    if not policies.may_break_glass(by, student, kind):
        raise Refused(_("This cannot be opened by you."), code="may-not-break")
    if not rules.reason_is_enough(reason, is_emergency=is_emergency):
        raise Refused(_("Please say in at least 20 characters why you must read this."), code="short-reason")
    opened = active_break_glass(user=by, student=student, kind=kind, at=at)
    if opened is not None:
        return opened
    role = rules.review_role(frozenset(Scope.of(by).roles_over(student)))
    glass: BreakGlass = BreakGlass.objects.create(
        student=student,
        **keys_of(student),
        kind=kind,
        reason=reason.strip(),
        is_emergency=is_emergency,
        opened_by=by,
        opened_at=at,
        ends_at=at + OPEN_FOR,
        review_role=role,
        review_due_at=at + REVIEW_WITHIN,
    )
    # SECURITY: that there are session notes is itself what nobody else may learn.
    discreet = kind in rules.DISCREET
    detail: dict[str, Any] = {"emergency": is_emergency}
    if not discreet:
        detail |= {"kind": kind.value, "ends_at": glass.ends_at}
    look: dict[str, Any] = {"purpose": BREAK_GLASS, "obj": glass, "detail": detail, "discreet": discreet}
    record_look(action="glass.break", student=student, by=by, at=at, **look)
    _owe_review(glass, student.school)
    _tell(glass, student.school, by=by, at=at)
    return glass


def active_break_glass(*, user: User, student: Student, kind: Sealed, at: datetime) -> BreakGlass | None:
    """The opening through which the user may read now; None without one, when it has closed or the post has ended."""
    if not policies.may_break_glass(user, student, kind):
        return None
    mine = BreakGlass.objects.active(at).filter(opened_by=user, student=student, kind=kind)
    opening: BreakGlass | None = mine.order_by("-ends_at").first()
    return opening


@transaction.atomic
def review_break_glass(*, glass: BreakGlass, was_justified: bool, note: str, by: User, at: datetime) -> BreakGlass:
    """Say what one thinks of an opening; it is said once. Refused to whoever opened it and to whoever has no say."""
    glass = BreakGlass.objects.select_for_update(of=("self",)).get(pk=glass.pk)
    if not policies.may_review_break_glass(by, glass):
        raise Refused(_("This has been reviewed already, or somebody else reviews it."), code="may-not-review")
    if len(note.strip()) < SHORTEST_REVIEW_NOTE:
        raise Refused(_("Please say in a few words what you think of it."), code="short-note")
    glass.was_justified, glass.review_note = was_justified, note.strip()
    glass.reviewed_by, glass.reviewed_at = by, at
    glass.save(update_fields=["was_justified", "review_note", "reviewed_by", "reviewed_at"])
    settle(keys=[_key(glass)], at=at)
    detail = {"justified": was_justified} | ({} if glass.kind in rules.DISCREET else {"kind": glass.kind})
    audit.record(action="glass.review", by=by, at=at, obj=glass, unit=glass.school.code, detail=detail)
    notices.post(
        to=glass.opened_by,
        kind="glass.reviewed",
        title=gettext_noop("Your opening of sealed data has been reviewed."),
        params={},
        at=at,
        key=f"glass-reviewed:{glass.pk}",
    )
    return glass


def _key(glass: BreakGlass) -> str:
    return f"glass:{glass.pk}"


def _link(glass: BreakGlass) -> str:
    return reverse("network:break-glass-review", args=[glass.pk])


def _owe_review(glass: BreakGlass, school: Unit) -> None:
    owe(
        duties=[
            Owed(
                kind="glass",
                key=_key(glass),
                unit=school,
                title=gettext_noop("Review an opening of sealed data"),
                params={},
                link=_link(glass),
                due_at=glass.review_due_at,
                role=glass.review_role,
            )
        ]
    )


def _tell(glass: BreakGlass, school: Unit, *, by: User, at: datetime) -> None:
    """Directors and reviewers are asked to look; the security side hears of it when a director was the one."""
    roles: list[str] = [Role.CENTER_DIRECTOR, glass.review_role]
    if glass.review_role != Role.CENTER_DIRECTOR:
        roles += SECURITY_SIDE
    posts = Post.objects.active(localdate(at)).filter(unit=school, role__in=roles).exclude(holder=by)
    reviewers: list[User] = []
    others: list[User] = []
    for post in posts.select_related("holder").order_by("pk"):
        (reviewers if post.role == glass.review_role else others).append(post.holder)
    shared: dict[str, Any] = {"kind": "glass.broken", "params": {"name": by.name}, "at": at, "urgent": True}
    title_of_reviewers = gettext_noop("%(name)s has opened sealed data of a student. Please review it within 72 hours.")
    title_of_others = gettext_noop("%(name)s has opened sealed data of a student. A review has been asked for.")
    notices.post(to=reviewers, title=title_of_reviewers, link=_link(glass), key=_key(glass), **shared)
    notices.post(
        to=[person for person in others if person not in reviewers], title=title_of_others, key=_key(glass), **shared
    )


def readings_through(glass: BreakGlass) -> AuditEventQuerySet:
    """What was read while the glass was open, as the log tells it."""
    read = AuditEvent.objects.filter(subject__in=subjects_of(glass.student_id), actor_id=str(glass.opened_by_id))
    through: AuditEventQuerySet = read.filter(
        purpose=BREAK_GLASS, action__endswith=".read", at__gte=glass.opened_at, at__lt=glass.ends_at
    )
    return through.newest_first()
