"""A school rolled over and back: who graduates, what a class becomes, what stays."""

import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils.timezone import localdate

from kernel.errors import Refused
from network.models import Placement, Post, Rollover, Student, Unit, UserSession
from network.rules import EnrollmentStatus, Role
from network.services import appoint, chase_vacancies, move_student
from network.services.rollover import compare_plan
from network.services.signin.sessions import open_session
from tests.conftest import World
from tests.network.rollover_plans import numbers, plan, roll, snapshot, undo

GRADUATED, STUDYING = EnrollmentStatus.GRADUATED, EnrollmentStatus.STUDYING
SOON = timedelta(hours=1)


def seniors(*classes: Unit, years: int | None = 4) -> None:
    Unit.objects.filter(pk__in=[unit.pk for unit in classes]).update(grade=2022, years=years)


def statuses(students: list[Student]) -> set[str]:
    return set(Student.objects.filter(pk__in=[s.pk for s in students]).values_list("enrollment_status", flat=True))


def refused(world: World, *steps: dict[str, Any], at: datetime) -> list[tuple[str, int, int, str]]:
    difference = compare_plan(plan(world.school, *steps, at=at), today=localdate(at), by=None)
    return [(problem.code.value, problem.step, problem.row, problem.value) for problem in difference.problems]


def test_a_grade_graduates_when_its_years_are_over_and_delayed_students_stay(world: World, at: datetime) -> None:
    seniors(world.it1)
    seniors(world.it2, years=5)
    delayed, others = world.students["own"][:2], world.students["own"][2:] + world.students["shared"][:2]
    rollover = roll(
        world.school,
        {"kind": "graduate", "grade": 2022, "years": 4},
        {"kind": "delay", "students": numbers(delayed)},
        at=at,
    )
    assert statuses(others) == {GRADUATED}
    assert statuses(delayed) == statuses(world.students["far"]) == {STUDYING}
    assert rollover.outcome["students"] == {
        "changed": 4, "graduated": 4, "moved": 0, "on_leave": 0, "returned": 0, "withdrawn": 0
    }  # fmt: skip
    assert rollover.outcome["delayed"] == 2
    placement = Placement.objects.open().get(student=others[0])
    assert (placement.enrollment_status, placement.starts_on) == (GRADUATED, localdate(at))
    world.it1.refresh_from_db()
    assert world.it1.is_active


def test_a_second_time_nothing_changes(world: World, at: datetime) -> None:
    seniors(world.it1)
    step = {"kind": "graduate", "grade": 2022}
    roll(world.school, step, at=at)
    before = snapshot()
    difference = compare_plan(plan(world.school, step, at=at + SOON), today=localdate(at), by=None)
    assert (difference.problems, difference.is_empty) == ([], True)
    assert snapshot() == before


def test_posts_and_sessions_of_graduates_end_at_once_and_those_at_their_class(world: World, at: datetime) -> None:
    seniors(world.it1)
    head, plain = world.holder(Role.DORM_HEAD), world.students["own"][3].user
    for user in (head, plain):
        open_session(user=user, key=f"key-{user.pk}", address="", agent="", at=at)
    roll(world.school, {"kind": "graduate", "grade": 2022}, at=at)
    active = Post.objects.active(localdate(at))
    assert not active.filter(holder__in=[head, plain]).exists()
    assert not active.filter(unit=world.it1).exists()
    assert not UserSession.objects.exists()
    world.it1.refresh_from_db()
    assert not world.it1.is_active
    # The room that a student of another class shares belongs to that class now.
    world.shared.refresh_from_db()
    assert (world.shared.parent_id, world.shared.college_id) == (world.arts1.pk, world.arts.pk)


def test_a_class_splits_by_list_and_its_fudaoyuan_goes_along(world: World, at: datetime) -> None:
    students = world.students["own"] + world.students["shared"][:2]
    first, second = students[:4], students[4:]
    step = {
        "kind": "split",
        "class": world.it1.name,
        "into": [
            {"name": "软件2601班", "major": "软件工程", "students": numbers(first)},
            {"name": "网络2601班", "college": "文学院", "students": numbers(second)},
        ],
    }
    roll(world.school, step, at=at)
    software, net = Unit.objects.get(name="软件2601班"), Unit.objects.get(name="网络2601班")
    assert (software.grade, software.major, software.college) == (2026, "软件工程", world.it)
    assert set(Student.objects.filter(school_class=software)) == set(first)
    assert set(Student.objects.filter(school_class=net, college=world.arts)) == set(second)
    active = Post.objects.active(localdate(at))
    fudaoyuan, member = world.holder(Role.FUDAOYUAN), world.holder(Role.CLASS_COMMITTEE_MEMBER)
    # In the other college somebody else takes care; the committee member goes where they study now.
    assert [post.unit for post in active.filter(holder=fudaoyuan)] == [software]
    assert [post.unit for post in active.filter(holder=member)] == [software]
    assert not active.filter(unit__in=[net, world.it1]).exists()


@pytest.mark.parametrize(("drop", "twice", "code"), [(True, False, "in-no-list"), (False, True, "number-twice")])
def test_a_student_in_no_list_or_in_two_is_named_by_number(
    world: World, at: datetime, drop: bool, twice: bool, code: str
) -> None:
    listed = numbers(world.students["own"] + world.students["shared"][:2])
    last = listed[-1]
    lists = [listed[:3], listed[3:-1] if drop else listed[3:]]
    lists[0] += [last] if twice else []
    step = {
        "kind": "split",
        "class": world.it1.code,
        "into": [{"name": f"{n}班", "students": members} for n, members in enumerate(lists)],
    }
    assert [(problem[0], problem[3]) for problem in refused(world, step, at=at)] == [(code, last)]


def test_merged_classes_keep_their_past(world: World, at: datetime) -> None:
    roll(world.school, {"kind": "merge", "classes": [world.it1.name, world.it2.name], "into": world.it2.name}, at=at)
    members = world.students["own"] + world.students["far"]
    assert {student.school_class for student in Student.objects.filter(pk__in=[s.pk for s in members])} == {world.it2}
    past = Placement.objects.filter(student=world.students["own"][0]).exclude(ends_on=None).get()
    assert past.school_class.name == "计科2601班"
    world.it1.refresh_from_db()
    assert not world.it1.is_active


def test_a_class_comes_to_another_college_with_its_rooms(world: World, at: datetime) -> None:
    roll(world.school, {"kind": "move", "class": world.it2.code, "to_college": "文学院", "campus": "西校区"}, at=at)
    world.it2.refresh_from_db()
    world.far.refresh_from_db()
    assert (world.it2.parent, world.it2.college, world.it2.campus) == (world.arts, world.arts, "西校区")
    assert world.far.college == world.arts
    assert {s.college for s in Student.objects.filter(school_class=world.it2)} == {world.arts}
    assert set(Placement.objects.open().filter(school_class=world.it2).values_list("college", flat=True)) == {
        world.arts.pk
    }


def test_a_transfer_list_moves_and_changes_status(world: World, at: datetime) -> None:
    major, soldier, back, repeats = world.students["own"]
    Student.objects.filter(pk=back.pk).update(enrollment_status=EnrollmentStatus.ON_LEAVE)
    later = Unit.objects.create(
        code="MD-C0099",
        level="class",
        name="计科2701班",
        parent=world.it,
        school=world.school,
        college=world.it,
        grade=2027,
    )
    rows = [
        {"number": major.number, "name": major.name, "change": "转专业", "college": "文学院", "class": "中文2601班"},
        {"number": soldier.number, "change": "入伍"},
        {"number": back.number, "change": "复学", "class": later.name},
        {"number": repeats.number, "change": "留级", "class": later.code},
    ]
    roll(world.school, {"kind": "transfer", "students": rows}, at=at)
    for student in (major, soldier, back, repeats):
        student.refresh_from_db()
    assert (major.school_class, major.college, major.enrollment_status) == (world.arts1, world.arts, STUDYING)
    assert (soldier.school_class, soldier.enrollment_status) == (world.it1, EnrollmentStatus.ON_LEAVE)
    assert (back.school_class, back.enrollment_status) == (later, EnrollmentStatus.RETURNED)
    assert (repeats.school_class, repeats.enrollment_status) == (later, STUDYING)


def test_undone_after_somebody_was_moved_by_hand_is_refused_by_name(world: World, at: datetime) -> None:
    rollover = roll(world.school, {"kind": "merge", "classes": [world.it1.name], "into": world.it2.name}, at=at)
    student = world.students["own"][2]
    move_student(student=student, school_class=world.arts1, dorm=None, by=None, at=at + SOON)
    before = snapshot()
    with pytest.raises(Refused, match=student.name):
        undo(rollover, at=at + SOON)
    assert snapshot() == before


def test_undone_after_another_head_was_chosen_is_refused_by_name(world: World, at: datetime) -> None:
    seniors(world.it1)
    rollover = roll(world.school, {"kind": "graduate", "grade": 2022}, at=at)
    newcomer = world.students["shared"][2].user
    appoint(holder=newcomer, unit=world.shared, role=Role.DORM_HEAD, by=None, at=at + SOON)
    with pytest.raises(Refused, match=newcomer.name):
        undo(rollover, at=at + SOON)


def test_everything_is_as_before_after_an_undo(world: World, at: datetime) -> None:
    chase_vacancies(at=at)
    seniors(world.it1)
    world.it2.refresh_from_db()
    before = snapshot()
    # A second placement of the same day is replaced, and comes back.
    parts = [
        {"name": "甲班", "students": numbers(world.students["far"])},
        {"name": "乙班", "students": numbers(world.students["roomless"])},
    ]
    rollover = roll(
        world.school,
        {"kind": "graduate", "grade": 2022},
        {"kind": "split", "class": world.it2.code, "into": parts},
        {"kind": "move", "class": world.arts1.code, "to_college": world.it.code},
        {"kind": "rename", "unit": "文学院", "name": "人文学院"},
        at=at,
    )
    assert rollover.state == Rollover.State.APPLIED
    assert snapshot() != before
    undo(rollover, at=at + SOON)
    after = snapshot()
    for table, rows in before.items():
        assert after[table] == rows, table


def test_the_command_previews_applies_and_refuses(world: World, november: datetime, tmp_path: Path) -> None:
    seniors(world.it1)
    path = tmp_path / "plan.json"
    content = {"school": "MD", "effective_on": "2026-11-10", "steps": [{"kind": "graduate", "grade": 2022, "years": 4}]}

    def run(*flags: str) -> tuple[int, dict[str, Any]]:
        path.write_text(json.dumps(content), "utf-8")
        out = StringIO()
        code = 0
        try:
            call_command("roll_over", "--plan", str(path), "--json", *flags, stdout=out)
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, json.loads(out.getvalue().splitlines()[-1])

    before = snapshot()
    code, answer = run("--dry-run")
    assert (code, answer["size"], answer["state"]) == (0, 6, "planned")
    assert snapshot() == before
    code, answer = run()
    assert (code, answer["state"]) == (0, "applied")
    code, answer = run()
    assert (code, answer["size"]) == (0, 0)
    content["steps"] = [{"kind": "graduate", "grade": 2202}]
    code, answer = run()
    assert (code, [error["code"] for error in answer["errors"]]) == (1, ["grade-impossible"])
