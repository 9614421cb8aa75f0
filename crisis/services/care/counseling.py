"""Referring a student to counseling. Each next step has an owner and a due time, until the first meeting was held or
the referral is ended. SECURITY: colleges and classes learn nothing of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis import policies
from crisis.models import Referral
from crisis.models.base import keys_of
from crisis.services.cases.recipients import holders_of
from kernel import notices
from kernel.errors import Refused
from network.models import Post, Student, User
from network.rules import Role
from network.services import Owed, owe, record_client_event, settle, tied, withdraw

KIND = "counseling"
COUNSELORS = (Role.FULL_TIME_COUNSELOR, Role.PART_TIME_COUNSELOR)
FIND = gettext_noop("Find a counselor for a student")
MEET = gettext_noop("First meeting with a student referred to counseling")
HANDED_OVER = gettext_noop("A student has been handed over to counseling. Please find a counselor.")
GIVEN = gettext_noop("A student has been given to you for counseling.")


@transaction.atomic
def hand_to_counseling(*, student: Student, reason: str, by: User, at: datetime) -> Referral:
    """Hand a student over; the center's director finds a counselor within three days. While one is under way, that one
    is returned as it is. Refused for all but counselors and director."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    if not policies.may_hand_to_counseling(by, student):
        raise Refused(_("Counselors and the center's director hand over to counseling."), code="may-not-hand-over")
    standing: Referral | None = Referral.objects.to_counseling().open().filter(student=student).first()
    if standing is not None:
        return standing
    referral = Referral.objects.create(
        target=Referral.Target.COUNSELING,
        student=student,
        **keys_of(student),
        reason=reason,
        opened_by=by,
        opened_at=at,
    )
    _owe_next_step(referral, at=at)
    directors = holders_of(roles=[Role.CENTER_DIRECTOR], units=[referral.school_id], at=at)
    notices.post(to=directors, kind=KIND, title=HANDED_OVER, params={}, link=_link(referral), at=at)
    _record("hand_over", referral, by=by, at=at)
    return referral


@transaction.atomic
def give_counseling(*, referral: Referral, counselor: User, by: User, at: datetime) -> Referral:
    """Give it to a counselor, or to another one; they meet the student within two weeks. Refused for all but the
    director, for somebody who is no counselor, and for one who is tied to the student otherwise."""
    referral = _lock_open(referral)
    if not policies.may_arrange_counseling(by, referral):
        raise Refused(_("The center's director gives students to counselors."), code="may-not-arrange")
    if counselor not in counselors(referral, at=at):
        raise Refused(_("%(name)s is no counselor of this school.") % {"name": counselor.name}, code="no-counselor")
    if counselor.pk in barred(referral, [counselor.pk], at=at):
        message = _("%(name)s teaches or looks after this student; choose somebody else.")
        raise Refused(message % {"name": counselor.name}, code="dual-relation")
    if referral.counselor_id == counselor.pk:
        return referral
    referral.counselor, referral.assigned_at = counselor, at
    referral.save(update_fields=["counselor", "assigned_at"])
    _owe_next_step(referral, at=at)
    notices.post(to=counselor, kind=KIND, title=GIVEN, params={}, link=_link(referral), at=at)
    _record("give", referral, by=by, at=at)
    return referral


@transaction.atomic
def take_on_counseling(*, referral: Referral, by: User, at: datetime) -> Referral:
    """The first meeting was held. Refused for all but the counselor it was given to."""
    referral = _lock_open(referral)
    if not policies.may_take_on_counseling(by, referral):
        raise Refused(_("The counselor it was given to says that they have met."), code="not-the-counselor")
    _end(referral, Referral.State.DONE, at=at)
    settle(keys=[duty_key(referral)], at=at)
    _record("take_on", referral, by=by, at=at)
    return referral


@transaction.atomic
def end_counseling(*, referral: Referral, reason: str, by: User, at: datetime) -> Referral:
    """It did not come about, and why. Refused for all but the director and the counselor it was given to."""
    referral = _lock_open(referral)
    if not policies.may_end_counseling(by, referral):
        raise Refused(_("The center's director or the counselor ends a referral."), code="may-not-end")
    referral.ending = reason
    _end(referral, Referral.State.BROKEN_OFF, at=at)
    withdraw(keys=[duty_key(referral)])
    _record("end", referral, by=by, at=at)
    return referral


def duty_key(referral: Referral) -> str:
    return f"counseling:{referral.pk}"


def counselors(referral: Referral, *, at: datetime) -> list[User]:
    """Users with a counselor's post at the school today."""
    return holders_of(roles=COUNSELORS, units=[referral.school_id], at=at)


def barred(referral: Referral, people: Iterable[int], *, at: datetime) -> frozenset[int]:
    """Who is tied to the student otherwise, as the referral knows them or as they live today."""
    asked, on = list(people), localdate(at)
    return tied(referral, asked, on) | tied(referral.student, asked, on)


def free_counselors(referral: Referral, *, at: datetime) -> list[User]:
    """Whom the director may give it to."""
    people = counselors(referral, at=at)
    tied = barred(referral, [person.pk for person in people], at=at)
    return [person for person in people if person.pk not in tied]


def _lock_open(referral: Referral) -> Referral:
    rows = Referral.objects.to_counseling().select_for_update(of=("self",)).select_related("school", "counselor")
    locked: Referral = rows.get(pk=referral.pk)
    if locked.state != Referral.State.OPEN:
        raise Refused(_("This referral has ended already."), code="ended")
    return locked


def _end(referral: Referral, state: Referral.State, *, at: datetime) -> None:
    referral.state, referral.ended_at = state, at
    referral.save(update_fields=["state", "ended_at", "ending"])


def _owe_next_step(referral: Referral, *, at: datetime) -> None:
    """The director finds a counselor; then that one meets the student, and it is the director's again from the moment
    their post ends."""
    withdraw(keys=[duty_key(referral)])
    posts = Post.objects.active(localdate(at)).filter(unit=referral.school_id, role__in=COUNSELORS)
    owe(
        duties=[
            Owed(
                kind=KIND,
                key=duty_key(referral),
                unit=referral.school,
                role=Role.CENTER_DIRECTOR,
                owner=referral.counselor,
                post=posts.filter(holder=referral.counselor_id).order_by("pk").first(),
                title=MEET if referral.counselor_id else FIND,
                params={},
                link=_link(referral),
                due_at=referral.due_at,
            )
        ]
    )


def _link(referral: Referral) -> str:
    return f"/counseling/{referral.pk}/"


def _record(action: str, referral: Referral, *, by: User, at: datetime) -> None:
    record_client_event(action=f"counseling.{action}", student=referral.student, by=by, at=at, obj=referral)
