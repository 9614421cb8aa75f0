"""The plan as the workbook that a university would upload."""

from collections.abc import Iterator, Sequence

from demo.university import StaffPlan, StudentPlan, University
from kernel.xlsx.writing import Cell
from network.rules import ADMINISTRATORS, Level, Role
from network.rules.roster_columns import (
    COLUMNS,
    POST_SHEET,
    ROLE_WORDS,
    SEXES,
    STAFF_ROLES,
    STAFF_SHEET,
    STATUSES,
    STUDENT_SHEET,
)

Rows = list[Sequence[Cell]]
SEX_WORDS = {code: word for word, code in SEXES.items()}
STATUS_WORDS = {status: word for word, status in STATUSES.items()}
IMPORTED = frozenset(STAFF_ROLES.values())
CENTER, OFFICE = "心理健康教育与咨询中心", "学校"
AT_THE_CENTER = frozenset({Role.CENTER_DIRECTOR, Role.FULL_TIME_COUNSELOR, Role.PART_TIME_COUNSELOR})


def sheets(planned: University) -> dict[str, Rows]:
    """The three sheets of a roster, heads first."""
    rows: dict[str, Iterator[Sequence[Cell]]] = {
        STUDENT_SHEET: (_student(one) for one in planned.students),
        STAFF_SHEET: _staff(planned),
        POST_SHEET: _posts(planned),
    }
    return {name: [[column.name for column in COLUMNS[name]], *rows[name]] for name in COLUMNS}


def _student(one: StudentPlan) -> Sequence[Cell]:
    campus, building, room = one.room or ("", "", "")
    group = one.school_class
    return [
        *(one.number, one.name, SEX_WORDS[one.sex], one.ethnicity, one.born_on, one.origin),
        *(group.college, group.major, group.grade, group.name),
        *(campus, building, room, one.bed),
        *(one.phone, one.guardian_name, one.guardian_relation, one.guardian_phone),
        STATUS_WORDS[one.enrollment_status],
    ]


def _staff(planned: University) -> Iterator[Sequence[Cell]]:
    colleges = {one.name: one.college for one in planned.classes}
    for one in planned.staff:
        if one.role in IMPORTED:
            classes = "、".join(one.places) if one.level == Level.CLASS else ""
            yield one.number, one.name, _department(one, colleges), ROLE_WORDS[one.role], classes, "", one.phone


def _department(one: StaffPlan, colleges: dict[str, str]) -> str:
    if one.level == Level.SCHOOL:
        return CENTER if one.role in AT_THE_CENTER else OFFICE
    return colleges.get(one.places[0], one.places[0])


def _posts(planned: University) -> Iterator[Sequence[Cell]]:
    names = {one.number: one.name for one in planned.students}
    for one in planned.staff:
        if one.role not in IMPORTED and one.role not in ADMINISTRATORS:
            yield one.number, one.name, ROLE_WORDS[one.role], ""
    # An empty cell means the class or the room that the student belongs to.
    for number in planned.committee.values():
        yield number, names[number], ROLE_WORDS[Role.CLASS_COMMITTEE_MEMBER], ""
    for number in planned.heads.values():
        yield number, names[number], ROLE_WORDS[Role.DORM_HEAD], ""
    yield planned.officer, names[planned.officer], ROLE_WORDS[Role.STUDENT_UNION_OFFICER], ""
    for college, number in planned.college_officers.items():
        yield number, names[number], ROLE_WORDS[Role.COLLEGE_UNION_OFFICER], college
