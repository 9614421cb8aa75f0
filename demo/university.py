"""Plans a university on paper: who studies, lives and works where. The same seed plans the same people."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from random import Random

from demo.names import CAMPUSES, COLLEGES, ETHNICITIES, FEMALE, MALE, MEN, ORIGINS, RELATIONS, SURNAMES
from network.rules import EnrollmentStatus, Level, Role

MEAN_CLASS = 37
BEDS = (4, 4, 5, 6)
ROOMS_PER_FLOOR, FLOORS = 20, 6
CLASSES_PER_FUDAOYUAN = 5
VACANT = 0.05
# The first units are those that the printed accounts look at.
NEVER_VACANT = 5
AT_HOME = 0.015
Room = tuple[str, str, str]


@dataclass(frozen=True)
class ClassPlan:
    college: str
    major: str
    grade: int
    name: str


@dataclass(frozen=True)
class StudentPlan:
    number: str
    name: str
    sex: str
    ethnicity: str
    born_on: date
    origin: str
    school_class: ClassPlan
    phone: str
    guardian_name: str
    guardian_relation: str
    guardian_phone: str
    enrollment_status: EnrollmentStatus = EnrollmentStatus.STUDYING
    room: Room | None = None
    bed: str = ""


@dataclass(frozen=True)
class StaffPlan:
    """One of the staff; `places` names the colleges or classes of the post, none stands for the school."""

    number: str
    name: str
    role: Role
    level: Level = Level.SCHOOL
    places: tuple[str, ...] = ()
    phone: str = ""


@dataclass
class University:
    colleges: list[str]
    classes: list[ClassPlan]
    students: list[StudentPlan]
    staff: list[StaffPlan]
    committee: dict[str, str] = field(default_factory=dict)
    heads: dict[Room, str] = field(default_factory=dict)
    officer: str = ""
    college_officers: dict[str, str] = field(default_factory=dict)


def plan(
    *, students: int, seed: int, year: int, mean_class: float = MEAN_CLASS, beds: tuple[int, ...] = BEDS
) -> University:
    """A university of that many students in the academic year that begins in `year`."""
    draw = Random(seed)
    colleges = [name for name, _majors in COLLEGES[: max(2, min(len(COLLEGES), students // 350))]]
    classes = _classes(draw, colleges, students, year, mean_class)
    people = _students(draw, classes, colleges)
    housed = _housed(draw, people, colleges, beds)
    planned = University(colleges, [one for one, _size in classes], housed, _staff(draw, colleges, classes))
    _elect(draw, planned)
    return planned


def person_name(draw: Random, sex: str) -> str:
    given = MALE if sex == "M" else FEMALE
    return draw.choice(SURNAMES) + "".join(draw.choice(given) for _ in range(draw.choice((1, 2, 2, 2))))


def _classes(
    draw: Random, colleges: list[str], students: int, year: int, mean_class: float
) -> list[tuple[ClassPlan, int]]:
    wanted = max(4 * len(colleges), round(students / mean_class))
    majors = dict(COLLEGES)
    numbers: dict[tuple[str, int], Iterator[int]] = {}
    classes = []
    for n in range(wanted):
        college = colleges[n * len(colleges) // wanted]
        grade = year - n % 4
        major, short = majors[college][n // 4 % 2]
        number = next(numbers.setdefault((short, grade), count(1)))
        classes.append(ClassPlan(college, major, grade, f"{short}{grade % 100:02d}{number:02d}班"))
    return list(zip(classes, _sizes(draw, students, wanted), strict=True))


def _sizes(draw: Random, students: int, classes: int) -> list[int]:
    """Sizes around the mean that add up to the number of students exactly."""
    sizes = [students * (n + 1) // classes - students * n // classes for n in range(classes)]
    for n in range(0, classes - 1, 2):
        shift = draw.randint(-5, 5)
        sizes[n] += shift
        sizes[n + 1] -= shift
    return sizes


def _students(draw: Random, classes: list[tuple[ClassPlan, int]], colleges: list[str]) -> list[StudentPlan]:
    serials: dict[tuple[int, str], Iterator[int]] = {}
    people = []
    for school_class, size in classes:
        college = colleges.index(school_class.college) + 1
        serial = serials.setdefault((school_class.grade, school_class.college), count(1))
        for _ in range(size):
            number = f"{school_class.grade}{college:02d}{next(serial):04d}"
            people.append(_student(draw, number, school_class))
    return people


def _student(draw: Random, number: str, school_class: ClassPlan) -> StudentPlan:
    sex = "M" if draw.random() < MEN[school_class.major] else "F"
    name = person_name(draw, sex)
    relation = draw.choice(RELATIONS)
    guardian = person_name(draw, "F" if relation == "母亲" else "M")
    return StudentPlan(
        number=number,
        name=name,
        sex=sex,
        ethnicity=draw.choice(ETHNICITIES),
        born_on=date(school_class.grade - 18, draw.randint(1, 12), draw.randint(1, 28)),
        origin=draw.choices(list(ORIGINS), list(ORIGINS.values()))[0],
        school_class=school_class,
        phone=_phone(draw),
        guardian_name=guardian if relation == "母亲" else name[0] + guardian[1:],
        guardian_relation=relation,
        guardian_phone=_phone(draw),
        enrollment_status=_status(draw),
    )


def _phone(draw: Random) -> str:
    # No mobile number in China begins with 10: nobody's phone rings.
    return f"10{draw.randrange(10**9):09d}"


def _status(draw: Random) -> EnrollmentStatus:
    lot = draw.random()
    if lot < 0.006:
        return EnrollmentStatus.ON_LEAVE
    return EnrollmentStatus.RETURNED if lot < 0.009 else EnrollmentStatus.STUDYING


def _housed(draw: Random, people: list[StudentPlan], colleges: list[str], sizes: tuple[int, ...]) -> list[StudentPlan]:
    """Rooms of 4 to 6; what is left over of a class shares with the next class, of a college with the next college."""
    beds: dict[str, tuple[Room, str]] = {}
    half = (len(colleges) + 1) // 2
    for number, (campus, *wings) in enumerate(CAMPUSES):
        mine = set(colleges[half * number : half * (number + 1)])
        for sex, wing in zip("MF", wings, strict=True):
            there = [one for one in people if one.school_class.college in mine and one.sex == sex]
            present = [one for one in there if one.enrollment_status != EnrollmentStatus.ON_LEAVE]
            living = [one for one in present if draw.random() >= AT_HOME]
            for room, group in zip(_rooms(campus, wing), _groups(draw, living, sizes), strict=False):
                beds.update({one.number: (room, str(bed)) for bed, one in enumerate(group, 1)})
    nowhere = (None, "")
    bedded = ((one, *beds.get(one.number, nowhere)) for one in people)
    return [replace(one, room=room, bed=bed) for one, room, bed in bedded]


def _rooms(campus: str, wing: str) -> Iterator[Room]:
    for building in count(1):
        for floor in range(1, FLOORS + 1):
            for number in range(1, ROOMS_PER_FLOOR + 1):
                yield campus, f"{wing}{building}栋", f"{floor}{number:02d}"


def _groups(draw: Random, living: list[StudentPlan], sizes: tuple[int, ...]) -> Iterator[list[StudentPlan]]:
    by_class: dict[ClassPlan, list[StudentPlan]] = {}
    for one in living:
        by_class.setdefault(one.school_class, []).append(one)
    left: list[StudentPlan] = []
    for group in by_class.values():
        start = 0
        while len(group) - start >= 4:
            size = draw.choice(sizes)
            yield group[start : start + size]
            start += size
        left += group[start:]
        if len(left) >= 4:
            yield left[:6]
            left = left[6:]
    if left:
        yield left


def _staff(draw: Random, colleges: list[str], classes: list[tuple[ClassPlan, int]]) -> list[StaffPlan]:
    numbers = count(10001)
    school = (
        [Role.SCHOOL_LEADER, Role.LEADING_GROUP, Role.LEADING_GROUP, Role.CENTER_DIRECTOR]
        + [Role.FULL_TIME_COUNSELOR] * 3
        + [Role.PART_TIME_COUNSELOR] * 3
        + [Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR]
    )

    def hire(role: Role, level: Level = Level.SCHOOL, *places: str) -> StaffPlan:
        name = person_name(draw, draw.choice("MF"))
        return StaffPlan(str(next(numbers)), name, role, level, places, _phone(draw))

    staff = [hire(role) for role in school]
    for college in colleges:
        staff.append(hire(Role.DEPUTY_SECRETARY, Level.COLLEGE, college))
        staff.append(hire(Role.COLLEGE_COORDINATOR, Level.COLLEGE, college))
        names = [one.name for one, _size in classes if one.college == college]
        served = [names[start : start + CLASSES_PER_FUDAOYUAN] for start in range(0, len(names), CLASSES_PER_FUDAOYUAN)]
        staff += [hire(Role.FUDAOYUAN, Level.CLASS, *some) for some in served]
        staff += [hire(Role.CLASS_ADVISER, Level.CLASS, name) for name in names]
    return [*staff, hire(Role.SECURITY_ADMINISTRATOR)]


def _elect(draw: Random, planned: University) -> None:
    """A committee member for each class and a head for each room; some posts stay vacant."""
    present = [one for one in planned.students if one.enrollment_status != EnrollmentStatus.ON_LEAVE]
    members: dict[str, list[StudentPlan]] = {}
    mates: dict[Room, list[StudentPlan]] = {}
    for one in present:
        members.setdefault(one.school_class.name, []).append(one)
        if one.room:
            mates.setdefault(one.room, []).append(one)
    for n, (name, group) in enumerate(members.items()):
        if n < NEVER_VACANT or draw.random() >= VACANT:
            planned.committee[name] = draw.choice(group).number
    for n, (room, group) in enumerate(mates.items()):
        if n < NEVER_VACANT or draw.random() >= VACANT:
            planned.heads[room] = draw.choice(group).number
    busy = {*planned.committee.values(), *planned.heads.values()}
    free = [one for one in present if one.number not in busy]
    planned.officer = free[0].number
    for one in free[1:]:
        planned.college_officers.setdefault(one.school_class.college, one.number)
