"""Settings of a school: escalation of alarms, the duty roster, special periods."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis import policies
from crisis.models import Case, CrisisReport, DutyShift, EscalationSettings, SpecialPeriod
from crisis.rules import LONGEST, AlertLevel, Kind, Step, due_of
from crisis.rules.cadence import FIRST, LAST_SECOND
from crisis.rules.dates import LONGEST_PERIOD, PLANNED, SPECIAL_PERIOD
from crisis.rules.special_periods import Proposal, proposals, still_to_set
from crisis.services.alarms import escalation as escalation_module
from crisis.services.cases import report_schedule
from crisis.services.cases.locking import lock, save
from crisis.services.cases.recipients import holders_of
from crisis.services.dates import check_date
from kernel import audit, bots, notices
from kernel.errors import Refused
from kernel.periods import TZ
from network.models import Unit, User
from network.rules import Role
from network.services.terms import calendar_of

STEP_NAMES = ("center", "director", "leader")
CHANGED = gettext_noop(
    "The escalation of alarms was changed: the center after %(center)s, the director after %(director)s, "
    "the school leader after %(leader)s minutes."
)
LONGEST_SHIFT = timedelta(hours=72)


@dataclass(frozen=True)
class Escalation:
    """Minutes per step, the center's hours, and the addresses of its bots, one a line."""

    center_duty_after: int
    director_after: int
    school_leader_after: int
    work_starts: time
    work_ends: time
    bots: str = ""


@transaction.atomic
def set_escalation(*, school: Unit, escalation: Escalation, by: User, at: datetime) -> EscalationSettings:
    """Set the escalation, also for alarms that wait. Refused without the right, or when a later step comes first."""
    _check_right(by, school)
    steps = (escalation.center_duty_after, escalation.director_after, escalation.school_leader_after)
    if list(steps) != sorted(steps):
        raise Refused(_("Each escalation step must come no sooner than the step before it."), code="order")
    longest = (LONGEST[Step.CENTER_DUTY], LONGEST[Step.DIRECTOR], LONGEST[Step.SCHOOL_LEADER])
    if any(minutes > most for minutes, most in zip(steps, longest, strict=True)):
        raise Refused(
            _("The steps come after at most %(center)s, %(director)s and %(leader)s minutes.")
            % dict(zip(STEP_NAMES, longest, strict=True)),
            code="too-late",
        )
    if escalation.work_starts >= escalation.work_ends:
        raise Refused(_("The center opens before it closes."), code="hours")
    wrong = [line for line in escalation.bots.split() if not bots.is_known(line)]
    if wrong:
        raise Refused(
            _("This is no address of a group bot that may be used here: %(address)s")
            % {"address": wrong[0].partition("://")[0]},
            code="bot",
        )
    row: EscalationSettings = EscalationSettings.objects.select_for_update().get_or_create(school=school)[0]
    for name in ("center_duty_after", "director_after", "school_leader_after", "work_starts", "work_ends", "bots"):
        setattr(row, name, getattr(escalation, name))
    row.save()
    escalation_module.retime(school_id=school.pk)
    directors = holders_of(roles=[Role.CENTER_DIRECTOR], units=[school.pk], at=at)
    params = dict(zip(STEP_NAMES, steps, strict=True))
    notices.post(to=directors, kind="settings", title=CHANGED, params=params, link="/vigilance/", at=at)
    audit.record(action="escalation.set", by=by, at=at, obj=row, unit=school.code, detail={"minutes": list(steps)})
    return row


@transaction.atomic
def add_shift(
    *, school: Unit, officer: User, starts_at: datetime, ends_at: datetime, phone: str, by: User, at: datetime
) -> DutyShift:
    """Put somebody on the duty roster. Refused for people of another school, and for shifts without end."""
    _check_right(by, school)
    if officer.school_id != school.pk:
        raise Refused(_("Choose somebody of this school."), code="another-school")
    check_date(starts_at, PLANNED, at=at)
    if not timedelta(0) < ends_at - starts_at <= LONGEST_SHIFT:
        raise Refused(_("A shift ends after it begins, and lasts three days at most."), code="length")
    shift, fresh = DutyShift.objects.get_or_create(
        school=school, officer=officer, starts_at=starts_at, defaults={"ends_at": ends_at, "phone": phone}
    )
    if fresh:
        audit.record(action="duty_shift.add", by=by, at=at, obj=shift, unit=school.code)
    return shift


@transaction.atomic
def drop_shift(*, shift: DutyShift, by: User, at: datetime) -> None:
    """Take a shift off the roster. Refused once it is over: who was on duty stays known."""
    _check_right(by, shift.school)
    if shift.ends_at <= at:
        raise Refused(_("This shift is over; who was on duty stays written down."), code="over")
    audit.record(action="duty_shift.drop", by=by, at=at, obj=shift, unit=shift.school.code)
    shift.delete()


@transaction.atomic
def set_special_period(
    *, school: Unit, kind: SpecialPeriod.Kind, starts_on: date, ends_on: date, by: User, at: datetime
) -> SpecialPeriod:
    """Raise vigilance for some days: what open cases owe comes sooner, at once. Refused when it ends before it begins
    or is over already."""
    _check_right(by, school)
    if not starts_on <= ends_on:
        raise Refused(_("The last day comes before the first."), code="order")
    check_date(starts_on, SPECIAL_PERIOD, at=at)
    if ends_on - starts_on > LONGEST_PERIOD:
        raise Refused(_("A special period lasts a year at most."), code="length")
    if ends_on < localdate(at):
        raise Refused(_("These days are over. A special period lies ahead or runs now."), code="over")
    period = SpecialPeriod.objects.create(school=school, kind=kind, starts_on=starts_on, ends_on=ends_on)
    detail = {"from": starts_on, "to": ends_on}
    audit.record(action="special_period.set", by=by, at=at, obj=period, unit=school.code, detail=detail)
    retime(school=school, at=at)
    return period


@transaction.atomic
def end_special_period(*, period: SpecialPeriod, by: User, at: datetime) -> None:
    """Let vigilance go back; what open cases owe gets its usual time."""
    _check_right(by, period.school)
    school = period.school
    audit.record(action="special_period.end", by=by, at=at, obj=period, unit=school.code)
    if period.starts_on >= localdate(at):
        period.delete()
    else:
        period.ends_on = localdate(at) - timedelta(days=1)
        period.save(update_fields=["ends_on"])
    retime(school=school, at=at)


def proposed_periods(*, school: Unit, on: date) -> list[Proposal]:
    """Special periods that the terms of a school suggest, that lie ahead or run, and that nobody has set yet."""
    kept = SpecialPeriod.objects.filter(school=school, ends_on__gte=on - LONGEST_PERIOD)
    days = list(kept.values_list("kind", "starts_on", "ends_on"))
    reach = SPECIAL_PERIOD.span(on)[1]
    suggested = [one for one in proposals(calendar_of(school, first=on, last=on).terms) if one.starts_on <= reach]
    return still_to_set(suggested, days, on)


def retime(*, school: Unit, at: datetime) -> int:
    """Count the due times of a school's open cases again; none moves into the past. Returns how many moved."""
    moved = 0
    owed = CrisisReport.objects.owed().filter(case__school=school).exclude(kind__in=FIRST).select_related("case")
    for report in owed.order_by("case"):
        if _due(report, at) != report.due_at:
            with transaction.atomic():
                moved += _retime(lock(report.case), at)
    return moved


def _due(report: CrisisReport, at: datetime) -> datetime:
    case = report.case
    periods = report_schedule.periods_of(case.school_id, since=localdate(report.anchor_at))
    due = due_of(Kind(report.kind), AlertLevel(case.level), report.anchor_at, periods).at
    # Nobody is late because vigilance rose: the end of today is the soonest.
    return due if due >= at else min(report.due_at, datetime.combine(localdate(at), LAST_SECOND, TZ))


def _retime(case: Case, at: datetime) -> bool:
    report = case.reports.owed().exclude(kind__in=FIRST).select_related("case").first()
    if report is None:
        return False
    report.due_at = case.next_due_at = _due(report, at)
    report.save(update_fields=["due_at"])
    save(case)
    report_schedule.write_report_duty(case=case, report=report)
    return True


def _check_right(by: User, school: Unit) -> None:
    if not policies.may_configure(by, school):
        raise Refused(_("The director of the center sets this."), code="may-not-configure")
