"""A month opens: who owes a report is written down as drafts and duties, and kept true until the due time."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import audit
from kernel.errors import Refused
from kernel.periods import Month
from network.models import Placement, Unit, User
from network.rules import Level
from network.services import Owed, owe, withdraw
from reporting import policies
from reporting.models import Calendar, Cycle, Report
from reporting.rules.filing import FILED_BY, State

DUTY_TITLES = {
    Level.DORM: gettext_noop("Dorm report %(month)s, %(unit)s"),
    Level.CLASS: gettext_noop("Class report %(month)s, %(unit)s"),
    Level.COLLEGE: gettext_noop("College report %(month)s, %(unit)s"),
}


@transaction.atomic
def open_cycle(*, school: Unit, month: Month, by: User | None, at: datetime) -> Cycle:
    """Open a month: its due times, and a draft and a duty for each unit that owes a report. Opening it twice changes
    nothing. Refused for a month that has not begun."""
    if by is not None and not policies.may_open_cycle(by, school):
        raise Refused(_("You may not open a month."), code="may-not-open")
    if month.first > localdate(at):
        raise Refused(_("This month has not begun yet."), code="month-ahead")
    calendar = Calendar.objects.get_or_create(school=school)[0]
    due = calendar.due_times(month)
    cycle, fresh = Cycle.objects.get_or_create(
        school=school,
        month=month.first,
        defaults={
            "dorm_due_at": due.dorm,
            "class_due_at": due.school_class,
            "college_due_at": due.college,
            "opened_at": at,
        },
    )
    if fresh:
        refresh_cycle(cycle=cycle, at=at)
        audit.record(action="cycle.open", by=by, at=at, obj=cycle, unit=school.code, detail={"month": str(month)})
    return cycle


@transaction.atomic
def refresh_cycle(*, cycle: Cycle, at: datetime) -> None:
    """Follow the roster until the due times: new rooms and classes owe a report, emptied ones no longer do."""
    cycle = Cycle.objects.select_for_update(of=("self",)).select_related("school").get(pk=cycle.pk)
    if cycle.closed_at is not None:
        return
    due_units = _units_that_owe(cycle, at)
    standing = {report.unit_id: report for report in cycle.reports.current()}
    drafts = Q(state=State.DRAFT, revision=0)
    owing = {unit.pk for unit in due_units}
    emptied = [report for pk, report in standing.items() if pk not in owing]
    gone = cycle.reports.current().filter(drafts, pk__in=[report.pk for report in emptied])
    withdraw(keys=[duty_key(report) for report in gone])
    gone.delete()
    fresh = [_draft(cycle, unit, at) for unit in due_units if unit.pk not in standing]
    Report.objects.bulk_create(fresh, batch_size=1000)
    _follow_homes(due_units, standing)
    owe(duties=owed_for(cycle, fresh))


def due_on(cycle: Cycle, at: datetime) -> datetime:
    """The moment whose placements say who was to be reported on: now while the month runs, afterwards its due time, but
    never before the month was opened."""
    return min(at, max(cycle.dorm_due_at or cycle.college_due_at, cycle.opened_at))


def duty_key(report: Report) -> str:
    return f"report:{report.cycle_id}:{report.unit_id}"


def close_when_accepted(*, cycle: Cycle, at: datetime) -> bool:
    """Close the month once every report of its top level is accepted; returns whether it is closed now."""
    top = cycle.reports.current().filter(level=Level.COLLEGE)
    if not top.exists():
        top = cycle.reports.current().filter(level=Level.CLASS)
    if top.exclude(state=State.ACCEPTED).exists() or not top.exists():
        return False
    cycle.closed_at = at
    cycle.save(update_fields=["closed_at"])
    # What was never filed can no longer be: nobody is reminded of it.
    withdraw(keys=[duty_key(report) for report in cycle.reports.current().filter(filed_at=None)])
    return True


def _units_that_owe(cycle: Cycle, at: datetime) -> list[Unit]:
    """Dorms, classes and colleges with at least one student present."""
    placed = Placement.objects.on(localdate(due_on(cycle, at))).present().filter(school=cycle.school_id)
    levels: list[tuple[datetime | None, str]] = [
        (cycle.dorm_due_at, "dorm"),
        (cycle.class_due_at, "school_class"),
        (cycle.college_due_at, "college"),
    ]
    wanted = Q(pk=None)
    for due, key in levels:
        if due is not None:
            wanted |= Q(pk__in=placed.exclude(**{key: None}).order_by().values(key))
    return list(Unit.objects.filter(wanted).order_by("code"))


def _draft(cycle: Cycle, unit: Unit, at: datetime) -> Report:
    return Report(
        cycle=cycle,
        unit=unit,
        level=unit.level,
        school_id=cycle.school_id,
        college_id=unit.pk if unit.level == Level.COLLEGE else unit.college_id,
        school_class_id={Level.CLASS: unit.pk, Level.DORM: unit.parent_id}.get(Level(unit.level)),
        dorm_id=unit.pk if unit.level == Level.DORM else None,
        changed_at=at,
    )


def _follow_homes(units: Iterable[Unit], standing: dict[int, Report]) -> None:
    """A room that changed its home class before anybody filed reports through the new one, as does a class that came to
    another college."""
    moved = []
    for unit in units:
        report = standing.get(unit.pk)
        if report is None or report.revision or unit.level == Level.COLLEGE:
            continue
        school_class = unit.parent_id if unit.level == Level.DORM else unit.pk
        if (report.school_class_id, report.college_id) != (school_class, unit.college_id):
            report.school_class_id, report.college_id = school_class, unit.college_id
            moved.append(report)
    Report.objects.bulk_update(moved, ["school_class", "college"], batch_size=500)


def owed_for(cycle: Cycle, reports: Iterable[Report]) -> Iterable[Owed]:
    """The duty to file each of these reports."""
    for report in reports:
        level = Level(report.level)
        due = cycle.due_at(level)
        if due is not None:
            yield Owed(
                kind=f"{level}_report",
                key=duty_key(report),
                unit=report.unit,
                role=FILED_BY[level],
                title=DUTY_TITLES[level],
                params={"month": str(cycle), "unit": report.unit.name},
                link=f"/reports/{report.pk}/",
                due_at=due,
            )
