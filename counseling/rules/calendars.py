"""Appointments as an iCalendar text: times alone, under one neutral word. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

# SECURITY: whoever reads the calendar learns when somebody is busy, and nothing else.
TITLE = "预约"
REFRESH = timedelta(hours=12)
# Cancelled times stay for so long, so that programs that look seldom take them off.
CANCELLED_STAYS = timedelta(days=30)
PAST, AHEAD = timedelta(days=30), timedelta(days=120)


@dataclass(frozen=True)
class BusyTime:
    """One time; `uid` says nothing by itself, `version` grows with each change."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    version: int
    is_cancelled: bool = False


def calendar_text(times: Iterable[BusyTime], *, at: datetime) -> bytes:
    """The calendar as of `at`, times in UTC."""
    calendar = Calendar()
    calendar.add("prodid", "-//Shouwang//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for time in times:
        calendar.add_component(_event(time, at))
    return bytes(calendar.to_ical())


def _event(time: BusyTime, at: datetime) -> Event:
    event = Event()
    event.add("uid", time.uid)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", time.starts_at.astimezone(UTC))
    event.add("dtend", time.ends_at.astimezone(UTC))
    event.add("sequence", time.version)
    event.add("summary", TITLE)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if time.is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event
