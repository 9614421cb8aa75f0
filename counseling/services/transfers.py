"""A course passes to another counselor: asked, agreed to by the student, taken on. Each step has an owner and a due
time, until it is terminal. Old notes never pass on."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from counseling import policies
from counseling.models import Counselor, Course, Transfer
from counseling.rules.courses import (
    ANSWER_WITHIN,
    SUMMARY_LEAST,
    SUMMARY_MOST,
    TAKE_ON_WITHIN,
    Closing,
    TransferState,
    due_after,
)
from counseling.services.courses import check_tie, duty_key, end_course, lock_course, lock_student, write_course
from crisis.models.base import keys_of
from kernel import notices
from kernel.errors import Refused
from network.models import Post, User
from network.rules import Role
from network.services import Owed, owe, record_client_event, settle, withdraw

KIND = "counseling"
COUNSELORS = (Role.FULL_TIME_COUNSELOR, Role.PART_TIME_COUNSELOR)
ASK_AFTER = gettext_noop("See how passing a client on goes")
TAKE_ON = gettext_noop("Say whether you take a client on")
ASKED = gettext_noop("Your counselor asks you something. Please answer when it suits you.")
OFFERED = gettext_noop("A client is to pass to you. Please say whether you take them on.")
ANSWERED = gettext_noop("There is an answer about passing a client on.")


@transaction.atomic
def ask_transfer(*, course: Course, to: Counselor, summary: str, by: User, at: datetime) -> Transfer:
    """Ask the student whether their course may pass to another counselor. Refused for all but the treating counselor
    and the director, to oneself, to somebody tied to the student, and while one is under way."""
    course = lock_course(course)
    if not (policies.may_treat(by, course) or policies.may_direct(by, course.school)):
        raise Refused(_("The treating counselor or the director passes a course on."), code="may-not-transfer")
    if not course.is_open:
        raise Refused(_("This course has ended already."), code="ended")
    if to.pk == course.counselor_id:
        raise Refused(_("This is the counselor who has the course. Choose somebody else."), code="to-self")
    if not to.takes_new:
        raise Refused(_("This counselor takes no new students now. Choose somebody else."), code="full")
    check_tie(course.student, to, at=at)
    summary = summary.strip()
    if not SUMMARY_LEAST <= len(summary) <= SUMMARY_MOST or "\x00" in summary:
        raise Refused(_("Please sum up in 20 to 4,000 characters what the new counselor needs."), code="summary")
    if Transfer.objects.open().filter(course=course).exists():
        raise Refused(_("This course is being passed on already."), code="transfer-open")
    transfer: Transfer = Transfer.objects.create(
        student=course.student,
        **keys_of(course.student),
        course=course,
        to=to,
        summary=summary,
        asked_by=by,
        asked_at=at,
        due_at=due_after(at, ANSWER_WITHIN),
    )
    _owe(transfer, course.counselor.user, ASK_AFTER, at=at)
    withdraw(keys=[duty_key(course)])
    link = f"/me/appointments/transfers/{transfer.pk}/"
    key = f"transfer:{transfer.pk}"
    notices.post(to=course.student.user, kind=KIND, title=ASKED, params={}, link=link, key=key, at=at, discreet=True)
    record_client_event(action="transfer.ask", student=course.student, by=by, at=at, obj=transfer)
    return transfer


@transaction.atomic
def answer_transfer(*, transfer: Transfer, agrees: bool, by: User, at: datetime) -> Transfer:
    """The student says yes or no. With a yes the new counselor is asked; with a no all stays as it is."""
    transfer = lock_transfer(transfer)
    if not policies.may_answer(by, transfer):
        raise Refused(_("The student alone answers this."), code="not-your-own")
    if transfer.state != TransferState.ASKED.value:
        raise Refused(_("This has been answered already, or it was taken back."), code="answered")
    if not agrees:
        return _end(transfer, TransferState.DECLINED, by=by, at=at)
    transfer.state, transfer.agreed_at = TransferState.AGREED.value, at
    transfer.due_at = due_after(at, TAKE_ON_WITHIN)
    transfer.save(update_fields=["state", "agreed_at", "due_at"])
    _owe(transfer, transfer.to.user, TAKE_ON, at=at)
    link, key = transfer.get_absolute_url(), f"transfer:{transfer.pk}:offer"
    notices.post(to=transfer.to.user, kind=KIND, title=OFFERED, params={}, link=link, key=key, at=at, discreet=True)
    record_client_event(action="transfer.agree", student=transfer.student, by=by, at=at, obj=transfer)
    return transfer


@transaction.atomic
def take_on_transfer(*, transfer: Transfer, takes: bool, by: User, at: datetime) -> Transfer:
    """The new counselor takes the student on, which closes the old course and opens a new one; or does not."""
    transfer = lock_transfer(transfer)
    if not policies.may_take_on_transfer(by, transfer):
        raise Refused(_("The counselor who was asked answers this."), code="not-the-counselor")
    if transfer.state != TransferState.AGREED.value:
        raise Refused(_("This has been answered already, or the student has not agreed yet."), code="answered")
    if not takes:
        return _end(transfer, TransferState.REFUSED, by=by, at=at)
    end_course(transfer.course, Closing.TRANSFERRED, by=by, at=at)
    transfer.opened = write_course(
        student=transfer.student, counselor=transfer.to, limit=transfer.course.limit, by=by, at=at
    )
    return _end(transfer, TransferState.DONE, by=by, at=at)


@transaction.atomic
def withdraw_transfer(*, transfer: Transfer, by: User, at: datetime) -> Transfer:
    """Take it back, as long as the new counselor has not answered. Refused for all but whoever gives and the
    director."""
    transfer = lock_transfer(transfer)
    if not (policies.may_treat(by, transfer.course) or policies.may_direct(by, transfer.school)):
        raise Refused(_("The treating counselor or the director takes this back."), code="may-not-withdraw")
    if transfer.ended_at is not None:
        raise Refused(_("This has been answered already."), code="answered")
    return _end(transfer, TransferState.WITHDRAWN, by=by, at=at)


def takers(course: Course, *, at: datetime) -> list[Counselor]:
    """Counselors of the school who may be chosen; ties are looked at when it is asked."""
    posts = Post.objects.active(localdate(at)).filter(unit=course.school_id, role__in=COUNSELORS)
    rows = Counselor.objects.active().filter(school=course.school_id, takes_new=True, user__in=posts.values("holder"))
    return list(rows.exclude(pk=course.counselor_id).select_related("user"))


def lock_transfer(transfer: Transfer) -> Transfer:
    """The transfer, after its student."""
    lock_student(transfer.student)
    related = ("student__school", "student__user", "course__counselor__user", "course__student__school", "to__user")
    rows = Transfer.objects.select_for_update(of=("self",)).select_related(*related, "school", "to__school")
    locked: Transfer = rows.get(pk=transfer.pk)
    return locked


def _end(transfer: Transfer, state: TransferState, *, by: User, at: datetime) -> Transfer:
    transfer.state, transfer.ended_at = state.value, at
    transfer.save(update_fields=["state", "ended_at", "opened"])
    settle(keys=[_key(transfer)], at=at)
    giver = transfer.course.counselor.user
    if giver.pk != by.pk:
        link, key = transfer.get_absolute_url(), f"transfer:{transfer.pk}:{state.value}"
        notices.post(to=giver, kind=KIND, title=ANSWERED, params={}, link=link, key=key, at=at, discreet=True)
    record_client_event(action=f"transfer.{state.value}", student=transfer.student, by=by, at=at, obj=transfer)
    return transfer


def _owe(transfer: Transfer, owner: User, title: str, *, at: datetime) -> None:
    """SECURITY: the duty hangs on the school: it climbs to the director, never to a class or room."""
    withdraw(keys=[_key(transfer)])
    posts = Post.objects.active(localdate(at)).filter(unit=transfer.school_id, role__in=COUNSELORS, holder=owner)
    owe(
        duties=[
            Owed(
                kind="counseling_transfer",
                key=_key(transfer),
                unit=transfer.school,
                role=Role.CENTER_DIRECTOR,
                owner=owner,
                post=posts.order_by("pk").first(),
                title=title,
                params={},
                link=transfer.get_absolute_url(),
                due_at=transfer.due_at,
            )
        ]
    )


def _key(transfer: Transfer) -> str:
    return f"transfer:{transfer.pk}"
