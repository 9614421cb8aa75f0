"""Groups of students in the figures of a screening: provinces, means, and which groups are large enough. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kernel.suppression import HIDDEN, Figure, Hidden, suppress

# Risk levels and means say more of a person than weather does, so their cells are larger.
LEVEL_FLOOR = 10
LEVELS = (1, 2, 3)
PROVINCES = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州",
    "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "香港", "澳门", "台湾",
)  # fmt: skip

Key = TypeVar("Key", bound=Hashable)


def province_of(origin: str) -> str:
    """The province that a place of origin begins with; "" where none is known."""
    given = origin.strip()
    return next((province for province in PROVINCES if given.startswith(province)), "")


def large_enough(sizes: Mapping[Key, int], *, floor: int = LEVEL_FLOOR) -> tuple[set[Key], bool]:
    """The groups that may be shown, and whether their whole may be: none is smaller than `floor`, and none that is
    left out follows from the others."""
    table = suppress({key: {"n": size} for key, size in sizes.items()}, floor=floor)
    shown = {key for key, cells in table.cells.items() if not isinstance(cells["n"], Hidden)}
    return shown, bool(sizes) and not isinstance(table.total, Hidden)


@dataclass
class Sums:
    """What adds up to the means of a group: total and factors of its papers."""

    n: int = 0
    by_measure: dict[str, float] = field(default_factory=dict)

    def add(self, figures: Mapping[str, float]) -> None:
        self.n += 1
        for name, value in figures.items():
            self.by_measure[name] = self.by_measure.get(name, 0) + value

    def merge(self, other: Sums) -> None:
        self.n += other.n
        for name, value in other.by_measure.items():
            self.by_measure[name] = self.by_measure.get(name, 0) + value

    def write(self) -> list[Any]:
        """As JSON keeps it."""
        return [self.n, self.by_measure]

    @classmethod
    def read(cls, kept: Sequence[Any]) -> Sums:
        return cls(kept[0], dict(kept[1]))

    def means(self, measures: Iterable[str]) -> tuple[float | None, ...]:
        """The means in the order of the measures; None for what no paper has."""
        return tuple(self.by_measure[name] / self.n if name in self.by_measure else None for name in measures)


@dataclass(frozen=True)
class Means:
    """A group that may be shown with its means, or one that is hidden and has none."""

    label: str
    n: Figure
    means: tuple[float | None, ...]


@dataclass(frozen=True)
class LevelRow:
    """How many of a group are in each class; `total` of those with a class."""

    label: str
    cells: tuple[Figure, ...]
    total: Figure

    def share(self, level: int) -> float | None:
        """The share of a class in per cent, None where it is hidden or there is nobody."""
        part = self.cells[LEVELS.index(level)]
        if isinstance(part, Hidden) or isinstance(self.total, Hidden) or not self.total:
            return None
        return round(100 * part / self.total, 1)


def level_row(label: str, counts: Mapping[int, int] | None) -> LevelRow:
    """The row of a group; hidden where no counts are given."""
    if counts is None:
        return LevelRow(label, (HIDDEN,) * len(LEVELS), HIDDEN)
    cells = tuple(counts.get(level, 0) for level in LEVELS)
    return LevelRow(label, cells, sum(cells))


def means_row(label: str, sums: Sums | None, measures: Sequence[str]) -> Means:
    """The means of a group; hidden where no sums are given."""
    if sums is None:
        return Means(label, HIDDEN, (None,) * len(measures))
    return Means(label, sums.n, sums.means(measures))


def coarsen(people: Sequence[tuple[str, ...]], *, floor: int = LEVEL_FLOOR) -> list[tuple[str, ...]]:
    """The keys of each person, made coarser until everybody shares theirs with `floor` - 1 others at least: the last
    key is dropped first. With fewer than `floor` people all keys are dropped."""
    found = list(people)
    while found:
        sizes = Counter(found)
        blank = ("",) * len(found[0])
        small = {keys for keys, n in sizes.items() if n < floor and keys != blank}
        if not small and 0 < sizes[blank] < floor and len(sizes) > 1:
            small = {min((keys for keys in sizes if keys != blank), key=lambda keys: (sizes[keys], keys))}
        if not small:
            break
        found = [_coarser(keys) if keys in small else keys for keys in found]
    return found


def _coarser(keys: tuple[str, ...]) -> tuple[str, ...]:
    last = max(place for place, key in enumerate(keys) if key)
    return (*keys[:last], *("",) * (len(keys) - last))
