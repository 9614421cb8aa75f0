"""Rooms that a roster names without their campus."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from kernel.folding import fold
from network.models import Student
from network.rules.cells import Code
from network.rules.roster_columns import STUDENT_SHEET, Fault, StudentRow
from network.services.rosters.difference import Difference
from network.services.rosters.places import Place, dorm_place


def with_campuses(difference: Difference, rows: list[StudentRow], standing: Mapping[str, Student]) -> list[StudentRow]:
    """Rows with the campus of the room that they mean: the student's own room, or the only one of that building and
    number. A room that could be several is refused."""
    rooms = difference.places.rooms()
    if not rooms:
        return rows
    buildings = _campuses(difference)
    found: list[StudentRow] = []
    for row in rows:
        if row.dorm is None or row.campus or dorm_place(row.dorm) in difference.places.units:
            found.append(row)
            continue
        places = rooms.get((fold(row.dorm[1]), fold(row.dorm[2])), [])
        student = standing.get(row.number)
        own = difference.places.of_id(student.dorm_id) if student else None
        if len(places) > 1 and own not in places:
            difference.faults.append(Fault(STUDENT_SHEET, row.row, "校区", Code.ROOM_AMBIGUOUS, str(len(places))))
        elif places:
            found.append(replace(row, campus=_campus(difference, own if own in places else places[0])))
        else:
            campuses = buildings.get(fold(row.dorm[1]), set())
            found.append(replace(row, campus=next(iter(campuses))) if len(campuses) == 1 else row)
    return found


def _campus(difference: Difference, place: Place | None) -> str:
    return difference.places.units[place].campus if place else ""


def _campuses(difference: Difference) -> dict[str, set[str]]:
    """Folded building → the campuses on which it stands."""
    campuses: dict[str, set[str]] = defaultdict(set)
    for places in difference.places.rooms().values():
        for place in places:
            unit = difference.places.units[place]
            campuses[fold(unit.building)].add(unit.campus)
    return campuses
