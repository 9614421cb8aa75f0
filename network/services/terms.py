"""The calendar of a school: terms and planned dates are set, and everything else counts by them."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network import policies
from network.models import DayPlan, Term, Unit, User
from network.models.bounds import FIRST_DAY, LAST_DAY
from network.rules.terms import (
    MOST_EXAM_WEEKS,
    MOST_WEEKS,
    SchoolCalendar,
    TeachingWeek,
    TermFault,
    TermSpan,
    term_fault,
)
from network.rules.terms import overlap as find_overlap

REASONS = {
    TermFault.YEAR: _("Write the academic year as 2026-2027."),
    TermFault.NUMBER: _("A year has term 1 and term 2."),
    TermFault.NO_MONDAY: _(
        "The term is counted from a Monday; %(day)s is none. The Monday of that week is %(monday)s."
    ),
    TermFault.ANOTHER_YEAR: _(
        "Term 1 begins between July and December of the first year, term 2 between January and June of the second."
    ),
    TermFault.WEEKS: _("A term has between 1 and %(most)s weeks."),
    TermFault.EXAM_WEEKS: _("A term ends with %(exams)s weeks of exams at most, and with no more than it has weeks."),
}


def calendar_of(school: Unit | int, *, first: date | None = None, last: date | None = None) -> SchoolCalendar:
    """All terms of a school and its planned dates, those between `first` and `last` where given. Two queries: whoever
    asks about many days asks this once."""
    school_id = school if isinstance(school, int) else school.pk
    plans = DayPlan.objects.filter(school=school_id).between(first or FIRST_DAY, last or LAST_DAY)
    return SchoolCalendar(
        [term.span for term in Term.objects.filter(school=school_id)],
        {(plan.campus, plan.date): (plan.runs_as, plan.name) for plan in plans},
    )


def week_of(school: Unit | int, day: date, campus: str = "") -> TeachingWeek | None:
    """The teaching week of a day; None outside of every term."""
    return calendar_of(school, first=day, last=day).week_of(day, campus)


def runs_as(school: Unit | int, day: date, campus: str = "") -> int | None:
    """The weekday as which a day runs, 1 to 7 from Monday; None when the school is closed."""
    return calendar_of(school, first=day, last=day).runs_as(day, campus)


def exceptions_of(school: Unit | int, *, first: date, last: date) -> dict[date, bool]:
    """The dates that the whole school plans itself → whether people work then."""
    return calendar_of(school, first=first, last=last).exceptions()


def campuses_of(school: Unit) -> list[str]:
    """The campuses that the dorms of a school stand on."""
    dorms = Unit.objects.dorms().active().filter(school=school).exclude(campus="")
    return list(dorms.order_by("campus").values_list("campus", flat=True).distinct())


@transaction.atomic
def set_term(*, school: Unit, term: TermSpan, by: User, at: datetime) -> Term:
    """Keep a term; one of the same year, number and campus is changed. Refused when it cannot be, or overlaps."""
    _lock(school, by)
    _check_campus(school, term.campus)
    fault = term_fault(term)
    if fault is not None:
        raise Refused(REASONS[fault] % _words(term), code=fault.value)
    key: dict[str, Any] = {"year": term.year, "number": term.number, "campus": term.campus}
    others = [row.span for row in Term.objects.of_school(school).exclude(**key)]
    both = find_overlap([*others, term])
    if both is not None:
        words = {"earlier": f"{both[0].year}-{both[0].number}", "day": both[0].last_day, "later": both[1].first_monday}
        raise Refused(
            _("Two terms would overlap: %(earlier)s runs until %(day)s, and the next one begins on %(later)s.") % words,
            code="overlap",
        )
    fields = {"first_monday": term.first_monday, "weeks": term.weeks, "exam_weeks": term.exam_weeks}
    row: Term = Term.objects.update_or_create(school=school, **key, defaults=fields)[0]
    detail = {"term": str(row), "from": term.first_monday, "weeks": term.weeks}
    audit.record(action="term.set", by=by, at=at, obj=row, unit=school.code, detail=detail)
    return row


@transaction.atomic
def drop_term(*, term: Term, by: User, at: datetime) -> None:
    """Take a term out of the calendar. Its days then lie outside of every term."""
    _lock(term.school, by)
    audit.record(action="term.drop", by=by, at=at, obj=term, unit=term.school.code, detail={"term": str(term)})
    term.delete()


@transaction.atomic
def plan_day(
    *, school: Unit, day: date, weekday: int | None, name: str = "", campus: str = "", by: User, at: datetime
) -> DayPlan:
    """Close a school on a date (`weekday` None), or run the date as that weekday, 1 to 7 from Monday."""
    _lock(school, by)
    _check_campus(school, campus)
    if weekday is not None and not 1 <= weekday <= 7:
        raise Refused(_("Choose a weekday from Monday to Sunday."), code="weekday")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Refused(_("Choose a day between the years 2000 and 2099."), code="out-of-reach")
    fields = {"runs_as": weekday, "name": name}
    plan: DayPlan = DayPlan.objects.update_or_create(school=school, campus=campus, date=day, defaults=fields)[0]
    detail = {"date": day, "campus": campus, "runs_as": weekday}
    audit.record(action="day_plan.set", by=by, at=at, obj=plan, unit=school.code, detail=detail)
    return plan


@transaction.atomic
def drop_day_plan(*, plan: DayPlan, by: User, at: datetime) -> None:
    """Let a date run again as the national calendar says."""
    _lock(plan.school, by)
    detail = {"date": plan.date, "campus": plan.campus}
    audit.record(action="day_plan.drop", by=by, at=at, obj=plan, unit=plan.school.code, detail=detail)
    plan.delete()


def _lock(school: Unit, by: User) -> None:
    """Terms are compared with each other, so one at a time is set in a school."""
    if not policies.may_configure(by, school):
        raise Refused(_("You may not change the settings of this school."), code="may-not-configure")
    Unit.objects.select_for_update(of=("self",)).get(pk=school.pk)


def _check_campus(school: Unit, campus: str) -> None:
    known = campuses_of(school)
    if campus and campus not in known:
        raise Refused(
            _("No dorm stands on the campus “%(campus)s”. Known are: %(known)s.")
            % {"campus": campus, "known": ", ".join(known) or "–"},
            code="campus",
        )


def _words(term: TermSpan) -> dict[str, object]:
    monday = term.first_monday - timedelta(days=term.first_monday.weekday())
    return {"day": term.first_monday, "monday": monday, "most": MOST_WEEKS, "exams": MOST_EXAM_WEEKS}
