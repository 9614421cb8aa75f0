"""Minutes that a counselor offers on a day. Pure."""

from datetime import date, datetime, time, timedelta

from counseling.rules.free_times import Offered, Span
from counseling.rules.timetable import Calendar, runs_in
from kernel.periods import TZ

MINUTE = timedelta(minutes=1)


def minutes_offered(offered: Offered, day: date, calendar: Calendar) -> int:
    """Minutes of all hours that hold on the day, without closures."""
    today = calendar(day, offered.campus)
    return sum(
        _open_minutes((_at(day, line.starts), _at(day, line.ends)), list(offered.closed))
        for line in offered.hours
        if line.weekday == today.weekday
        and runs_in(line.weeks, today.week)
        and line.valid_from <= day
        and (line.valid_until is None or day <= line.valid_until)
    )


def _open_minutes(span: Span, closed: list[Span]) -> int:
    minutes, moment = 0, span[0]
    for starts_at, ends_at in sorted(closed):
        if starts_at > moment:
            minutes += max(timedelta(), min(starts_at, span[1]) - moment) // MINUTE
        moment = max(moment, ends_at)
    return minutes + max(timedelta(), span[1] - moment) // MINUTE


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, TZ)
