"""Measures of a course: WHO-5, SUDS and goal attainment. Keys and sums alone, no text of a scale. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt


class MeasureKind(StrEnum):
    WHO5 = "who5"
    SUDS = "suds"
    GOALS = "goals"


# Source: WHO-5 (five items 0–5, sum × 4 is a percentage); SUDS 0–10; goal attainment scaling −2 to +2 (Kiresuk 1968).
WHO5_ITEMS, WHO5_MOST, SUDS_MOST = 5, 5, 10
GOALS_MOST, LEVELS, WEIGHTS = 5, range(-2, 3), range(1, 6)
# The assumed correlation between goals, in the formula of Kiresuk and Sherman.
RHO = 0.3
# A gain of this many points of WHO-5 counts as better. [D]
BETTER_FROM = 10


@dataclass(frozen=True)
class Goal:
    """How far a goal was reached: −2 much less than hoped, 0 as hoped, +2 much more. `weight`: 1 to 5."""

    weight: int
    level: int


def who5(items: Sequence[int]) -> int:
    """0 to 100 from five items of 0 to 5. ValueError for anything else."""
    if len(items) != WHO5_ITEMS or not all(0 <= item <= WHO5_MOST for item in items):
        raise ValueError("five items of 0 to 5")
    return sum(items) * 4


def goal_attainment(goals: Sequence[Goal]) -> int:
    """The T score, rounded: 50 means that all goals were reached as hoped. ValueError without goals or out of range."""
    if not 1 <= len(goals) <= GOALS_MOST:
        raise ValueError("one to five goals")
    if not all(goal.weight in WEIGHTS and goal.level in LEVELS for goal in goals):
        raise ValueError("weights 1 to 5, levels −2 to 2")
    weighted = sum(goal.weight * goal.level for goal in goals)
    squares, total = sum(goal.weight**2 for goal in goals), sum(goal.weight for goal in goals)
    return round(50 + 10 * weighted / sqrt((1 - RHO) * squares + RHO * total**2))


def is_in_range(kind: MeasureKind, score: int) -> bool:
    """Whether a score can have come from such a measure."""
    return 0 <= score <= {MeasureKind.WHO5: 100, MeasureKind.SUDS: SUDS_MOST, MeasureKind.GOALS: 100}[kind]
