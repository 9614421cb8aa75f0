"""People and units, built through the services that build them in life."""

from datetime import date, datetime
from itertools import count

from django.contrib.auth.hashers import make_password

from network.models import Student, Unit, User
from network.rules import EnrollmentStatus, Level, Role
from network.services import add_unit, appoint, create_school, place, settle_home_classes

PASSWORD = "correct-horse-9"
SIGNS_IN = {"must_change_password": False, "password": make_password(PASSWORD, hasher="first_code")}
_numbers = count(1)


def make_user(name: str = "某人", *, number: str = "", school: Unit | None = None, email: str = "") -> User:
    return User.objects.create(
        number=number or f"T{next(_numbers):05d}",
        name=name,
        email=email,
        school=school,
        **SIGNS_IN,
    )


def make_school(*, at: datetime, code: str = "MD", name: str = "明德大学") -> Unit:
    return create_school(code=code, name=name, by=None, at=at)


def make_college(school: Unit, name: str, *, at: datetime) -> Unit:
    return add_unit(level=Level.COLLEGE, name=name, parent=school, by=None, at=at)


def make_class(parent: Unit, name: str, *, at: datetime) -> Unit:
    return add_unit(level=Level.CLASS, name=name, parent=parent, grade=2026, by=None, at=at)


def make_dorm(home: Unit, room: str, *, at: datetime, building: str = "东6栋") -> Unit:
    return add_unit(
        level=Level.DORM,
        name=f"{building}-{room}",
        parent=home,
        campus="东校区",
        building=building,
        room=room,
        by=None,
        at=at,
    )


def make_students(
    school_class: Unit,
    n: int,
    *,
    on: date,
    dorm: Unit | None = None,
    status: EnrollmentStatus = EnrollmentStatus.STUDYING,
) -> list[Student]:
    serials = [next(_numbers) for _ in range(n)]
    users = User.objects.bulk_create(
        User(number=f"2026{serial:07d}", name=f"学生{serial}", school=school_class.school, **SIGNS_IN)
        for serial in serials
    )
    made = Student.objects.bulk_create(
        Student(
            user=user,
            number=user.number,
            name=user.name,
            sex="F",
            school_id=school_class.root_id,
            college=school_class.college,
            school_class=school_class,
            dorm=dorm,
            bed=str(bed) if dorm else "",
            enrollment_status=status,
            phone="10000000000",
            guardian_name=f"家长{serial}",
            guardian_phone="10000000001",
        )
        for bed, (serial, user) in enumerate(zip(serials, users, strict=True), start=1)
    )
    place(students=made, on=on)
    if dorm is not None:
        settle_home_classes(dorm_ids=[dorm.pk])
        dorm.refresh_from_db()
    return made


def give_post(unit: Unit, role: Role, *, at: datetime, holder: User | None = None) -> User:
    holder = holder or make_user(f"{role.value}@{unit.code}", school=unit.school or unit)
    appoint(holder=holder, unit=unit, role=role, by=None, at=at)
    return holder
