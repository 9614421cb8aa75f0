"""Handing a student to a hospital: each step stamped, in its order; the hospitals a school works with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis import policies
from crisis.models import Case, CaseEvent, Hospital, Referral, ReferralStep
from crisis.models.base import keys_of
from crisis.rules.referrals import Hitch, Step, due_after, hitch, next_step
from crisis.services.cases.care_duties import REFERRAL, owe_care_duty
from crisis.services.cases.locking import keep_file, lock_to_manage
from crisis.services.cases.timeline import write_event
from kernel import audit
from kernel.errors import Refused
from kernel.uploads import Upload
from network.models import Unit, User
from network.services import settle, withdraw

HITCHES = {
    Hitch.NOT_ITS_TURN: _(
        "Another step comes first. Write the steps down one after the other; each may be dated back."
    ),
    Hitch.SAME_PERSON: _("Whoever assessed does not approve. Ask somebody else of the center or the college."),
    Hitch.BEFORE_THE_LAST: _("This was before the step that precedes it. Look at the time once more."),
}
CLOSED = _(
    "This case is closed. Keep the hospital's letter, reopen the case with the level it needs now, and write it down"
    " there: the referral goes on where it stands."
)
DUTIES = {
    Step.ASSESSED: gettext_noop("Approve the referral in case %(number)s"),
    Step.APPROVED: gettext_noop("Tell the family of the referral in case %(number)s"),
    Step.GUARDIAN_TOLD: gettext_noop("Escort to the hospital, case %(number)s"),
    Step.ESCORTED: gettext_noop("Note the arrival at the hospital, case %(number)s"),
    Step.ARRIVED: gettext_noop("Ask for the hospital's reply, case %(number)s"),
    Step.REPLIED: gettext_noop("Write the school's plan after the hospital's reply, case %(number)s"),
    Step.PLANNED: gettext_noop("Follow up after the referral, case %(number)s"),
}
TITLES = {
    Step.ASSESSED: gettext_noop("Referral to %(hospital)s: assessed"),
    Step.APPROVED: gettext_noop("Referral to %(hospital)s: approved"),
    Step.GUARDIAN_TOLD: gettext_noop("Referral to %(hospital)s: family told"),
    Step.ESCORTED: gettext_noop("Referral to %(hospital)s: escorted"),
    Step.ARRIVED: gettext_noop("Referral to %(hospital)s: arrived"),
    Step.REPLIED: gettext_noop("Referral to %(hospital)s: the hospital has replied"),
    Step.PLANNED: gettext_noop("Referral to %(hospital)s: the school's plan"),
    Step.FOLLOWED_UP: gettext_noop("Referral to %(hospital)s: followed up"),
    Step.BROKEN_OFF: gettext_noop("Referral to %(hospital)s: broken off"),
}


@dataclass(frozen=True)
class Stamp:
    """What is said at a step: its words, when it was, and a letter that came with it."""

    text: str
    happened_at: datetime | None = None
    letter: Upload | None = None


@transaction.atomic
def start_referral(*, case: Case, hospital: Hospital, reason: str, by: User, at: datetime) -> Referral:
    """Begin a referral; the reason is the assessment, its first step. Refused for a closed case, a hospital that is not
    in use, and while another one is under way."""
    case = lock_to_manage(case, by=by)
    if not hospital.is_active or hospital.school_id != case.school_id:
        raise Refused(_("This hospital is not in the directory any more. Choose another one."), code="no-hospital")
    if case.referrals.filter(state=Referral.State.OPEN).exists():
        raise Refused(_("A referral is under way. Go on there, or break it off first."), code="referral-goes-on")
    referral = Referral.objects.create(
        case=case,
        student=case.student,
        **keys_of(case.student),
        hospital=hospital,
        reason=reason,
        opened_by=by,
        opened_at=at,
    )
    _stamp(case, referral, Step.ASSESSED, Stamp(reason), by=by, at=at)
    audit.record(action="referral.start", by=by, at=at, obj=referral)
    return referral


@transaction.atomic
def take_step(*, referral: Referral, step: Step, stamp: Stamp, by: User, at: datetime) -> ReferralStep:
    """Stamp the next step. Refused out of its turn, by the same person where two are needed, and for a closed case."""
    case = lock_to_manage(_case(referral), by=by, instead=CLOSED)
    referral = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    taken = list(referral.steps.order_by("at", "recorded_at", "pk"))
    if step == Step.APPROVED and not policies.may_approve_referral(by, case):
        raise Refused(_("Approving is for the center or the college."), code="may-not-approve")
    obstacle = hitch(
        [Step(row.kind) for row in taken],
        step,
        at=min(stamp.happened_at or at, at),
        last_at=taken[-1].at if taken else None,
        is_assessor=any(row.kind == Step.ASSESSED and row.by_id == by.pk for row in taken),
    )
    if obstacle is not None:
        raise Refused(HITCHES[obstacle], code=obstacle)
    row = _stamp(case, referral, step, stamp, by=by, at=at)
    if step in (Step.FOLLOWED_UP, Step.BROKEN_OFF):
        referral.state = Referral.State.DONE if step == Step.FOLLOWED_UP else Referral.State.BROKEN_OFF
        referral.ended_at = at
        referral.save(update_fields=["state", "ended_at"])
    audit.record(action="referral.step", by=by, at=at, obj=referral, detail={"step": step.value})
    return row


def now_due(referral: Referral) -> Step | None:
    """The step that comes now."""
    if referral.state != Referral.State.OPEN:
        return None
    return next_step([Step(row.kind) for row in referral.steps.all()])


@transaction.atomic
def save_hospital(*, hospital: Hospital, school: Unit, by: User, at: datetime) -> Hospital:
    """Put a hospital into the school's directory, or write it anew; one no longer in use stays with what was sent."""
    if not policies.may_configure(by, school):
        raise Refused(_("The directory is kept by the center's director."), code="may-not-configure")
    hospital.school = school
    twins = Hospital.objects.filter(school=school, name=hospital.name, department=hospital.department)
    if twins.exclude(pk=hospital.pk).exists():
        raise Refused(_("This department is in the directory already. Change the entry there."), code="twin")
    hospital.save()
    audit.record(action="hospital.save", by=by, at=at, unit=school.code, detail={"name": hospital.name})
    return hospital


def _stamp(case: Case, referral: Referral, step: Step, stamp: Stamp, *, by: User, at: datetime) -> ReferralStep:
    happened_at = min(stamp.happened_at or at, at)
    letter = keep_file(case=case, upload=stamp.letter, by=by, at=at)
    row = ReferralStep.objects.create(
        referral=referral, kind=step.value, text=stamp.text, at=happened_at, by=by, recorded_at=at, letter=letter
    )
    link = f"/cases/{case.pk}/referrals/{referral.pk}/"
    entry: dict[str, Any] = {"text": stamp.text, "link": link, "by": by, "at": at, "happened_at": happened_at}
    params = {"hospital": referral.hospital.name if referral.hospital else ""}
    write_event(case=case, kind=CaseEvent.Kind.REFERRAL, title=TITLES[step], params=params, **entry)
    _renew(case, referral, step, link=link, at=at)
    return row


def _renew(case: Case, referral: Referral, step: Step, *, link: str, at: datetime) -> None:
    key, due_at = f"referral:{referral.pk}", due_after(step, at)
    if due_at is not None:
        owe_care_duty(case=case, kind=REFERRAL, key=key, title=DUTIES[step], link=link, due_at=due_at, at=at)
    elif step == Step.BROKEN_OFF:
        withdraw(keys=[key])
    else:
        settle(keys=[key], at=at)


def _case(referral: Referral) -> Case:
    if referral.case is None:
        raise Refused(_("This referral belongs to no case."), code="no-case")
    return referral.case
