"""Months, due times, working days and academic years, all as Beijing counts them. Knows no Django."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

TZ = ZoneInfo("Asia/Shanghai")
LAST_SECOND = time(23, 59, 59)
ACADEMIC_YEAR_STARTS_IN = 9
# How the holidays package writes, in English, for which worked day a day is off.
SUBSTITUTED = re.compile(r"substituted from (\d{2})/(\d{2})/(\d{4})")
# Days outside were mistyped; next to the years 1 and 9999 arithmetic with days fails.
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month; written 2026-11, ordered by time."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 9999 and 1 <= self.month <= 12):
            raise ValueError(f"no such month: {self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "2026-11"; anything else, and a year that nobody can mean, is a ValueError."""
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text) or not EARLIEST.year <= int(text[:4]) <= LATEST.year:
            raise ValueError(f"not a month: {text[:20]!r}")
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day; of an aware datetime, the month it is in Beijing."""
        if isinstance(day, datetime):
            day = day.astimezone(TZ)
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def next(self) -> Month:
        return Month(self.year + 1, 1) if self.month == 12 else Month(self.year, self.month + 1)

    def previous(self) -> Month:
        return Month(self.year - 1, 12) if self.month == 1 else Month(self.year, self.month - 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def due_at(month: Month, day: int) -> datetime:
    """The last second of that day in Beijing; a day that the month lacks is its last one."""
    if not 1 <= day <= 31:
        raise ValueError(f"no such day of a month: {day}")
    return datetime.combine(month.first.replace(day=min(day, month.last.day)), LAST_SECOND, TZ)


@lru_cache(maxsize=64)
def _calendar(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year)


def is_working_day(day: date, exceptions: Mapping[date, bool] | None = None) -> bool:
    """Whether people work that day, by the State Council's calendar with its shifted days; `exceptions` (day → works)
    are the school's own and win. Years whose shifts are not announced yet have the statutory holidays alone."""
    if exceptions and day in exceptions:
        return exceptions[day]
    return _calendar(day.year).is_working_day(day)


def holiday_name(day: date, language: str = "zh_CN") -> str:
    """The name of a public holiday, or of a day off that another day is worked for; empty on other days.
    `language`: zh_CN or en_US."""
    return _names(day.year, language).get(day) or ""


def worked_for(day: date) -> date | None:
    """The day off for which a weekend day is worked: 10 October 2026 for Wednesday 7 October."""
    return _shifts(day.year).get(day)


@lru_cache(maxsize=64)
def _names(year: int, language: str) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year, language=language)


@lru_cache(maxsize=64)
def _shifts(year: int) -> dict[date, date]:
    """Weekend day that is worked → the day off it is worked for, also when that lies in a neighboring year."""
    names = {day: name for near in (year - 1, year, year + 1) for day, name in _names(near, "en_US").items()}
    marks = {day: SUBSTITUTED.search(name) for day, name in names.items()}
    worked = {date(int(m[3]), int(m[1]), int(m[2])): day for day, m in marks.items() if m}
    return {day: off for day, off in worked.items() if day.year == year}


def working_day_before(day: date, exceptions: Mapping[date, bool] | None = None) -> date:
    """The nearest working day before `day`."""
    for days in range(1, 61):
        earlier = day - timedelta(days=days)
        if is_working_day(earlier, exceptions):
            return earlier
    raise ValueError(f"no working day in the 60 days before {day}")


def academic_year(day: date) -> str:
    """The academic year of a day, "2026-2027", from 1 September."""
    start = day.year if day.month >= ACADEMIC_YEAR_STARTS_IN else day.year - 1
    return f"{start}-{start + 1}"
