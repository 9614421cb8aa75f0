"""Reports are accepted, sent back and corrected. Acceptance locks; what is undone is undone from the top."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import audit, notices
from kernel.errors import Refused
from network.models import Student, User
from network.rules import Level
from network.services import reopen
from reporting import policies
from reporting.models import Report, Summary
from reporting.rules.filing import State
from reporting.services import checks
from reporting.services.cycles import close_when_accepted, duty_key
from reporting.services.filing import missing_below
from reporting.services.rollups import roll_up


@transaction.atomic
def accept(*, report: Report, by: User, at: datetime) -> Report:
    """Accept a filed report. Of a college it locks everything below and freezes the figures. Refused when something
    below has not arrived and nobody said why."""
    report = _lock(report)
    if not policies.may_accept(by, report):
        raise Refused(
            _("This report cannot be accepted now. Open it again to see where it stands."), code="may-not-accept"
        )
    if not report.missing_reason and missing_below(report):
        raise Refused(_("Reports below are missing and nobody said why. Send it back first."), code="missing-below")
    _lock_below(report)
    report.state = State.ACCEPTED
    report.decided_at = report.changed_at = at
    report.decided_by = by
    if report.level == Level.COLLEGE:
        roll_up(cycle=report.cycle, at=at)
        report.figures = Summary.objects.get(cycle=report.cycle_id, unit=report.unit_id).figures
    report.save()
    checks.settle_checks(reports=[report], at=at)
    close_when_accepted(cycle=report.cycle, at=at)
    audit.record(
        action="report.accept", by=by, at=at, obj=report, unit=report.unit.code, detail={"month": str(report.cycle)}
    )
    return report


@transaction.atomic
def send_back(*, report: Report, reason: str, by: User, at: datetime) -> Report:
    """Give a report back to its filer with a reason; its first filing time stays. What was locked gets a new one."""
    report = _lock(report)
    if not policies.may_send_back(by, report):
        raise Refused(
            _("This report cannot be sent back: what is above it has been filed already. Send that back first."),
            code="may-not-send-back",
        )
    checks.settle_checks(reports=[report], at=at)
    if report.state == State.ACCEPTED and _was_locked(report):
        report = _new_version(report, reason=reason, at=at)
    report.state = State.RETURNED
    report.return_reason = reason
    report.decided_at = report.changed_at = at
    report.decided_by = by
    report.save()
    reopen(keys=[duty_key(report)])
    audit.record(
        action="report.send_back", by=by, at=at, obj=report, unit=report.unit.code, detail={"month": str(report.cycle)}
    )
    assert report.filed_by is not None
    notices.post(
        to=report.filed_by,
        kind="report.returned",
        title=gettext_noop("Sent back to you: report %(month)s, %(unit)s. Please look at the reason and file again."),
        params={"month": str(report.cycle), "unit": report.unit.name},
        link=f"/reports/{report.pk}/",
        at=at,
        key=f"returned:{report.pk}:{report.revision}",
    )
    return report


@transaction.atomic
def correct(*, report: Report, reason: str, by: User, at: datetime) -> Report:
    """Open a locked college report again as a new version with a reason; the old version keeps its figures."""
    report = _lock(report)
    if not policies.may_correct(by, report):
        raise Refused(
            _("Only an accepted college report is corrected, by its coordinator or the center."), code="may-not-correct"
        )
    fresh = _new_version(report, reason=reason, at=at)
    fresh.cycle.closed_at = None
    fresh.cycle.save(update_fields=["closed_at"])
    reopen(keys=[duty_key(fresh)])
    detail = {"month": str(fresh.cycle), "version": fresh.version}
    audit.record(action="report.correct", by=by, at=at, obj=fresh, unit=fresh.unit.code, detail=detail)
    return fresh


def _lock(report: Report) -> Report:
    locked: Report = Report.objects.select_for_update(of=("self",)).select_related("cycle", "unit").get(pk=report.pk)
    return locked


def _lock_below(report: Report) -> None:
    """Wait for filings that are on their way, and let none begin: a line joins the figures before they are frozen, or
    not at all. Every filing locks its own report. Classes come before dorms, as when a class confirms its dorms."""
    below = Report.objects.filter(cycle=report.cycle_id).exclude(pk=report.pk).order_by("pk")
    residents = Student.objects.present()
    if report.level == Level.COLLEGE:
        residents, own = residents.filter(college=report.unit_id), Q(college=report.unit_id)
    elif report.college_id is None:
        # Without colleges the month closes with the last class.
        residents, own = residents.filter(school=report.school_id), Q(school=report.school_id)
    else:
        return
    homes = residents.exclude(dorm=None).order_by().values("dorm")
    for reports in (below.filter(own, level=Level.CLASS), below.filter(own | Q(unit__in=homes), level=Level.DORM)):
        list(reports.select_for_update(of=("self",)).values_list("pk", flat=True))


def _was_locked(report: Report) -> bool:
    """Whether a version of the college's report was accepted before, so that this one stands in a closed figure."""
    return Report.objects.filter(
        cycle=report.cycle_id, unit=report.college_id, state=State.ACCEPTED, is_current=False
    ).exists()


def _new_version(report: Report, *, reason: str, at: datetime) -> Report:
    Report.objects.filter(pk=report.pk).update(is_current=False, changed_at=at)
    texts = {name: getattr(report, name) for name in ("missing_reason", "requests", "narrative")}
    fresh: Report = Report.objects.select_related("cycle", "unit", "filed_by").get(pk=report.pk)
    fresh.pk = uuid4()
    fresh._state.adding = True
    for name, text in texts.items():
        setattr(fresh, name, text)
    fresh.version += 1
    fresh.is_current = True
    fresh.state = State.RETURNED
    fresh.return_reason = ""
    fresh.correction_reason = reason
    fresh.figures = None
    fresh.changed_at = at
    fresh.save(force_insert=True)
    return fresh
