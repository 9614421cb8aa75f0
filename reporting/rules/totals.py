"""Figures of a month that add up from line to school. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from reporting.rules.dorm_lines import Event, Help, Sign, Status, Topic

Bits = Mapping[str, int]


@dataclass(frozen=True)
class Figures:
    """Counts of one unit in one month: students, lines by status, signs, events and helps, and reports by level.
    due: units that owe a report (one student present or more); filed: first filings there are; on_time: in time."""

    students: int = 0
    reported: int = 0
    clear: int = 0
    cloudy: int = 0
    overcast: int = 0
    rain: int = 0
    thunder: int = 0
    dorms_due: int = 0
    dorms_filed: int = 0
    dorms_on_time: int = 0
    classes_due: int = 0
    classes_filed: int = 0
    classes_on_time: int = 0
    colleges_due: int = 0
    colleges_filed: int = 0
    colleges_on_time: int = 0
    activities: int = 0
    mood_sum: int = 0
    mood_count: int = 0
    signs: Bits = field(default_factory=dict)
    events: Bits = field(default_factory=dict)
    helps: Bits = field(default_factory=dict)
    topics: Bits = field(default_factory=dict)

    @property
    def weather(self) -> dict[Status, int]:
        return {status: getattr(self, status.name.lower()) for status in Status}

    @property
    def concerned(self) -> int:
        """Students below clear weather."""
        return self.cloudy + self.overcast + self.rain + self.thunder

    @property
    def mood(self) -> Decimal | None:
        """Mean mood index of the classes that gave one, 1 to 5; None when none did."""
        return Decimal(self.mood_sum) / self.mood_count if self.mood_count else None


COUNTS = tuple(figure.name for figure in fields(Figures) if figure.type == "int")
BITS = {"signs": Sign, "events": Event, "helps": Help, "topics": Topic}


def total(parts: Iterable[Figures]) -> Figures:
    """The sum of the parts."""
    listed = list(parts)
    counts: dict[str, Any] = {name: sum(getattr(part, name) for part in listed) for name in COUNTS}
    bits: dict[str, Any] = {name: _sum_bits(getattr(part, name) for part in listed) for name in BITS}
    return Figures(**counts, **bits)


def _sum_bits(parts: Iterable[Bits]) -> Bits:
    counts: dict[str, int] = {}
    for part in parts:
        for key, count in part.items():
            counts[key] = counts.get(key, 0) + count
    return dict(sorted(counts.items()))


def rate(done: int, due: int) -> Fraction | None:
    """Share done of due, exact; None when nothing was due, which is never a pass."""
    return Fraction(done, due) if due else None
