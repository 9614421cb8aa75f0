"""Compare a roster with what is stored: students, and the units they need."""

from collections.abc import Iterable
from datetime import date

from network.models import Student, Unit
from network.rules import ROLE_LEVEL, EnrollmentStatus, Level
from network.rules.cells import Code, quoted
from network.rules.roster_columns import EXPECTED, STAFF_SHEET, STUDENT_SHEET, Fault, StudentRow, is_too_small
from network.services.rosters.difference import Difference, StudentChange
from network.services.rosters.numbers import taken_numbers
from network.services.rosters.places import Place, Places, class_place, college_place, dorm_place, shared_rooms
from network.services.rosters.posts import compare_posts
from network.services.rosters.reading import Roster
from network.services.rosters.staff import compare_staff

PLAIN_FIELDS = (
    "name",
    "sex",
    "ethnicity",
    "born_on",
    "origin",
    "bed",
    "phone",
    "guardian_name",
    "guardian_relation",
    "guardian_phone",
    "enrollment_status",
)


def compare(*, school: Unit, roster: Roster, is_partial: bool, on: date) -> Difference:
    """What would change. Faults that only the stored data can show are added to those of the file."""
    difference = Difference(school, roster, Places.of(school))
    if STUDENT_SHEET in roster.sheets:
        _compare_students(difference, is_partial)
    if STAFF_SHEET in roster.sheets:
        compare_staff(difference, is_partial=is_partial, on=on)
    compare_posts(difference, on=on)
    roster.faults.sort(key=lambda fault: (fault.sheet != STUDENT_SHEET, fault.sheet, fault.row))
    return difference


def _compare_students(difference: Difference, is_partial: bool) -> None:
    standing = {student.number: student for student in Student.objects.filter(school=difference.school).order_by("pk")}
    rows = _of_known_colleges(difference)
    rows = _of_free_numbers(difference, rows, standing)
    difference.rows = rows
    _find_wanted_units(difference, rows)
    for row in rows:
        student = standing.get(row.number)
        if student is None:
            difference.new_students.append(row)
            continue
        changes = _changes(difference, student, row)
        if changes:
            difference.changed_students.append(StudentChange(student, changes))
        else:
            difference.unchanged_students += 1
    if not is_partial:
        _find_left(difference, standing.values())


def _of_known_colleges(difference: Difference) -> list[StudentRow]:
    """Rows whose college is a unit already or a department of the staff sheet; without that sheet any college goes."""
    roster = difference.roster
    if STAFF_SHEET not in roster.sheets:
        return roster.students
    known = {unit.name for place, unit in difference.places.units.items() if place[0] == Level.COLLEGE}
    known |= {row.department for row in roster.staff if ROLE_LEVEL[row.role] != Level.SCHOOL}
    roster.faults += [
        Fault(STUDENT_SHEET, row.row, "学院", Code.COLLEGE_UNKNOWN, quoted(row.college))
        for row in roster.students
        if row.college not in known
    ]
    return [row for row in roster.students if row.college in known]


def _of_free_numbers(difference: Difference, rows: list[StudentRow], standing: dict[str, Student]) -> list[StudentRow]:
    """Rows whose number nobody else has: no student of another school, no member of the staff."""
    taken = taken_numbers(row.number for row in rows if row.number not in standing)
    difference.faults.extend(
        Fault(STUDENT_SHEET, row.row, "学号", Code.NUMBER_TAKEN, row.number) for row in rows if row.number in taken
    )
    return [row for row in rows if row.number not in taken]


def _find_wanted_units(difference: Difference, rows: list[StudentRow]) -> None:
    units = difference.places.units
    for row in rows:
        college, school_class = college_place(row.college), class_place(row.college, row.school_class)
        if college not in units:
            difference.colleges.setdefault(college, row.college)
        if school_class not in units:
            difference.classes.setdefault(school_class, row)
        if row.dorm is not None and dorm_place(row.dorm) not in units:
            difference.dorms.setdefault(dorm_place(row.dorm), row)
    difference.rooms_shared = shared_rooms(
        (row.dorm, class_place(row.college, row.school_class)) for row in rows if row.dorm is not None
    )


def _changes(difference: Difference, student: Student, row: StudentRow) -> dict[str, tuple[object, object]]:
    columns = difference.roster.columns
    changes: dict[str, tuple[object, object]] = {}
    for name in PLAIN_FIELDS:
        if name in columns:
            before, after = getattr(student, name), getattr(row, name)
            if before != after:
                changes[name] = (before, after)
    return changes | _moves(difference.places, student, row, "room" in columns)


def _moves(places: Places, student: Student, row: StudentRow, has_rooms: bool) -> dict[str, tuple[object, object]]:
    moves: dict[str, tuple[object, object]] = {}
    school_class = class_place(row.college, row.school_class)
    if places.of_id(student.school_class_id) != school_class:
        moves["school_class"] = (places.of_id(student.school_class_id), school_class)
    dorm: Place | None = None if row.dorm is None else dorm_place(row.dorm)
    if has_rooms and places.of_id(student.dorm_id) != dorm:
        moves["dorm"] = (places.of_id(student.dorm_id), dorm)
    return moves


def _find_left(difference: Difference, standing: Iterable[Student]) -> None:
    """Students who should be in the file and are not. A row without a number may be anybody of that name."""
    roster = difference.roster
    expected = [student for student in standing if EnrollmentStatus(student.enrollment_status) in EXPECTED]
    named = [student for student in expected if student.number in roster.named]
    if is_too_small(len(named), len(expected)):
        difference.faults.append(Fault(STUDENT_SHEET, 0, "", Code.ROSTER_TOO_SMALL, f"{len(named)}/{len(expected)}"))
        return
    difference.left_students = [
        student
        for student in expected
        if student.number not in roster.named and student.name not in roster.names_without_number
    ]
