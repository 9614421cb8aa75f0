"""What a roster says: its sheets, columns and words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from network.rules import EnrollmentStatus, Role
from network.rules.cells import (
    Code,
    Column,
    read_birth,
    read_choice,
    read_grade,
    read_list,
    read_mail,
    read_number,
    read_text,
)

STUDENT_SHEET = "学生名册"
STAFF_SHEET = "教职工"
POST_SHEET = "任职"

SEXES = {"男": "M", "女": "F"}
STATUSES = {
    "在读": EnrollmentStatus.STUDYING,
    "复学": EnrollmentStatus.RETURNED,
    "休学": EnrollmentStatus.ON_LEAVE,
    "退学": EnrollmentStatus.WITHDRAWN,
    "毕业": EnrollmentStatus.GRADUATED,
}
STAFF_ROLES = {
    "分管校领导": Role.SCHOOL_LEADER,
    "中心主任": Role.CENTER_DIRECTOR,
    "专职咨询师": Role.FULL_TIME_COUNSELOR,
    "兼职咨询师": Role.PART_TIME_COUNSELOR,
    "学院副书记": Role.DEPUTY_SECRETARY,
    "心理专干": Role.COLLEGE_COORDINATOR,
    "辅导员": Role.FUDAOYUAN,
    "班主任": Role.CLASS_ADVISER,
}
OTHER_ROLES = {
    "心理委员": Role.CLASS_COMMITTEE_MEMBER,
    "宿舍长": Role.DORM_HEAD,
    "信息联络员": Role.DORM_HEAD,
    "学生会干部": Role.STUDENT_UNION_OFFICER,
    "学院学生会干部": Role.COLLEGE_UNION_OFFICER,
    "领导小组": Role.LEADING_GROUP,
    "审计员": Role.AUDITOR,
    "系统管理员": Role.SYSTEM_ADMINISTRATOR,
    "安全管理员": Role.SECURITY_ADMINISTRATOR,
}
# Students whom the roster expects: the others have gone already, and need not be named in it again.
EXPECTED = frozenset({EnrollmentStatus.STUDYING, EnrollmentStatus.RETURNED, EnrollmentStatus.ON_LEAVE})
ROLES: Mapping[str, Role] = STAFF_ROLES | OTHER_ROLES
# Of two words for a role the first one is written.
ROLE_WORDS: Mapping[Role, str] = {role: word for word, role in reversed(list(ROLES.items()))}
WARNINGS = frozenset(
    {Code.ROOM_MISSING, Code.CLASSES_MISSING, Code.LEFT_HELD_BACK, Code.POSTS_HELD_BACK, Code.CLASS_RENAMED}
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place. `value` never holds what identifies a person."""

    sheet: str
    row: int
    column: str
    code: Code
    value: str = ""


STUDENT_COLUMNS = (
    Column("学号", "number", read_number, missing=Code.STUDENT_NUMBER_MISSING, as_float=Code.STUDENT_NUMBER_AS_FLOAT),
    Column("姓名", "name", read_text, 40, missing=Code.NAME_MISSING, is_name=True),
    Column("性别", "sex", read_choice(SEXES, Code.SEX_UNKNOWN)),
    Column("民族", "ethnicity", read_text, 20),
    Column("出生日期", "born_on", read_birth),
    Column("生源地", "origin", read_text, 40),
    Column("学院", "college", read_text, missing=Code.COLLEGE_UNKNOWN),
    Column("专业", "major", read_text),
    Column("年级", "grade", read_grade),
    Column("班级", "school_class", read_text, missing=Code.CLASS_MISSING),
    Column("校区", "campus", read_text, 40),
    Column("楼栋", "building", read_text, 40),
    Column("房间号", "room", read_text, 20),
    Column("床位", "bed", read_text, 10),
    Column("手机号", "phone", read_text, 30, as_float=Code.PHONE_AS_FLOAT),
    Column("家长姓名", "guardian_name", read_text, 40, is_name=True),
    Column("与本人关系", "guardian_relation", read_text, 20),
    Column("家长电话", "guardian_phone", read_text, 30, as_float=Code.PHONE_AS_FLOAT),
    Column("学籍状态", "enrollment_status", read_choice(STATUSES, Code.STATUS_UNKNOWN)),
)
STAFF_COLUMNS = (
    Column("工号", "number", read_number, missing=Code.STAFF_NUMBER_MISSING, as_float=Code.STAFF_NUMBER_AS_FLOAT),
    Column("姓名", "name", read_text, 40, missing=Code.NAME_MISSING, is_name=True),
    Column("部门", "department", read_text),
    Column("岗位", "role", read_choice(STAFF_ROLES, Code.POST_UNKNOWN)),
    Column("负责班级", "classes", read_list, 2000),
    Column("邮箱", "email", read_mail, 200),
    Column("手机号", "phone", read_text, 30, as_float=Code.PHONE_AS_FLOAT),
)
POST_COLUMNS = (
    Column("学号或工号", "number", read_number, missing=Code.PERSON_UNKNOWN, as_float=Code.STUDENT_NUMBER_AS_FLOAT),
    Column("姓名", "name", read_text, 40, is_name=True),
    Column("岗位", "role", read_choice(ROLES, Code.POST_UNKNOWN)),
    Column("单位", "unit", read_text),
)
REQUIRED = {
    STUDENT_SHEET: ("学号", "姓名", "性别", "学院", "班级", "学籍状态"),
    STAFF_SHEET: ("工号", "姓名", "部门", "岗位"),
    POST_SHEET: ("学号或工号", "岗位"),
}
COLUMNS = {STUDENT_SHEET: STUDENT_COLUMNS, STAFF_SHEET: STAFF_COLUMNS, POST_SHEET: POST_COLUMNS}

# Campus, building, room.
Room = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student as the roster has them. What a file has no column for is None, and stays as it is."""

    row: int
    number: str
    name: str
    sex: str
    college: str
    school_class: str
    enrollment_status: EnrollmentStatus
    ethnicity: str | None = None
    born_on: date | None = None
    origin: str | None = None
    major: str | None = None
    grade: int | None = None
    campus: str | None = None
    building: str | None = None
    room: str | None = None
    bed: str | None = None
    phone: str | None = None
    guardian_name: str | None = None
    guardian_relation: str | None = None
    guardian_phone: str | None = None

    @property
    def dorm(self) -> Room | None:
        """Campus, building and room; None without a room."""
        return (self.campus or "", self.building, self.room) if self.building and self.room else None


@dataclass(frozen=True, slots=True)
class StaffRow:
    row: int
    number: str
    name: str
    department: str
    role: Role
    classes: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PostRow:
    row: int
    number: str
    role: Role
    name: str = ""
    unit: str = ""


def dorm_name(room: Room) -> str:
    """What a dorm is called: 东6栋-101."""
    return f"{room[1]}-{room[2]}"


def is_too_small(named: int, expected: int) -> bool:
    """Whether a file names fewer than half of those who are there: probably it is a part of the roster."""
    return named * 2 < expected
