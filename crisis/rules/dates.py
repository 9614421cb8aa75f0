"""How far back and ahead a date may lie, by its meaning. No Django."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kernel.periods import TZ

# No date of the portal lies outside these; forms and the database refuse it.
EARLIEST = date(2000, 1, 1)
LATEST = date(2099, 12, 31)
YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Reach:
    """The days around now in which a date makes sense."""

    back: timedelta
    ahead: timedelta

    def span(self, on: date) -> tuple[date, date]:
        """The first and the last day, seen from `on`."""
        return on - self.back, on + self.ahead

    def covers(self, value: date, at: datetime) -> bool:
        """Whether a date, or the day of a moment in Beijing, lies within reach."""
        first, last = self.span(at.astimezone(TZ).date())
        return first <= _day(value) <= last


# What has happened: contacts, notes, attempts, steps, talks held. A phone's clock may be ahead.
HAPPENED = Reach(YEAR, timedelta(days=1))
INCIDENT = Reach(20 * YEAR, timedelta(days=1))
# What lies ahead, or is written down afterwards: talks, reviews, tasks, shifts of the duty roster.
PLANNED = Reach(timedelta(days=31), YEAR)
WATCH = Reach(timedelta(days=7), timedelta(days=60))
SPECIAL_PERIOD = Reach(YEAR, 2 * YEAR)
LEAVE = Reach(6 * YEAR, 6 * YEAR)
LONGEST_PERIOD = YEAR


def _day(value: date) -> date:
    return value.astimezone(TZ).date() if isinstance(value, datetime) else value
