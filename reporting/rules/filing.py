"""When a report is due, in which order levels file, and what may follow what. Pure.
Source: monthly sweep in the mission (M1, M4 to M6); order and acceptance after DHIS2's data approval."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kernel.periods import Month, due_at
from network.rules import Ability, Level, Role

FILING_LEVELS = (Level.DORM, Level.CLASS, Level.COLLEGE)
DEFAULT_DUE_DAYS: Mapping[Level, int] = {Level.DORM: 25, Level.CLASS: 27, Level.COLLEGE: 30}
FILED_BY: Mapping[Level, Role] = {
    Level.DORM: Role.DORM_HEAD,
    Level.CLASS: Role.CLASS_COMMITTEE_MEMBER,
    Level.COLLEGE: Role.COLLEGE_COORDINATOR,
}
FILING: Mapping[Level, Ability] = {
    Level.DORM: Ability.FILE_DORM_REPORT,
    Level.CLASS: Ability.FILE_CLASS_REPORT,
    Level.COLLEGE: Ability.FILE_COLLEGE_REPORT,
}
CHECKING: Mapping[Level, Ability] = {
    Level.DORM: Ability.CHECK_DORM_REPORT,
    Level.CLASS: Ability.CHECK_CLASS_REPORT,
    Level.COLLEGE: Ability.CHECK_COLLEGE_REPORT,
}

# Which abilities open a report of each level; the view tells who may not act on it.
REPORT_ABILITIES: Mapping[Level, tuple[Ability, ...]] = {
    Level.DORM: (Ability.FILE_DORM_REPORT, Ability.CHECK_DORM_REPORT, Ability.VIEW_LINES),
    Level.CLASS: (Ability.FILE_CLASS_REPORT, Ability.CHECK_CLASS_REPORT, Ability.VIEW_CLASS_REPORT),
    Level.COLLEGE: (Ability.FILE_COLLEGE_REPORT, Ability.CHECK_COLLEGE_REPORT, Ability.VIEW_COLLEGE_REPORT),
}
READING: frozenset[Ability] = frozenset().union(*REPORT_ABILITIES.values())


class State(StrEnum):
    DRAFT = "draft"
    FILED = "filed"
    RETURNED = "returned"
    ACCEPTED = "accepted"


ARRIVED = frozenset({State.FILED, State.ACCEPTED})


@dataclass(frozen=True)
class DueTimes:
    """The due time of each level in one month; None where the level owes nothing."""

    month: Month
    vacation: bool
    dorm: datetime | None
    school_class: datetime | None
    college: datetime


def due_times(
    month: Month,
    days: Mapping[Level, int] = DEFAULT_DUE_DAYS,
    vacations: frozenset[int] = frozenset(),
    vacation_starts: Mapping[Month, date] | None = None,
) -> DueTimes:
    """Due times of a month, 23:59:59 Asia/Shanghai on day min(N, last day).
    `vacations`: months (1–12) in which dorms and classes are exempt; the college still files, if only a zero report.
    `vacation_starts`: the first day off where a vacation begins inside a month: dorms and classes then report before
    they leave, the class by the eve and the dorm two days earlier, unless their usual day comes first."""
    college = due_at(month, days[Level.COLLEGE])
    if month.first.month in vacations:
        return DueTimes(month, True, None, None, college)
    dorm_day, class_day = days[Level.DORM], days[Level.CLASS]
    start = (vacation_starts or {}).get(month)
    if start is not None:
        class_day = min(class_day, max(1, (start - timedelta(days=1)).day if start.day > 1 else 1))
        dorm_day = min(dorm_day, max(1, class_day - 2))
    return DueTimes(month, False, due_at(month, dorm_day), due_at(month, class_day), college)


def on_time(filed_at: datetime, due: datetime | None) -> bool:
    """Whether a first filing came in time; the due second still counts. Without a due time nothing is late."""
    return due is None or filed_at < due + timedelta(seconds=1)
