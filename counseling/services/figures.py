"""The figures of a month: counted from bookings, waiting list, freed times and frozen minutes; small cells hidden."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min, Q, Sum
from django.utils.timezone import localdate

from counseling.models import Booking, Counselor, DayMinutes, Offer, Opening, Session, WaitingEntry
from counseling.rules.indicators import (
    Ratio,
    load,
    next_working_day,
    shown,
    shown_ratio,
    waits,
    working_days,
)
from counseling.rules.kinds import BookingState, OpeningState, SessionKind, SessionState, Triage
from counseling.rules.limits import SHORT
from crisis.models import Referral
from kernel.periods import TZ, Month, is_working_day
from kernel.suppression import Hidden, Table, suppress
from network.models import Duty, Placement, Unit
from network.services.terms import exceptions_of

Figures = dict[str, Any]
OUTCOMES = (
    BookingState.ATTENDED,
    BookingState.NO_SHOW,
    BookingState.LATE,
    BookingState.EXCUSED,
    BookingState.CANCELLED,
)
SINGLE = (SessionKind.FIRST_TALK, SessionKind.INDIVIDUAL)
YEAR = timedelta(days=366)
CALL_KEY = "counseling:call:"


def figures_of(*, school: Unit, month: Month) -> Figures:
    """All figures of a month as JSON can write them: "*" for what is not shown, null where nothing was counted."""
    begins = datetime.combine(month.first, time(), TZ)
    ends = datetime.combine(month.last, time(), TZ) + timedelta(days=1)
    works = _working(school, begins - YEAR, ends)
    bookings = Booking.objects.filter(school=school, session__starts_at__gte=begins, session__starts_at__lt=ends)
    outcomes = _outcomes(bookings)
    persons = _persons(bookings)
    enrolled = Placement.objects.on(month.last).present().filter(school=school).count()
    return {
        "school": school.code,
        "month": str(month),
        "persons": _table(persons)
        | {"coverage": _ratio(shown_ratio(persons.total, enrolled)), "load": _load(school, persons)},
        "sessions": _table(outcomes),
        "groups": _groups(bookings),
        "no_show": _share(outcomes, [BookingState.NO_SHOW], [BookingState.ATTENDED]),
        "late": _share(outcomes, [BookingState.LATE], [BookingState.ATTENDED, BookingState.NO_SHOW]),
        "wait": _waits(_days_waited(school, begins, ends, works)) | _still_waiting(school, ends, works),
        "first_offer": _waits(_days_to_offer(school, begins, ends, works)),
        "urgent": _ratio(_urgent(school, begins, ends, works)),
        "utilisation": _utilisation(school, month),
        "filled": _ratio(_filled(school, begins, ends)),
        "referrals": _ratio(_referrals(school, begins, ends)),
    }


def _working(school: Unit, begins: datetime, ends: datetime) -> Callable[[date], bool]:
    first, last = localdate(begins), localdate(ends) + timedelta(days=40)
    exceptions = exceptions_of(school, first=first, last=last)
    return lambda day: is_working_day(day, exceptions)


def _outcomes(bookings: Any) -> Table[str, str]:
    """Bookings of single sessions by kind and outcome."""
    counts: dict[str, Counter[str]] = {kind.value: Counter({state.value: 0 for state in OUTCOMES}) for kind in SINGLE}
    rows = bookings.filter(session__kind__in=SINGLE).exclude(state=BookingState.BOOKED.value).order_by()
    for kind, state in rows.values_list("session__kind", "state"):
        counts[kind][state] += 1
    return suppress(counts)


def _persons(bookings: Any) -> Table[str, str]:
    """Distinct students who came at least once, by college."""
    came = bookings.filter(state=BookingState.ATTENDED.value).order_by()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for college, _student in set(came.values_list("college__name", "student")):
        counts[college or ""]["persons"] += 1
    return suppress(dict(sorted(counts.items())))


def _groups(bookings: Any) -> Figures:
    came = bookings.filter(session__kind=SessionKind.GROUP.value, state=BookingState.ATTENDED.value)
    return {"attendances": shown_as(shown(came.count()))}


def _share(table: Table[str, str], counted: list[BookingState], others: list[BookingState]) -> Figures:
    """From the shown totals alone, so that no ratio tells what a table hides."""
    cells = [table.column_totals.get(state.value, 0) for state in [*counted, *others]]
    if any(isinstance(cell, Hidden) for cell in cells):
        return {"count": "*", "of": "*", "permille": None}
    numbers = [cell for cell in cells if isinstance(cell, int)]
    return _ratio(Ratio(sum(numbers[: len(counted)]), sum(numbers)))


def _days_waited(school: Unit, begins: datetime, ends: datetime, works: Callable[[date], bool]) -> list[int]:
    """For each student whose first session ever was in the month: working days since the first ask."""
    came = Booking.objects.filter(school=school, state=BookingState.ATTENDED.value, session__kind__in=SINGLE)
    first = came.order_by().values("student").annotate(seen=Min("session__starts_at"), booked=Min("booked_at"))
    rows = list(first.filter(seen__gte=begins, seen__lt=ends))
    students = [row["student"] for row in rows]
    asked: dict[UUID, datetime] = {row["student"]: row["booked"] for row in rows}
    entries = WaitingEntry.objects.filter(student__in=students).order_by().values_list("student", "since")
    referred = Referral.objects.to_counseling().filter(student__in=students).order_by()
    for student, at in [*entries, *referred.values_list("student", "opened_at")]:
        asked[student] = min(asked[student], at)
    return [working_days(localdate(asked[row["student"]]), localdate(row["seen"]), works) for row in rows]


def _still_waiting(school: Unit, ends: datetime, works: Callable[[date], bool]) -> Figures:
    entries = WaitingEntry.objects.filter(Q(ended_at=None) | Q(ended_at__gte=ends), school=school, since__lt=ends)
    last = localdate(ends) - timedelta(days=1)
    days = [working_days(localdate(since), last, works) for since in entries.values_list("since", flat=True)]
    return {"still_waiting": _waits(days)}


def _days_to_offer(school: Unit, begins: datetime, ends: datetime, works: Callable[[date], bool]) -> list[int]:
    offers = Offer.objects.filter(entry__school=school).order_by().values("entry", "entry__since")
    rows = offers.annotate(first=Min("made_at")).filter(first__gte=begins, first__lt=ends)
    return [working_days(localdate(row["entry__since"]), localdate(row["first"]), works) for row in rows]


def _urgent(school: Unit, begins: datetime, ends: datetime, works: Callable[[date], bool]) -> Ratio:
    """Who asked for today, and was seen or called on that or the next working day."""
    entries = WaitingEntry.objects.filter(
        school=school, triage=Triage.TODAY.value, since__gte=begins, since__lt=ends
    ).order_by()
    rows = list(entries.values_list("pk", "student", "since"))
    keys = {f"{CALL_KEY}{pk}": pk for pk, _student, _since in rows}
    called = Duty.objects.filter(key__in=list(keys)).exclude(settled_at=None).values_list("key", "settled_at")
    calls = {keys[key]: at for key, at in called}
    came: dict[UUID, list[datetime]] = defaultdict(list)
    bookings = Booking.objects.filter(student__in=[row[1] for row in rows], state=BookingState.ATTENDED.value)
    for student, at in bookings.order_by().values_list("student", "session__starts_at"):
        came[student].append(at)
    seen = 0
    for pk, student, since in rows:
        latest = next_working_day(localdate(since), works)
        moments = [at for at in [*came[student], *([calls[pk]] if pk in calls else [])] if at >= since]
        seen += any(localdate(at) <= latest for at in moments)
    return shown_ratio(seen, len(rows))


def _utilisation(school: Unit, month: Month) -> Figures:
    """Minutes held of minutes offered, from the frozen rows: minutes of staff, not of persons."""
    rows = DayMinutes.objects.filter(counselor__school=school, day__gte=month.first, day__lte=month.last)
    sums = rows.aggregate(held=Sum("held"), offered=Sum("offered"))
    return _ratio(Ratio(sums["held"] or 0, sums["offered"] or 0))


def _filled(school: Unit, begins: datetime, ends: datetime) -> Ratio:
    """Times freed at least four hours ahead, and those that were held again."""
    freed = Opening.objects.filter(school=school, starts_at__gte=begins, starts_at__lt=ends)
    rows = [row for row in freed if row.starts_at - row.made_at >= SHORT]
    held = Session.objects.filter(school=school, starts_at__gte=begins, starts_at__lt=ends).exclude(
        state=SessionState.CANCELLED.value
    )
    starts = set(held.order_by().values_list("counselor", "starts_at"))
    again = sum(row.state == OpeningState.TAKEN.value or (row.counselor_id, row.starts_at) in starts for row in rows)
    return shown_ratio(again, len(rows))


def _referrals(school: Unit, begins: datetime, ends: datetime) -> Ratio:
    """Referrals to counseling opened in the month, and those that have ended by now."""
    opened = Referral.objects.to_counseling().filter(school=school, opened_at__gte=begins, opened_at__lt=ends)
    return shown_ratio(opened.ended().count(), opened.count())


def _load(school: Unit, persons: Table[str, str]) -> Any:
    hours = Counselor.objects.active().filter(school=school).aggregate(hours=Sum("clinical_hours"))["hours"]
    return shown_as(load(persons.total, hours or 0))


def _table(table: Table[str, str]) -> Figures:
    return {
        "total": shown_as(table.total),
        "rows": {row: {key: shown_as(cell) for key, cell in cells.items()} for row, cells in table.cells.items()},
        "row_totals": {row: shown_as(cell) for row, cell in table.row_totals.items()},
        "column_totals": {key: shown_as(cell) for key, cell in table.column_totals.items()},
    }


def _waits(days: list[int]) -> Figures:
    return {name: shown_as(value) for name, value in asdict(waits(days)).items()}


def _ratio(ratio: Ratio) -> Figures:
    return {"count": shown_as(ratio.count), "of": shown_as(ratio.of), "permille": ratio.permille}


def shown_as(value: Any) -> Any:
    """What is not shown is written as a star."""
    return "*" if isinstance(value, Hidden) else value
