"""A plan is confirmed, applied on its day and, if need be, taken back. The long steps run as jobs."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import audit, jobs, notices
from kernel.errors import Refused
from kernel.models import Job
from network.models import Rollover, RosterImport, Unit, User
from network.services.rollover.applying import Progress, silent, write
from network.services.rollover.difference import RolloverDifference, compare_plan
from network.services.rollover.log import RolloverLog
from network.services.rollover.obstacles import Obstacle, obstacles_of
from network.services.rollover.plans import check_by, locked
from network.services.rollover.undoing import take_back
from network.services.rollover.wording import message
from network.services.turns import take_turn

State = Rollover.State
APPLY = "network.apply_rollover"
UNDO = "network.undo_rollover"
APPLIED = gettext_noop("The rollover “%(plan)s” has been applied.")
UNDONE = gettext_noop("The rollover “%(plan)s” has been undone.")
STOPPED = gettext_noop("The rollover “%(plan)s” could not be applied on its day. See why and confirm it again.")
CHANGED = _("People or units have changed since the plan was looked at. Look at it again and confirm it again.")


@transaction.atomic
def confirm_rollover(
    *, rollover: Rollover, digest: str, number: int | None, by: User, at: datetime
) -> tuple[Rollover, Job | None]:
    """Have a plan applied: now, or on its day. `digest`: that of the difference that was looked at; `number`: the size
    of it as typed. Refused while something is wrong or in the way, and while somebody else writes the school."""
    check_by(by, rollover.school)
    row = locked(rollover.pk)
    if row.state != State.PLANNED:
        raise Refused(_("This plan has been dealt with already."), code="not-planned")
    take_turn(row.school)
    difference = compare_plan(row, today=localdate(at), by=by)
    check_ready(difference, reader=by)
    if difference.digest() != digest:
        raise Refused(CHANGED, code="difference-changed")
    if number != difference.size:
        raise Refused(
            _("Type the number %(n)d to confirm that so many change.") % {"n": difference.size}, code="number-differs"
        )
    row.difference, row.outcome = digest, difference.counts()
    row.confirmed_by, row.confirmed_at = by, at
    is_ahead = row.effective_on > localdate(at)
    row.state = State.SCHEDULED if is_ahead else State.PLANNED
    row.save()
    audit.record(action="rollover.confirm", by=by, at=at, obj=row, unit=row.school.code, detail=difference.counts())
    return row, None if is_ahead else jobs.start(name=APPLY, argument=str(row.pk), by=by, at=at)


def check_ready(difference: RolloverDifference, *, reader: User | None) -> list[Obstacle]:
    """What is to be warned of. Refused when something is wrong with the plan, it does nothing, or is blocked."""
    if difference.problems:
        more = len(difference.problems) - 1
        text = message(difference.problems[0])
        problem = text if not more else _("%(first)s (and %(more)d more)") % {"first": text, "more": more}
        raise Refused(problem, code=difference.problems[0].code.value)
    if difference.is_empty:
        raise Refused(_("Everything in this plan is so already. There is nothing to apply."), code="nothing-to-do")
    met = obstacles_of(difference.meeting(), reader)
    for obstacle in met:
        if is_blocking(obstacle, difference.rollover):
            raise Refused(obstacle.text, code=obstacle.code)
    return met


def is_blocking(obstacle: Obstacle, rollover: Rollover) -> bool:
    """Whether the obstacle keeps the plan from being applied."""
    return obstacle.blocks and not (obstacle.agreeable and rollover.in_open_month)


@transaction.atomic
def recall_rollover(*, rollover: Rollover, by: User, at: datetime) -> Rollover:
    """Take the confirmation of a plan back that waits for its day."""
    check_by(by, rollover.school)
    row = locked(rollover.pk)
    if row.state == State.SCHEDULED:
        row.state, row.difference = State.PLANNED, ""
        row.save(update_fields=["state", "difference"])
        audit.record(action="rollover.recall", by=by, at=at, obj=row, unit=row.school.code)
    return row


def start_due_rollovers(*, at: datetime) -> int:
    """Have every plan applied whose day has come and that no job is at; returns how many."""
    due = Rollover.objects.filter(state=State.SCHEDULED, effective_on__lte=localdate(at)).select_related("confirmed_by")
    started = 0
    for row in due.order_by("effective_on", "pk"):
        job = newest_job(row)
        if job is None or job.state not in ("queued", "running"):
            jobs.start(name=APPLY, argument=str(row.pk), by=row.confirmed_by, at=at)
            started += 1
    return started


def run_rollover(*, pk: Any, by: User | None, at: datetime, progress: Progress = silent) -> Rollover:
    """Apply a confirmed plan, once. A plan that waited for its day and cannot be applied is open again, and who
    confirmed it is told."""
    try:
        return apply_rollover(pk=pk, by=by, at=at, progress=progress)
    except Refused as refused:
        if refused.code != "at-work":
            _reopen(pk, refused, at=at)
        raise


@transaction.atomic
def apply_rollover(*, pk: Any, by: User | None, at: datetime, progress: Progress = silent) -> Rollover:
    """Write a confirmed plan down, all or nothing. Refused when the school is no longer what was looked at."""
    row = locked(pk)
    if row.state == State.APPLIED:
        return row
    _check_again(by, row.school)
    if row.state not in (State.PLANNED, State.SCHEDULED) or not row.difference:
        raise Refused(_("This plan has been dealt with already."), code="not-planned")
    take_turn(row.school, own=row)
    # A worker that comes a day late finds the day of the plan in the past; it holds from today then.
    row.effective_on = max(row.effective_on, localdate(at))
    difference = compare_plan(row, today=localdate(at), by=by)
    check_ready(difference, reader=None)
    if difference.digest() != row.difference:
        raise Refused(CHANGED, code="difference-changed")
    _write(row, difference, by=by, at=at, progress=progress)
    _tell(row, APPLIED, at=at)
    return row


def _write(row: Rollover, difference: RolloverDifference, *, by: User | None, at: datetime, progress: Progress) -> None:
    log = write(difference=difference, by=by, at=at, progress=progress)
    row.state, row.applied_at = State.APPLIED, at
    row.outcome, row.undo = difference.counts(), log.dump()
    # SECURITY: the lists have served; what is needed to undo is kept, the rest of what they say is not.
    row.difference = ""
    row.steps.filter(listed__gt=0).update(params="")
    row.save()


@transaction.atomic
def apply_plan(*, rollover: Rollover, by: User | None, at: datetime) -> RolloverDifference:
    """Apply a plan at once, as the command does. Refused as confirming is; a plan that does nothing writes nothing."""
    row = locked(rollover.pk)
    take_turn(row.school, own=row)
    difference = compare_plan(row, today=localdate(at), by=by)
    if difference.is_empty and not difference.problems:
        row.delete()
        return difference
    check_ready(difference, reader=by)
    if row.effective_on > localdate(at):
        row.difference, row.outcome, row.state = difference.digest(), difference.counts(), State.SCHEDULED
        row.confirmed_by, row.confirmed_at = by, at
        row.save()
    else:
        _write(row, difference, by=by, at=at, progress=silent)
    return difference


@transaction.atomic
def ask_undo(*, rollover: Rollover, by: User, at: datetime) -> Job:
    """Have a rollover taken back. Refused unless nothing newer stands on it."""
    check_by(by, rollover.school)
    row = locked(rollover.pk)
    take_turn(row.school)
    check_newest(row)
    return jobs.start(name=UNDO, argument=str(row.pk), by=by, at=at)


def check_newest(row: Rollover) -> None:
    """Refused when the rollover is not in force, its way back is gone, or a later import or rollover stands on it."""
    if row.state != State.APPLIED or not row.has_way_back:
        raise Refused(_("This rollover cannot be undone: it is not in force, or too old."), code="no-way-back")
    later = Rollover.objects.filter(school=row.school_id, state=State.APPLIED, applied_at__gt=row.applied_at)
    imports = RosterImport.objects.filter(
        school=row.school_id, state=RosterImport.State.APPLIED, applied_at__gt=row.applied_at
    )
    names = [str(other) for other in later.without_texts()]
    names += list(imports.values_list("file_name", flat=True))
    if names:
        raise Refused(
            _("Undo first what was done later: %(names)s.") % {"names": "、".join(names[:10])}, code="not-newest"
        )


@transaction.atomic
def undo_rollover(*, pk: Any, by: User | None, at: datetime, progress: Progress = silent) -> Rollover:
    """Take a rollover back, once: every row is as it was before."""
    row = locked(pk)
    if row.state == State.UNDONE:
        return row
    _check_again(by, row.school)
    take_turn(row.school, own=row)
    check_newest(row)
    take_back(log=RolloverLog.load(row.undo), school=row.school, by=by, at=at, progress=progress)
    row.state, row.undone_at, row.undo = State.UNDONE, at, ""
    row.save()
    audit.record(action="rollover.undo", by=by, at=at, obj=row, unit=row.school.code)
    _tell(row, UNDONE, at=at)
    return row


def newest_job(rollover: Rollover) -> Job | None:
    """The job that applies or undoes it, or did last."""
    jobs_of: Any = Job.objects.filter(name__in=[APPLY, UNDO], argument=str(rollover.pk))
    job: Job | None = jobs_of.order_by("-created_at").first()
    return job


@transaction.atomic
def _reopen(pk: Any, refused: Refused, *, at: datetime) -> None:
    row = locked(pk)
    if row.state != State.SCHEDULED:
        return
    row.state, row.difference = State.PLANNED, ""
    row.outcome = {"stopped": refused.code}
    row.save(update_fields=["state", "difference", "outcome"])
    _tell(row, STOPPED, at=at)


def _check_again(by: User | None, school: Unit) -> None:
    """SECURITY: a job may run long after it was asked for, and the post of who asked may have ended since."""
    if by is not None:
        check_by(by, school)


def _tell(row: Rollover, title: str, *, at: datetime) -> None:
    recipient = row.confirmed_by or row.created_by
    if recipient is None:
        return
    notices.post(
        to=recipient,
        kind="rollover",
        title=title,
        params={"plan": str(row)},
        link=row.get_absolute_url(),
        at=at,
        key=f"rollover:{row.pk}:{row.state}:{at:%Y%m%d%H%M}",
    )
