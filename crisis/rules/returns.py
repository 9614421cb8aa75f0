"""Coming back to school: what a decision needs, and the year of looks afterwards. Pure."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from crisis.rules.cadence import LAST_SECOND
from kernel.periods import TZ

WEEKS = (1, 2, 4)
MONTHS = range(2, 13)


class Part(StrEnum):
    """What must be on the table before somebody decides on a return, in this order."""

    APPLICATION = "application"
    OPINION = "opinion"
    INTERVIEW = "interview"
    COMMITMENT = "commitment"


def missing(is_there: Mapping[Part, bool]) -> list[Part]:
    """The parts that are still missing."""
    return [part for part in Part if not is_there.get(part)]


def follow_ups(back: date) -> list[date]:
    """The days by which one looks after somebody who is back since `back`: weeks 1, 2 and 4, then each month of the
    first year."""
    return [back + timedelta(weeks=weeks) for weeks in WEEKS] + [months_after(back, months) for months in MONTHS]


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def due_at(day: date) -> datetime:
    """The end of a day in Beijing."""
    return datetime.combine(day, LAST_SECOND, TZ)
