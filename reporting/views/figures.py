"""Figures as the report pages draw them."""

from dataclasses import dataclass

from reporting.rules.totals import Figures


@dataclass(frozen=True)
class Segment:
    """A stretch of the weather bar; `status` 0 stands for students of whom nothing was reported."""

    status: int
    count: int
    start: int


def weather_bar(figures: Figures) -> list[Segment]:
    """Segments in the order of the weather, measured in students."""
    counts = [(int(status), number) for status, number in figures.weather.items()]
    counts.append((0, figures.students - figures.reported))
    segments, start = [], 0
    for status, number in counts:
        segments.append(Segment(status, number, start))
        start += number
    return segments
