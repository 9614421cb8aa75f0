"""What is unusual about a difference, so that nobody confirms by habit."""

from collections.abc import Mapping
from typing import NamedTuple

from network.rules.roster_columns import EXPECTED
from network.services.rosters.difference import Difference

# [D] More than every tenth moves, more than every fiftieth leaves, more than ten values of a column become empty.
MOVES_PER, LEAVES_PER, EMPTIED = 10, 50, 10
# Up to here a number is taken in at a glance and need not be typed.
LARGE = 10
CLEARED = (
    *("phone", "guardian_name", "guardian_relation", "guardian_phone", "born_on", "ethnicity", "origin", "bed"),
    "dorm",
)


class Unusual(NamedTuple):
    """`kind`: room, class, college, left, posts, or empty:<attribute>; `number` of `total`."""

    kind: str
    number: int
    total: int


def find_unusual(difference: Difference) -> list[Unusual]:
    """What is more than usual, the largest first."""
    total = sum(student.enrollment_status in EXPECTED for student in difference.standing.values())
    posts = difference.counts()["posts"]["ended"]
    found = [Unusual("posts", posts, 0)] if posts else []
    if total:
        limits = _limits(total)
        counts = _moves(difference) | {"left": len(difference.left_students)} | _cleared(difference)
        found += [Unusual(kind, count, total) for kind, count in counts.items() if count > limits.get(kind, EMPTIED)]
    return sorted(found, key=lambda one: -one.number)


def number_to_type(unusual: list[Unusual]) -> int:
    """The number that is typed before confirming; 0 where nothing is large."""
    largest = max((one.number for one in unusual), default=0)
    return largest if largest > LARGE else 0


def _limits(total: int) -> Mapping[str, float]:
    moves = total / MOVES_PER
    return {"room": moves, "class": moves, "college": moves, "left": total / LEAVES_PER}


def _moves(difference: Difference) -> dict[str, int]:
    counts = {"room": 0, "class": 0, "college": 0}
    for change in difference.changed_students:
        old_room, room = change.changes.get("dorm", (None, None))
        old_class, school_class = change.changes.get("school_class", (None, None))
        counts["room"] += bool(old_room and room)
        counts["class"] += bool(old_class and school_class)
        counts["college"] += bool(old_class and school_class and old_class[1] != school_class[1])
    return counts


def _cleared(difference: Difference) -> dict[str, int]:
    """How many values of each column would become empty."""
    counts = dict.fromkeys((f"empty:{name}" for name in CLEARED), 0)
    for change in difference.changed_students:
        for name, (before, after) in change.changes.items():
            if name in CLEARED and before and not after:
                counts[f"empty:{name}"] += 1
    return counts
