"""Rules of crisis work: levels, recipients, due times of reports, escalation of alarms. No Django."""

from crisis.rules.cadence import Due, Kind, after_filing, due_of, first_report
from crisis.rules.escalation import LONGEST, STEPS, EscalationDelay, Step, is_working_time, steps_of, times_of
from crisis.rules.levels import (
    CLOSED,
    MINIMUM_STAY,
    AlertLevel,
    Criterion,
    Ground,
    Obstacle,
    criteria_of,
    earliest_lowering,
    mask_of,
    obstacle_to_lowering,
    one_step_down,
)
from crisis.rules.recipients import Audience, Task, to_tell

__all__ = [
    "CLOSED",
    "LONGEST",
    "MINIMUM_STAY",
    "STEPS",
    "AlertLevel",
    "Audience",
    "Criterion",
    "Due",
    "EscalationDelay",
    "Ground",
    "Kind",
    "Obstacle",
    "Step",
    "Task",
    "after_filing",
    "criteria_of",
    "due_of",
    "earliest_lowering",
    "first_report",
    "is_working_time",
    "mask_of",
    "obstacle_to_lowering",
    "one_step_down",
    "steps_of",
    "times_of",
    "to_tell",
]
