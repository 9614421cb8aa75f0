"""What may be shown of counts of students, so that neither one summary nor two side by side give anybody away.
Pure. A class's figures are a row of its college's table, a college's a row of its school's: one state per figure."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from kernel.suppression import FLOOR, HIDDEN, Figure, Hidden, suppress
from reporting.rules.totals import Figures
from reporting.rules.weather import Status

__all__ = ["FLOOR", "HIDDEN", "Cells", "Figure", "Hidden", "disclose", "exactly", "masked"]


@dataclass(frozen=True)
class Cells:
    """One unit's weather as it may be shown."""

    weather: Mapping[Status, Figure]
    reported: Figure

    @property
    def concerned(self) -> Figure:
        """Students below clear weather; hidden while clear is, and when they are few."""
        clear = self.weather[Status.CLEAR]
        if isinstance(clear, Hidden) or isinstance(self.reported, Hidden):
            return HIDDEN
        return masked(self.reported - clear)

    @property
    def hides(self) -> bool:
        return any(isinstance(figure, Hidden) for figure in (*self.weather.values(), self.reported))


def exactly(figures: Figures) -> Cells:
    """Everything, for readers who may open the lines themselves."""
    return Cells(dict(figures.weather), figures.reported)


def disclose(parts: Mapping[int, Figures], above: Cells | None = None) -> tuple[Cells, dict[int, Cells]]:
    """The total and the parts of a unit as they may be shown. `above`: the unit's own row in the table above; what is
    hidden there is hidden in every part, or the parts would add up to it."""
    if above is not None and (isinstance(above.reported, Hidden) or len(parts) == 1):
        return above, dict.fromkeys(parts, above if len(parts) == 1 else _nothing(above))
    gone = set() if above is None else {status for status in Status if isinstance(above.weather[status], Hidden)}
    table = suppress({pk: _columns(figures, gone) for pk, figures in parts.items()})
    whole = Cells(_kept(table.column_totals, gone), table.total)
    return whole, {pk: Cells(_kept(table.cells[pk], gone), table.row_totals[pk]) for pk in parts}


def _nothing(above: Cells) -> Cells:
    """A part of which nothing is shown, but that nobody is where the whole has nobody."""
    return Cells({status: 0 if count == 0 else HIDDEN for status, count in above.weather.items()}, HIDDEN)


def _columns(figures: Figures, gone: Set[Status]) -> dict[Status | None, int]:
    """The columns of the table; those that are hidden altogether count as one, which can be worked out."""
    columns: dict[Status | None, int] = {status: figures.weather[status] for status in Status if status not in gone}
    return {**columns, None: sum(figures.weather[status] for status in gone)} if gone else columns


def _kept(counts: Mapping[Status | None, Figure], gone: Set[Status]) -> dict[Status, Figure]:
    # Where nobody is in what is hidden together, everybody can tell.
    merged: Figure = 0 if counts.get(None) == 0 else HIDDEN
    return {status: merged if status in gone else counts.get(status, 0) for status in Status}


def masked(count: int) -> Figure:
    """A count of persons that stands alone: hidden when it is small."""
    return HIDDEN if 0 < count < FLOOR else count
