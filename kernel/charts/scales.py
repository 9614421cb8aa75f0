"""Where a scale begins and ends: near enough to the values to show how they differ, at round numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

FULL = 100
PARTS = 4
# In per cent. A scale that begins above 80 would make small differences look large.
RATE_STARTS = (80, 60, 40, 20, 0)
SHARE_ENDS = (4, 10, 20, 40, FULL)
ROUND_STEPS = (1, 2, 2.5, 5, 10)
WHOLE_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True)
class Scale:
    """From `low` to `high`; `ticks` are the numbers written beside it."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Where the value stands, from 0 at the low end to 1 at the high end."""
        return min(max((value - self.low) / (self.high - self.low), 0), 1)

    def step_of(self, value: float) -> int:
        """The number of the interval between two ticks that holds the value."""
        above = sum(1 for tick in self.ticks[1:-1] if value >= tick)
        return min(above, len(self.ticks) - 2)


def rate_scale(values: Sequence[float]) -> Scale:
    """For rates that should be high: 80 to 100 per cent, or lower down where a value is lower."""
    start = next(start for start in RATE_STARTS if start <= min(values, default=RATE_STARTS[0]))
    return _split(start, FULL)


def share_scale(values: Sequence[float]) -> Scale:
    """For shares that should be low: from 0 to 4, 10, 20, 40 or 100 per cent."""
    return _split(0, next((end for end in SHARE_ENDS if max(values, default=0) <= end), FULL))


def full_scale(values: Sequence[float]) -> Scale:
    """For bars without an axis: the longest one takes the whole room."""
    return Scale(0, max(values, default=0) or 1, ())


def count_scale(values: Sequence[float]) -> Scale:
    """For counts and amounts: from zero to a round number; between whole numbers there are no ticks."""
    largest = max(values, default=0) or 1
    step = _round_step(largest, WHOLE_STEPS if all(float(value).is_integer() for value in values) else ROUND_STEPS)
    ticks = tuple(round(number * step, 6) for number in range(max(ceil(largest / step), 1) + 1))
    return Scale(0, ticks[-1], ticks)


def _split(low: float, high: float) -> Scale:
    return Scale(low, high, tuple(low + (high - low) * part / PARTS for part in range(PARTS + 1)))


def _round_step(span: float, steps: Sequence[float]) -> float:
    rough = span / PARTS
    power = 10.0 ** floor(log10(rough))
    step = next(step * power for step in steps if step * power >= rough * (1 - 1e-9))
    return max(step, 1) if steps is WHOLE_STEPS else step
