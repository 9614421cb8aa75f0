"""Which figures of one scale of a campaign may be shown, over everything that is published of it: the school's tables
and those of all its colleges, for every reader at once. Pure.

Readers may put their pages together, and how many papers each unit has stands in the participation, open to them all.
So a table by class is shown only of a college whose own figures are shown in the school's table; with its totals known,
what happens inside a college then tells nothing of another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from screening.rules.figures import LEVEL_FLOOR, large_enough
from screening.rules.tallies import Tally

Key = TypeVar("Key", bound=Hashable)
Counts = Mapping[Any, int]
GROUPINGS = ("sex", "origin")
# A hidden count has at least three possible values, or as many as its unit has papers for.
SHIFT = 2


def shown_rows(rows: Mapping[Key, Counts], *, barred: Collection[Key] = ()) -> tuple[set[Key], bool]:
    """The units whose counts may be shown, and whether the sum of all may be. A row is shown whole or not at all. Those
    left out are told together by the sum: so they are several, and together as large as a shown one. `barred`: units
    that are hidden whatever their counts are."""
    whole = sum((Counter(counts) for counts in rows.values()), Counter[Any]())
    if not rows or not _is_large(whole):
        return set(), False
    hidden = [key for key, counts in rows.items() if key in barred or not _is_large(counts)]
    shown = sorted((key for key in rows if key not in hidden), key=lambda key: sum(rows[key].values()), reverse=True)
    while hidden and not _is_safe([rows[key] for key in hidden]):
        if not shown:
            return set(), False
        hidden.append(shown.pop())
    return set(shown), True


def _is_large(counts: Counts) -> bool:
    return all(not count or count >= LEVEL_FLOOR for count in counts.values())


def _is_safe(rows: list[Counts]) -> bool:
    """Whether rows of which every sum is known tell no single count: by the bounds of Fréchet, which are exact."""
    together = sum((Counter(counts) for counts in rows), Counter[Any]())
    if not _is_large(together):
        return False
    everybody = together.total()
    for counts in rows:
        papers = sum(counts.values())
        for column in together:
            low, high = max(0, papers + together[column] - everybody), min(papers, together[column])
            if high - low < min(SHIFT, papers):
                return False
    return True


@dataclass(frozen=True)
class Disclosure:
    """What may be shown, levels and means apart: the colleges with their own row, the sum of all, and the classes of
    each such college. `groups`: of the school, by sex or origin; `groups_in`: the colleges that show theirs."""

    levels: set[Any]
    level_total: bool
    level_classes: dict[Any, set[Any]]
    means: set[Any]
    mean_total: bool
    mean_classes: dict[Any, set[Any]]
    groups: dict[str, bool]
    groups_in: dict[str, set[Any]]


def disclosure(colleges: Mapping[Any, Tally]) -> Disclosure:
    """What may be shown of the tallies of all colleges of a school."""
    classes = {key: shown_rows(tally.levels) for key, tally in colleges.items() if tally.levels}
    by_level = {key: colleges[key].by_level for key in classes}
    # Where the sum of a college would tell a count of one of its classes, it is not shown either.
    barred = {key for key, (_shown, whole) in classes.items() if not whole and len(+by_level[key]) > 1}
    levels, level_total = shown_rows(by_level, barred=barred)
    scored = {key: tally for key, tally in colleges.items() if tally.whole.n}
    means, mean_total = large_enough({key: tally.whole.n for key, tally in scored.items()})
    groups, groups_in = {}, {}
    for by in GROUPINGS:
        sizes = {key: _sizes(tally, by) for key, tally in scored.items()}
        groups_in[by], whole = shown_rows(sizes, barred=set(scored) - means)
        groups[by] = whole and mean_total
    return Disclosure(
        levels,
        level_total,
        {key: classes[key][0] for key in levels},
        means,
        mean_total,
        {key: _mean_classes(colleges[key]) for key in means},
        groups,
        groups_in,
    )


def _mean_classes(tally: Tally) -> set[Any]:
    """The classes of a college whose means are shown beside those of the college."""
    classes, whole = large_enough(_sizes(tally, "unit"))
    return classes if whole else set()


def _sizes(tally: Tally, by: str) -> dict[Any, int]:
    return {group: sums.n for group, sums in tally.sums[by].items()}
