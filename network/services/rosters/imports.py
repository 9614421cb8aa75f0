"""An import from upload to undo. Each step is one service; the long ones run as jobs."""

import base64
from collections.abc import Collection, Mapping
from datetime import datetime
from io import BytesIO
from typing import IO, Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import audit, jobs, notices
from kernel.errors import Refused
from kernel.models import Job
from network import policies
from network.models import RosterImport, Unit, User
from network.rules.cells import Code
from network.services.rosters import preview
from network.services.rosters.applying import Progress, apply, silent
from network.services.rosters.comparing import compare
from network.services.rosters.difference import Difference
from network.services.rosters.reading import read_roster
from network.services.rosters.undo_log import UndoLog
from network.services.rosters.undoing import take_back
from network.services.rosters.unusual import find_unusual, number_to_type
from network.services.turns import check_no_later_rollover, take_turn

State = RosterImport.State
COMPARE = "network.compare_roster"
APPLY = "network.apply_roster"
UNDO = "network.undo_roster"
STAGES = 3
NOTICES = {
    State.COMPARED: gettext_noop("The roster “%(file)s” has been read. Look at the difference and confirm it."),
    State.REFUSED: gettext_noop("The roster “%(file)s” could not be read. See what to do."),
    State.APPLIED: gettext_noop("The roster “%(file)s” has been imported."),
    State.UNDONE: gettext_noop("The import of “%(file)s” has been undone."),
}


@transaction.atomic
def upload_roster(
    *, school: Unit, file_name: str, content: bytes, is_partial: bool, by: User, at: datetime
) -> RosterImport:
    """Keep an uploaded file and have it compared. Refused when `by` may not import rosters at the school."""
    _check(by, school)
    roster_import = RosterImport.objects.create(
        school=school,
        file_name=file_name[:200],
        content=base64.b64encode(content).decode(),
        is_partial=is_partial,
        uploaded_by=by,
        uploaded_at=at,
    )
    audit.record(action="roster.upload", by=by, at=at, obj=roster_import, unit=school.code)
    jobs.start(name=COMPARE, argument=str(roster_import.pk), by=by, at=at)
    return roster_import


@transaction.atomic
def compare_import(*, pk: Any, at: datetime, progress: Progress = silent) -> RosterImport:
    """Read the file and keep the difference for the page. A file that is no roster is refused, and says why."""
    roster_import = _locked(pk)
    if roster_import.state not in (State.UPLOADED, State.COMPARED):
        return roster_import
    progress(0, STAGES)
    try:
        difference = _difference(roster_import, at=at)
    except Refused as refused:
        return _refuse(roster_import, refused, at=at)
    progress(2, STAGES)
    _keep(roster_import, difference)
    _tell(roster_import, at=at)
    progress(STAGES, STAGES)
    return roster_import


def _difference(roster_import: RosterImport, *, at: datetime) -> Difference:
    source = BytesIO(base64.b64decode(roster_import.content))
    return compare_file(
        source=source,
        school=roster_import.school,
        is_partial=roster_import.is_partial,
        at=at,
        name=roster_import.file_name,
        renamed=[int(pk) for pk, is_renamed in roster_import.answers.items() if is_renamed],
    )


def compare_file(
    *,
    source: IO[bytes] | str,
    school: Unit,
    is_partial: bool,
    at: datetime,
    name: str = "",
    renamed: Collection[int] | None = (),
) -> Difference:
    """Read a file and compare it with what is stored; `name` tells its kind; `renamed`: ids of classes of which
    somebody has said that they were renamed, None for all that seem so. Refused when it is no roster."""
    day = localdate(at)
    roster = read_roster(source, on=day, name=name)
    return compare(school=school, roster=roster, is_partial=is_partial, on=day, renamed=renamed)


def _refuse(roster_import: RosterImport, refused: Refused, *, at: datetime) -> RosterImport:
    roster_import.state = State.REFUSED
    roster_import.outcome = {"refused": str(refused.message), "code": refused.code}
    roster_import.content = ""
    roster_import.save()
    _tell(roster_import, at=at)
    return roster_import


def _keep(roster_import: RosterImport, difference: Difference) -> None:
    roster = difference.roster
    counts = difference.counts() | {"errors": len(roster.errors), "warnings": len(roster.warnings)}
    unusual = find_unusual(difference)
    roster_import.outcome = counts | {
        "blocked": is_blocked(difference),
        "empty": difference.is_empty,
        "unusual": [one._asdict() for one in unusual],
        "type": number_to_type(unusual),
        "renames": [
            {"unit": rename.unit.pk, "old": rename.unit.name, "new": rename.name, "students": rename.students}
            for rename in difference.renames
            if str(rename.unit.pk) not in roster_import.answers
        ],
    }
    roster_import.difference = preview.dump(difference)
    roster_import.state = State.COMPARED
    roster_import.save()


def is_blocked(difference: Difference) -> bool:
    """Whether there is a fault that cannot be passed over: the file is too small to be the whole roster."""
    return any(fault.code == Code.ROSTER_TOO_SMALL for fault in difference.faults)


@transaction.atomic
def answer_renames(*, roster_import: RosterImport, answers: Mapping[int, bool], by: User, at: datetime) -> Job | None:
    """Say of classes that seem renamed whether they were, and have the file compared again."""
    _check(by, roster_import.school)
    row = _locked(roster_import.pk)
    if row.state != State.COMPARED:
        raise Refused(_("This roster has been dealt with already."), code="import-not-open")
    asked = {rename["unit"] for rename in row.outcome.get("renames", ())}
    row.answers |= {str(pk): is_renamed for pk, is_renamed in answers.items() if pk in asked}
    row.save(update_fields=["answers"])
    detail = {"renamed": sorted(pk for pk, is_renamed in answers.items() if is_renamed)}
    audit.record(action="roster.answer", by=by, at=at, obj=row, unit=row.school.code, detail=detail)
    return jobs.start(name=COMPARE, argument=str(row.pk), by=by, at=at)


@transaction.atomic
def confirm_import(
    *, roster_import: RosterImport, skip_bad: bool, by: User, at: datetime, number: int | None = None
) -> Job:
    """Have a compared roster imported. Refused while it has bad rows that nobody has agreed to leave out, a question is
    open, or something is so unusual that its `number` must be typed and is not."""
    _check(by, roster_import.school)
    row = _locked(roster_import.pk)
    if row.state != State.COMPARED:
        raise Refused(_("This roster has been dealt with already."), code="import-not-open")
    if row.outcome.get("blocked"):
        raise Refused(_("This file is only a part of the roster. Upload it again and say so."), code="roster-too-small")
    if row.outcome.get("errors") and not skip_bad:
        raise Refused(_("Some rows are bad. Put them right, or say that they are to be left out."), code="rows-refused")
    # Whoever asks twice for the same import is not in the way of themselves.
    take_turn(row.school, own=row)
    if row.outcome.get("renames"):
        raise Refused(_("Say first whether the classes were renamed."), code="renames-open")
    if row.outcome.get("type") and number != row.outcome["type"]:
        raise Refused(
            _("So many changes are unusual. Type the number %(n)d to confirm them.") % {"n": row.outcome["type"]},
            code="number-differs",
        )
    row.skip_bad = skip_bad
    row.save(update_fields=["skip_bad"])
    return jobs.start(name=APPLY, argument=str(row.pk), by=by, at=at)


@transaction.atomic
def apply_import(*, pk: Any, by: User | None, at: datetime, progress: Progress = silent) -> RosterImport:
    """Write a confirmed roster down, once. Refused when what is stored has changed since the difference was shown."""
    roster_import = _locked(pk)
    if roster_import.state == State.APPLIED:
        return roster_import
    _check_again(by, roster_import.school)
    if roster_import.state != State.COMPARED:
        raise Refused(_("This roster has been dealt with already."), code="import-not-open")
    difference = _difference(roster_import, at=at)
    if preview.dump(difference) != roster_import.difference or not _same_counts(roster_import, difference):
        raise Refused(
            _("People or units have changed since the difference was shown. Upload the file again."),
            code="difference-changed",
        )
    back = apply(difference=difference, by=by, at=at, progress=progress)
    _finish(roster_import, back, at=at)
    _tell(roster_import, at=at)
    return roster_import


def _same_counts(roster_import: RosterImport, difference: Difference) -> bool:
    return all(roster_import.outcome.get(name) == count for name, count in difference.counts().items())


def _finish(roster_import: RosterImport, back: UndoLog, *, at: datetime) -> None:
    roster_import.state = State.APPLIED
    roster_import.applied_at = at
    roster_import.undo = back.dump()
    # SECURITY: the upload has served; what is needed to undo it is kept, the rest of its names and numbers is not.
    roster_import.content = roster_import.difference = ""
    roster_import.save()


@transaction.atomic
def import_file(*, difference: Difference, file_name: str, by: User | None, at: datetime) -> None:
    """Write a difference down at once, as the command does; it can be undone on the page of imports. Nothing to write:
    nothing but the audit event is written."""
    back = apply(difference=difference, by=by, at=at)
    if difference.is_empty:
        return
    counts = difference.counts() | {"errors": len(difference.roster.errors)}
    roster_import = RosterImport(
        school=difference.school, file_name=file_name[:200], outcome=counts, uploaded_by=by, uploaded_at=at
    )
    _finish(roster_import, back, at=at)


@transaction.atomic
def discard_import(*, roster_import: RosterImport, by: User, at: datetime) -> None:
    """Forget an upload that is not to be imported."""
    _check(by, roster_import.school)
    row = _locked(roster_import.pk)
    if row.state not in (State.UPLOADED, State.COMPARED):
        return
    row.state = State.DISCARDED
    row.content = row.difference = ""
    row.save()
    audit.record(action="roster.discard", by=by, at=at, obj=row, unit=row.school.code)


@transaction.atomic
def ask_undo(*, roster_import: RosterImport, by: User, at: datetime) -> Job:
    """Have an import taken back. Only the newest can be: the ones before carry it."""
    _check(by, roster_import.school)
    take_turn(roster_import.school, own=roster_import)
    newest = RosterImport.objects.newest_applied(roster_import.school)
    if newest is None or newest.pk != roster_import.pk:
        raise Refused(_("Only the newest import of a school can be undone."), code="not-newest")
    check_no_later_rollover(roster_import.school, roster_import.applied_at)
    return jobs.start(name=UNDO, argument=str(roster_import.pk), by=by, at=at)


@transaction.atomic
def undo_import(*, pk: Any, by: User | None, at: datetime, progress: Progress = silent) -> RosterImport:
    """Take an import back, once: what it changed is as before, what it created is gone."""
    roster_import = _locked(pk)
    if roster_import.state == State.UNDONE:
        return roster_import
    _check_again(by, roster_import.school)
    newest = RosterImport.objects.newest_applied(roster_import.school)
    if newest is None or newest.pk != roster_import.pk:
        raise Refused(_("Only the newest import of a school can be undone."), code="not-newest")
    check_no_later_rollover(roster_import.school, roster_import.applied_at)
    take_back(back=UndoLog.load(roster_import.undo), by=by, at=at, progress=progress)
    roster_import.state = State.UNDONE
    roster_import.undone_at = at
    roster_import.undo = ""
    roster_import.save()
    school = roster_import.school
    audit.record(action="roster.undo", by=by, at=at, obj=roster_import, unit=school.code)
    _tell(roster_import, at=at)
    return roster_import


def newest_job(roster_import: RosterImport) -> Job | None:
    """The job that reads, applies or undoes it, or did last."""
    jobs_of: Any = Job.objects.filter(name__in=[COMPARE, APPLY, UNDO], argument=str(roster_import.pk))
    job: Job | None = jobs_of.order_by("-created_at").first()
    return job


def _check(by: User, school: Unit) -> None:
    if not policies.may_import_roster(by, school):
        raise Refused(_("You may not import rosters at this school."), code="may-not-import")


def _check_again(by: User | None, school: Unit) -> None:
    """SECURITY: a job may run long after it was asked for, and the post of who asked may have ended since."""
    if by is not None:
        _check(by, school)


def _locked(pk: Any) -> RosterImport:
    row: RosterImport = RosterImport.objects.select_for_update(of=("self",)).select_related("school").get(pk=pk)
    return row


def _tell(roster_import: RosterImport, *, at: datetime) -> None:
    if roster_import.uploaded_by is None:
        return
    notices.post(
        to=roster_import.uploaded_by,
        kind="roster",
        title=NOTICES[State(roster_import.state)],
        params={"file": roster_import.file_name[:80]},
        link=roster_import.get_absolute_url(),
        at=at,
        key=f"roster:{roster_import.pk}:{roster_import.state}",
    )
