"""How many sessions, how early, until when to cancel, and how long an offer is held. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from counseling.rules.kinds import COUNTED, SessionKind
from kernel.periods import TZ

MINUTE = timedelta(minutes=1)
# An offer ends this long before the session; nearer than SHORT, all who asked for short notice hear at once.
LAST_CALL = timedelta(hours=2)
SHORT = timedelta(hours=4)
LAPSES_ASK, LAPSES_PAUSE = 2, 3


def counts(kind: SessionKind | str, state: str) -> bool:
    """Whether a booking uses up a session of the term: first talks and what the center cancelled never do."""
    return kind == SessionKind.INDIVIDUAL and state in COUNTED


def remaining(limit: int, extensions: Iterable[int], used: int) -> int:
    """Sessions that are left in the term, at least 0."""
    return max(0, limit + sum(extensions) - used)


def is_short_notice(starts_at: datetime, at: datetime, minutes: int) -> bool:
    """Whether it is too late to book; exactly at the limit it is not."""
    return at > starts_at - minutes * MINUTE


def is_late(starts_at: datetime, at: datetime, hours: int) -> bool:
    """Whether cancelling counts as late; exactly at the limit it does not."""
    return at > starts_at - timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class Night:
    """Hours that do not count, from `starts` in the evening to `ends` in the morning."""

    starts: time = time(22)
    ends: time = time(8)

    def covers(self, moment: datetime) -> bool:
        clock = moment.astimezone(TZ).time()
        if self.starts <= self.ends:
            return self.starts <= clock < self.ends
        return clock >= self.starts or clock < self.ends

    def over_at(self, moment: datetime) -> datetime:
        """The moment itself by day, the next morning by night."""
        return _next(moment, self.ends) if self.covers(moment) else moment


def held_until(at: datetime, minutes: int, starts_at: datetime, night: Night) -> datetime:
    """Until when an offer is held: so many minutes, the night not counted, at most to two hours before it starts."""
    begins, left = night.over_at(at), minutes * MINUTE
    while (evening := _next(begins, night.starts)) - begins < left:
        left -= evening - begins
        begins = night.over_at(evening)
    return max(at, min(begins + left, starts_at - LAST_CALL))


def call_due(at: datetime, minutes: int) -> datetime:
    """Until when somebody calls whom no urgent time was left for; day and night."""
    return at + minutes * MINUTE


def _next(moment: datetime, clock: time) -> datetime:
    local = moment.astimezone(TZ)
    day = local.date() if local.time() < clock else local.date() + timedelta(days=1)
    return datetime.combine(day, clock, TZ)
