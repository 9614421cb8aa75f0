"""Create the units that a roster names for the first time."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from network.models import Unit
from network.rules import PRESENT, Level, home_class
from network.rules.roster_columns import StudentRow, dorm_name
from network.services.rosters.difference import Difference
from network.services.rosters.places import Place, class_place, college_place, dorm_place
from network.services.units import ensure_units


def create_missing_units(difference: Difference) -> list[Unit]:
    """Colleges first, then their classes, then the dorms, each under its home class."""
    school, places = difference.school, difference.places
    colleges = ensure_units(
        school=school,
        level=Level.COLLEGE,
        wanted=[{"name": name, "parent": school} for name in difference.colleges.values()],
    )
    for college in colleges:
        places.add(college)
    classes = ensure_units(
        school=school,
        level=Level.CLASS,
        wanted=[_class(row, places.units[college_place(row.college)]) for row in difference.classes.values()],
    )
    for school_class, row in zip(classes, difference.classes.values(), strict=True):
        places.add(school_class, row.college)
    return [*colleges, *classes, *_found_dorms(difference)]


def _class(row: StudentRow, college: Unit) -> dict[str, object]:
    return {"name": row.school_class, "parent": college, "major": row.major or "", "grade": row.grade}


def _found_dorms(difference: Difference) -> list[Unit]:
    places = difference.places
    homes = _homes(difference)
    dorms = ensure_units(
        school=difference.school,
        level=Level.DORM,
        wanted=[_dorm(row, homes[place]) for place, row in difference.dorms.items()],
    )
    for dorm in dorms:
        places.add(dorm)
    return dorms


def _dorm(row: StudentRow, home: Unit) -> dict[str, object]:
    assert row.dorm is not None
    campus, building, room = row.dorm
    return {"name": dorm_name(row.dorm), "parent": home, "campus": campus, "building": building, "room": room}


def _homes(difference: Difference) -> dict[Place, Unit]:
    """The home class of each new dorm: that of most residents who are at school, else of most who have a bed there."""
    units = difference.places.units
    present = _residents(difference, (row for row in _moving_in(difference) if row.enrollment_status in PRESENT))
    anybody = _residents(difference, _moving_in(difference))
    by_id = {unit.pk: unit for unit in units.values()}
    codes = {pk: unit.code for pk, unit in by_id.items()}
    homes = {}
    for place, residents in anybody.items():
        home = home_class(present.get(place) or residents, None, codes)
        assert home is not None
        homes[place] = by_id[home]
    return homes


def _moving_in(difference: Difference) -> Iterable[StudentRow]:
    return (row for row in difference.rows if row.dorm is not None and dorm_place(row.dorm) in difference.dorms)


def _residents(difference: Difference, rows: Iterable[StudentRow]) -> dict[Place, Counter[int]]:
    residents: dict[Place, Counter[int]] = defaultdict(Counter)
    for row in rows:
        assert row.dorm is not None
        school_class = difference.places.units[class_place(row.college, row.school_class)]
        residents[dorm_place(row.dorm)][school_class.pk] += 1
    return residents
