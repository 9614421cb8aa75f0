"""Tables of what was measured, on the screen and in docs/BENCHMARKS.md."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "BENCHMARKS.md"
HEAD = """# Benchmarks

Measured by `make bench` on PostgreSQL; every part can be measured alone (`make bench ARGS="--only rollup"`) and at a
smaller size for a try (`ARGS="--students 4000"`, which leaves this file as it is). Times depend on the machine and on
what else it does, so the aims are ratios taken in one run. A part keeps the figures of its last full run, with the day
and the machine.
"""


@dataclass
class Section:
    """One part: what was measured, where, how, and whether the aim is met."""

    title: str
    how: str
    heads: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)

    def markdown(self, machine: str) -> str:
        lines = [f"## {self.title}", "", self.how, "", f"*{machine}*", ""]
        lines += [_row(self.heads), _row(["---"] * len(self.heads)), *(_row(row) for row in self.rows)]
        return "\n".join(lines) + "\n"

    def text(self) -> str:
        table = [self.heads, *self.rows]
        widths = [max(len(row[column]) for row in table) for column in range(len(self.heads))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
        ]
        return "\n".join(["", f"== {self.title} ==", *lines])


def met(is_met: bool) -> str:
    return "met" if is_met else "**not met**"


def write(sections: Sequence[Section], machine: str) -> None:
    """Put the sections in place of those of the same title; the others stay."""
    standing = DOCUMENT.read_text() if DOCUMENT.exists() else HEAD
    _head, *parts = re.split(r"(?m)^(?=## )", standing)
    kept = {part.splitlines()[0].removeprefix("## "): part.rstrip() + "\n" for part in parts}
    kept |= {section.title: section.markdown(machine) for section in sections}
    DOCUMENT.write_text("\n".join([HEAD, *(kept[title] for title in sorted(kept))]))


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
