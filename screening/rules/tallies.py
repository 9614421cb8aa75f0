"""What papers come to, added up by college, and by class, sex and province within it. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from screening.rules.figures import LEVEL_FLOOR, Sums

GROUPINGS = ("unit", "sex", "origin")
# Later changes are shown when they are of this many papers of a college: fewer could be told apart.
BATCH = 10


@dataclass
class Tally:
    """Levels by unit; sums of measures by unit, sex and province, and of all."""

    levels: dict[Any, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    sums: dict[str, dict[Any, Sums]] = field(default_factory=lambda: {by: defaultdict(Sums) for by in GROUPINGS})
    whole: Sums = field(default_factory=Sums)

    def add(self, level: int | None, figures: Mapping[str, float] | None, groups: tuple[Any, str, str]) -> None:
        """One paper of a unit, a sex and a province; `figures` is None where it gave no score."""
        if level is not None:
            self.levels[groups[0]][level] += 1
        if figures is None:
            return
        self.whole.add(figures)
        for by, group in zip(GROUPINGS, groups, strict=True):
            self.sums[by][group].add(figures)

    def merge(self, other: Tally, *, unit: Any = None) -> None:
        """Add another tally, all of it to one unit if that is given."""
        for key, counts in other.levels.items():
            self.levels[key if unit is None else unit].update(counts)
        for by in ("sex", "origin"):
            for key, sums in other.sums[by].items():
                self.sums[by][key].merge(sums)
        for key, sums in other.sums["unit"].items():
            self.sums["unit"][key if unit is None else unit].merge(sums)
        self.whole.merge(other.whole)

    @property
    def by_level(self) -> Counter[int]:
        return sum(self.levels.values(), Counter())

    @property
    def is_empty(self) -> bool:
        return not self.levels and not self.whole.n

    def rename(self, by: str, names: Mapping[str, str]) -> None:
        """Put groups under other names, those of the same name together."""
        groups: dict[Any, Sums] = defaultdict(Sums)
        for key, sums in self.sums[by].items():
            groups[names.get(key, key)].merge(sums)
        self.sums[by] = groups

    def write(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "levels": {
                str(unit): {str(level): n for level, n in levels.items()} for unit, levels in self.levels.items()
            },
            "sums": {by: {str(key): sums.write() for key, sums in groups.items()} for by, groups in self.sums.items()},
            "whole": self.whole.write(),
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Tally:
        tally = cls(whole=Sums.read(kept["whole"]))
        for unit, counts in kept["levels"].items():
            tally.levels[int(unit)] = Counter({int(level): n for level, n in counts.items()})
        for by in GROUPINGS:
            for key, sums in kept["sums"][by].items():
                tally.sums[by][int(key) if by == "unit" else key] = Sums.read(sums)
        return tally


def merge_small_origins(colleges: Mapping[Any, Tally]) -> None:
    """Put provinces of fewer than ten papers of the school to those elsewhere or not known, and further ones until
    these are ten."""
    sizes: Counter[str] = Counter()
    for tally in colleges.values():
        sizes.update({key: sums.n for key, sums in tally.sums["origin"].items()})
    small = {key for key, n in sizes.items() if n < LEVEL_FLOOR}
    for key in sorted(set(sizes) - small, key=lambda key: (sizes[key], key)):
        if not small or sum(sizes[key] for key in small) >= LEVEL_FLOOR:
            break
        small.add(key)
    for tally in colleges.values():
        tally.rename("origin", dict.fromkeys(small, ""))


def changed_papers(old: Mapping[str, str], new: Mapping[str, str]) -> int:
    """How many papers came, went or changed; each has a digest."""
    return len({key for key, _digest in set(old.items()) ^ set(new.items())})


def due_colleges(old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
    """The colleges of which enough papers have changed to be published again."""
    for college in sorted({*old, *new}):
        if changed_papers(old.get(college, {}), new.get(college, {})) >= BATCH:
            yield college
