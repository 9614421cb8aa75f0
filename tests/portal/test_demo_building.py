from collections import Counter
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from demo.names import COLLEGES
from demo.university import plan
from network.models import Student, Unit
from network.rules import Level
from reporting.models import Cycle, Line
from tests.portal.demonstration import TODAY, build, clock, figures


@pytest.mark.one_database
def test_the_same_seed_tells_the_same_story(db: None) -> None:
    with clock(TODAY):
        with transaction.atomic():
            build()
            first = figures()
            transaction.set_rollback(True)
        build()
        assert figures() == first
        assert Line.objects.current().filter(status__gt=1).count() > 0


def test_another_seed_plans_other_people() -> None:
    one, other = (plan(students=120, seed=seed, year=2026) for seed in (1, 2))
    assert [student.name for student in one.students] != [student.name for student in other.students]


@pytest.mark.one_database
def test_another_school_is_left_alone_unless_forced(db: None) -> None:
    Unit.objects.create(code="XX", name="真的大学", level=Level.SCHOOL)
    with clock(TODAY):
        with pytest.raises(CommandError):
            build()
        assert Unit.objects.count() == 1
        build(force=True)
    assert Unit.objects.schools().count() == 2
    assert Student.objects.filter(school__code="MD").count() == 120


def test_a_day_ahead_is_refused(db: None) -> None:
    with clock(TODAY), pytest.raises(CommandError):
        call_command("demo", students=120, today=TODAY + timedelta(days=1), stdout=StringIO())


@pytest.mark.parametrize("students", [99, 50_001])
def test_a_size_out_of_bounds_is_refused(db: None, students: int) -> None:
    with pytest.raises(CommandError):
        call_command("demo", students=students, stdout=StringIO())


@pytest.mark.one_database
@pytest.mark.parametrize("today", [date(2026, 11, 1), date(2026, 12, 28), date(2027, 2, 28), date(2028, 3, 31)])
def test_the_story_ends_well_on_any_day(db: None, today: date) -> None:
    with clock(today):
        call_command("demo", students=100, stdout=StringIO())
    assert Cycle.objects.filter(closed_at=None).count() == 1


@pytest.mark.parametrize(("students", "colleges"), [(100, 2), (3000, 8), (40_000, len(COLLEGES))])
def test_a_plan_has_the_size_that_was_asked_for(students: int, colleges: int) -> None:
    planned = plan(students=students, seed=1, year=2026)
    assert len(planned.students) == students
    assert len({student.number for student in planned.students}) == students
    assert len(planned.colleges) == colleges
    assert len({one.name for one in planned.classes}) == len(planned.classes)
    mates = Counter(student.room for student in planned.students if student.room)
    assert max(mates.values()) <= 6
    assert {student.sex for student in planned.students} == {"M", "F"}
    homes: dict[Any, set[str]] = {}
    for student in planned.students:
        homes.setdefault(student.room, set()).add(student.school_class.name)
    assert any(len(classes) > 1 for room, classes in homes.items() if room)
