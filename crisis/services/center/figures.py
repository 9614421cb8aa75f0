"""Weekly and monthly reports of a college or school on its cases: counted from the records, zero report included."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis import policies
from crisis.models import Alarm, Case, CrisisReport, GuardianNotice, LevelChange, Referral, Return, UnitReport
from crisis.models.alarms import AlarmQuerySet
from crisis.rules import CLOSED, AlertLevel
from crisis.rules.durations import Span, month_of, week_of
from crisis.rules.reports import to_second
from crisis.services.scheduled import for_each
from kernel import audit
from kernel.errors import Refused
from kernel.periods import Month
from network.models import Student, Unit, User
from network.rules import Level, Role
from network.services import Owed, owe, settle

Figures = dict[str, Any]
LEVELS = tuple(AlertLevel)
DUTY = "crisis_monthly"
TITLE = gettext_noop("Monthly report on the watchlist, %(month)s")


def span_of(kind: str, day: date) -> Span:
    """The week or month that a day lies in."""
    return week_of(day) if kind == UnitReport.Kind.WEEKLY else month_of(day)


def figures_of(*, unit: Unit, span: Span, at: datetime) -> Figures:
    """What happened in a span, and what stood at its end (or now, if it is not over)."""
    key = "college" if unit.level == Level.COLLEGE else "school"
    cases = Case.objects.filter(**{key: unit.pk})
    end = min(span.ends, at)
    within = {"at__gte": span.begins, "at__lt": end}
    changes = LevelChange.objects.filter(case__in=cases.order_by().values("pk"))
    reports = CrisisReport.objects.filter(case__in=cases.order_by().values("pk"), superseded_at=None)
    due = reports.filter(due_at__gte=span.begins, due_at__lt=end)
    counted = due.order_by().aggregate(
        due=Count("pk"),
        filed=Count("pk", filter=Q(filed_at__lt=end)),
        timely=Count("pk", filter=Q(filed_at__lte=F("due_at"))),
    )
    lasting = {"opened_at__gte": span.begins, "opened_at__lt": end}
    here = {key: unit.pk}
    return {
        "new": _by_level(changes.filter(from_level=CLOSED, **within), "to_level"),
        "raised": changes.filter(from_level__gt=CLOSED, to_level__gt=F("from_level"), **within).count(),
        "lowered": changes.filter(to_level__gt=CLOSED, to_level__lt=F("from_level"), **within).count(),
        "closed": _by_level(changes.filter(to_level=CLOSED, **within), "from_level"),
        "current": _standing(changes.filter(at__lt=end)),
        "reports": counted,
        "overdue": reports.filter(filed_at=None, due_at__lt=end).count(),
        "alarms": _alarms(unit).filter(raised_at__gte=span.begins, raised_at__lt=end, **here).count(),
        "families": GuardianNotice.objects.filter(
            case__in=cases.order_by().values("pk"), reached_at__gte=span.begins, reached_at__lt=end
        ).count(),
        "referrals": Referral.objects.filter(target=Referral.Target.HOSPITAL, **lasting, **here).count(),
        "leaves": Return.objects.filter(left_on__gte=span.first, left_on__lte=span.last, **here).count(),
        "returns": Return.objects.filter(returned_on__gte=span.first, returned_on__lte=span.last, **here).count(),
    }


def _alarms(unit: Unit) -> AlarmQuerySet:
    """SECURITY: what counseling raised is counted by the school alone; a college would learn that somebody comes."""
    alarms: AlarmQuerySet = Alarm.objects.all()
    return alarms.near() if unit.level == Level.COLLEGE else alarms


def is_zero(figures: Figures) -> bool:
    """Whether there is nothing to report: nobody in the watchlist and nothing happened."""
    return not any([*figures["new"].values(), *figures["closed"].values(), *figures["current"].values()])


@transaction.atomic
def file_unit_report(
    *, unit: Unit, kind: UnitReport.Kind, day: date, narrative: str, by: User, at: datetime
) -> UnitReport:
    """File the week or month that `day` lies in: the figures are frozen, nothing at all is a zero report. Refused
    before it is over, without the right, and a second time."""
    if not policies.may_report_unit(by, unit):
        raise Refused(_("The coordinator of the college files this, or the center for the school."), code="may-not")
    span = span_of(kind, day)
    if at < span.ends:
        raise Refused(_("This span is not over yet. It can be filed from the day after its last."), code="not-over")
    standing = _row(unit, kind, span)
    report: UnitReport = UnitReport.objects.select_for_update(of=("self",)).get(pk=standing.pk)
    if report.filed_at is not None:
        raise Refused(_("This has been filed already."), code="filed")
    report.figures = figures_of(unit=unit, span=span, at=at)
    report.is_zero = is_zero(report.figures)
    report.narrative = narrative
    filed_at = to_second(at)
    report.filed_at, report.filed_by, report.is_late = filed_at, by, filed_at > report.due_at
    report.save()
    settle(keys=[_key(report)], at=at)
    detail = {"kind": report.kind, "zero": report.is_zero, "late": report.is_late}
    audit.record(action="unit_report.file", by=by, at=at, obj=report, unit=unit.code, detail=detail)
    return report


def open_months(*, at: datetime) -> int:
    """Let each college with students owe the month that is over; returns how many do so newly. A month that nobody
    files stays "no report", which is not a zero report."""
    last = Month.of(at).previous()
    owing = Student.objects.present().exclude(college=None).order_by().values("college")
    colleges = list(Unit.objects.colleges().active().filter(pk__in=owing).values_list("pk", flat=True))
    return for_each(colleges, lambda pk: _open_month(pk, last), task="open_months", at=at)


def _open_month(unit_id: int, last: Month) -> int:
    span = month_of(last.first)
    if UnitReport.objects.filter(unit=unit_id, kind=UnitReport.Kind.MONTHLY, starts_on=span.first).exists():
        return 0
    unit = Unit.objects.select_related("school").get(pk=unit_id)
    report = _row(unit, UnitReport.Kind.MONTHLY, span)
    duty = Owed(
        kind=DUTY,
        key=_key(report),
        unit=unit,
        role=Role.COLLEGE_COORDINATOR,
        title=TITLE,
        params={"month": str(last)},
        link=f"/cases/figures/?unit={unit.pk}&kind=monthly&day={span.first}",
        due_at=report.due_at,
    )
    owe(duties=[duty])
    return 1


def receipts(*, units: Iterable[Unit], kind: str, span: Span) -> list[tuple[Unit, UnitReport | None]]:
    """Each college with what it filed for the span; None: no report, which is not a zero report."""
    filed = UnitReport.objects.filter(kind=kind, starts_on=span.first, unit__in=list(units)).exclude(filed_at=None)
    reports = {report.unit_id: report for report in filed.select_related("filed_by")}
    return [(unit, reports.get(unit.pk)) for unit in units]


def _row(unit: Unit, kind: str, span: Span) -> UnitReport:
    defaults = {"school": unit.school or unit, "ends_on": span.last, "due_at": span.due_at}
    row: UnitReport = UnitReport.objects.get_or_create(unit=unit, kind=kind, starts_on=span.first, defaults=defaults)[0]
    return row


def _key(report: UnitReport) -> str:
    return f"crisis-{report.kind}:{report.unit_id}:{report.starts_on}"


def _by_level(changes: Any, name: str) -> dict[str, int]:
    counted = Counter(changes.order_by("pk").values_list(name, flat=True))
    return {level.word: counted[level] for level in LEVELS}


def _standing(changes: Any) -> dict[str, int]:
    """How many cases stand at each level after these changes."""
    last = dict(changes.order_by("at", "pk").values_list("case_id", "to_level"))
    counted = Counter(last.values())
    return {level.word: counted[level] for level in LEVELS}
