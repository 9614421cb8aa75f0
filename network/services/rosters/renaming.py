"""Classes that disappear while new ones with the same students appear."""

from collections import Counter

from network.models import Unit
from network.rules import Level
from network.rules.roster_columns import EXPECTED
from network.services.rosters.difference import Difference, Rename
from network.services.rosters.places import Place, class_place

# [D] Most of the old class are in the new one, and most of the new one come from it.
FROM_OLD, OF_NEW = 0.8, 0.5
FEWEST = 2


def find_renames(difference: Difference) -> list[Rename]:
    """For each new class the one that it seems to be the new name of; both in one college."""
    if not difference.classes:
        return []
    moved: Counter[tuple[Place, Place]] = Counter()
    for change in difference.changed_students:
        old, new = change.changes.get("school_class", (None, None))
        if old and new in difference.classes and old[1] == new[1]:
            moved[old, new] += 1
    if not moved:
        return []
    named = Counter(class_place(row.college, row.school_class) for row in difference.rows)
    standing = _standing(difference)
    found = []
    for (old, new), count in moved.most_common():
        is_gone = not named[old] and count >= FEWEST
        if is_gone and count >= FROM_OLD * standing[old] and count >= OF_NEW * named[new]:
            row = difference.classes[new]
            unit: Unit = difference.places.units[old]
            found.append(Rename(unit, old, row.college, row.school_class, count))
    return found


def _standing(difference: Difference) -> Counter[Place]:
    """How many students who are expected each class has now."""
    of_id = difference.places.of_id
    places = (
        of_id(student.school_class_id)
        for student in difference.standing.values()
        if student.enrollment_status in EXPECTED
    )
    return Counter(place for place in places if place and place[0] == Level.CLASS)
