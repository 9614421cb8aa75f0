"""Whom to tell of a case, and by when. Source: the table of levels in the domain rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from crisis.rules.levels import AlertLevel
from kernel.periods import TZ, is_working_day
from network.rules import Level, Role


class Audience(StrEnum):
    """Who is told: holders of posts, or the family."""

    FUDAOYUAN = "fudaoyuan"
    DEPUTY_SECRETARY = "deputy_secretary"
    COLLEGE_COORDINATOR = "college_coordinator"
    CENTER_DIRECTOR = "center_director"
    SCHOOL_LEADER = "school_leader"
    GUARDIAN = "guardian"


# The post that each audience holds, and at which unit of the student's.
POSTS: Mapping[Audience, tuple[Level, Role]] = {
    Audience.FUDAOYUAN: (Level.CLASS, Role.FUDAOYUAN),
    Audience.DEPUTY_SECRETARY: (Level.COLLEGE, Role.DEPUTY_SECRETARY),
    Audience.COLLEGE_COORDINATOR: (Level.COLLEGE, Role.COLLEGE_COORDINATOR),
    Audience.CENTER_DIRECTOR: (Level.SCHOOL, Role.CENTER_DIRECTOR),
    Audience.SCHOOL_LEADER: (Level.SCHOOL, Role.SCHOOL_LEADER),
}
LAST_SECOND = time(23, 59, 59)
WORKING_DAYS = 3


@dataclass(frozen=True)
class Task:
    """Somebody is to be told by a time."""

    audience: Audience
    by: datetime


def to_tell(level: AlertLevel, at: datetime, *, abuse_feared: bool = False) -> Sequence[Task]:
    """Who must be told of a case that reached its level at `at`, the most pressing first. The family is left out while
    abuse at home is feared. Below red the family is told by assessed need, which has no fixed time."""
    if level == AlertLevel.RED:
        tasks = [
            Task(Audience.FUDAOYUAN, at),
            Task(Audience.DEPUTY_SECRETARY, at),
            Task(Audience.COLLEGE_COORDINATOR, at),
            Task(Audience.CENTER_DIRECTOR, at),
            Task(Audience.SCHOOL_LEADER, at + timedelta(hours=2)),
        ]
        return tasks if abuse_feared else [*tasks, Task(Audience.GUARDIAN, _end_of(at.astimezone(TZ).date()))]
    if level == AlertLevel.ORANGE:
        within = at + timedelta(hours=24)
        return [
            Task(Audience.CENTER_DIRECTOR, within),
            Task(Audience.COLLEGE_COORDINATOR, within),
            Task(Audience.DEPUTY_SECRETARY, within),
            Task(Audience.FUDAOYUAN, within),
        ]
    within = _end_of(working_days_after(at.astimezone(TZ).date(), WORKING_DAYS))
    return [Task(Audience.COLLEGE_COORDINATOR, within), Task(Audience.FUDAOYUAN, within)]


def working_days_after(day: date, n: int) -> date:
    """The n-th working day after `day`."""
    while n:
        day += timedelta(days=1)
        n -= is_working_day(day)
    return day


def _end_of(day: date) -> datetime:
    return datetime.combine(day, LAST_SECOND, TZ)
