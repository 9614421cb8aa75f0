"""Reports on a case: prefilled from its timeline, filed once, and followed by the next."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis import policies
from crisis.models import Case, CaseEvent, CrisisReport
from crisis.rules import AlertLevel, Kind, after_filing
from crisis.rules.reports import FIELDS, REQUIRED, to_second
from crisis.services.cases import report_schedule
from crisis.services.cases.locking import lock, save
from crisis.services.cases.timeline import write_event
from kernel import audit
from kernel.errors import Refused
from network.models import User

Content = Mapping[str, str]
LONGEST_LIST = 8


@transaction.atomic
def file_report(*, report: CrisisReport, content: Content, by: User, at: datetime) -> CrisisReport:
    """File an owed report, late or in time; the next one is owed from that moment. Refused when it was filed or
    replaced meanwhile, and when what it must say is missing."""
    case = lock(report.case)
    report = CrisisReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not policies.may_manage(by, case):
        raise Refused(_("You may not report on this case."), code="may-not-manage")
    _check_owed(report)
    kind = Kind(report.kind)
    if missing := [name for name in REQUIRED[kind] if not content.get(name)]:
        raise Refused(_("Say at least what the danger is and what happens next."), code=f"missing-{min(missing)}")
    report.content = json.dumps({name: content.get(name, "") for name in FIELDS[kind]}, ensure_ascii=False)
    report.draft = ""
    filed_at = to_second(at)
    report.filed_at, report.filed_by, report.is_late = filed_at, by, filed_at > report.due_at
    report.level = case.level
    report.save()
    report_schedule.settle_report(report=report, at=at)
    periods = report_schedule.periods_of(case.school_id, since=localdate(at))
    due = after_filing(kind, AlertLevel(case.level), due_at=report.due_at, filed=filed_at, periods=periods)
    report_schedule.schedule_report(case=case, due=due, at=at)
    save(case)
    write_event(
        case=case,
        kind=CaseEvent.Kind.REPORT,
        title=gettext_noop("%(report)s filed late") if report.is_late else gettext_noop("%(report)s filed"),
        params={"report": report.kind},
        text=content.get("risk", ""),
        link=f"/cases/{case.pk}/reports/{report.pk}/",
        by=by,
        at=at,
    )
    detail = {"kind": report.kind, "late": report.is_late}
    audit.record(action="case.report", by=by, at=at, obj=case, detail=detail)
    return report


@transaction.atomic
def save_draft(*, report: CrisisReport, content: Content, by: User, at: datetime) -> CrisisReport:
    """Keep what is written so far. Refused once the report is filed."""
    case = lock(report.case)
    report = CrisisReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not policies.may_manage(by, case):
        raise Refused(_("You may not report on this case."), code="may-not-manage")
    _check_owed(report)
    report.draft = json.dumps(dict(content), ensure_ascii=False)
    report.save(update_fields=["draft"])
    return report


def content_of(report: CrisisReport) -> dict[str, str]:
    """What a filed report says."""
    return dict(json.loads(report.content)) if report.content else {}


def prefilled(report: CrisisReport, *, at: datetime) -> dict[str, str]:
    """Initial values of the form: the draft, or the timeline since the last report."""
    if report.draft:
        return dict(json.loads(report.draft))
    case = report.case
    last = case.reports.filed().order_by("-filed_at").first()
    since = last.filed_at if last else case.opened_at
    events = list(case.events.filter(at__gte=since).order_by("at").select_related("by"))
    alarm = case.alarms.select_related("raised_by").order_by("raised_at").first()
    before = content_of(last) if last else {}
    values = {
        "found": _moment(alarm.raised_at if alarm else case.opened_at),
        "reporter": alarm.raised_by.name if alarm else case.opened_by.name,
        "facts": case.situation,
        "told": _told(case),
        "family": _listed(events, CaseEvent.Kind.GUARDIAN),
        "contacts": _listed(events, CaseEvent.Kind.CONTACT, CaseEvent.Kind.TALK),
        "measures": _listed(events, CaseEvent.Kind.WATCH, CaseEvent.Kind.REFERRAL, CaseEvent.Kind.PLAN),
        "place": before.get("place", ""),
        "next_step": before.get("next_step", ""),
    }
    return {name: values[name] for name in FIELDS[Kind(report.kind)] if values.get(name)}


def _check_owed(report: CrisisReport) -> None:
    if report.filed_at is not None:
        raise Refused(
            _("%(name)s has filed this report already, %(when)s. What you know besides goes into the story as a note.")
            % {"name": report.filed_by.name if report.filed_by else "", "when": _moment(report.filed_at)},
            code="filed",
        )
    if report.superseded_at is not None:
        raise Refused(_("The level has changed; another report is owed now. Open the case again."), code="superseded")


def _told(case: Case) -> str:
    members = case.members.exclude(told_at=None).select_related("user").order_by("told_at", "pk")
    return "\n".join(f"{_moment(member.told_at)} {member.user.name}" for member in members)


def _listed(events: list[CaseEvent], *kinds: CaseEvent.Kind) -> str:
    chosen = [event for event in events if event.kind in kinds][-LONGEST_LIST:]
    return "\n".join(" ".join(filter(None, (_moment(event.at), event.sentence(), event.text))) for event in chosen)


def _moment(at: datetime | None) -> str:
    return f"{localtime(at):%m-%d %H:%M}" if at else ""
