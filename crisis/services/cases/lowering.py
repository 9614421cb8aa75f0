"""Lowering and closing, never automatic: a counselor's reassessment, and a second person's decision."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis import policies
from crisis.models import Case, CaseEvent, LevelChange, LoweringRequest
from crisis.models.labels import LEVEL_LABELS
from crisis.rules import CLOSED, AlertLevel, Ground, Obstacle, earliest_lowering, obstacle_to_lowering
from crisis.rules.cadence import FIRST, REGULAR, due_of
from crisis.services.cases import report_schedule
from crisis.services.cases.first_hours import drop_first_hours
from crisis.services.cases.locking import lock, save
from crisis.services.cases.recipients import able
from crisis.services.cases.timeline import write_event
from kernel import audit, notices
from kernel.errors import Refused
from network.models import User
from network.rules import Ability

Decision = LoweringRequest.Decision


@dataclass(frozen=True)
class Reassessment:
    """What a counselor asks for: the new level (0: close the case, on a ground), and why."""

    to: int
    text: str
    ground: Ground | None = None


@transaction.atomic
def request_lowering(*, case: Case, reassessment: Reassessment, by: User, at: datetime) -> LoweringRequest:
    """Ask for the next lower level, or for closing. Refused against the rules; the message says what is missing."""
    case = lock(case)
    if not policies.may_request_lowering(by, case):
        raise Refused(
            _("Lowering begins with a counselor's reassessment. Ask the counseling center for it."),
            code="not-a-counselor",
        )
    _check(case, reassessment.to, reassessment.ground, at)
    if case.lowering_requests.filter(decision=Decision.PENDING).exists():
        raise Refused(_("A reassessment is waiting for its second person already."), code="pending")
    if not approvers(case, besides=by, at=at):
        raise Refused(
            _("Nobody but you could agree to this. Let a colleague write the reassessment, so that you can agree."),
            code="no-second-person",
        )
    request = LoweringRequest.objects.create(
        case=case,
        from_level=case.level,
        to_level=reassessment.to,
        ground=reassessment.ground or "",
        reassessment=reassessment.text,
        requested_by=by,
        requested_at=at,
    )
    title = gettext_noop("Reassessment: asks for %(level)s")
    params = {"level": reassessment.to}
    write_event(case=case, kind=CaseEvent.Kind.LEVEL, title=title, params=params, text=reassessment.text, by=by, at=at)
    audit.record(action="case.request_lowering", by=by, at=at, obj=case, detail={"to": reassessment.to})
    notices.post(
        to=approvers(case, besides=by, at=at),
        kind="case",
        title=gettext_noop("A reassessment of case %(number)s waits for a second person."),
        params={"number": case.number},
        link=f"/cases/{case.pk}/",
        at=at,
        key=f"lowering:{request.pk}",
    )
    return request


@transaction.atomic
def decide_lowering(*, request: LoweringRequest, grant: bool, note: str, by: User, at: datetime) -> LoweringRequest:
    """Decide as the second person. Refused to the user who asked, and on red to all but the director. The rules are
    checked again, because time has passed."""
    case = lock(request.case)
    request = LoweringRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.decision != Decision.PENDING:
        raise Refused(_("This has been decided already."), code="decided")
    # SECURITY: four eyes; the database refuses it as well.
    if by.pk == request.requested_by_id:
        raise Refused(
            _("You have asked for this yourself: a second person decides. They have got a notice."), code="same-person"
        )
    if not policies.may_decide(by, case, AlertLevel(request.from_level)):
        raise Refused(
            _("On red the director decides, else a counselor or the deputy secretary of the college."),
            code="may-not-decide",
        )
    if grant:
        _check(case, request.to_level, Ground(request.ground) if request.ground else None, at)
    _decide(request, Decision.GRANTED if grant else Decision.REFUSED, note=note, by=by, at=at)
    if grant:
        _lower(case, request, by=by, at=at)
    else:
        title = gettext_noop("Not agreed: stays on %(level)s")
        write_event(
            case=case,
            kind=CaseEvent.Kind.LEVEL,
            title=title,
            params={"level": case.level},
            text=note,
            by=by,
            at=at,
        )
    detail = {"to": request.to_level, "granted": grant}
    audit.record(action="case.decide_lowering", by=by, at=at, obj=case, detail=detail)
    return request


def approvers(case: Case, *, besides: User, at: datetime) -> list[User]:
    """Who may be the second person now."""
    deciding = Ability.DECIDE_RED if case.level == AlertLevel.RED else Ability.APPROVE_LOWERING
    people = able([deciding], units=[case.school_id, case.college_id], at=at)
    return [person for person in people if person.pk != besides.pk]


def _check(case: Case, to: int, ground: Ground | None, at: datetime) -> None:
    if not case.is_open:
        raise Refused(_("This case is closed already."), code="closed")
    obstacle = obstacle_to_lowering(
        level=AlertLevel(case.level),
        to=to,
        since=case.level_since,
        at=at,
        ground=ground,
        owes_first_reports=case.reports.owed().filter(kind__in=FIRST).exists(),
    )
    if obstacle == Obstacle.NOT_ONE_STEP:
        raise Refused(_("One step at a time: the next level down comes first."), code=obstacle.value)
    if obstacle == Obstacle.MINIMUM_STAY:
        day = localtime(earliest_lowering(AlertLevel(case.level), case.level_since))
        raise Refused(
            _("A case stays on %(level)s for a while; this one may be lowered from %(day)s on.")
            % {"level": LEVEL_LABELS[AlertLevel(case.level)], "day": f"{day:%Y-%m-%d %H:%M}"},
            code=obstacle.value,
        )
    if obstacle == Obstacle.FIRST_REPORTS:
        raise Refused(
            _("The immediate report and its follow-up are owed still. File them first, late is better than never."),
            code=obstacle.value,
        )
    if to == CLOSED and case.watches.filter(ended_at=None).exists():
        raise Refused(
            _("Somebody watches over the student still. End the safety watch with a hand-over first."),
            code="watch-goes-on",
        )


def _decide(request: LoweringRequest, decision: str, *, note: str, by: User, at: datetime) -> None:
    request.decision, request.decision_note = decision, note
    request.decided_by, request.decided_at = by, at
    request.save(update_fields=["decision", "decision_note", "decided_by", "decided_at"])


def _lower(case: Case, request: LoweringRequest, *, by: User, at: datetime) -> None:
    LevelChange.objects.create(
        case=case,
        from_level=request.from_level,
        to_level=request.to_level,
        ground=request.ground,
        reason=request.reassessment,
        by=request.requested_by,
        approved_by=by,
        request=request,
        at=at,
    )
    params: dict[str, str | int]
    drop_first_hours(case=case)
    if request.to_level == CLOSED:
        report_schedule.supersede_report(case=case, at=at)
        case.closed_at, case.ground = at, request.ground
        title, params = gettext_noop("Closed: %(ground)s"), {"ground": request.ground}
    else:
        level = AlertLevel(request.to_level)
        case.level, case.level_since = level, at
        periods = report_schedule.periods_of(case.school_id, since=at.date())
        report_schedule.schedule_report(case=case, due=due_of(REGULAR[level], level, at, periods), at=at)
        title, params = gettext_noop("Lowered to %(level)s"), {"level": request.to_level}
    save(case)
    write_event(
        case=case, kind=CaseEvent.Kind.LEVEL, title=title, params=params, text=request.decision_note, by=by, at=at
    )
