"""Terms, teaching weeks, and as which weekday a date runs. Pure. Source: the domain rules, § 6."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from kernel.periods import holiday_name, worked_for

MONDAY, FRIDAY, SUNDAY = 1, 5, 7
WEEK = timedelta(days=7)
# [D] Terms in China have 16 to 22 weeks; a short summer term has fewer. Half a year is the most that fits.
FEWEST_WEEKS, MOST_WEEKS = 1, 26
MOST_EXAM_WEEKS = 6
YEAR = re.compile(r"([0-9]{4})-([0-9]{4})")


class TermFault(StrEnum):
    """Why a term cannot be kept."""

    YEAR = "year"
    NUMBER = "number"
    NO_MONDAY = "no-monday"
    ANOTHER_YEAR = "another-year"
    WEEKS = "weeks"
    EXAM_WEEKS = "exam-weeks"


@dataclass(frozen=True, order=True)
class TermSpan:
    """A term: `year` "2026-2027", `number` 1 or 2, its first Monday, its weeks, of which the last `exam_weeks` are
    exams. `campus`: empty for all campuses that have no term of their own."""

    first_monday: date
    weeks: int
    year: str
    number: int
    campus: str = ""
    exam_weeks: int = 2

    @property
    def last_day(self) -> date:
        """The Sunday of the last week."""
        return self.first_monday + self.weeks * WEEK - timedelta(days=1)

    @property
    def exams_start(self) -> date:
        return self.first_monday + (self.weeks - self.exam_weeks) * WEEK

    def week_of(self, day: date) -> int | None:
        """The teaching week of a day, from 1; None outside of the term."""
        return (day - self.first_monday).days // 7 + 1 if self.first_monday <= day <= self.last_day else None


@dataclass(frozen=True)
class TeachingWeek:
    """A week of a term: 2026-2027, term 1, week 3."""

    year: str
    number: int
    week: int


@dataclass(frozen=True)
class DayRun:
    """As which weekday a date runs, 1 to 7 from Monday; None when the school is closed. `name`: the holiday or the
    words of the school; `worked_for`: the day off that a weekend day stands for; `is_own`: the school set it."""

    weekday: int | None
    name: str = ""
    worked_for: date | None = None
    is_own: bool = False


@dataclass(frozen=True)
class SchoolCalendar:
    """The terms of a school and the days that it plans itself: (campus, date) → (weekday or None, name)."""

    terms: Sequence[TermSpan] = ()
    plans: Mapping[tuple[str, date], tuple[int | None, str]] = field(default_factory=dict)

    def week_of(self, day: date, campus: str = "") -> TeachingWeek | None:
        """The teaching week of a day at a campus; None outside of every term."""
        for term in effective(self.terms, campus):
            week = term.week_of(day)
            if week is not None:
                return TeachingWeek(term.year, term.number, week)
        return None

    def run(self, day: date, campus: str = "") -> DayRun:
        """What a date runs as: by the plan of the campus, that of the school, the national calendar, its weekday."""
        for place in dict.fromkeys((campus, "")):
            if (place, day) in self.plans:
                weekday, name = self.plans[place, day]
                return DayRun(weekday, name, is_own=True)
        return national_run(day)

    def runs_as(self, day: date, campus: str = "") -> int | None:
        """The weekday as which a date runs, 1 to 7 from Monday; None when the school is closed."""
        return self.run(day, campus).weekday

    def exceptions(self, campus: str = "") -> dict[date, bool]:
        """The planned days that differ from the national calendar, as periods.is_working_day reads them."""
        days = {day for place, day in self.plans if place in ("", campus)}
        return {day: is_worked(self.runs_as(day, campus)) for day in days}


def national_run(day: date) -> DayRun:
    """What a date runs as by the national calendar: a holiday is closed, a shifted working day runs as the day off
    that it is worked for."""
    off = worked_for(day)
    if off is not None:
        return DayRun(off.isoweekday(), worked_for=off)
    name = holiday_name(day)
    return DayRun(None, name) if name else DayRun(day.isoweekday())


def is_worked(weekday: int | None) -> bool:
    """Whether people work on a day that runs as this weekday."""
    return weekday is not None and weekday <= FRIDAY


def national_days(first: date, last: date) -> list[date]:
    """The holidays and shifted working days of the national calendar between two days, both included."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if holiday_name(day) or worked_for(day)]


def effective(terms: Iterable[TermSpan], campus: str = "") -> list[TermSpan]:
    """The terms that count at a campus: its own, and those of the school that it has none instead of; by time."""
    all_terms = list(terms)
    own = [term for term in all_terms if term.campus == campus]
    replaced = {(term.year, term.number) for term in own}
    shared = [term for term in all_terms if not term.campus and (term.year, term.number) not in replaced]
    return sorted(own + shared if campus else own)


def overlap(terms: Iterable[TermSpan]) -> tuple[TermSpan, TermSpan] | None:
    """Two terms that would run at once at one campus, or None."""
    all_terms = list(terms)
    for campus in sorted({term.campus for term in all_terms} | {""}):
        ordered = effective(all_terms, campus)
        for earlier, later in pairwise(ordered):
            if later.first_monday <= earlier.last_day:
                return earlier, later
    return None


def term_fault(term: TermSpan) -> TermFault | None:
    """Why a term cannot be: the first thing that is wrong with it, or None."""
    years = YEAR.fullmatch(term.year)
    if years is None or int(years[2]) != int(years[1]) + 1:
        return TermFault.YEAR
    if term.number not in (1, 2):
        return TermFault.NUMBER
    if term.first_monday.isoweekday() != MONDAY:
        return TermFault.NO_MONDAY
    if not _lies_in(term, int(years[1])):
        return TermFault.ANOTHER_YEAR
    if not FEWEST_WEEKS <= term.weeks <= MOST_WEEKS:
        return TermFault.WEEKS
    return None if 0 <= term.exam_weeks <= min(MOST_EXAM_WEEKS, term.weeks) else TermFault.EXAM_WEEKS


def _lies_in(term: TermSpan, starting: int) -> bool:
    """Term 1 begins between July and December of the first year, term 2 between January and June of the second."""
    begins = (term.first_monday.year, term.first_monday.month > 6)
    return begins == ((starting, True) if term.number == 1 else (starting + 1, False))
