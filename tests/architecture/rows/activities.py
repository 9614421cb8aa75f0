"""Activities: at each unit one, planned by an organizer of that level; for students one of their own class."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from activities.models import (
    Activity,
    ActivityPicture,
    Certificate,
    Credit,
    Enrolment,
    Festival,
    Occasion,
)
from activities.rules import checkins
from network.models import Student, Unit, User
from network.rules import Level, Role
from tests import factories
from tests.architecture.rows.town import Row, Town, above, chain, keys, kind

PLANNERS = {
    Level.SCHOOL: Role.STUDENT_UNION_OFFICER,
    Level.COLLEGE: Role.COLLEGE_COORDINATOR,
    Level.CLASS: Role.FUDAOYUAN,
}
PLACES = (Level.SCHOOL, Level.COLLEGE, Level.CLASS)


def make_activity(unit: Unit, planner: User, town: Town, **fields: Any) -> Activity:
    """A published activity a week ahead; `fields` replace what it is."""
    approver = factories.make_user("审批人")
    values: dict[str, Any] = {
        "unit": unit,
        "school_id": unit.root_id,
        "college_id": unit.pk if unit.level == Level.COLLEGE else unit.college_id,
        "school_class_id": unit.pk if unit.level == Level.CLASS else None,
        "title": f"活动 {unit.name}",
        "capacity": 20,
        "enrol_from": town.at - timedelta(days=1),
        "enrol_until": town.at + timedelta(days=6),
        "starts_at": town.at + timedelta(days=7),
        "ends_at": town.at + timedelta(days=7, hours=2),
        "state": "published",
        "planned_by": planner,
        "planned_at": town.at,
        "edited_by": planner,
        "edited_at": town.at,
        "approved_by": approver,
        "approved_at": town.at,
    }
    activity = Activity.objects.create(**values | fields)
    Occasion.objects.create(
        activity=activity,
        starts_at=activity.starts_at,
        ends_at=activity.ends_at,
        place="礼堂",
        hours=Decimal("2.0"),
        secret="s" * 64,
    )
    return activity


def planner_of(unit: Unit, town: Town) -> User:
    found = town.world.people.get((PLANNERS[Level(unit.level)], unit.pk))
    return found or factories.make_user("别校组织者", school=unit.school or unit)


def planned(town: Town) -> list[Activity]:
    if "activities" not in town.built:
        town.built["activities"] = [make_activity(unit, planner_of(unit, town), town) for unit in town.units(*PLACES)]
    found: list[Activity] = town.built["activities"]
    return found


@kind("activity")
def activity_rows(town: Town, me: User | None) -> Iterator[Row]:
    for row in planned(town):
        planner = frozenset({row.planned_by_id})
        yield Row(row.unit.code, {"pk": row.pk}, units=chain(row.unit), assigned=planner, shows=row.title)


@kind("occasion")
def occasion_rows(town: Town, me: User | None) -> Iterator[Row]:
    for row in planned(town):
        occasion, planner = row.occasions.all()[0], frozenset({row.planned_by_id})
        yield Row(row.unit.code, {"pk": occasion.pk}, units=chain(row.unit), assigned=planner)


@kind("picture")
def picture_rows(town: Town, me: User | None) -> Iterator[Row]:
    for row in planned(town):
        picture = ActivityPicture.objects.create(
            activity=row,
            name="a.png",
            media_type="image/png",
            content="aGk=",
            added_by=row.planned_by,
            added_at=town.at,
        )
        yield Row(row.unit.code, {"pk": picture.pk}, units=chain(row.unit), assigned=frozenset({row.planned_by_id}))


@kind("credit")
def credit_rows(town: Town, me: User | None) -> Iterator[Row]:
    """Of a student of each place, for an activity that their fudaoyuan planned."""
    for student in town.students():
        fudaoyuan = town.world.people.get((Role.FUDAOYUAN, student.school_class_id))
        planner = fudaoyuan or factories.make_user("别人", school=student.school)
        activity = make_activity(student.school_class, planner, town)
        credit = Credit.objects.create(
            activity=activity, student=student, **keys(student), hours=Decimal("2.0"), at=town.at
        )
        yield Row(str(student), {"pk": credit.pk}, units=above(student), assigned=frozenset({planner.pk}))


@kind("festival")
def festival_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        festival = Festival.objects.create(
            school=school,
            name=f"节 {uuid4()}",
            starts_on=town.at.date(),
            ends_on=town.at.date(),
            made_by=factories.make_user(school=school),
            made_at=town.at,
        )
        yield Row(school.code, {"pk": festival.pk}, units=chain(school))


def taking_part(town: Town, me: User | None) -> Iterator[tuple[str, Student]]:
    """The walker, if a student, and a student of another school."""
    mine = Student.objects.filter(user=me).first() if me else None
    if mine is not None:
        yield "mine", mine
    elsewhere = town.world.school if mine is not None and mine.school_id == town.elsewhere.pk else town.elsewhere
    yield "theirs", Student.objects.filter(school=elsewhere).order_by("number")[0]


@kind("activity for students")
def activity_for_students_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, student in taking_part(town, me):
        activity = make_activity(student.school_class, factories.make_user("组织者"), town)
        yield Row(whose, {"pk": activity.pk}, owner=student.user_id)


@kind("enrolment")
def enrolment_rows(town: Town, me: User | None) -> Iterator[Row]:
    for number, (whose, student) in enumerate(taking_part(town, me), start=1):
        activity = make_activity(student.school_class, factories.make_user("组织者"), town)
        row = Enrolment.objects.create(
            activity=activity, student=student, **keys(student), state="in", queue_no=number, enrolled_at=town.at,
            changed_at=town.at,
        )  # fmt: skip
        yield Row(whose, {"pk": row.pk}, owner=student.user_id)


@kind("activity with hours")
def activity_with_hours_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, student in taking_part(town, me):
        activity = make_activity(student.school_class, factories.make_user("组织者"), town)
        Credit.objects.create(activity=activity, student=student, **keys(student), hours=Decimal("2.0"), at=town.at)
        yield Row(whose, {"pk": activity.pk}, owner=student.user_id)


def certificate(town: Town, student: Student) -> Certificate:
    activity = make_activity(student.school_class, factories.make_user("组织者"), town)
    Credit.objects.create(activity=activity, student=student, **keys(student), hours=Decimal("2.0"), at=town.at)
    return Certificate.objects.create(
        activity=activity, student=student, **keys(student), code=uuid4().hex[:12].upper(), title=activity.title,
        hours=Decimal("2.0"), issued_at=town.at, content="aGk=",
    )  # fmt: skip


@kind("certificate")
def certificate_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, student in taking_part(town, me):
        yield Row(whose, {"pk": certificate(town, student).pk}, owner=student.user_id)


@kind("certificate code")
def certificate_code_rows(town: Town, me: User | None) -> Iterator[Row]:
    yield Row("anybody's", {"code": certificate(town, next(town.students())).code})


@kind("code at a door")
def code_at_a_door_rows(town: Town, me: User | None) -> Iterator[Row]:
    occasion = planned(town)[0].occasions.all()[0]
    code = checkins.code_of(occasion.secret, checkins.slot_of(town.at))
    yield Row("a door", {"pk": occasion.pk, "code": code})


@kind("door")
def door_rows(town: Town, me: User | None) -> Iterator[Row]:
    """Anybody of the school may stand before a door; that of another school is not there."""
    if me is not None and me.school_id is not None:
        activity = make_activity(Unit.objects.get(pk=me.school_id), factories.make_user("组织者"), town)
        yield Row("mine", {"pk": activity.occasions.all()[0].pk}, owner=me.pk)
    elsewhere = town.elsewhere if me is None or me.school_id != town.elsewhere.pk else town.world.school
    activity = make_activity(elsewhere, factories.make_user("组织者"), town)
    yield Row("theirs", {"pk": activity.occasions.all()[0].pk}, owner=0)
