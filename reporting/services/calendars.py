"""When reports are due in a school is set by those who configure it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network.models import Unit, User
from network.services import owe
from reporting import policies
from reporting.models import Calendar, Cycle
from reporting.services.cycles import owed_for, refresh_cycle


@dataclass(frozen=True)
class CalendarEntry:
    """Due days per level, vacation months 1 to 12, the first day of each vacation, and whom to phone."""

    dorm_day: int
    class_day: int
    college_day: int
    vacation_months: Sequence[int] = ()
    vacation_starts: Sequence[date] = ()
    duty_phone: str = ""


@transaction.atomic
def set_calendar(*, school: Unit, entry: CalendarEntry, apply_to_open: bool, by: User, at: datetime) -> Calendar:
    """Set when reports are due from the next month on; with `apply_to_open` also in months that still run, their duties
    included. Refused without the right, or when the levels would not file in order."""
    if not policies.may_open_cycle(by, school):
        raise Refused(_("You may not change the calendar."), code="may-not-configure")
    if not entry.dorm_day <= entry.class_day <= entry.college_day:
        raise Refused(_("Dorms file first, then classes, then colleges: put the days in this order."), code="order")
    calendar = Calendar.objects.get_or_create(school=school)[0]
    calendar.dorm_day, calendar.class_day, calendar.college_day = entry.dorm_day, entry.class_day, entry.college_day
    calendar.vacation_months = sorted(entry.vacation_months)
    calendar.vacation_starts = [day.isoformat() for day in sorted(entry.vacation_starts)]
    calendar.duty_phone = entry.duty_phone
    calendar.save()
    if apply_to_open:
        for cycle in Cycle.objects.open().filter(school=school).select_for_update(of=("self",)):
            _apply(calendar, cycle, at=at)
    detail = {"days": [entry.dorm_day, entry.class_day, entry.college_day], "applied": apply_to_open}
    audit.record(action="calendar.set", by=by, at=at, obj=calendar, unit=school.code, detail=detail)
    return calendar


def calendar_of(school: Unit) -> Calendar:
    """The school's calendar, or the defaults as long as nobody has set one; nothing is written."""
    return Calendar.objects.filter(school=school).first() or Calendar(school=school)


def sole_phone() -> str:
    """The duty phone for somebody who has not signed in: known only where there is one school."""
    phones = list(Calendar.objects.exclude(duty_phone="").values_list("duty_phone", flat=True)[:2])
    return phones[0] if len(phones) == 1 else ""


def duty_phone(school_id: int | None) -> str:
    """Whom to phone at the center at any hour; empty while nobody has entered it."""
    return Calendar.objects.filter(school=school_id).values_list("duty_phone", flat=True).first() or ""


def _apply(calendar: Calendar, cycle: Cycle, *, at: datetime) -> None:
    due = calendar.due_times(cycle.period)
    cycle.dorm_due_at, cycle.class_due_at, cycle.college_due_at = due.dorm, due.school_class, due.college
    cycle.save(update_fields=["dorm_due_at", "class_due_at", "college_due_at"])
    refresh_cycle(cycle=cycle, at=at)
    owe(duties=owed_for(cycle, cycle.reports.current().select_related("unit")))
