"""When everybody files in a month: most in time, some late, some never, some twice."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from kernel.periods import TZ
from network.models import Unit
from reporting.models import Cycle

NEVER, LATE = 0.04, 0.06
CLASS_NEVER, CLASS_LATE = 0.02, 0.07
DORM_BACK, CLASS_BACK = 0.025, 0.08


@dataclass
class Times:
    """The times of one report; None for what does not happen."""

    unit: Unit
    filed: datetime | None = None
    sent_back: datetime | None = None
    filed_again: datetime | None = None
    accepted: datetime | None = None

    def only(self, filed: datetime | None) -> None:
        """Filed then, or never, and nothing after it."""
        self.filed, self.sent_back, self.filed_again, self.accepted = filed, None, None, None

    @property
    def last_filed(self) -> datetime | None:
        return self.filed_again or self.filed


@dataclass
class Schedule:
    dorms: dict[int, Times]
    classes: dict[int, Times]
    colleges: dict[int, Times]

    def rooms_of(self, class_id: int) -> list[Times]:
        return [one for one in self.dorms.values() if one.unit.parent_id == class_id]


def schedule(
    *, cycle: Cycle, dorms: Iterable[Unit], classes: Iterable[Unit], colleges: Iterable[Unit], draw: Random
) -> Schedule:
    """The times of a whole month."""
    rooms = [_dorm(cycle, unit, draw) for unit in dorms]
    below: dict[int | None, list[Times]] = defaultdict(list)
    for one in rooms:
        below[one.unit.parent_id].append(one)
    groups = [_class(cycle, unit, below[unit.pk], draw) for unit in classes]
    for one in groups:
        below[one.unit.college_id].append(one)
    tops = [_college(cycle, unit, below[unit.pk], draw) for unit in colleges]
    return Schedule(*({one.unit.pk: one for one in level} for level in (rooms, groups, tops)))


def awake(at: datetime) -> datetime:
    """Nobody files before eight in the morning."""
    local = at.astimezone(TZ)
    return local + timedelta(hours=8 - local.hour) if local.hour < 8 else local


def hours(draw: Random, low: float, high: float) -> timedelta:
    return timedelta(minutes=round(draw.uniform(low, high) * 60))


def _dorm(cycle: Cycle, unit: Unit, draw: Random) -> Times:
    assert cycle.dorm_due_at is not None
    lot = draw.random()
    if lot < NEVER:
        return Times(unit)
    if lot < NEVER + LATE:
        return Times(unit, awake(cycle.dorm_due_at + hours(draw, 8, 13)))
    days_left = draw.triangular(0, 21, 5)
    day = awake(cycle.dorm_due_at - timedelta(days=int(days_left))).replace(hour=8, minute=0, second=0)
    filed = day + hours(draw, 0, 15.9)
    if draw.random() >= DORM_BACK:
        return Times(unit, filed)
    sent_back = awake(filed + hours(draw, 3, 8))
    return Times(unit, filed, sent_back, awake(sent_back + hours(draw, 2, 8)))


def _class(cycle: Cycle, unit: Unit, rooms: list[Times], draw: Random) -> Times:
    assert cycle.dorm_due_at is not None and cycle.class_due_at is not None
    lot = draw.random()
    if lot < CLASS_NEVER:
        return Times(unit)
    ready = max((one.last_filed for one in rooms if one.last_filed), default=cycle.dorm_due_at)
    filed = awake(ready + hours(draw, 2, 20))
    if any(one.filed is None for one in rooms):
        filed = max(filed, awake(cycle.dorm_due_at + hours(draw, 9, 30)))
    filed = min(filed, cycle.class_due_at - hours(draw, 0.5, 3))
    if lot < CLASS_NEVER + CLASS_LATE:
        filed = awake(cycle.class_due_at + hours(draw, 8, 16))
    filed = max(filed, ready + timedelta(hours=1))
    times = Times(unit, filed)
    if draw.random() < CLASS_BACK:
        times.sent_back = awake(filed + hours(draw, 3, 8))
        times.filed_again = awake(times.sent_back + hours(draw, 2, 8))
    last = times.filed_again or filed
    times.accepted = awake(last + hours(draw, 2, 12)) if draw.random() < 0.5 else None
    return times


def _college(cycle: Cycle, unit: Unit, classes: list[Times], draw: Random) -> Times:
    lasts = [one.accepted or one.last_filed for one in classes]
    ready = max((last for last in lasts if last), default=cycle.college_due_at)
    late = draw.random() < 0.08
    planned = awake(cycle.college_due_at + hours(draw, 9, 16)) if late else cycle.college_due_at - hours(draw, 2, 13)
    filed = max(planned, ready + timedelta(hours=1))
    return Times(unit, filed, accepted=awake(filed + hours(draw, 8, 50)))
