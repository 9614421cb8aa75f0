"""Leave and return: the application, the interview, the decision, and the follow-ups of the first year."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis import policies
from crisis.models import Case, CaseEvent, Return, ReturnFollowUp
from crisis.models.base import keys_of
from crisis.rules.dates import LEAVE
from crisis.rules.reports import to_second
from crisis.rules.returns import Part, due_at, follow_ups, missing
from crisis.services.cases.care_duties import RETURN, owe_care_duty
from crisis.services.cases.locking import keep_file, lock_to_manage
from crisis.services.cases.report_schedule import answering_post
from crisis.services.cases.timeline import write_event
from crisis.services.dates import check_date
from kernel import audit
from kernel.errors import Refused
from kernel.uploads import Upload
from network.models import Student, User
from network.rules import Role
from network.services import Owed, owe, settle

DUTY = gettext_noop("Look after a student who came back, case %(number)s")
DUTY_WITHOUT_CASE = gettext_noop("Look after a student who came back from a leave")
PARTS = {
    Part.APPLICATION: _("the application"),
    Part.OPINION: _("the hospital's opinion"),
    Part.INTERVIEW: _("the center's interview"),
    Part.COMMITMENT: _("the family's commitment"),
}
UNDER_WAY = (Return.State.ON_LEAVE, Return.State.APPLIED, Return.State.POSTPONED)


@dataclass(frozen=True)
class Decision:
    """Whether somebody comes back, why, since when, and what the school does for them."""

    comes_back: bool
    note: str
    returned_on: date | None = None
    support_plan: str = ""


@transaction.atomic
def start_leave(*, case: Case, left_on: date, expected_on: date | None, by: User, at: datetime) -> Return:
    """Write down that a student is on leave. The record of a leave outlives the case, so a closed one takes it."""
    case = lock_to_manage(case, by=by, even_closed=True)
    return _start(case.student, case, left_on=left_on, expected_on=expected_on, by=by, at=at)


@transaction.atomic
def start_leave_without_case(
    *, student: Student, left_on: date, expected_on: date | None, by: User, at: datetime
) -> Return:
    """The same for a student without a case. Refused to all but center and college, and while a case is open."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    if not policies.may_start_leave(by, student):
        raise Refused(_("You may not write down a leave for this student."), code="may-not-manage")
    if Case.objects.open().filter(student=student).exists():
        raise Refused(_("This student has an open case. Write the leave down there."), code="case-open")
    return _start(student, None, left_on=left_on, expected_on=expected_on, by=by, at=at)


def _start(
    student: Student, case: Case | None, *, left_on: date, expected_on: date | None, by: User, at: datetime
) -> Return:
    check_date(left_on, LEAVE, at=at)
    check_date(expected_on, LEAVE, at=at)
    if expected_on is not None and expected_on < left_on:
        raise Refused(_("The student cannot be expected back before the leave begins."), code="order")
    if Return.objects.filter(student=student, state__in=UNDER_WAY).exists():
        raise Refused(_("A leave is written down already. Go on there."), code="leave-goes-on")
    student_return = Return.objects.create(
        case=case,
        student=student,
        **keys_of(student),
        state=Return.State.ON_LEAVE,
        left_on=left_on,
        expected_on=expected_on,
        opened_by=by,
        opened_at=at,
    )
    title, params = gettext_noop("Leave of absence from %(day)s"), {"day": str(left_on)}
    _tell(case, student_return, title, params=params, by=by, at=at)
    audit.record(action="return.start", by=by, at=at, obj=student_return)
    return student_return


@transaction.atomic
def apply_to_return(
    *, student_return: Return, applied_on: date, opinion: str, letter: Upload | None, by: User, at: datetime
) -> Return:
    """The application, with the hospital's opinion in its own words and its letter."""
    case, student_return = _go_on(student_return, by=by)
    _check_after_leave(student_return, applied_on, at=at)
    student_return.state, student_return.applied_on = Return.State.APPLIED, applied_on
    student_return.hospital_opinion = opinion
    if letter is not None and case is None:
        raise Refused(_("A letter is kept with a case. Quote the opinion here, or open a case first."), code="no-case")
    if letter is not None and case is not None:
        student_return.opinion_file = keep_file(case=case, upload=letter, by=by, at=at)
    student_return.save()
    _tell(case, student_return, gettext_noop("Return applied for"), text=opinion, by=by, at=at)
    audit.record(action="return.apply", by=by, at=at, obj=student_return)
    return student_return


@transaction.atomic
def note_interview(*, student_return: Return, interview: str, by: User, at: datetime) -> Return:
    """The center's interview, by a counselor. The interviewer does not decide on the return."""
    case, student_return = _go_on(student_return, by=by)
    if not policies.may_interview(by, student_return):
        raise Refused(_("The interview is held by a counselor of the center."), code="may-not-interview")
    student_return.interview, student_return.interviewed_by = interview, by
    student_return.save(update_fields=["interview", "interviewed_by"])
    _tell(case, student_return, gettext_noop("Interview about the return"), text=interview, by=by, at=at)
    audit.record(action="return.interview", by=by, at=at, obj=student_return)
    return student_return


@transaction.atomic
def note_commitment(*, student_return: Return, commitment: str, by: User, at: datetime) -> Return:
    """What the family has committed itself to."""
    case, student_return = _go_on(student_return, by=by)
    student_return.commitment = commitment
    student_return.save(update_fields=["commitment"])
    _tell(case, student_return, gettext_noop("Commitment of the family"), text=commitment, by=by, at=at)
    audit.record(action="return.commit", by=by, at=at, obj=student_return)
    return student_return


@transaction.atomic
def decide_return(*, student_return: Return, decision: Decision, by: User, at: datetime) -> Return:
    """Decide on a return. Refused while something is missing, and to the interviewer. A return creates the follow-ups
    of a year, each with an owner."""
    case, student_return = _go_on(student_return, by=by)
    _check_decision(student_return, decision, by)
    if decision.comes_back:
        _check_after_leave(student_return, decision.returned_on or localdate(at), at=at)
    student_return.decided_by, student_return.decided_at, student_return.decision_note = by, at, decision.note
    if decision.comes_back:
        student_return.state = Return.State.RETURNED
        student_return.returned_on = decision.returned_on or localdate(at)
        student_return.support_plan = decision.support_plan
        title = gettext_noop("Return granted")
    else:
        student_return.state = Return.State.POSTPONED
        title = gettext_noop("Return postponed")
    student_return.save()
    if student_return.returned_on:
        _owe_follow_ups(case, student_return, student_return.returned_on, by=by, at=at)
    _tell(case, student_return, title, text=decision.note, by=by, at=at)
    audit.record(action="return.decide", by=by, at=at, obj=student_return, detail={"back": decision.comes_back})
    return student_return


@transaction.atomic
def note_follow_up(*, follow_up: ReturnFollowUp, text: str, by: User, at: datetime) -> ReturnFollowUp:
    """Write down a look after somebody who came back; a late one can still be done and counts as late. The last one
    ends the year."""
    case = _lock(follow_up.student_return, by=by)
    follow_up = (
        ReturnFollowUp.objects.select_for_update(of=("self",)).select_related("student_return").get(pk=follow_up.pk)
    )
    if follow_up.done_at is not None:
        raise Refused(_("This look is written down already, thank you."), code="done")
    follow_up.text, follow_up.done_at, follow_up.done_by = text, to_second(at), by
    follow_up.save()
    student_return = follow_up.student_return
    settle(keys=[_key(follow_up)], at=at)
    if not student_return.follow_ups.filter(done_at=None).exists():
        student_return.state = Return.State.ENDED
        student_return.save(update_fields=["state"])
    title, params = gettext_noop("Follow-up %(n)s after the return"), {"n": follow_up.number}
    _tell(case, student_return, title, params=params, text=text, by=by, at=at)
    audit.record(action="return.follow_up", by=by, at=at, obj=student_return, detail={"number": follow_up.number})
    return follow_up


def still_missing(student_return: Return) -> list[Part]:
    """What must be there before somebody decides."""
    is_there = {
        Part.APPLICATION: student_return.applied_on is not None,
        Part.OPINION: bool(student_return.hospital_opinion),
        Part.INTERVIEW: bool(student_return.interview),
        Part.COMMITMENT: bool(student_return.commitment),
    }
    return missing(is_there)


def _check_decision(student_return: Return, decision: Decision, by: User) -> None:
    lacking = still_missing(student_return) if decision.comes_back else []
    if lacking:
        what = ", ".join(str(PARTS[part]) for part in lacking)
        raise Refused(_("Before the decision there must be: %(what)s.") % {"what": what}, code="parts-missing")
    # SECURITY: a return is never one person's.
    if student_return.interviewed_by_id == by.pk:
        raise Refused(_("Whoever held the interview does not decide. Ask a second person."), code="same-person")
    if not policies.may_decide_return(by, student_return):
        raise Refused(_("Somebody of the center or the college decides."), code="may-not-decide")
    if decision.comes_back and not decision.support_plan:
        raise Refused(_("Say what the school does for the student from the first day on."), code="no-plan")


def _check_after_leave(student_return: Return, day: date, *, at: datetime) -> None:
    check_date(day, LEAVE, at=at)
    if day < student_return.left_on:
        raise Refused(_("This day comes before the leave began."), code="order")


def _owe_follow_ups(case: Case | None, student_return: Return, back: date, *, by: User, at: datetime) -> None:
    for number, day in enumerate(follow_ups(back), start=1):
        follow_up = ReturnFollowUp.objects.create(student_return=student_return, number=number, due_at=due_at(day))
        key, link = _key(follow_up), _link(student_return)
        if case is not None:
            owe_care_duty(case=case, kind=RETURN, key=key, title=DUTY, link=link, due_at=follow_up.due_at, at=at)
        else:
            _owe_without_case(student_return, key=key, due_at=follow_up.due_at, by=by, at=at)


def _owe_without_case(student_return: Return, *, key: str, due_at: datetime, by: User, at: datetime) -> None:
    duty = Owed(
        kind=RETURN,
        key=key,
        unit=student_return.school,
        role=Role.CENTER_DIRECTOR,
        owner=by,
        post=answering_post(user=by, case=student_return, at=at),
        title=DUTY_WITHOUT_CASE,
        params={},
        link=_link(student_return),
        due_at=due_at,
    )
    owe(duties=[duty])


def _go_on(student_return: Return, *, by: User) -> tuple[Case | None, Return]:
    case = _lock(student_return, by=by)
    student_return = Return.objects.select_for_update(of=("self",)).get(pk=student_return.pk)
    if student_return.state not in UNDER_WAY:
        raise Refused(_("The student is back already. Write what you saw into a follow-up."), code="back-already")
    return case, student_return


def _lock(student_return: Return, *, by: User) -> Case | None:
    """The locked case of a return, None when it has none. Refused to users who may not work on it."""
    if student_return.case is not None:
        return lock_to_manage(student_return.case, by=by, even_closed=True)
    if not policies.may_work_on_return(by, student_return):
        raise Refused(_("You may not change this return."), code="may-not-manage")
    return None


def _key(follow_up: ReturnFollowUp) -> str:
    return f"return:{follow_up.student_return_id}:{follow_up.number}"


def _link(student_return: Return) -> str:
    if student_return.case_id is None:
        return f"/returns/{student_return.pk}/"
    return f"/cases/{student_return.case_id}/returns/{student_return.pk}/"


def _tell(case: Case | None, student_return: Return, title: str, **details: Any) -> None:
    if case is not None:
        write_event(case=case, kind=CaseEvent.Kind.RETURN, title=title, link=_link(student_return), **details)
