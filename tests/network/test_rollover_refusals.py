"""Plans that cannot be: each says which step, which row, and what to do."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from kernel.errors import Refused
from kernel.models import Job
from network.models import Student, Unit
from network.rules import EnrollmentStatus, Role
from network.rules.rollover import resolve
from network.rules.rollover_plans import Bad, Fault, read_step
from network.rules.rollover_school import Outcome, SchoolNow, StudentNow, UnitNow
from network.services import rollover as services
from network.services.rollover.running import APPLY
from network.services.rollover.wording import MESSAGES
from tests.conftest import World
from tests.network.rollover_plans import plan, snapshot

DAY = date(2026, 7, 1)
STUDYING, ON_LEAVE = EnrollmentStatus.STUDYING, EnrollmentStatus.ON_LEAVE
# Colleges 1 and 2; classes A, B, C of college 1 (C of another grade), D of college 2, E closed.
UNITS = {
    1: UnitNow(1, "S-01", "信息学院", is_class=False),
    2: UnitNow(2, "S-02", "文学院", is_class=False),
    3: UnitNow(3, "S-03", "旧学院", is_class=False, is_active=False),
    11: UnitNow(11, "S-C1", "A班", is_class=True, college=1, grade=2022, years=4),
    12: UnitNow(12, "S-C2", "B班", is_class=True, college=1, grade=2022, years=5),
    13: UnitNow(13, "S-C3", "C班", is_class=True, college=1, grade=2023),
    14: UnitNow(14, "S-C4", "D班", is_class=True, college=2, grade=2022, years=4),
    15: UnitNow(15, "S-C5", "E班", is_class=True, college=1, grade=2022, is_active=False),
    16: UnitNow(16, "S-C6", "D班", is_class=True, college=1, grade=2024, years=4),
}
STUDENTS = [
    StudentNow("a", "1", "甲", STUDYING, 11),
    StudentNow("b", "2", "乙", STUDYING, 11),
    StudentNow("c", "3", "丙", ON_LEAVE, 12),
    StudentNow("d", "4", "丁", STUDYING, 13),
    StudentNow("e", "5", "戊", EnrollmentStatus.WITHDRAWN, 11),
]


def outcome(*steps: dict[str, Any]) -> Outcome:
    school = SchoolNow(UNITS, frozenset({"ot-c1"}), {student.number: student for student in STUDENTS})
    read = {
        number: read_step(step["kind"], {key: value for key, value in step.items() if key != "kind"}, DAY)
        for number, step in enumerate(steps, start=1)
    }
    return resolve(read, school, DAY)


def merge(*classes: str, into: str, **more: str) -> dict[str, Any]:
    return {"kind": "merge", "classes": list(classes), "into": into, **more}


def split(into: dict[str, list[str]], name: str = "A班") -> dict[str, Any]:
    return {"kind": "split", "class": name, "into": [{"name": key, "students": who} for key, who in into.items()]}


def transfer(**row: str) -> dict[str, Any]:
    return {"kind": "transfer", "students": [{"class": "", **row}]}


GRADUATION = {"kind": "graduate", "grade": 2022, "years": 4}


@pytest.mark.parametrize(
    ("steps", "codes"),
    [
        ([merge("A班", into="A班")], ["merge-cyclic"]),
        ([merge("A班", into="B班"), merge("B班", into="A班")], ["merge-cyclic", "merge-cyclic"]),
        ([merge("A班", into="B班"), merge("B班", into="新班")], ["target-closes"]),
        ([merge("A班", "S-C4", into="A班")], ["other-college"]),
        ([merge("A班", into="S-C4")], ["other-college"]),
        ([merge("A班", into="OT-C1")], ["other-school"]),
        ([merge("OT-C1", into="A班")], ["other-school"]),
        ([merge("A班", into="E班")], ["class-closed"]),
        ([merge("E班", into="A班")], ["class-closed"]),
        ([merge("A班", "C班", into="新班")], ["grades-differ"]),
        ([merge("D班", into="A班")], ["class-ambiguous"]),
        ([merge("X班", into="A班")], ["class-unknown"]),
        ([GRADUATION, merge("A班", into="新班")], ["class-twice"]),
        ([{"kind": "graduate", "grade": 2024, "years": 4}], ["too-early"]),
        ([{"kind": "graduate", "grade": 2023}], ["years-unknown"]),
        ([{"kind": "graduate", "grade": 2022, "college": "旧学院"}], ["college-closed"]),
        ([{"kind": "graduate", "grade": 2022, "college": "无"}], ["college-unknown"]),
        ([{"kind": "delay", "students": ["4"]}], ["not-graduating"]),
        ([GRADUATION, {"kind": "delay", "students": ["1", "1"]}], ["number-twice"]),
        ([GRADUATION, {"kind": "delay", "students": [{"number": "1", "name": "乙"}]}], ["name-differs"]),
        ([split({"甲班": ["1"]})], ["in-no-list"]),
        ([split({"甲班": ["1", "2"], "乙班": ["2"]})], ["number-twice"]),
        ([split({"甲班": ["1", "2", "4"]})], ["not-in-class"]),
        ([split({"甲班": ["1", "2", "9"]})], ["number-unknown"]),
        ([split({"甲班": ["1", "2", "5"]})], ["student-away"]),
        ([split({"甲班": ["1", "2"]}), transfer(number="1", change="休学")], ["number-twice"]),
        ([transfer(number="4", change="转专业")], ["class-needed"]),
        ([transfer(number="4", change="复学")], ["not-on-leave"]),
        ([transfer(number="5", change="入伍")], ["student-away"]),
        ([transfer(number="4", change="留级", **{"class": "A班"})], ["grade-not-later"]),
        ([GRADUATION, transfer(number="4", change="转专业", **{"class": "A班"})], ["target-closes"]),
        ([{"kind": "move", "class": "S-C4", "to_college": "信息学院"}], ["name-taken"]),
        ([{"kind": "move", "class": "A班", "to_college": "旧学院"}], ["college-closed"]),
        ([{"kind": "rename", "unit": "A班", "name": "Ｂ班"}], ["name-taken"]),
        ([{"kind": "rename", "unit": "信息学院", "name": "文学院"}], ["name-taken"]),
        ([{"kind": "rename", "unit": "A班", "name": "A班"}], []),
        ([{"kind": "rename", "unit": "无", "name": "新"}], ["class-unknown"]),
        ([merge("A班", into="新班"), {"kind": "rename", "unit": "B班", "name": "新班"}], ["name-taken"]),
        ([merge("B班", into="新班"), split({"新班": ["1"], "甲班": ["2"]})], []),
        ([split({"甲班": ["1"], "Ｂ班": ["2"]}), merge("B班", into="新班")], ["target-closes"]),
        ([{"kind": "graduate", "grade": 2023, "years": 3}], []),
        ([split({"甲班": ["1"], " 甲班": ["2"]})], ["name-taken"]),
        ([split({"C班": ["1"], "乙班": ["2"]})], ["grades-differ"]),
        ([{"kind": "rename", "unit": "旧学院", "name": "新"}], ["college-closed"]),
        ([{"kind": "graduate", "grade": 2022, "years": 5}], ["too-early"]),
        ([merge("B班", into="A班"), transfer(number="3", change="复学")], ["class-needed"]),
        ([GRADUATION, transfer(number="1", change="休学")], []),
        ([transfer(number="1", change="退学")], []),
        ([transfer(number="3", change="复学")], []),
        ([transfer(number="3", change="入伍")], []),
        ([transfer(number="4", change="转专业", **{"class": "D班", "college": "文学院"})], []),
        ([transfer(number="9", change="转专业", **{"class": "A班"})], ["number-unknown"]),
        ([merge("A班", into="新班"), transfer(number="4", change="转专业", **{"class": "新班"})], []),
        (
            [{"kind": "rename", "unit": "A班", "name": "甲"}, {"kind": "rename", "unit": "S-C1", "name": "乙"}],
            ["class-twice"],
        ),
    ],
)
def test_a_plan_that_cannot_be_names_its_fault(steps: list[dict[str, Any]], codes: list[str]) -> None:
    assert [problem.code.value for problem in outcome(*steps).problems] == codes


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"kind": "graduate", "grade": 2202}, "grade-impossible"),
        ({"kind": "graduate", "grade": "2022"}, "grade-impossible"),
        ({"kind": "graduate", "grade": True}, "grade-impossible"),
        ({"kind": "graduate", "grade": 2022, "years": 0}, "years-impossible"),
        ({"kind": "delay", "students": []}, "list-empty"),
        ({"kind": "delay", "students": "1"}, "step-malformed"),
        ({"kind": "delay", "students": ["1\u0000;--"]}, "number-impossible"),
        ({"kind": "transfer", "students": [{"number": "1", "change": "飞升"}]}, "change-unknown"),
        ({"kind": "split", "class": "A班", "into": []}, "list-empty"),
        ({"kind": "split", "class": "A班", "into": [{"name": "x" * 81, "students": ["1"]}]}, "name-impossible"),
        ({"kind": "merge", "classes": [], "into": "A班"}, "list-empty"),
        ({"kind": "merge", "classes": ["A班"], "into": "<b>"}, "name-impossible"),
        ({"kind": "move", "class": "A班"}, "step-malformed"),
        ({"kind": "rename", "unit": "", "name": "x"}, "step-malformed"),
        ({"kind": "promote"}, "step-unknown"),
        ({"kind": "merge", "classes": "A班", "into": "B班"}, "step-malformed"),
        ({"kind": "rename", "unit": 7, "name": "x"}, "step-malformed"),
        ({"kind": "rename", "unit": "A班", "name": 7}, "name-impossible"),
        ({"kind": "transfer", "students": "1"}, "step-malformed"),
        ({"kind": "transfer", "students": [7]}, "change-unknown"),
        ({"kind": "split", "class": "A班", "into": "甲"}, "step-malformed"),
        ({"kind": "graduate", "grade": 2022, "force": True}, "step-malformed"),
    ],
)
def test_a_step_that_cannot_be_read_says_why(step: dict[str, Any], code: str) -> None:
    with pytest.raises(Bad) as caught:
        outcome(step)
    assert caught.value.code.value == code


def test_every_fault_has_its_words() -> None:
    assert set(MESSAGES) == set(Fault)


def test_a_class_that_loses_its_last_student_closes_and_others_stay() -> None:
    done = outcome(GRADUATION)
    assert sorted(change.student.number for change in done.changes) == ["1", "2"]
    assert done.closing == [11, 14]
    assert outcome(GRADUATION, {"kind": "delay", "students": ["1"]}).closing == [14]


def test_a_student_may_come_into_a_class_that_the_plan_creates() -> None:
    done = outcome(split({"甲班": ["1"], "乙班": ["2"]}), transfer(number="4", change="转专业", **{"class": "甲班"}))
    assert done.problems == []
    assert [getattr(change.school_class, "name", "") for change in done.changes] == ["甲班", "乙班", "甲班"]


@pytest.mark.parametrize("day", ["2026-11-09", "2028-11-10"])
def test_a_day_in_the_past_or_far_ahead_is_a_problem(world: World, at: datetime, day: str) -> None:
    rollover = plan(world.school, {"kind": "graduate", "grade": 2022}, at=at, effective_on=day)
    codes = [p.code.value for p in services.compare_plan(rollover, today=localdate(at), by=None).problems]
    assert codes == ["date-past" if day < "2026-11-10" else "date-far"]


@pytest.mark.parametrize(
    "content", [None, [], {}, {"steps": []}, {"effective_on": "2026-13-01", "steps": []}, {"x": 1}]
)
def test_what_is_no_plan_is_refused(world: World, at: datetime, content: Any) -> None:
    with pytest.raises(Refused):
        services.load_plan(school=world.school, content=content, by=None, at=at)


def test_the_second_of_two_is_told_who_is_at_it(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    Unit.objects.filter(pk=world.it1.pk).update(grade=2022, years=4)
    step = {"kind": "graduate", "grade": 2022}
    first, second = (plan(world.school, step, at=at, in_open_month=True) for _ in range(2))
    for rollover in (first, second):
        difference = services.compare_plan(rollover, today=localdate(at), by=director)
        arguments = {"digest": difference.digest(), "number": difference.size, "by": director, "at": at}
        if rollover is second:
            with pytest.raises(Refused, match=director.name) as caught:
                services.confirm_rollover(rollover=rollover, **arguments)
            assert caught.value.code == "at-work"
        else:
            services.confirm_rollover(rollover=rollover, **arguments)
    assert Job.objects.filter(name=APPLY).count() == 1
    before = snapshot()
    with pytest.raises(Refused, match=director.name):
        services.apply_plan(rollover=second, by=None, at=at)
    assert snapshot() == before


def test_a_plan_is_not_applied_when_the_school_has_changed_since(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    Unit.objects.filter(pk=world.it1.pk).update(grade=2022, years=4)
    rollover = plan(world.school, {"kind": "graduate", "grade": 2022}, at=at)
    difference = services.compare_plan(rollover, today=localdate(at), by=director)
    services.confirm_rollover(rollover=rollover, digest=difference.digest(), number=6, by=director, at=at)
    Student.objects.filter(pk=world.roomless.pk).update(school_class=world.it1)
    with pytest.raises(Refused) as caught:
        services.apply_rollover(pk=rollover.pk, by=director, at=at + timedelta(minutes=1))
    assert caught.value.code == "difference-changed"
