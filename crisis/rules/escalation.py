"""Escalation of an unacknowledged alarm: from class and college to the school leader, by minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum

from kernel.periods import TZ, is_working_day


class Step(IntEnum):
    """Who is called, from near to far."""

    NEAR = 0
    CENTER_DUTY = 1
    DIRECTOR = 2
    SCHOOL_LEADER = 3


STEPS = tuple(Step)
# What counseling hears stays at the center: nobody near the student is called.
STEPS_OF_THE_CENTER = STEPS[1:]
# The longest wait before each step, in minutes. Source: defaults of ours, docs/domain.md § 3.
LONGEST: Mapping[Step, int] = {Step.NEAR: 0, Step.CENTER_DUTY: 15, Step.DIRECTOR: 60, Step.SCHOOL_LEADER: 120}


@dataclass(frozen=True)
class EscalationDelay:
    """Minutes after the alarm at which each later step is called. Source: defaults of ours, set by the school."""

    center_duty: int = 5
    director: int = 15
    school_leader: int = 30

    def minutes(self) -> Mapping[Step, int]:
        return {
            Step.NEAR: 0,
            Step.CENTER_DUTY: self.center_duty,
            Step.DIRECTOR: self.director,
            Step.SCHOOL_LEADER: self.school_leader,
        }


def steps_of(*, at_the_center: bool) -> tuple[Step, ...]:
    """The steps that an alarm calls, in their order; `at_the_center`: it begins there and goes no nearer."""
    return STEPS_OF_THE_CENTER if at_the_center else STEPS


def times_of(raised: datetime, delay: EscalationDelay, *, at_the_center: bool = False) -> Mapping[Step, datetime]:
    """When each step is called for an alarm that nobody takes on. The first one is called at once."""
    minutes = delay.minutes()
    steps = steps_of(at_the_center=at_the_center)
    return {step: raised + timedelta(minutes=minutes[step] if step != steps[0] else 0) for step in steps}


def is_working_time(at: datetime, *, starts: time, ends: time) -> bool:
    """Whether the center is staffed: a working day of the State Council's calendar between the two hours. Outside it
    the duty roster answers."""
    local = at.astimezone(TZ)
    return is_working_day(local.date()) and starts <= local.time() < ends
