"""Leave and return: what is asked for, said, decided, and the year of looks after somebody who came back."""

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
from crisis.rules.returning import Part, due_at, follow_ups, missing
from crisis.services.entering import enter, keep_file
from crisis.services.errands import RETURN, owe_errand
from crisis.services.timeline import write_event
from network.models import User
from network.services import settle
from portal.kernel import audit
from portal.kernel.errors import Refused
from portal.kernel.uploads import Upload

DUTY = gettext_noop("Look after a student who came back, case %(number)s")
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
    case = enter(case, by=by, even_closed=True)
    if Return.objects.filter(student=case.student_id, state__in=UNDER_WAY).exists():
        raise Refused(_("A leave is written down already. Go on there."), code="leave-goes-on")
    comeback = Return.objects.create(
        case=case,
        student=case.student,
        **keys_of(case.student),
        state=Return.State.ON_LEAVE,
        left_on=left_on,
        expected_on=expected_on,
        opened_by=by,
        opened_at=at,
    )
    _tell(case, comeback, gettext_noop("Leave of absence from %(day)s"), params={"day": str(left_on)}, by=by, at=at)
    audit.record(action="return.start", by=by, at=at, obj=comeback)
    return comeback


@transaction.atomic
def apply_to_return(
    *, comeback: Return, applied_on: date, opinion: str, letter: Upload | None, by: User, at: datetime
) -> Return:
    """The application, with the hospital's opinion in its own words and its letter."""
    case, comeback = _go_on(comeback, by=by)
    comeback.state, comeback.applied_on = Return.State.APPLIED, applied_on
    comeback.hospital_opinion = opinion
    if letter is not None:
        comeback.opinion_file = keep_file(case=case, upload=letter, by=by, at=at)
    comeback.save()
    _tell(case, comeback, gettext_noop("Return applied for"), text=opinion, by=by, at=at)
    audit.record(action="return.apply", by=by, at=at, obj=comeback)
    return comeback


@transaction.atomic
def note_interview(*, comeback: Return, interview: str, by: User, at: datetime) -> Return:
    """What the center's interview brought. A counselor's; whoever held it does not decide."""
    case, comeback = _go_on(comeback, by=by)
    if not policies.may_request_lowering(by, case):
        raise Refused(_("The interview is held by a counselor of the center."), code="may-not-interview")
    comeback.interview, comeback.interviewed_by = interview, by
    comeback.save(update_fields=["interview", "interviewed_by"])
    _tell(case, comeback, gettext_noop("Interview about the return"), text=interview, by=by, at=at)
    audit.record(action="return.interview", by=by, at=at, obj=comeback)
    return comeback


@transaction.atomic
def note_commitment(*, comeback: Return, commitment: str, by: User, at: datetime) -> Return:
    """What the family has committed itself to."""
    case, comeback = _go_on(comeback, by=by)
    comeback.commitment = commitment
    comeback.save(update_fields=["commitment"])
    _tell(case, comeback, gettext_noop("Commitment of the family"), text=commitment, by=by, at=at)
    audit.record(action="return.commit", by=by, at=at, obj=comeback)
    return comeback


@transaction.atomic
def decide_return(*, comeback: Return, decision: Decision, by: User, at: datetime) -> Return:
    """Decide on a return. Refused while something is missing and to whoever held the interview; a return brings the
    follow-ups of a year, each owed by somebody."""
    case, comeback = _go_on(comeback, by=by)
    _check_decision(case, comeback, decision, by)
    comeback.decided_by, comeback.decided_at, comeback.decision_note = by, at, decision.note
    if decision.comes_back:
        comeback.state = Return.State.RETURNED
        comeback.returned_on = decision.returned_on or localdate(at)
        comeback.support_plan = decision.support_plan
        title = gettext_noop("Return granted")
    else:
        comeback.state = Return.State.POSTPONED
        title = gettext_noop("Return postponed")
    comeback.save()
    if comeback.returned_on:
        _owe_follow_ups(case, comeback, comeback.returned_on, at=at)
    _tell(case, comeback, title, text=decision.note, by=by, at=at)
    audit.record(action="return.decide", by=by, at=at, obj=comeback, detail={"back": decision.comes_back})
    return comeback


@transaction.atomic
def note_follow_up(*, follow_up: ReturnFollowUp, text: str, by: User, at: datetime) -> ReturnFollowUp:
    """Write down a look after somebody who came back; a late one can still be done and counts as late. The last one
    ends the year."""
    case = enter(_case(follow_up.comeback), by=by, even_closed=True)
    follow_up = ReturnFollowUp.objects.select_for_update(of=("self",)).select_related("comeback").get(pk=follow_up.pk)
    if follow_up.done_at is not None:
        raise Refused(_("This look is written down already, thank you."), code="done")
    follow_up.text, follow_up.done_at, follow_up.done_by = text, at, by
    follow_up.save()
    comeback = follow_up.comeback
    settle(keys=[_key(follow_up)], at=at)
    if not comeback.follow_ups.filter(done_at=None).exists():
        comeback.state = Return.State.ENDED
        comeback.save(update_fields=["state"])
    title, params = gettext_noop("Follow-up %(n)s after the return"), {"n": follow_up.number}
    _tell(case, comeback, title, params=params, text=text, by=by, at=at)
    audit.record(action="return.follow_up", by=by, at=at, obj=comeback, detail={"number": follow_up.number})
    return follow_up


def still_missing(comeback: Return) -> list[Part]:
    """What must be there before somebody decides."""
    said = {
        Part.APPLICATION: comeback.applied_on is not None,
        Part.OPINION: bool(comeback.hospital_opinion),
        Part.INTERVIEW: bool(comeback.interview),
        Part.COMMITMENT: bool(comeback.commitment),
    }
    return missing(said)


def _check_decision(case: Case, comeback: Return, decision: Decision, by: User) -> None:
    lacking = still_missing(comeback) if decision.comes_back else []
    if lacking:
        what = ", ".join(str(PARTS[one]) for one in lacking)
        raise Refused(_("Before the decision there must be: %(what)s.") % {"what": what}, code="parts-missing")
    # SECURITY: a return is never one person's.
    if comeback.interviewed_by_id == by.pk:
        raise Refused(_("Whoever held the interview does not decide. Ask a second person."), code="same-person")
    if not policies.may_decide_return(by, case):
        raise Refused(_("Somebody of the center or the college decides."), code="may-not-decide")
    if decision.comes_back and not decision.support_plan:
        raise Refused(_("Say what the school does for the student from the first day on."), code="no-plan")


def _owe_follow_ups(case: Case, comeback: Return, back: date, *, at: datetime) -> None:
    for number, day in enumerate(follow_ups(back), start=1):
        made = ReturnFollowUp.objects.create(comeback=comeback, number=number, due_at=due_at(day))
        link = _link(case, comeback)
        owe_errand(case=case, kind=RETURN, key=_key(made), title=DUTY, link=link, due_at=made.due_at, at=at)


def _go_on(comeback: Return, *, by: User) -> tuple[Case, Return]:
    case = enter(_case(comeback), by=by, even_closed=True)
    comeback = Return.objects.select_for_update(of=("self",)).get(pk=comeback.pk)
    if comeback.state not in UNDER_WAY:
        raise Refused(_("The student is back already. Write what you saw into a follow-up."), code="back-already")
    return case, comeback


def _case(comeback: Return) -> Case:
    if comeback.case is None:
        raise Refused(_("This leave belongs to no case."), code="no-case")
    return comeback.case


def _key(follow_up: ReturnFollowUp) -> str:
    return f"return:{follow_up.comeback_id}:{follow_up.number}"


def _link(case: Case, comeback: Return) -> str:
    return f"/cases/{case.pk}/returns/{comeback.pk}/"


def _tell(case: Case, comeback: Return, title: str, **given: Any) -> None:
    write_event(case=case, kind=CaseEvent.Kind.RETURN, title=title, link=_link(case, comeback), **given)
