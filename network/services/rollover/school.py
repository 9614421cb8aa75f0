"""What a plan has to be compared with: read from the database, as little of it as the steps need."""

import json
from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Q

from network.models import Rollover, Student, Unit
from network.rules import EnrollmentStatus, Level
from network.rules.rollover import resolve
from network.rules.rollover_plans import MOST_STEPS, Bad, Fault, Problem, Step, check_date, fold, read_step
from network.rules.rollover_school import (
    Outcome,
    SchoolNow,
    StudentNow,
    UnitNow,
    classes_of,
    numbers_of,
    words_of,
)

CHUNK = 5000
COLUMNS = ("pk", "code", "level", "name", "college_id", "grade", "years", "major", "campus", "is_active")


def outcome_of(rollover: Rollover, *, today: date) -> tuple[Outcome, SchoolNow]:
    """What the plan would do as the school is now, and the units it looked at. Problems of the date and of steps that
    cannot be read come first."""
    steps, problems = read_steps(rollover, today=today)
    problems = [*check_date(rollover.effective_on, today), *problems]
    school = read_school(rollover.school, steps.values())
    outcome = resolve(steps, school, rollover.effective_on)
    outcome.problems = problems + outcome.problems
    return outcome, school


def read_steps(rollover: Rollover, *, today: date) -> tuple[dict[int, Step], list[Problem]]:
    """The steps by their number, from 1, and what is wrong with those that cannot be read."""
    steps: dict[int, Step] = {}
    problems: list[Problem] = []
    rows = list(rollover.steps.all())
    if not rows:
        problems.append(Problem(Fault.NO_STEPS))
    if len(rows) > MOST_STEPS:
        problems.append(Problem(Fault.TOO_MANY_STEPS, value=str(len(rows))))
    for number, row in enumerate(rows[:MOST_STEPS], start=1):
        try:
            steps[number] = read_step(row.kind, json.loads(row.params or "{}"), today)
        except Bad as bad:
            problems.append(Problem(bad.code, number, bad.row, bad.value))
    return steps, problems


def read_school(school: Unit, steps: Iterable[Step]) -> SchoolNow:
    """The units of a school, and the students whom the steps may change."""
    asked = list(steps)
    units = _units(school)
    known = {fold(word) for unit in units.values() for word in (unit.name, unit.code)}
    unknown = words_of(asked) - known
    now = SchoolNow(units, _foreign(school, unknown))
    now.students = {student.number: student for student in _students(school, classes_of(asked, now), numbers_of(asked))}
    return now


def _units(school: Unit) -> dict[int, UnitNow]:
    rows = Unit.objects.filter(school=school, level__in=(Level.COLLEGE, Level.CLASS)).order_by("level", "code")
    values = list(rows.values_list(*COLUMNS))
    years = {
        pk: length for pk, _code, level, _name, _college, _grade, length, *_rest in values if level == Level.COLLEGE
    }
    return {
        pk: UnitNow(
            pk=pk,
            code=code,
            name=name,
            is_class=level == Level.CLASS,
            college=college,
            grade=grade,
            years=length or years.get(college),
            major=major,
            campus=campus,
            is_active=is_active,
        )
        for pk, code, level, name, college, grade, length, major, campus, is_active in values
    }


def _foreign(school: Unit, words: set[str]) -> frozenset[str]:
    """Those of the words that are codes of units of another school."""
    if not words:
        return frozenset()
    others = Unit.objects.exclude(Q(school=school) | Q(pk=school.pk)).filter(level__in=(Level.COLLEGE, Level.CLASS))
    codes = others.filter(code__in=[word.upper() for word in words] + list(words)).order_by("pk")
    return frozenset(fold(code) for code in codes.values_list("code", flat=True))


def _students(school: Unit, classes: set[int], numbers: set[str]) -> Iterator[StudentNow]:
    seen: set[str] = set()
    conditions = [Q(school_class__in=classes)] if classes else []
    asked = sorted(numbers)
    conditions += [Q(number__in=asked[start : start + CHUNK]) for start in range(0, len(asked), CHUNK)]
    for condition in conditions:
        rows = Student.objects.filter(condition, school=school).order_by("pk")
        for pk, number, name, status, class_id in rows.values_list(
            "pk", "number", "name", "enrollment_status", "school_class_id"
        ):
            if number not in seen:
                seen.add(number)
                yield StudentNow(str(pk), number, name, EnrollmentStatus(status), class_id)
