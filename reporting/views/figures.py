"""Figures as the report pages draw them."""

from dataclasses import dataclass

from reporting.rules.disclosure import Cells, Figure, Hidden

NOT_SHOWN, NOT_REPORTED = -1, 0


@dataclass(frozen=True)
class Segment:
    """A stretch of the weather bar. `status` 0 stands for students of whom nothing was reported, -1 for what is not
    shown one by one."""

    status: int
    count: Figure
    start: int
    width: int


def weather_bar(cells: Cells, students: int) -> list[Segment]:
    """Segments in the order of the weather, measured in students; hidden ones share what is left."""
    reported = students if isinstance(cells.reported, Hidden) else cells.reported
    shown = {status: count for status, count in cells.weather.items() if not isinstance(count, Hidden)}
    segments, start = list[Segment](), 0
    for status, count in cells.weather.items():
        width = shown.get(status, 0)
        segments.append(Segment(int(status), count, start, width))
        start += width
    if len(shown) < len(cells.weather):
        segments.append(Segment(NOT_SHOWN, 0, start, max(0, reported - start)))
    segments.append(Segment(NOT_REPORTED, students - reported, reported, students - reported))
    return segments
