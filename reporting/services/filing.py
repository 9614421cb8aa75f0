"""Filing of dorm, class and college reports, and drafts of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network.models import User
from network.rules import Level
from network.services import settle
from reporting import policies
from reporting.models import Filing, Report
from reporting.rules import filing as rules
from reporting.rules.dorm_lines import Status
from reporting.rules.filing import ARRIVED, State
from reporting.services import checks
from reporting.services.cycles import duty_key
from reporting.services.lines import LineEntry, write_lines
from reporting.services.residents import residents_of


@dataclass(frozen=True)
class Sending:
    """A request to file: the id that its page made, the revision that the page showed, a digest of what was typed."""

    client_id: UUID
    revision: int
    digest: str

    @classmethod
    def of(cls, client_id: UUID, revision: int, content: object) -> Sending:
        text = json.dumps(content, default=_plain, ensure_ascii=False, sort_keys=True)
        return cls(client_id, revision, salted_hmac("reporting.filing", text, algorithm="sha256").hexdigest())


def _plain(part: Any) -> Any:
    """An entry as a mapping, an id as text: what JSON can write."""
    return asdict(part) if isinstance(part, LineEntry) else str(part)


def _in_order(entries: Iterable[LineEntry]) -> list[LineEntry]:
    """Lines in the order of their students: a page may list them in any other."""
    return sorted(entries, key=lambda entry: str(entry.student_id))


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
    calmed: Collection[UUID] = (),
) -> Report:
    """File a dorm's month: a line for each present resident, or `all_well` for a zero report. The same `client_id` with
    the same content gives the same answer. Refused when locked, filed since `revision`, when the residents have
    changed, or when a student for whom an alarm went out becomes clear without standing in `calmed`."""
    sending = Sending.of(client_id, revision, [all_well, _in_order(entries)])
    report, replayed = _begin(report, sending, by=by)
    if replayed:
        return report
    residents = residents_of(report, lock=True)
    if all_well:
        entries = [LineEntry(student.pk, Status.CLEAR) for student in residents]
    write_lines(report, residents, entries, calmed=calmed, by=by, at=at)
    report.all_well = all(entry.status == Status.CLEAR for entry in entries)
    return _arrive(report, sending, by=by, at=at)


@transaction.atomic
def file_class_report(
    *,
    report: Report,
    entry: ClassEntry,
    revision: int,
    client_id: UUID,
    by: User,
    at: datetime,
    calmed: Collection[UUID] = (),
) -> Report:
    """File a class's month. The dorm reports that have arrived count as confirmed. Refused when reports are missing and
    no reason is given, or as for dorms."""
    sending = Sending.of(client_id, revision, [vars(entry) | {"lines": _in_order(entry.lines)}])
    report, replayed = _begin(report, sending, by=by)
    if replayed:
        return report
    _check_missing(report, entry.missing_reason)
    write_lines(report, residents_of(report, lock=True), entry.lines, calmed=calmed, by=by, at=at)
    _fill(report, entry)
    dorms = Report.objects.current().filter(
        cycle=report.cycle_id, level=Level.DORM, school_class=report.unit_id, state=State.FILED
    )
    # Locked in the order of their keys, as acceptance locks them: two acts cannot wait for each other.
    filed = list(dorms.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    dorms.filter(pk__in=filed).update(state=State.ACCEPTED, decided_at=at, decided_by=by, changed_at=at)
    return _arrive(report, sending, by=by, at=at)


@transaction.atomic
def file_college_report(
    *, report: Report, narrative: str, missing_reason: str, revision: int, client_id: UUID, by: User, at: datetime
) -> Report:
    """File a college's month to the center. The class reports that have arrived count as checked. Refused as above."""
    sending = Sending.of(client_id, revision, [narrative, missing_reason])
    report, replayed = _begin(report, sending, by=by)
    if replayed:
        return report
    _check_missing(report, missing_reason)
    report.narrative, report.missing_reason = narrative, missing_reason
    classes = Report.objects.current().filter(
        cycle=report.cycle_id, level=Level.CLASS, college=report.unit_id, state=State.FILED
    )
    checks.settle_checks(reports=classes, at=at)
    classes.update(state=State.ACCEPTED, decided_at=at, decided_by=by, changed_at=at)
    return _arrive(report, sending, by=by, at=at)


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


def _begin(report: Report, sending: Sending, *, by: User) -> tuple[Report, bool]:
    report = _lock(report)
    earlier = Filing.objects.filter(pk=sending.client_id).first()
    if earlier is not None and earlier.report_id == report.pk and earlier.by_id == by.pk:
        if earlier.digest == sending.digest:
            return report, True
        raise Refused(
            _(
                "This form was filed before with other content, which still counts. What you typed now is kept here: "
                "look at it, then file again."
            ),
            code="other-content",
        )
    if earlier is not None or not report.is_current:
        raise Refused(_("This form is out of date. Open the report again; what you typed is kept."), code="stale")
    if not policies.may_file(by, report):
        raise Refused(_("This report can no longer be changed. Ask whoever checks it to send it back."), code="locked")
    if report.revision != sending.revision and report.filed_by is not None and report.filed_at is not None:
        message = _("%(name)s filed this report at %(time)s. Look at it first; what you typed is kept.")
        filing = {"name": report.filed_by.name, "time": f"{localtime(report.filed_at):%m-%d %H:%M}"}
        raise Refused(message % filing, code="filed-meanwhile")
    return report, False


def _arrive(report: Report, sending: Sending, *, by: User, at: datetime) -> Report:
    if report.first_filed_at is None:
        report.first_filed_at = at
        report.on_time = rules.on_time(at, report.cycle.due_at(Level(report.level)))
    report.state = State.FILED
    report.filed_at = report.changed_at = at
    report.filed_by = by
    report.return_reason = ""
    report.revision += 1
    report.save()
    Filing.objects.create(client_id=sending.client_id, digest=sending.digest, report=report, by=by, at=at)
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
