"""Brings the planned university to life: its roster is imported as a real one would be."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO

from demo.university import Room, University
from demo.workbook import IMPORTED, sheets
from kernel.xlsx import write_workbook
from network.models import Post, Student, Unit, User
from network.rules import ADMINISTRATORS, PRESENT, Level, Role
from network.services import create_school
from network.services.rosters import compare_file, import_file
from network.services.signin.administrators import admit_colleague

CODE, NAME = "MD", "明德大学"
FILE_NAME = "明德大学花名册.xlsx"


@dataclass
class Cast:
    """Who holds what in the story."""

    school: Unit
    colleges: dict[str, Unit] = field(default_factory=dict)
    classes: dict[str, Unit] = field(default_factory=dict)
    dorms: dict[Room, Unit] = field(default_factory=dict)
    students: dict[str, Student] = field(default_factory=dict)
    rooms: dict[int, list[Student]] = field(default_factory=lambda: defaultdict(list))
    holders: dict[tuple[Role, int], list[User]] = field(default_factory=lambda: defaultdict(list))

    def holder(self, role: Role, unit_id: int | None) -> User | None:
        held = self.holders.get((role, unit_id or 0))
        return held[0] if held else None

    def residents(self, dorm: Unit) -> list[Student]:
        """Present students of a room as it is now."""
        return self.rooms[dorm.pk]

    def keep(self, student: Student) -> None:
        """Remember a student as the database has them now."""
        before = self.students.get(student.number)
        if before and before.dorm_id:
            self.rooms[before.dorm_id].remove(before)
        self.students[student.number] = student
        if student.dorm_id and student.enrollment_status in PRESENT:
            self.rooms[student.dorm_id].append(student)


def settle_in(planned: University, *, at: datetime) -> Cast:
    """Write the plan into the database as of `at`."""
    school = create_school(code=CODE, name=NAME, by=None, at=at)
    _admit(school, planned, at=at)
    content = BytesIO(write_workbook(sheets(planned)))
    difference = compare_file(source=content, school=school, is_partial=False, at=at)
    if difference.roster.errors:
        raise ValueError(f"the planned roster has faults: {difference.roster.errors[:3]}")
    import_file(difference=difference, file_name=FILE_NAME, by=None, at=at)
    return gather(school)


def _admit(school: Unit, planned: University, *, at: datetime) -> None:
    """Those whom no staff list names have their accounts before the roster gives them posts."""
    for one in planned.staff:
        if one.role in ADMINISTRATORS:
            admit_colleague(school=school, number=one.number, name=one.name, role=one.role, by=None, at=at)
        elif one.role not in IMPORTED:
            User.objects.create_user(one.number, name=one.name, school=school)


def gather(school: Unit) -> Cast:
    """The cast as the database has it."""
    cast = Cast(school)
    units = Unit.objects.filter(school=school).order_by("code")
    by_level = {level: [unit for unit in units if unit.level == level] for level in Level}
    cast.colleges = {unit.name: unit for unit in by_level[Level.COLLEGE]}
    cast.classes = {unit.name: unit for unit in by_level[Level.CLASS]}
    cast.dorms = {(unit.campus, unit.building, unit.room): unit for unit in by_level[Level.DORM]}
    for student in Student.objects.filter(school=school).order_by("number"):
        cast.keep(student)
    users: dict[int, User] = {}
    posts = Post.objects.filter(holder__school=school).select_related("holder")
    for post in posts.order_by("unit__code", "role", "holder__number"):
        holder = users.setdefault(post.holder_id, post.holder)
        # Asked for hundreds of times while the story is told, and the same throughout.
        holder.request_scope = None
        cast.holders[Role(post.role), post.unit_id].append(holder)
    return cast
