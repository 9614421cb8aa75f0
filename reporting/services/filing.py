"""Filing of dorm, class and college reports, and drafts of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network.models import Student, User
from network.rules import Level
from network.services import settle
from reporting import policies
from reporting.models import Filing, Line, Report
from reporting.rules import filing as rules
from reporting.rules.filing import ARRIVED, State
from reporting.rules.weather import Status
from reporting.services import checks
from reporting.services.alarms import raise_or_append_alarm
from reporting.services.cycles import duty_key
from reporting.services.residents import residents_of


@dataclass(frozen=True)
class LineEntry:
    """What a form says of one student; masks as in rules.weather. `whereabouts`: of thunder, where and with whom."""

    student_id: UUID
    status: Status
    signs: int = 0
    events: int = 0
    helps: int = 0
    observation: str = ""
    whereabouts: str = ""


@dataclass(frozen=True)
class ClassEntry:
    """What a class form says beside its lines."""

    mood_index: int | None = None
    topics: int = 0
    activity: str = ""
    requests: str = ""
    missing_reason: str = ""
    lines: Sequence[LineEntry] = field(default_factory=tuple)


@transaction.atomic
def file_dorm_report(
    *,
    report: Report,
    entries: Sequence[LineEntry],
    all_well: bool,
    revision: int,
    client_id: UUID,
    by: User,
    at: datetime,
) -> Report:
    """File a dorm's month: a line for each present resident, or `all_well` for a zero report. The same `client_id`
    again gives the same answer. Refused when locked, filed since `revision`, or when the residents have changed."""
    report, replayed = _begin(report, revision=revision, client_id=client_id, by=by, at=at)
    if replayed:
        return report
    residents = residents_of(report)
    if all_well:
        entries = [LineEntry(student.pk, Status.CLEAR) for student in residents]
    _write_lines(report, residents, entries, by=by, at=at)
    report.all_well = all(entry.status == Status.CLEAR for entry in entries)
    return _arrive(report, client_id=client_id, by=by, at=at)


@transaction.atomic
def file_class_report(
    *, report: Report, entry: ClassEntry, revision: int, client_id: UUID, by: User, at: datetime
) -> Report:
    """File a class's month. The dorm reports that have arrived count as confirmed. Refused when reports are missing and
    no reason is given, or as for dorms."""
    report, replayed = _begin(report, revision=revision, client_id=client_id, by=by, at=at)
    if replayed:
        return report
    _check_missing(report, entry.missing_reason)
    _write_lines(report, residents_of(report), entry.lines, by=by, at=at)
    _fill(report, entry)
    Report.objects.current().filter(
        cycle=report.cycle_id, level=Level.DORM, school_class=report.unit_id, state=State.FILED
    ).update(state=State.ACCEPTED, decided_at=at, decided_by=by, changed_at=at)
    return _arrive(report, client_id=client_id, by=by, at=at)


@transaction.atomic
def file_college_report(
    *, report: Report, narrative: str, missing_reason: str, revision: int, client_id: UUID, by: User, at: datetime
) -> Report:
    """File a college's month to the center. The class reports that have arrived count as checked. Refused as above."""
    report, replayed = _begin(report, revision=revision, client_id=client_id, by=by, at=at)
    if replayed:
        return report
    _check_missing(report, missing_reason)
    report.narrative, report.missing_reason = narrative, missing_reason
    classes = Report.objects.current().filter(
        cycle=report.cycle_id, level=Level.CLASS, college=report.unit_id, state=State.FILED
    )
    checks.settle_checks(reports=classes, at=at)
    classes.update(state=State.ACCEPTED, decided_at=at, decided_by=by, changed_at=at)
    return _arrive(report, client_id=client_id, by=by, at=at)


@transaction.atomic
def save_draft(
    *,
    report: Report,
    entry: ClassEntry | None = None,
    narrative: str = "",
    missing_reason: str = "",
    by: User,
    at: datetime,
) -> Report:
    """Keep what was typed into a class or college form without filing it. Refused once the report is filed."""
    report = _lock(report)
    if report.has_arrived or not policies.may_file(by, report):
        raise Refused(_("This report can no longer be changed."), code="locked")
    if entry is not None:
        _fill(report, entry)
    else:
        report.narrative, report.missing_reason = narrative, missing_reason
    report.changed_at = at
    report.save()
    audit.record(action="report.save_draft", by=by, at=at, obj=report, unit=report.unit.code)
    return report


def missing_below(report: Report) -> list[Report]:
    """The reports one level down that have not arrived."""
    below = Report.objects.current().filter(cycle=report.cycle_id).exclude(state__in=ARRIVED).select_related("unit")
    if report.level == Level.CLASS:
        return list(below.filter(level=Level.DORM, school_class=report.unit_id))
    if report.level == Level.COLLEGE:
        return list(below.filter(level=Level.CLASS, college=report.unit_id))
    return []


def _lock(report: Report) -> Report:
    # What is joined to a locked row may be older than the row itself: who filed is read after the lock, not with it.
    locked: Report = Report.objects.select_for_update(of=("self",)).select_related("cycle", "unit").get(pk=report.pk)
    return locked


def _begin(report: Report, *, revision: int, client_id: UUID, by: User, at: datetime) -> tuple[Report, bool]:
    report = _lock(report)
    sent = Filing.objects.filter(pk=client_id).first()
    if sent is not None and sent.report_id == report.pk and sent.by_id == by.pk:
        return report, True
    if sent is not None or not report.is_current:
        raise Refused(_("This form is out of date. Open the report again; what you typed is kept."), code="stale")
    if not policies.may_file(by, report):
        raise Refused(_("This report can no longer be changed. Ask whoever checks it to send it back."), code="locked")
    if report.revision != revision and report.filed_by is not None and report.filed_at is not None:
        message = _("%(name)s filed this report at %(time)s. Look at it first; what you typed is kept.")
        filing = {"name": report.filed_by.name, "time": f"{localtime(report.filed_at):%m-%d %H:%M}"}
        raise Refused(message % filing, code="filed-meanwhile")
    return report, False


def _arrive(report: Report, *, client_id: UUID, by: User, at: datetime) -> Report:
    if report.first_filed_at is None:
        report.first_filed_at = at
        report.on_time = rules.on_time(at, report.cycle.due_at(Level(report.level)))
    report.state = State.FILED
    report.filed_at = report.changed_at = at
    report.filed_by = by
    report.return_reason = ""
    report.revision += 1
    report.save()
    Filing.objects.create(client_id=client_id, report=report, by=by, at=at)
    settle(keys=[duty_key(report)], at=at)
    checks.owe_check(report=report, at=at)
    detail = {"month": str(report.cycle), "revision": report.revision, "on_time": report.on_time}
    audit.record(action="report.file", by=by, at=at, obj=report, unit=report.unit.code, detail=detail)
    return report


def _check_missing(report: Report, reason: str) -> None:
    if reason.strip():
        return
    missing = missing_below(report)
    if missing:
        message = _("%(count)s reports below are missing. Chase them, or say why they are missing.")
        raise Refused(message % {"count": len(missing)}, code="missing-below")


def _fill(report: Report, entry: ClassEntry) -> None:
    report.mood_index = entry.mood_index
    report.topics = entry.topics
    report.activity = entry.activity
    report.requests = entry.requests
    report.missing_reason = entry.missing_reason


def _write_lines(
    report: Report, residents: Iterable[Student], entries: Iterable[LineEntry], *, by: User, at: datetime
) -> None:
    """One current line for each resident; earlier lines of theirs this month stay on record without counting.
    Where another college of a shared room is locked already, that student's line is kept without counting."""
    students = {student.pk: student for student in residents}
    by_student: Mapping[UUID, LineEntry] = {entry.student_id: entry for entry in entries}
    if set(by_student) != set(students):
        raise Refused(
            _(
                "Who lives here has changed since you opened the form. "
                "Look through the list again; what you typed is kept."
            ),
            code="residents-changed",
        )
    locked = _locked_colleges(report)
    counting = [pk for pk, student in students.items() if student.college_id not in locked]
    old = Line.objects.current().filter(cycle=report.cycle_id).exclude(college__in=locked)
    old.filter(Q(student__in=counting) | Q(report=report)).update(is_current=False)
    Line.objects.bulk_create(
        _line(report, students[pk], entry, counts=students[pk].college_id not in locked)
        for pk, entry in by_student.items()
    )
    for pk, entry in by_student.items():
        if entry.status == Status.THUNDER:
            raise_or_append_alarm(student=students[pk], evidence=_evidence(entry), by=by, at=at)


def _locked_colleges(report: Report) -> set[int]:
    accepted = Report.objects.current().filter(cycle=report.cycle_id, level=Level.COLLEGE, state=State.ACCEPTED)
    return set(accepted.values_list("unit_id", flat=True))


def _line(report: Report, student: Student, entry: LineEntry, *, counts: bool) -> Line:
    keys: dict[str, Any] = {
        "school_id": student.school_id,
        "college_id": student.college_id,
        "school_class_id": student.school_class_id,
        "dorm_id": report.dorm_id,
    }
    return Line(
        report=report,
        cycle_id=report.cycle_id,
        student=student,
        status=entry.status,
        signs=entry.signs,
        events=entry.events,
        helps=entry.helps,
        observation=entry.observation,
        is_current=counts,
        **keys,
    )


def _evidence(entry: LineEntry) -> str:
    return "\n".join(part for part in (entry.observation, entry.whereabouts) if part)
