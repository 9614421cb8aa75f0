"""Compare a roster with what is stored: students, and the units they need."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from kernel.folding import fold
from network.models import Student, Unit
from network.rules import ROLE_LEVEL, EnrollmentStatus, Level
from network.rules.cells import Code, quoted
from network.rules.roster_columns import EXPECTED, STAFF_SHEET, STUDENT_SHEET, Fault, StudentRow, is_too_small
from network.services.rosters.difference import Difference, StudentChange
from network.services.rosters.numbers import Zeros, same_but_for_zeros, taken_numbers
from network.services.rosters.places import Place, Places, class_place, college_place, dorm_place, shared_rooms
from network.services.rosters.posts import compare_posts
from network.services.rosters.reading import Roster
from network.services.rosters.renaming import find_renames
from network.services.rosters.rooms import with_campuses
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


def compare(
    *, school: Unit, roster: Roster, is_partial: bool, on: date, renamed: Collection[int] | None = ()
) -> Difference:
    """What would change. Faults that only the stored data can show are added to those of the file. `renamed`: ids of
    classes of which somebody has said that they were renamed, not replaced; None: all that seem so."""
    before = [*roster.faults], [*roster.normalized], {*roster.named}
    difference = _compared(Difference(school, roster, Places.of(school)), is_partial, on)
    difference.renames = find_renames(difference)
    accepted = [rename for rename in difference.renames if renamed is None or rename.unit.pk in renamed]
    if accepted:
        roster.faults, roster.normalized, roster.named = before
        places = Places.of(school)
        for rename in accepted:
            places.rename(places.units[rename.old], rename.college, rename.name)
        asked = [rename for rename in difference.renames if rename not in accepted]
        difference = _compared(Difference(school, roster, places, renames=asked, renamed=accepted), is_partial, on)
    roster.faults += [rename.fault() for rename in difference.renames]
    roster.faults.sort(key=lambda fault: (fault.sheet != STUDENT_SHEET, fault.sheet, fault.row))
    return difference


def _compared(difference: Difference, is_partial: bool, on: date) -> Difference:
    roster = difference.roster
    if STUDENT_SHEET in roster.sheets:
        _compare_students(difference, is_partial)
    if STAFF_SHEET in roster.sheets:
        compare_staff(difference, is_partial=is_partial, on=on)
    compare_posts(difference, on=on)
    return difference


def _compare_students(difference: Difference, is_partial: bool) -> None:
    standing = {student.number: student for student in Student.objects.filter(school=difference.school).order_by("pk")}
    difference.standing = standing
    rows = _with_their_zeros(difference, standing)
    rows = with_campuses(difference, rows, standing)
    rows = _of_known_colleges(difference, rows)
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


def _with_their_zeros(difference: Difference, standing: Collection[str]) -> list[StudentRow]:
    """A number cell that differs from a known number by leading zeros alone is that student."""
    roster = difference.roster
    meant = same_but_for_zeros(roster.named - set(standing), Zeros(standing))
    roster.named.update(meant.values())
    rows: list[StudentRow] = []
    taken = {row.number for row in roster.students}
    for row in roster.students:
        if row.number not in meant or (STUDENT_SHEET, row.row) not in roster.numeric:
            rows.append(row)
        elif meant[row.number] in taken:
            fault = Fault(STUDENT_SHEET, row.row, "学号", Code.STUDENT_NUMBER_REPEATED, row.number)
            roster.faults.append(fault)
        else:
            rows.append(replace(row, number=meant[row.number]))
            taken.add(meant[row.number])
            roster.normalized.append(Fault(STUDENT_SHEET, row.row, "学号", Code.LEADING_ZEROS))
    return rows


def _of_known_colleges(difference: Difference, rows: list[StudentRow]) -> list[StudentRow]:
    """Rows whose college is a unit already or a department of the staff sheet; without that sheet any college goes."""
    roster = difference.roster
    if STAFF_SHEET not in roster.sheets:
        return rows
    known = {place[1] for place in difference.places.units if place[0] == Level.COLLEGE}
    known |= {fold(row.department) for row in roster.staff if ROLE_LEVEL[row.role] != Level.SCHOOL}
    roster.faults += [
        Fault(STUDENT_SHEET, row.row, "学院", Code.COLLEGE_UNKNOWN, quoted(row.college))
        for row in rows
        if fold(row.college) not in known
    ]
    return [row for row in rows if fold(row.college) in known]


def _of_free_numbers(difference: Difference, rows: list[StudentRow], standing: dict[str, Student]) -> list[StudentRow]:
    """Rows whose number nobody else has: no student of another school, no member of the staff."""
    taken = taken_numbers(row.number for row in rows if row.number not in standing)
    difference.faults.extend(
        Fault(STUDENT_SHEET, row.row, "学号", Code.NUMBER_TAKEN, row.number) for row in rows if row.number in taken
    )
    return [row for row in rows if row.number not in taken]


def _find_wanted_units(difference: Difference, rows: list[StudentRow]) -> None:
    units = difference.places.units
    homes = []
    for row in rows:
        college, school_class = college_place(row.college), class_place(row.college, row.school_class)
        if college not in units:
            difference.colleges.setdefault(college, row.college)
        if school_class not in units:
            difference.classes.setdefault(school_class, row)
        wanted = [college, school_class]
        if row.dorm is not None:
            dorm = dorm_place(row.dorm)
            homes.append((dorm, school_class))
            wanted.append(dorm)
            if dorm not in units:
                difference.dorms.setdefault(dorm, row)
        if row.enrollment_status in EXPECTED:
            closed = {place: units[place] for place in wanted if place in units and not units[place].is_active}
            difference.reopened |= closed
    difference.rooms_shared = shared_rooms(homes)


def _changes(difference: Difference, student: Student, row: StudentRow) -> dict[str, tuple[object, object]]:
    columns = difference.roster.columns
    changes: dict[str, tuple[object, object]] = {}
    for name in PLAIN_FIELDS:
        if name in columns:
            before, after = getattr(student, name), getattr(row, name)
            if before != after and not _is_written_alike(before, after):
                changes[name] = (before, after)
    return changes | _moves(difference.places, student, row, difference.roster.has_rooms)


def _is_written_alike(before: object, after: object) -> bool:
    """Two spellings of the same: the one that the school has stays."""
    return isinstance(before, str) and isinstance(after, str) and bool(before) and fold(before) == fold(after)


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
    gone = [
        student
        for student in expected
        if student.number not in roster.named and fold(student.name) not in roster.names_without_number
    ]
    if gone and roster.nameless[STUDENT_SHEET]:
        # A row that names nobody may be any of them.
        difference.faults.append(Fault(STUDENT_SHEET, 0, "", Code.LEFT_HELD_BACK, str(len(gone))))
        return
    difference.left_students = gone
