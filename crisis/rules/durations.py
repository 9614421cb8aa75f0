"""The weeks and months that a college and the school report on."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kernel.periods import TZ, Month

LAST_SECOND = time(23, 59, 59)
# Source: a default of ours; the figures of a span are whole only once it is over.
DAYS_TO_FILE = 3


@dataclass(frozen=True)
class Span:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(0), TZ)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(0), TZ)

    @property
    def due_at(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=DAYS_TO_FILE), LAST_SECOND, TZ)


def week_of(day: date) -> Span:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return Span(monday, monday + timedelta(days=6))


def month_of(day: date) -> Span:
    month = Month.of(day)
    return Span(month.first, month.last)
