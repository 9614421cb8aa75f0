"""Why a time cannot be booked. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from counseling.rules.free_times import (
    MINUTE,
    Ask,
    HoursLine,
    Offered,
    RoomLine,
    Span,
    free_times,
    monday_of,
    overlaps,
    serves,
)
from counseling.rules.kinds import Channel, HoursUse
from counseling.rules.limits import is_short_notice
from counseling.rules.timetable import Calendar, runs_in
from kernel.periods import TZ


class Why(StrEnum):
    """The codes that a refusal carries."""

    TAKEN = "taken"
    NO_ROOM = "no-room"
    OFF_GRID = "off-grid"
    NOTICE = "notice"
    TOO_FAR = "too-far"
    LIMIT = "limit"
    DUAL_RELATION = "dual-relation"
    CONSENT = "consent"
    CLOSED = "closed"
    NO_HOURS = "no-hours"
    NOT_YET = "not-yet"
    FULL_WEEK = "full-week"
    NOT_BOOKABLE = "not-bookable"
    NOT_OFFERED = "not-offered"
    NOT_PRESENT = "not-present"
    OWN_TIME = "own-time"
    NOT_YOURS = "not-yours"
    OTHER_CONTENT = "other-content"


def why_not(
    offered: Offered, rooms: Sequence[RoomLine], ask: Ask, calendar: Calendar, starts_at: datetime
) -> Why | tuple[HoursUse | str, tuple[object, ...]]:
    """Why the counselor cannot be booked at this start; else the use of the hours and the rooms that are free."""
    for row in free_times([offered], rooms, ask, calendar):
        if row.starts_at == starts_at:
            return row.use, row.rooms
    if ask.kind not in offered.kinds or ask.channel not in offered.channels:
        return Why.NOT_OFFERED
    span = (starts_at, starts_at + offered.length * MINUTE)
    lines = _lines(offered, ask, calendar, span)
    if not lines:
        return Why.CLOSED if calendar(starts_at.astimezone(TZ).date(), offered.campus).weekday is None else Why.NO_HOURS
    return _in_hours(offered, ask, lines, span)


def _in_hours(offered: Offered, ask: Ask, lines: Sequence[HoursLine], span: Span) -> Why:
    starts_at = span[0]
    day, local = starts_at.astimezone(TZ).date(), ask.at.astimezone(TZ)
    urgent = all(line.use == HoursUse.URGENT for line in lines)
    is_shut = urgent and (day != local.date() or local.time() < ask.urgent_opens)
    with_pause = (span[0], span[1] + offered.pause * MINUTE)
    # In the order in which somebody can do something about it.
    reasons = (
        (Why.OFF_GRID, not any(_on_grid(line, ask.grid, starts_at) for line in lines)),
        (Why.NOTICE, is_short_notice(starts_at, ask.at, 0 if urgent else ask.notice)),
        (Why.NOT_YET, is_shut),
        (Why.CLOSED, any(overlaps(span, closed) for closed in offered.closed)),
        (Why.FULL_WEEK, monday_of(day) in offered.full_weeks),
        (Why.TAKEN, any(overlaps(with_pause, taken) for taken in offered.taken)),
        (Why.NO_ROOM, ask.channel == Channel.IN_PERSON),
    )
    return next((why for why, holds in reasons if holds), Why.TAKEN)


def _lines(offered: Offered, ask: Ask, calendar: Calendar, span: Span) -> list[HoursLine]:
    """The hours that hold the whole span."""
    begins, ends = span[0].astimezone(TZ), span[1].astimezone(TZ)
    day = calendar(begins.date(), offered.campus)
    return [
        line
        for line in offered.hours
        if line.weekday == day.weekday
        and runs_in(line.weeks, day.week)
        and line.valid_from <= begins.date()
        and (line.valid_until is None or begins.date() <= line.valid_until)
        and serves(line.use, ask.kind, ask.channel)
        and begins.date() == ends.date()
        and line.starts <= begins.time()
        and ends.time() <= line.ends
    ]


def _on_grid(line: HoursLine, grid: int, starts_at: datetime) -> bool:
    local = starts_at.astimezone(TZ)
    first = datetime.combine(local.date(), line.starts, TZ)
    return (local - first) % timedelta(minutes=grid) == timedelta()


def fits_hours(offered: Offered, ask: Ask, calendar: Calendar, starts_at: datetime) -> bool:
    """Whether a session that stands already still lies in hours that hold, and in no closure."""
    span = (starts_at, starts_at + offered.length * MINUTE)
    return bool(_lines(offered, ask, calendar, span)) and not any(overlaps(span, closed) for closed in offered.closed)


def nearest(times: Sequence[datetime], wanted: datetime, count: int) -> list[int]:
    """The places of the `count` times that lie nearest to the wanted one, in order of time."""
    near = sorted(range(len(times)), key=lambda n: (abs(times[n] - wanted), times[n]))[:count]
    return sorted(near, key=lambda n: times[n])
