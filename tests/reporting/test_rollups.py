from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.periods import TZ, Month
from network.models import Student, Unit, User
from network.rules import EnrollmentStatus, Level, Role
from network.services import add_unit, create_school, move_student, place
from reporting.models import Cycle, Line, Report, Summary
from reporting.rules.dorm_lines import Topic
from reporting.services import ClassEntry, open_cycle, roll_up, send_back
from reporting.services.exports import fresh_summary
from reporting.services.rollups import stale
from reporting.services.verification import differences
from reporting.tasks import roll_up_stale
from tests import factories
from tests.conftest import World
from tests.reporting.months import EARLY, LATE, close, file_all, file_class, file_room
from tests.sizes import size

STARTED = datetime(2026, 9, 1, 9, tzinfo=TZ)
OPENED = datetime(2026, 11, 1, 9, tzinfo=TZ)
_numbers = count(1)


@dataclass(frozen=True)
class Seen:
    """A student of a drawn tree: class and room by index (a room may house any class; -1 is none), what was reported
    (0 is nothing), and where the student moves on which day of the month, if at all."""

    school_class: int
    room: int
    status: int
    signs: int
    events: int
    moves_to: int
    moves_on: int
    leaves: bool


seen = st.builds(
    Seen,
    school_class=st.integers(0, 4),
    room=st.integers(-1, 3),
    status=st.integers(0, 5),
    signs=st.integers(0, 255),
    events=st.integers(0, 63),
    moves_to=st.integers(-1, 4),
    moves_on=st.integers(2, 30),
    leaves=st.booleans(),
)
trees = st.lists(seen, min_size=0, max_size=14)


@pytest.mark.django_db
@settings(max_examples=size(quick=10, full=100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees)
def test_any_tree_of_lines_adds_up_at_each_level(tree: list[Seen]) -> None:
    with transaction.atomic():
        cycle = grown(tree)
        figures = roll_up(cycle=cycle, at=LATE)
        cycle.refresh_from_db()
        assert differences(cycle=cycle, at=LATE) == []
        whole = figures[cycle.school_id]
        assert whole.reported == sum(one.status > 0 for one in tree)
        assert whole.students >= whole.reported
        rooms = Line.objects.current().exclude(dorm=None).count()
        roomless = Line.objects.current().filter(dorm=None).count()
        levels = Summary.objects.filter(cycle=cycle)
        classes = sum(row.totals.reported for row in levels.filter(level=Level.CLASS))
        outside = sum(row.totals.reported for row in levels.filter(level=Level.CLASS, unit__college=None))
        colleges = sum(row.totals.reported for row in levels.filter(level=Level.COLLEGE))
        assert rooms + roomless == classes == colleges + outside == whole.reported
        transaction.set_rollback(True)


def grown(tree: list[Seen]) -> Cycle:
    """A school of two colleges with two classes each and a class without a college, lines filed, students moved."""
    school = create_school(code=f"S{next(_numbers)}", name="明德大学", by=None, at=STARTED)
    colleges = [factories.make_college(school, name, at=STARTED) for name in "甲乙"]
    parents = [colleges[0], colleges[0], colleges[1], colleges[1], school]
    classes = [factories.make_class(parent, f"{n}班", at=STARTED) for n, parent in enumerate(parents)]
    rooms = [
        add_unit(level=Level.DORM, name=str(n), parent=classes[n], room=str(n), by=None, at=STARTED) for n in range(4)
    ]
    students = [settled(one, classes, rooms) for one in tree]
    cycle = open_cycle(school=school, month=Month(2026, 11), by=None, at=OPENED)
    for one, student in zip(tree, students, strict=True):
        if one.status:
            report = filed(cycle, student)
            Line.objects.create(
                report=report,
                cycle=cycle,
                student=student,
                school=school,
                college_id=student.college_id,
                school_class_id=student.school_class_id,
                dorm_id=student.dorm_id,
                status=one.status,
                signs=one.signs,
                events=one.events,
            )
    for one, student in zip(tree, students, strict=True):
        moved(one, student, classes)
    return cycle


def settled(one: Seen, classes: list[Unit], rooms: list[Unit]) -> Student:
    school_class = classes[one.school_class]
    number = f"R{next(_numbers):07d}"
    student = Student.objects.create(
        user=User.objects.create(number=number, name=number, password="!"),
        number=number,
        name=number,
        sex="M",
        school_id=school_class.root_id,
        college=school_class.college,
        school_class=school_class,
        dorm=rooms[one.room] if one.room >= 0 else None,
    )
    place(students=[student], on=STARTED.date())
    return student


def filed(cycle: Cycle, student: Student) -> Report:
    report: Report = Report.objects.get(cycle=cycle, unit=student.dorm_id or student.school_class_id)
    if report.first_filed_at is None:
        report.state, report.on_time = "filed", True
        report.first_filed_at = report.filed_at = report.changed_at = EARLY
        report.filed_by = User.objects.order_by("pk").first()
        report.save()
    return report


def moved(one: Seen, student: Student, classes: list[Unit]) -> None:
    if one.moves_to < 0:
        return
    student.school_class = classes[one.moves_to]
    student.college = student.school_class.college
    student.dorm = None
    if one.leaves:
        student.enrollment_status = EnrollmentStatus.ON_LEAVE
    student.save()
    place(students=[student], on=date(2026, 11, one.moves_on))


def test_what_was_reported_before_a_move_stays_with_the_old_class(world: World, cycle: Cycle) -> None:
    file_room(world, cycle, "own", [1, 1, 1, 5])
    student = Line.objects.get(status=5).student
    student.school_class, student.college, student.dorm = world.arts1, world.arts, None
    student.save()
    place(students=[student], on=EARLY.date() + timedelta(days=1))
    figures = roll_up(cycle=cycle, at=LATE)
    assert figures[world.it1.pk].thunder == 1
    assert figures[world.arts1.pk].thunder == 0


def test_a_shared_room_counts_for_the_class_of_each_resident(world: World, cycle: Cycle) -> None:
    room = sorted((one for one in world.students["shared"]), key=lambda one: one.number)
    statuses = [4 if one.school_class_id == world.arts1.pk else 1 for one in room]
    file_room(world, cycle, "shared", statuses)
    figures = roll_up(cycle=cycle, at=EARLY)
    assert (figures[world.it1.pk].rain, figures[world.arts1.pk].rain) == (0, 1)
    assert (figures[world.it.pk].rain, figures[world.arts.pk].rain, figures[world.school.pk].rain) == (0, 1, 1)


def test_who_is_absent_counts_as_a_student_without_a_line(world: World, cycle: Cycle) -> None:
    file_room(world, cycle, "own", [1, 1, 1, 1])
    figures = roll_up(cycle=cycle, at=EARLY)[world.school.pk]
    assert (figures.students, figures.reported) == (14, 4)


def test_late_stays_late_and_what_was_sent_back_has_not_arrived(world: World, cycle: Cycle) -> None:
    file_room(world, cycle, "far", [1, 1, 1], at=LATE)
    report = file_room(world, cycle, "own", [1, 1, 1, 1])
    send_back(report=report, reason="请补充", by=world.holder(Role.CLASS_COMMITTEE_MEMBER), at=EARLY)
    figures = roll_up(cycle=cycle, at=LATE)[world.it.pk]
    assert (figures.dorms_due, figures.dorms_filed, figures.dorms_on_time) == (3, 1, 0)
    file_room(world, cycle, "own", [1, 1, 1, 1], at=LATE)
    figures = roll_up(cycle=cycle, at=LATE)[world.it.pk]
    assert (figures.dorms_filed, figures.dorms_on_time) == (2, 1)


def test_class_forms_give_mood_topics_and_activities(world: World, cycle: Cycle) -> None:
    file_class(world, cycle, "it1", entry=ClassEntry(mood_index=4, topics=Topic.STUDY | Topic.LOVE, activity="班会"))
    file_class(world, cycle, "it2", entry=ClassEntry(mood_index=3, topics=Topic.STUDY), roomless=2)
    figures = roll_up(cycle=cycle, at=EARLY)[world.it.pk]
    assert (figures.mood_sum, figures.mood_count, figures.activities, figures.cloudy) == (7, 2, 1, 1)
    assert figures.topics == {"study": 2, "love": 1}


def test_rolling_up_twice_changes_nothing(world: World, cycle: Cycle) -> None:
    file_all(world, cycle)
    assert roll_up(cycle=cycle, at=LATE) == roll_up(cycle=cycle, at=LATE)
    assert Summary.objects.filter(cycle=cycle).count() == 6


def test_a_month_is_stale_until_it_is_counted_after_its_last_change(world: World, cycle: Cycle) -> None:
    assert cycle in stale(at=EARLY)
    roll_up(cycle=cycle, at=EARLY)
    assert stale(at=EARLY) == []
    file_room(world, cycle, "own", [1, 1, 1, 1], at=LATE)
    assert cycle in stale(at=LATE)


def test_rolling_up_costs_the_same_queries_whatever_the_size(
    world: World,
    cycle: Cycle,
    django_assert_num_queries: Callable[..., object],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    file_room(world, cycle, "own", [1, 1, 1, 1])
    with django_assert_max_num_queries(16) as few:  # type: ignore[attr-defined]
        roll_up(cycle=cycle, at=LATE)
    for number in range(6):
        klass = factories.make_class(world.arts, f"新{number}班", at=STARTED)
        factories.make_students(klass, 3, on=STARTED.date())
    file_all(world, cycle)
    with django_assert_num_queries(len(few)):  # type: ignore[attr-defined]
        roll_up(cycle=cycle, at=LATE)


def test_the_recount_finds_what_was_tampered_with(world: World, cycle: Cycle) -> None:
    file_all(world, cycle)
    roll_up(cycle=cycle, at=LATE)
    assert differences(cycle=cycle, at=LATE) == []
    Line.objects.filter(status=4).update(status=1)
    found = {(one.where, one.figure): (one.stored, one.counted) for one in differences(cycle=cycle, at=LATE)}
    assert found[world.school.code, "rain"] == (1, 0)
    assert found[world.it1.code, "clear"] == (4, 5)
    assert found["classes = school", "rain"] == (1, 0)


def test_the_recount_finds_a_summary_too_many_and_one_missing(world: World, cycle: Cycle) -> None:
    file_all(world, cycle)
    roll_up(cycle=cycle, at=LATE)
    Summary.objects.filter(unit=world.it2).delete()
    Summary.objects.create(cycle=cycle, unit=world.own, level=Level.DORM, figures={"students": 4})
    found = {one.where for one in differences(cycle=cycle, at=LATE)}
    assert {str(world.it2.pk), world.own.code} <= found


def test_figures_follow_a_roster_change_that_no_report_follows(world: World, cycle: Cycle, at: datetime) -> None:
    roll_up(cycle=cycle, at=at)
    assert stale(at=at) == []
    student = world.students["own"][0]
    move_student(student=student, school_class=world.arts1, dorm=None, by=None, at=at + timedelta(hours=1))
    later = at + timedelta(hours=2)
    assert stale(at=later) == [cycle]
    before = Summary.objects.get(cycle=cycle, unit=world.arts).totals.students
    roll_up_stale_at(later)
    assert Summary.objects.get(cycle=cycle, unit=world.arts).totals.students == before + 1
    assert stale(at=later) == []
    assert fresh_summary(unit=world.arts, month=cycle.period, at=later).figures.students == before + 1


def test_a_closed_month_follows_no_roster_change(world: World, cycle: Cycle, at: datetime) -> None:
    file_all(world, cycle)
    close(world, cycle)
    roll_up(cycle=cycle, at=LATE + timedelta(hours=1))
    move_student(
        student=world.students["own"][0], school_class=world.arts1, dorm=None, by=None, at=LATE + timedelta(hours=2)
    )
    assert stale(at=LATE + timedelta(hours=3)) == []


def roll_up_stale_at(moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        roll_up_stale()
