"""A month that is filed through the services, in a few words."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from kernel.periods import TZ
from network.models import Student, Unit
from network.rules import Role
from reporting.models import Cycle, Report
from reporting.rules.dorm_lines import Status
from reporting.services import (
    ClassEntry,
    LineEntry,
    accept,
    file_class_report,
    file_college_report,
    file_dorm_report,
)
from tests.conftest import World

EARLY = datetime(2026, 11, 20, 9, tzinfo=TZ)
LATE = datetime(2026, 11, 29, 9, tzinfo=TZ)


def file_room(
    world: World, cycle: Cycle, room: str, statuses: Sequence[int], *, at: datetime = EARLY, signs: int = 0
) -> Report:
    unit: Unit = getattr(world, room)
    students = sorted(Student.objects.present().filter(dorm=unit), key=lambda one: one.number)
    report = world.report(cycle, unit)
    entries = [
        LineEntry(student.pk, Status(status), signs=signs if status > 1 else 0)
        for student, status in zip(students, statuses, strict=True)
    ]
    return file_dorm_report(
        report=report,
        entries=entries,
        all_well=False,
        revision=report.revision,
        client_id=uuid4(),
        by=world.people[Role.DORM_HEAD, unit.pk],
        at=at,
    )


def file_class(
    world: World, cycle: Cycle, name: str, *, entry: ClassEntry | None = None, at: datetime = EARLY, roomless: int = 1
) -> Report:
    unit: Unit = getattr(world, name)
    report = world.report(cycle, unit)
    lines = [
        LineEntry(one.pk, Status(roomless)) for one in Student.objects.present().filter(school_class=unit, dorm=None)
    ]
    told = entry or ClassEntry()
    return file_class_report(
        report=report,
        entry=ClassEntry(
            mood_index=told.mood_index,
            topics=told.topics,
            activity=told.activity,
            missing_reason="宿舍停电",
            lines=lines,
        ),
        revision=report.revision,
        client_id=uuid4(),
        by=world.people[Role.CLASS_COMMITTEE_MEMBER, unit.pk],
        at=at,
    )


def file_college(world: World, cycle: Cycle, name: str, *, narrative: str = "", at: datetime = EARLY) -> Report:
    unit: Unit = getattr(world, name)
    report = world.report(cycle, unit)
    return file_college_report(
        report=report,
        narrative=narrative,
        missing_reason="班级实习",
        revision=report.revision,
        client_id=uuid4(),
        by=world.people[Role.COLLEGE_COORDINATOR, unit.pk],
        at=at,
    )


def file_all(world: World, cycle: Cycle) -> None:
    """Every report of November: it1 has one cloudy and one in rain, the rest is clear."""
    file_room(world, cycle, "own", [1, 1, 2, 4], signs=3)
    file_room(world, cycle, "shared", [1, 1, 1])
    file_room(world, cycle, "far", [1, 1, 1], at=LATE)
    file_room(world, cycle, "away", [1, 1, 1])
    for name in ("it1", "it2", "arts1"):
        file_class(world, cycle, name, entry=ClassEntry(mood_index=4, topics=3, activity="班会"))


def close(world: World, cycle: Cycle, *, narrative: str = "") -> None:
    """The colleges file and the center accepts: the month is closed."""
    for name in ("it", "arts"):
        report = file_college(world, cycle, name, narrative=narrative)
        accept(report=report, by=world.people[Role.CENTER_DIRECTOR, world.school.pk], at=LATE)
    cycle.refresh_from_db()
