"""The figures of one scale of a campaign as one reader may see them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from screening.rules.disclosure import Disclosure, disclosure
from screening.rules.figures import Sums
from screening.rules.tallies import Tally


@dataclass(frozen=True)
class ReaderTables:
    """`colleges`: the tallies of the whole school, because what may be shown depends on all of them; `scope`: the
    colleges that the reader has; `is_school`: whether that is the school; `by_class`: the rows are classes."""

    colleges: Mapping[Any, Tally]
    scope: frozenset[Any]
    is_school: bool
    by_class: bool

    @cached_property
    def shown(self) -> Disclosure:
        return disclosure(self.colleges)

    @cached_property
    def own(self) -> Tally:
        """All that the reader's colleges come to, by unit."""
        tally = Tally()
        for college in self.scope:
            tally.merge(self.colleges[college], unit=None if self.by_class else college)
        return tally

    @property
    def whole_levels(self) -> Counter[int] | None:
        """The levels of all, None where they are hidden."""
        if self.is_school:
            return self.own.by_level if self.shown.level_total else None
        with_levels = {college for college in self.scope if self.colleges[college].levels}
        return self.own.by_level if with_levels <= self.shown.levels else None

    @property
    def levels(self) -> dict[Any, Counter[int] | None]:
        """The levels of each unit, None where they are hidden."""
        if self.by_class:
            shown = set().union(*(self.shown.level_classes.get(college, set()) for college in self.scope))
        else:
            shown = self.shown.levels
        return {unit: counts if unit in shown else None for unit, counts in self.own.levels.items()}

    @property
    def whole(self) -> Sums | None:
        """The sums of all, None where they are hidden."""
        if self.is_school:
            return self.own.whole if self.shown.mean_total else None
        return self.own.whole if self._with_papers <= self.shown.means else None

    def sums(self, by: str) -> dict[Any, Sums | None]:
        """The sums of each group, None where they are hidden."""
        shown = self._shown_units() if by == "unit" else self._shown_groups(by)
        return {group: sums if group in shown else None for group, sums in self.own.sums[by].items()}

    @property
    def _with_papers(self) -> set[Any]:
        return {college for college in self.scope if self.colleges[college].whole.n}

    def _shown_units(self) -> set[Any]:
        if not self.by_class:
            return self.shown.means
        return set().union(*(self.shown.mean_classes.get(college, set()) for college in self.scope))

    def _shown_groups(self, by: str) -> set[Any]:
        """All groups or none: of the school, or of the reader's colleges if each of them shows its own."""
        shown = self.shown.groups[by] if self.is_school else self._with_papers <= self.shown.groups_in[by]
        return set(self.own.sums[by]) if shown else set()
