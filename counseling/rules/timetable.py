"""Which timetable a date follows at a campus: closed, its own weekday, or that of another. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from counseling.rules.kinds import Weeks
from network.rules.terms import SchoolCalendar


@dataclass(frozen=True, slots=True)
class Day:
    """`weekday`: 1 (Monday) to 7 whose hours hold, None when closed. `week`: of the term, from 1, None outside one."""

    weekday: int | None
    week: int | None = None


# From a date and a campus ("" for the school) to its timetable.
Calendar = Callable[[date, str], Day]


def calendar(school: SchoolCalendar) -> Calendar:
    """The timetable of a center. A weekend day that was made a working day stays closed until the school says as which
    weekday it runs: counselors do not come by themselves."""

    def day_of(day: date, campus: str) -> Day:
        run = school.run(day, campus)
        week = school.week_of(day, campus)
        weekday = None if run.worked_for is not None and not run.is_own else run.weekday
        return Day(weekday, week.week if week else None)

    return day_of


def runs_in(weeks: Weeks | str, week: int | None) -> bool:
    """Whether hours of odd or even weeks hold in that week; outside a term only those of every week do."""
    if weeks == Weeks.ALL:
        return True
    if week is None:
        return False
    return week % 2 == (1 if weeks == Weeks.ODD else 0)


def usual_term(day: date) -> tuple[date, date]:
    """First and last day of a day's term where the school has entered none; terms begin on Aug 16 and Feb 16."""
    autumn, spring = date(day.year, 8, 16), date(day.year, 2, 16)
    if day >= autumn:
        return autumn, date(day.year + 1, 2, 15)
    if day >= spring:
        return spring, autumn - timedelta(days=1)
    return date(day.year - 1, 8, 16), spring - timedelta(days=1)
