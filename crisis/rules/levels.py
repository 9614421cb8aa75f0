"""The three levels, the six reportable groups, and the way down: one step, after a stay, by two people."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import IntEnum, IntFlag, StrEnum


class AlertLevel(IntEnum):
    """How near the danger is; ordered, so that the database sorts by it."""

    YELLOW = 1
    ORANGE = 2
    RED = 3

    @property
    def word(self) -> str:
        return self.name.lower()


# Below yellow: the case is closed.
CLOSED = 0

# Source: the domain rules' defaults; counted from the moment the level was reached.
MINIMUM_STAY: Mapping[AlertLevel, timedelta] = {
    AlertLevel.RED: timedelta(weeks=2),
    AlertLevel.ORANGE: timedelta(weeks=4),
    AlertLevel.YELLOW: timedelta(0),
}


class Criterion(IntFlag):
    """The groups that must be reported."""

    PSYCHIATRIC_ILLNESS = 1
    SUICIDE_OR_VIOLENCE = 2
    MAJOR_EVENT = 4
    ACADEMIC_FAILURE = 8
    RECOVERING = 16
    SERIOUS_SCREENING = 32


class Ground(StrEnum):
    """Why a case may be closed."""

    RESOLVED = "resolved"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"
    GRADUATED = "graduated"


class Obstacle(StrEnum):
    """What stands between a case and its next level down."""

    NOT_ONE_STEP = "not-one-step"
    MINIMUM_STAY = "minimum-stay"
    FIRST_REPORTS = "first-reports"


def one_step_down(level: AlertLevel) -> int:
    """The next level below; CLOSED below yellow."""
    return int(level) - 1


def earliest_lowering(level: AlertLevel, since: datetime) -> datetime:
    """When a case that reached its level at `since` may leave it downward."""
    return since + MINIMUM_STAY[level]


def obstacle_to_lowering(
    *, level: AlertLevel, to: int, since: datetime, at: datetime, ground: Ground | None, owes_first_reports: bool
) -> Obstacle | None:
    """Why the level may not be left for `to` now; None when it may. A student who has left the school takes the case
    along: it closes from any level, but no sooner than the stay of that level. `owes_first_reports`: the immediate
    report or its follow-up is not filed yet."""
    leaves_school = to == CLOSED and ground not in (None, Ground.RESOLVED)
    if to != one_step_down(level) and not leaves_school:
        return Obstacle.NOT_ONE_STEP
    if at < earliest_lowering(level, since):
        return Obstacle.MINIMUM_STAY
    if owes_first_reports:
        return Obstacle.FIRST_REPORTS
    return None


def mask_of(criteria: Iterable[Criterion]) -> int:
    """The groups as one number."""
    mask = 0
    for criterion in criteria:
        mask |= criterion
    return mask


def criteria_of(mask: int) -> list[Criterion]:
    """The groups that a number stands for."""
    return [criterion for criterion in Criterion if mask & criterion]
