"""The figures of a center: exact whole numbers, None where nothing was counted. Pure. Source: docs/domain.md § 7."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from kernel.suppression import FLOOR, HIDDEN, Figure, Hidden

NINETY = 90
HUNDRED = 100
# Contracted clinical hours a week of a full post.
FULL_POST = 24
LONGEST_HOLIDAY = 31


@dataclass(frozen=True, slots=True)
class Ratio:
    """`count` out of `of`; permille is rounded half up, None when there is nothing to count."""

    count: Figure
    of: Figure

    @property
    def permille(self) -> int | None:
        if isinstance(self.count, Hidden) or isinstance(self.of, Hidden) or self.of == 0:
            return None
        return (2000 * self.count + self.of) // (2 * self.of)


def shown_ratio(count: Figure, of: Figure) -> Ratio:
    """A ratio of persons: hidden with its parts, and when so few make the difference that one of them stands out."""
    if isinstance(count, Hidden) or isinstance(of, Hidden):
        return Ratio(HIDDEN, of)
    few = 0 < count < FLOOR or 0 < of - count < FLOOR
    return Ratio(HIDDEN if few else count, HIDDEN if 0 < of < FLOOR else of)


def shown(count: int) -> Figure:
    """A count of persons that stands alone."""
    return HIDDEN if 0 < count < FLOOR else count


@dataclass(frozen=True, slots=True)
class Waits:
    """Working days: the middle and the ninetieth percentile, hidden when fewer than five waited, None when nobody."""

    count: Figure
    median: Figure | None
    p90: Figure | None


def waits(days: Sequence[int]) -> Waits:
    if 0 < len(days) < FLOOR:
        return Waits(HIDDEN, HIDDEN, HIDDEN)
    return Waits(len(days), percentile(days, 50), percentile(days, NINETY))


def percentile(values: Sequence[int], percent: int) -> int | None:
    """By the nearest rank: the smallest value that at least so many percent do not exceed."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / HUNDRED) - 1)]


def working_days(asked_on: date, seen_on: date, is_working: Callable[[date], bool]) -> int:
    """Working days from the day after the first one up to the second; 0 on the same day."""
    days = (seen_on - asked_on).days
    return sum(is_working(asked_on + timedelta(days=n)) for n in range(1, days + 1))


def next_working_day(day: date, is_working: Callable[[date], bool]) -> date:
    """The first working day after a day; at most a month ahead."""
    later = day + timedelta(days=1)
    while not is_working(later) and (later - day).days < LONGEST_HOLIDAY:
        later += timedelta(days=1)
    return later


def load(persons: Figure, hours_per_week: int) -> Figure | None:
    """Persons for each full post of 24 contracted clinical hours a week, rounded half up."""
    if isinstance(persons, Hidden):
        return HIDDEN
    if hours_per_week == 0:
        return None
    return (2 * persons * FULL_POST + hours_per_week) // (2 * hours_per_week)
