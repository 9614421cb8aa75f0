"""The timetable of a center: planned dates always, terms only where hours of odd or even weeks need them."""

from datetime import date, timedelta

from counseling.rules.timetable import Calendar, calendar, usual_term
from network.models import DayPlan, Term
from network.rules.terms import SchoolCalendar

ONE_DAY, HALF_A_YEAR = timedelta(days=1), timedelta(days=183)


def timetable_of(school_id: int, first: date, last: date, *, weeks_matter: bool) -> Calendar:
    """Which timetable each date from first to last follows at a school."""
    plans = DayPlan.objects.filter(school=school_id).between(first, last)
    terms = [term.span for term in Term.objects.filter(school=school_id)] if weeks_matter else []
    return calendar(SchoolCalendar(terms, {(plan.campus, plan.date): (plan.runs_as, plan.name) for plan in plans}))


def term_of(school_id: int, day: date) -> tuple[date, date]:
    """First and last day of the term of a day: until the next one begins, so that holidays belong to the term before.
    Where the school has entered none, terms begin in mid-August and mid-February."""
    mondays = Term.objects.filter(school=school_id, campus="").order_by("first_monday")
    starts = list(mondays.values_list("first_monday", flat=True))
    before = [start for start in starts if start <= day]
    if not before:
        return usual_term(day)
    after = next((start for start in starts if start > day), None)
    return before[-1], after - ONE_DAY if after else before[-1] + HALF_A_YEAR
