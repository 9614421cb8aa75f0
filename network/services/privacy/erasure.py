"""Requests about one's data, erasure that leaves a tombstone, and its replay after a restore."""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import audit, notices, personal_data
from kernel.errors import Refused
from kernel.periods import LAST_SECOND, TZ
from network import policies
from network.models import DataRequest, Student, Tombstone, Unit, User
from network.models.base import keys_of
from network.rules import PRESENT, EnrollmentStatus, Role
from network.services.duties import Owed, owe, settle
from network.services.privacy.retention import held_students

# [D] The law says “in time”; GB/T 35273-2020, 8.7 gives thirty days at most.
ANSWER_WITHIN = timedelta(days=15)
ENROLLED = PRESENT | {EnrollmentStatus.ON_LEAVE}
Kind, State = DataRequest.Kind, DataRequest.State

logger = logging.getLogger(__name__)


@transaction.atomic
def make_request(*, student: Student, kind: DataRequest.Kind, words: str, by: User, at: datetime) -> DataRequest:
    """Ask for a correction or an erasure; the center owes an answer. Refused for strangers, and while the same waits
    for its answer already."""
    student = (
        Student.objects.select_for_update(of=("self",)).select_related("school", "school_class").get(pk=student.pk)
    )
    if not policies.may_ask_about_data(by, student):
        raise Refused(_("You may not ask this for somebody else."), code="not-your-own")
    if DataRequest.objects.open().filter(student=student, kind=kind).exists():
        raise Refused(_("Such a request is waiting for its answer already."), code="request-waits")
    due_at = datetime.combine(localdate(at) + ANSWER_WITHIN, LAST_SECOND, TZ)
    request = DataRequest.objects.create(
        student=student,
        **keys_of(student),
        kind=kind,
        words=words,
        asked_by=by,
        asked_at=at,
        due_at=due_at,
    )
    owe(duties=[_duty(request, student.school)])
    _record("data_request.make", request, by=by, at=at, unit=student.school_class.code)
    return request


@transaction.atomic
def answer_correction(*, request: DataRequest, answer: str, by: User, at: datetime) -> DataRequest:
    """Tell the student what was put right, or why not. Refused without the right and for what is answered already."""
    row = _deciding(request, by)
    if row.kind != Kind.CORRECTION:
        raise Refused(_("An erasure is granted or not, with a reason."), code="wrong-kind")
    return _decide(row, State.ANSWERED, answer, by=by, at=at)


@transaction.atomic
def decide_erasure(
    *, request: DataRequest, grant: bool, reason: str, erase_on: date | None, by: User, at: datetime
) -> DataRequest:
    """Grant an erasure from a day on, or not, with a reason. What may be erased is erased on that day, at once if it
    has come and nothing stands in the way. Refused without the right, for what is decided, for a day that is over."""
    row = _deciding(request, by)
    if row.kind != Kind.ERASURE:
        raise Refused(_("A correction is answered in words."), code="wrong-kind")
    if grant and (erase_on is None or erase_on < localdate(at)):
        raise Refused(_("Choose today or a day ahead."), code="day-is-over")
    row.erase_on = erase_on if grant else None
    row = _decide(row, State.GRANTED if grant else State.REFUSED, reason, by=by, at=at)
    if grant and row.erase_on == localdate(at) and obstacle(row.student, at) is None:
        _erase(row, by=by, at=at)
    return row


def obstacle(student: Student, at: datetime) -> Promise | None:
    """Why nothing of the student may be erased yet; None when nothing stands in the way."""
    if EnrollmentStatus(student.enrollment_status) in ENROLLED:
        return _("The student is enrolled: the university is bound by law to keep the roster and to care for safety.")
    if held_students(student.school, at).filter(pk=student.pk).exists():
        return _("A legal hold is in force, or an alarm or a case is open.")
    return None


def carry_out_erasures(*, at: datetime) -> int:
    """Erase what was granted and whose day has come, unless something stands in the way; returns how many. One that
    fails is logged and tried again in the next night; it stops no other."""
    done = 0
    for pk in DataRequest.objects.to_erase(localdate(at)).values_list("pk", flat=True):
        try:
            done += _carry_out(pk, at=at)
        except Exception:  # the other students asked for it too
            # SECURITY: the key alone, never what was asked.
            logger.exception("the erasure %s failed", pk)
    return done


@transaction.atomic
def _carry_out(pk: UUID, *, at: datetime) -> int:
    row = DataRequest.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state != State.GRANTED or obstacle(row.student, at) is not None:
        return 0
    _erase(row, by=None, at=at)
    return 1


@transaction.atomic
def replay_erasures(*, tombstones: Iterable[Tombstone], by: User | None, at: datetime) -> int:
    """After a restore: put back missing tombstones and erase again whoever came back; returns how many did. Playing it
    twice changes nothing."""
    returned = 0
    for tombstone in tombstones:
        fields = ("digest", "school_code", "kinds", "erased_at")
        kept = Tombstone.objects.get_or_create(
            subject=tombstone.subject, defaults={name: getattr(tombstone, name) for name in fields}
        )[0]
        student = Student.objects.select_for_update(of=("self",)).filter(pk=kept.subject).first()
        kinds = {} if student is None else _take(student, at)
        if student is not None and any(kinds.values()):
            returned += 1
            _close_requests(student, kept.erased_at)
            detail = {"subject": str(kept.subject), **kinds}
            audit.record(action="erasure.replay", by=by, at=at, obj=kept, unit=kept.school_code, detail=detail)
    return returned


def _deciding(request: DataRequest, by: User) -> DataRequest:
    row: DataRequest = DataRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not policies.may_decide_erasure(by, row.student):
        raise Refused(_("You may not decide this."), code="may-not-decide")
    if row.state != State.OPEN:
        raise Refused(_("This has been decided already."), code="already-decided")
    return row


def _decide(row: DataRequest, state: DataRequest.State, answer: str, *, by: User, at: datetime) -> DataRequest:
    row.state, row.answer, row.decided_by, row.decided_at = state, answer, by, at
    row.save(update_fields=["state", "answer", "decided_by", "decided_at", "erase_on"])
    settle(keys=[_duty_key(row)], at=at)
    _record("data_request.decide", row, by=by, at=at, unit=row.school_class.code, state=state.value)
    title = gettext_noop("The center has answered what you asked about your data.")
    notices.post(
        to=row.student.user,
        kind="data_request",
        title=title,
        params={},
        link=reverse("network:own-data"),
        at=at,
        key=_duty_key(row),
    )
    return row


def _erase(row: DataRequest, *, by: User | None, at: datetime) -> None:
    student = Student.objects.select_for_update(of=("self",)).select_related("school").get(pk=row.student_id)
    digest = salted_hmac("network.tombstone", student.number, algorithm="sha256").hexdigest()
    kinds = _take(student, at)
    tombstone = Tombstone.objects.get_or_create(
        subject=student.pk,
        defaults={"digest": digest, "school_code": student.school.code, "kinds": sorted(kinds), "erased_at": at},
    )[0]
    _close_requests(student, at)
    row.refresh_from_db()
    audit.record(action="erasure.carry_out", by=by, at=at, obj=tombstone, unit=student.school.code, detail={**kinds})


def _take(student: Student, at: datetime) -> dict[str, int]:
    """Have each app erase what it may; returns the rows by kind."""
    return {
        category.name: category.erase(student, at)
        for category in personal_data.declared()
        if category.erase is not None
    }


def _close_requests(student: Student, at: datetime) -> None:
    waiting = DataRequest.objects.filter(student=student, state__in=[State.OPEN, State.GRANTED])
    settle(keys=[_duty_key(row) for row in waiting], at=at)
    waiting.update(state=State.ERASED, erased_at=at)


def _duty_key(request: DataRequest) -> str:
    return f"data-request:{request.pk}"


def _duty(request: DataRequest, school: Unit) -> Owed:
    titles = {
        Kind.CORRECTION: gettext_noop("Answer a request to put data right"),
        Kind.ERASURE: gettext_noop("Decide on a request to erase data"),
    }
    return Owed(
        kind="data_request",
        key=_duty_key(request),
        unit=school,
        role=Role.CENTER_DIRECTOR,
        title=titles[Kind(request.kind)],
        params={},
        link=request.get_absolute_url(),
        due_at=request.due_at,
    )


def _record(action: str, request: DataRequest, *, by: User, at: datetime, unit: str, state: str = "") -> None:
    detail = {"student": str(request.student_id), "kind": request.kind, **({"state": state} if state else {})}
    audit.record(action=action, by=by, at=at, obj=request, unit=unit, detail=detail)
