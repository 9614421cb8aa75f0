"""The stages of a reminder, and who is reminded next when a duty stays undone. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import IntEnum

from kernel.periods import TZ, working_day_before
from network.rules.levels import LEVELS, Level
from network.rules.roles import Role

# Who is told next when something stays undone, from near to far.
CHAIN: tuple[tuple[Level, tuple[Role, ...]], ...] = (
    (Level.CLASS, (Role.CLASS_COMMITTEE_MEMBER, Role.FUDAOYUAN)),
    (Level.COLLEGE, (Role.COLLEGE_COORDINATOR,)),
    (Level.SCHOOL, (Role.CENTER_DIRECTOR,)),
)


class Stage(IntEnum):
    """How far the reminders of a duty have gone."""

    SILENT = 0
    BEFORE = 1
    DUE_DAY = 2
    OVERDUE = 3
    ESCALATED = 4
    ESCALATED_TWICE = 5


ESCALATE_AFTER_DAYS = (2, 4)

REMIND_AT = time(9, 0)


def reminder_times(due_at: datetime, exceptions: Mapping[date, bool]) -> dict[Stage, datetime]:
    """When each reminder of a duty due at `due_at` goes out: the working day before, the day itself, the day after,
    and two steps up the chain. The due time is not moved by holidays, the first reminder is."""
    due_on = due_at.astimezone(TZ).date()
    days = {
        Stage.BEFORE: _working_day_before(due_on, exceptions),
        Stage.DUE_DAY: due_on,
        Stage.OVERDUE: due_on + timedelta(days=1),
        Stage.ESCALATED: due_on + timedelta(days=ESCALATE_AFTER_DAYS[0]),
        Stage.ESCALATED_TWICE: due_on + timedelta(days=ESCALATE_AFTER_DAYS[1]),
    }
    return {stage: datetime.combine(day, REMIND_AT, TZ) for stage, day in days.items()}


def _working_day_before(day: date, exceptions: Mapping[date, bool]) -> date:
    """The working day before; the day before where a school has closed itself for two months."""
    try:
        return working_day_before(day, exceptions)
    except ValueError:
        return day - timedelta(days=1)


def stage_at(due_at: datetime, now: datetime, exceptions: Mapping[date, bool]) -> Stage:
    """The last reminder that should have gone out by `now`."""
    passed = [stage for stage, at in reminder_times(due_at, exceptions).items() if at <= now]
    return max(passed, default=Stage.SILENT)


def chain_above(level: Level, steps: int) -> tuple[Level, tuple[Role, ...]]:
    """Who hears of an overdue duty of a unit at `level` after `steps` escalations (1 = next above)."""
    above = [link for link in CHAIN if LEVELS.index(link[0]) < LEVELS.index(level)]
    if not above:
        return CHAIN[-1]
    return above[min(steps, len(above)) - 1]
