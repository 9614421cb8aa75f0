"""The indicators of a random year, counted again by an oracle that knows the rows alone."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from math import ceil
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from activities.models import (
    Activity,
    BudgetYear,
    Course,
    CourseEnrolment,
    CourseRun,
    Goal,
    Lesson,
    LessonAttendance,
    Occasion,
    Presence,
    Station,
    StationCheck,
    Step,
    Training,
    WorkPlan,
)
from activities.rules.program import StationItem
from network.models import Placement, Post, Student, Unit, User
from network.models.base import keys_of
from network.rules import Role
from tests.conftest import World
from tests.sizes import size

Login = Callable[[User], Client]
YEAR = 2026
SEEDS = size(quick=(1, 2), full=range(40))


def counted(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("indicators", "--year", str(YEAR), "--json", *arguments, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


class RandomYear:
    """Rows of all kinds, good and bad ones, in the year and beside it."""

    def __init__(self, world: World, at: datetime, seed: int) -> None:
        self.world, self.at, self.draw = world, at, Random(seed)
        self.by = world.holder(Role.CENTER_DIRECTOR)
        self.students = list(Student.objects.filter(school=world.school).order_by("number"))

    def build(self) -> None:
        self.grades()
        self.trainings()
        if self.draw.random() < 0.8:
            BudgetYear.objects.create(
                school=self.world.school, year=YEAR, earmarked=self.draw.randrange(0, 50_000), set_by=self.by,
                set_at=self.at,
            )  # fmt: skip
        self.courses()
        self.presences()
        self.lessons()
        self.plans()
        self.stations()

    def day(self) -> date:
        return date(self.draw.choice((2025, 2026)), self.draw.randint(1, 10), self.draw.randint(1, 28))

    def grades(self) -> None:
        for unit in Unit.objects.classes().filter(school=self.world.school):
            Unit.objects.filter(pk=unit.pk).update(grade=self.draw.choice((2025, 2026)))

    def trainings(self) -> None:
        for _number in range(self.draw.randint(0, 8)):
            kind = self.draw.choice(("hours", "conference"))
            confirmed = self.draw.random() < 0.7
            Training.objects.create(
                school=self.world.school, user=self.world.holder(Role.FULL_TIME_COUNSELOR), kind=kind, title="a",
                organizer="b", level=self.draw.choice(("provincial", "university", "society")), day=self.day(),
                hours=Decimal(self.draw.randint(1, 80)) / 2 if kind == "hours" else None, entered_at=self.at,
                confirmed_by=self.by if confirmed else None, confirmed_at=self.at if confirmed else None,
            )  # fmt: skip

    def courses(self) -> None:
        for number in range(3):
            course = Course.objects.create(
                school=self.world.school, code=f"C{number}", title="a", kind=self.draw.choice(("required", "elective")),
                credits=self.draw.choice((Decimal("1.5"), Decimal(2), Decimal("2.5"))),
                hours=self.draw.choice((16, 32, 36)), effective_from=date(2020, 9, 1),
            )  # fmt: skip
            for year in (2025, 2026):
                run = CourseRun.objects.create(course=course, year=year, term=1, group="01班")
                for student in self.draw.sample(self.students, self.draw.randint(0, 8)):
                    state = self.draw.choice(("enrolled", "passed", "not_passed", "withdrawn"))
                    CourseEnrolment.objects.create(
                        run=run, student=student, state=state, changed_at=self.at, **keys_of(student)
                    )

    def presences(self) -> None:
        for year in (2025, 2026):
            start = datetime(year, 10, 10, 19, 0, tzinfo=self.at.tzinfo)
            activity = Activity.objects.create(
                unit=self.world.school, school=self.world.school, title="a", enrol_from=start - timedelta(days=9),
                enrol_until=start - timedelta(days=1), starts_at=start, ends_at=start + timedelta(hours=2),
                planned_by=self.by, planned_at=self.at, edited_by=self.by, edited_at=self.at,
            )  # fmt: skip
            for number in range(2):
                begins = start + timedelta(days=number)
                occasion = Occasion.objects.create(
                    activity=activity, starts_at=begins, ends_at=begins + timedelta(hours=2), place="a", secret="s"
                )
                for student in self.draw.sample(self.students, self.draw.randint(0, 8)):
                    Presence.objects.create(
                        occasion=occasion, student=student, source="hand", at=start, recorded_at=start,
                        **keys_of(student),
                    )  # fmt: skip

    def lessons(self) -> None:
        posts = Post.objects.filter(
            role__in=[Role.DORM_HEAD, Role.CLASS_COMMITTEE_MEMBER], unit__school=self.world.school
        )
        holders = sorted({post.holder_id for post in posts})
        for audience in ("peers", "fudaoyuan", "peers"):
            lesson = Lesson.objects.create(
                school=self.world.school, title="a", audience=audience, hours=4, recorded_by=self.by,
                recorded_at=self.at, day=self.day().replace(year=self.draw.choice((2024, 2025, 2026))),
            )  # fmt: skip
            for holder in self.draw.sample(holders, self.draw.randint(0, 3)):
                LessonAttendance.objects.create(lesson=lesson, user_id=holder)

    def plans(self) -> None:
        for unit in (self.world.school, self.world.it):
            plan = WorkPlan.objects.create(unit=unit, year=YEAR, aim="a", written_by=self.by, written_at=self.at)
            for _number in range(self.draw.randint(0, 4)):
                goal = Goal.objects.create(
                    plan=plan, pillar="teaching", title="a", target="b", owner=self.by, due_on=date(2026, 12, 1),
                    weight=self.draw.randint(1, 100),
                )  # fmt: skip
                for _step in range(self.draw.randint(0, 3)):
                    Step.objects.create(
                        goal=goal, title="a", progress=self.draw.randint(0, 100), changed_by=self.by, changed_at=self.at
                    )

    def stations(self) -> None:
        for college in (self.world.it, self.world.arts):
            station = Station.objects.create(
                unit=college, place="a", head=self.by, opening_hours="b", opened_on=date(2020, 1, 1)
            )
            for year in (2025, 2026):
                answers = {item.value: self.draw.choice(("met", "unmet", "na")) for item in StationItem}
                checked = self.draw.random() < 0.8
                StationCheck.objects.create(
                    station=station, year=year, own_answers=answers, answers=answers,
                    answered_by=self.world.holder(Role.COLLEGE_COORDINATOR), answered_at=self.at,
                    checked_by=self.by if checked else None, checked_at=self.at if checked else None,
                )  # fmt: skip


class Oracle:
    """Counts with loops over all rows, as somebody with the tables on paper would."""

    def __init__(self, world: World, at: datetime, college: Unit | None) -> None:
        self.world, self.college = world, college
        self.today = at.date()

    def students(self) -> set[Any]:
        on = min(date(YEAR, 10, 31), self.today)
        return {row.student_id for row in Placement.objects.all() if self.is_here(row, on)}

    def is_here(self, row: Any, on: date) -> bool:
        in_force = row.starts_on <= on and (row.ends_on is None or on < row.ends_on)
        here = row.school_id == self.world.school.pk and (self.college is None or row.college_id == self.college.pk)
        return in_force and here and row.enrollment_status in ("studying", "returned")

    def pairs(self) -> dict[str, tuple[Fraction, Fraction]]:
        whole = self.college is None
        nothing = (Fraction(0), Fraction(0))
        return {
            "staff": self.staff() if whole else nothing,
            "training": self.training() if whole else nothing,
            "budget": self.budget() if whole else nothing,
            "course": self.course(),
            "reach": self.reach(),
            "peers": self.peers(),
            "plan": self.plan(),
            "stations": self.stations(),
        }

    def staff(self) -> tuple[Fraction, Fraction]:
        return Fraction(1), Fraction(max(2, ceil(len(self.students()) / 4000)))

    def training(self) -> tuple[Fraction, Fraction]:
        hours, conferences = Decimal(0), 0
        for row in Training.objects.all():
            if row.confirmed_at and row.day.year == YEAR:
                hours += row.hours or 0
                conferences += row.kind == "conference" and row.level in ("provincial", "society")
        return Fraction(int(hours >= 40 or conferences >= 2)), Fraction(1)

    def budget(self) -> tuple[Fraction, Fraction]:
        fen = sum(row.earmarked for row in BudgetYear.objects.all())
        return Fraction(fen, 100), Fraction(len(self.students()))

    def course(self) -> tuple[Fraction, Fraction]:
        grades = {unit.pk: unit.grade for unit in Unit.objects.all()}
        on = min(date(YEAR, 10, 31), self.today)
        first = {
            row.student_id
            for row in Placement.objects.all()
            if self.is_here(row, on) and grades[row.school_class_id] == YEAR
        }
        enrolled = set()
        for row in CourseEnrolment.objects.select_related("run__course"):
            course = row.run.course
            enough = course.kind == "required" and course.credits >= 2 and course.hours >= 32
            if enough and row.run.year == YEAR and row.state != "withdrawn" and row.student_id in first:
                enrolled.add(row.student_id)
        return Fraction(len(enrolled)), Fraction(len(first))

    def reach(self) -> tuple[Fraction, Fraction]:
        there = {
            row.student_id
            for row in Presence.objects.all()
            if row.at.year == YEAR and (self.college is None or row.college_id == self.college.pk)
        }
        return Fraction(len(there)), Fraction(len(self.students()))

    def peers(self) -> tuple[Fraction, Fraction]:
        units = {unit.pk: unit for unit in Unit.objects.filter(school=self.world.school)}
        lived = set()
        for row in Placement.objects.all():
            in_force = row.starts_on <= self.today and (row.ends_on is None or self.today < row.ends_on)
            if in_force and row.enrollment_status in ("studying", "returned"):
                lived |= {row.school_class_id, row.dorm_id} & set(units)
        if self.college is not None:
            lived = {pk for pk in lived if units[pk].college_id == self.college.pk}
        trained = {
            row.user_id
            for row in LessonAttendance.objects.select_related("lesson")
            if row.lesson.audience == "peers"
            and row.lesson.day.year in (YEAR - 1, YEAR)
            and row.lesson.day <= self.today
        }
        held = {
            post.unit_id
            for post in Post.objects.all()
            if post.role in ("dorm_head", "class_committee_member") and post.holder_id in trained
        }
        return Fraction(len(lived & held)), Fraction(len(lived))

    def plan(self) -> tuple[Fraction, Fraction]:
        unit = self.college or self.world.school
        reached, weights = Fraction(0), Fraction(0)
        for goal in Goal.objects.filter(plan__unit=unit):
            steps = [step.progress for step in Step.objects.filter(goal=goal)]
            reached += goal.weight * (Fraction(sum(steps), len(steps) * 100) if steps else 0)
            weights += goal.weight
        return reached, weights

    def stations(self) -> tuple[Fraction, Fraction]:
        answers = [
            answer
            for row in StationCheck.objects.select_related("station")
            if row.checked_at and row.year == YEAR and (self.college is None or row.station.unit_id == self.college.pk)
            for answer in row.answers.values()
        ]
        return Fraction(answers.count("met")), Fraction(len(answers) - answers.count("na"))


TARGETS = {"budget": Fraction(15), "reach": Fraction(1, 2)}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_indicators_of_a_random_year_are_what_the_rows_say(world: World, november: datetime, seed: int) -> None:
    RandomYear(world, november, seed).build()
    for college in (None, world.it, world.arts):
        found = counted(*(() if college is None else ("--college", college.code)), "--school", "MD")
        for name, (above, below) in Oracle(world, november, college).pairs().items():
            value, target = (above / below if below else None), TARGETS.get(name, Fraction(1))
            row = found[name]
            assert row["numerator"] == pytest.approx(float(above), abs=1e-4), (name, seed)
            assert row["denominator"] == float(below), (name, seed)
            assert row["met"] == (None if value is None else value >= target), (name, seed)
            if value is None:
                assert row["value"] is None
            else:
                assert 0 <= float(value) - row["value"] < 1e-4, "rounded down"


def test_the_command_names_eight_indicators_with_five_keys_each(world: World, november: datetime) -> None:
    found = counted("--school", "MD")
    assert list(found) == ["staff", "training", "budget", "course", "reach", "peers", "plan", "stations"]
    assert {tuple(row) for row in found.values()} == {("numerator", "denominator", "value", "target", "met")}
    assert found["staff"] == {"numerator": 1, "denominator": 2, "value": 0.5, "target": 1, "met": False}
    assert found["plan"]["value"] is None


@pytest.mark.parametrize("arguments", [("--year", "2027"), ("--year", "1999"), ("--year", "2026", "--college", "XX")])
def test_a_year_to_come_and_an_unknown_college_are_refused(
    world: World, november: datetime, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError):
        call_command("indicators", *arguments)


@pytest.mark.parametrize("role", [Role.SCHOOL_LEADER, Role.CENTER_DIRECTOR, Role.COLLEGE_COORDINATOR])
def test_leaders_and_the_center_read_the_same_figures(
    world: World, november: datetime, login: Login, role: Role
) -> None:
    browser = login(world.holder(role))
    page = browser.get(reverse("activities:indicator-list")).content.decode()
    assert "1 ÷ 2" in page
    assert "below target" in page
    assert "nothing to count" in page
    college = browser.get(reverse("activities:indicator-list"), {"unit": world.it.code, "year": "2026"})
    assert college.status_code == 200
    # Another school's college, and a coordinator's neighbor, are not there.
    assert world.other is not None
    assert browser.get(reverse("activities:indicator-list"), {"unit": world.other.code}).status_code == 404
    assert browser.get(reverse("activities:indicator-list"), {"year": "99999"}).status_code == 200
