"""Summaries leave the portal as PDFs: made in a job, kept encrypted for a month, each download on record."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from kernel import audit, jobs, notices
from kernel.errors import Refused
from kernel.models import Job
from kernel.periods import Month
from network.models import Unit, User
from reporting import policies
from reporting.models import Cycle, SummaryExport
from reporting.rules.disclosure import PRINTED, Sight
from reporting.services.printing import render_summary
from reporting.services.publishing import publish
from reporting.services.rollups import is_stale, roll_up
from reporting.services.summaries import MonthSummary, summarize

JOB = "reporting.export_summary"
KEPT_FOR = timedelta(days=30)


@transaction.atomic
def start_export(*, unit: Unit, month: Month, by: User, at: datetime) -> Job:
    """Have the summary made. Refused without the right, and for a month that was never opened."""
    _check(unit, month, by=by)
    argument = {"unit": unit.pk, "month": str(month), "language": get_language() or ""}
    return jobs.start(name=JOB, argument=argument, by=by, at=at, is_single=True)


def keep_export(*, unit: Unit, month: Month, by: User, at: datetime) -> SummaryExport:
    """Make the summary and keep it for download; who asked is told. What is older than a month is thrown away."""
    _check(unit, month, by=by)
    content = make_pdf(unit=unit, month=month, by=by, at=at)
    with transaction.atomic():
        SummaryExport.objects.filter(made_at__lt=at - KEPT_FOR).delete()
        export = SummaryExport.objects.create(
            unit=unit,
            month=month.first,
            made_by=by,
            made_at=at,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content=b64encode(content).decode(),
        )
        audit.record(
            action="summary.export",
            by=by,
            at=at,
            obj=export,
            unit=unit.code,
            detail={"month": str(month), "sha256": export.sha256},
        )
        notices.post(
            to=by,
            kind="summary.ready",
            title=gettext_noop("The summary of %(unit)s for %(month)s is ready to download."),
            params={"unit": unit.name, "month": str(month)},
            link=reverse("reporting:export-list"),
            at=at,
        )
    return export


def make_pdf(*, unit: Unit, month: Month, by: User | None, at: datetime) -> bytes:
    """The summary as a PDF in the active language. Refused for a month that was never opened."""
    # Who does not read signs and events on the page does not print them either.
    sight = PRINTED if by is None else replace(PRINTED, flags=policies.sight_of(by, unit).flags)
    return render_summary(summary=fresh_summary(unit=unit, month=month, at=at, sight=sight), by=by, at=at)


def fresh_summary(*, unit: Unit, month: Month, at: datetime, sight: Sight = PRINTED) -> MonthSummary:
    """The summary with small cells hidden, counted again where reports came in since. Refused as above."""
    cycle = Cycle.objects.filter(school=unit.root_id, month=month.first).first()
    if cycle is None:
        raise Refused(_no_month(month), code="no-cycle")
    if cycle.rolled_up_at is None or (cycle.closed_at is None and is_stale(cycle, at=at)):
        roll_up(cycle=cycle, at=at)
    if cycle.published_at is None:
        publish(cycle=cycle, at=at)
    summary = summarize(unit=unit, month=month, sight=sight)
    if summary is None:
        raise Refused(_("%(unit)s had no students that month.") % {"unit": unit.name}, code="no-figures")
    return summary


def read_export(*, export: SummaryExport, by: User, at: datetime) -> bytes:
    """The kept PDF, with the download on record."""
    audit.record(
        action="summary.download", by=by, at=at, obj=export, unit=export.unit.code, detail={"month": str(export.period)}
    )
    return b64decode(export.content)


def _check(unit: Unit, month: Month, *, by: User) -> None:
    if not policies.may_export(by, unit):
        raise Refused(_("You may not export this summary."), code="may-not-export")
    if not Cycle.objects.filter(school=unit.root_id, month=month.first).exists():
        raise Refused(_no_month(month), code="no-cycle")


def _no_month(month: Month) -> str:
    return str(_("%(month)s was never opened: there are no reports to sum up.") % {"month": month})
