"""A month in which every text that a person can leave behind comes from one hand: `texts(place, most)` says it.

`place` is table.column, `most` how many characters fit. Whoever adds an encrypted column tells it here, or names it in
UNTOLD with the test that does.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from crisis.models import Alarm
from crisis.services import acknowledge
from kernel.periods import Month
from network.models import RosterImport, Student, Unit, User
from network.rules import Role
from network.services.rosters import apply_import, compare_import, confirm_import, upload_roster
from reporting.models import Cycle, Line, Report
from reporting.rules.dorm_lines import Status
from reporting.services import (
    ClassEntry,
    LineEntry,
    accept,
    correct,
    file_class_report,
    file_college_report,
    file_dorm_report,
    send_back,
)
from reporting.services.exports import keep_export
from tests import factories
from tests.attacks import around, care, clients, gatherings
from tests.conftest import World
from tests.network import roster_files

Texts = Callable[[str, int], str]
SECRETS = "tests/network/test_factors.py::test_no_secret_is_stored_in_clear_and_none_serves_another"
# What guards every encrypted column.
ANY_COLUMN = "tests/kernel/test_fields.py::test_what_is_saved_is_read_back_and_stands_encrypted"
UNTOLD: dict[str, str] = {
    "network_factorsecret.secret": SECRETS,
    "crisis_escalationsettings.bots": ANY_COLUMN,
    "kernel_botmessage.url": ANY_COLUMN,
    "counseling_credential.number": ANY_COLUMN,
    "counseling_credential.scan": ANY_COLUMN,
    "counseling_session.link": ANY_COLUMN,
    "network_passwordsheet.pdf": ANY_COLUMN,
    "network_passwordsheet.workbook": ANY_COLUMN,
    # Written by the portal itself: pages that a job printed, and the steps of the turn of the year.
    "kernel_printedfile.content": ANY_COLUMN,
    "network_rollover.difference": ANY_COLUMN,
    "network_rollover.undo": ANY_COLUMN,
    "network_rolloverstep.params": ANY_COLUMN,
}
ROOMS, BEDS = 30, 4


def tell(world: World, cycle: Cycle, texts: Texts, *, at: datetime) -> None:
    """Names, rosters, reports, alarms, corrections and exports, through the services that write them in life."""
    _fill_house(world, texts)
    _name_everybody(world, texts)
    _import_roster(world, texts, at=at)
    cycle_reports = {report.unit_id: report for report in Report.objects.current().filter(cycle=cycle)}
    for unit in Unit.objects.filter(pk__in=cycle_reports, level="dorm"):
        _file_dorm(world, cycle_reports[unit.pk], unit, texts, at=at)
    for alarm in Alarm.objects.all():
        director = world.people[Role.CENTER_DIRECTOR, world.school.pk]
        acknowledge(alarm=alarm, action_taken=texts("crisis_alarm.action_taken", 500), by=director, at=at)
    for name in ("it1", "it2", "arts1"):
        _file_class(world, cycle, getattr(world, name), texts, at=at)
    for name in ("it", "arts"):
        _file_college(world, cycle, getattr(world, name), texts, at=at)
    month = Month(cycle.month.year, cycle.month.month)
    keep_export(unit=world.it, month=month, by=world.people[Role.CENTER_DIRECTOR, world.school.pk], at=at)
    care.tell(world, texts, at=at)
    around.tell(world, texts, at=at)
    clients.tell(world, texts, at=at)
    gatherings.tell(world, texts, at=at)


def _fill_house(world: World, texts: Texts) -> None:
    """More students into the rooms that owe a report; their own data as a roster would bring it."""
    for room in (world.own, world.far):
        home = {world.own.pk: world.it1, world.far.pk: world.it2}[room.pk]
        factories.make_students(home, ROOMS * BEDS // 2, on=world.at.date(), dorm=room)
    for student in Student.objects.filter(school=world.school):
        student.phone = texts("network_student.phone", 30)
        student.guardian_name = texts("network_student.guardian_name", 40)
        student.guardian_phone = texts("network_student.guardian_phone", 30)
        student.save()


def _name_everybody(world: World, texts: Texts) -> None:
    """SECURITY: past the forms, as another way in might."""
    for student in Student.objects.filter(school=world.school).select_related("user"):
        student.name = student.user.name = texts("network_student.name", 40)
        student.origin, student.bed = texts("network_student.origin", 40), texts("network_student.bed", 10)
        student.save()
        student.user.save()
    for user in User.objects.filter(student=None):
        user.name, user.email = texts("network_user.name", 40), f"{user.number.lower()}@example.edu.cn"
        user.save()
    for unit in Unit.objects.exclude(level="school"):
        unit.name = texts("network_unit.name", 80)
        unit.building, unit.major = texts("network_unit.building", 40), texts("network_unit.major", 80)
        unit.save()


def _import_roster(world: World, texts: Texts, *, at: datetime) -> None:
    by = world.people[Role.CENTER_DIRECTOR, world.school.pk]
    rows = [roster_files.student(n, 学号=f"2031{n:07d}", 家长姓名=texts("roster.guardian", 40)) for n in range(1, 9)]
    content = roster_files.workbook({"学生名册": rows})
    kept = upload_roster(
        school=world.school, file_name=texts("roster.file", 200), content=content, is_partial=True, by=by, at=at
    )
    compare_import(pk=kept.pk, at=at)
    # A second one is applied, for the way back that it keeps.
    applied = upload_roster(school=world.school, file_name="b.xlsx", content=content, is_partial=True, by=by, at=at)
    compare_import(pk=applied.pk, at=at)
    confirm_import(roster_import=RosterImport.objects.get(pk=applied.pk), skip_bad=True, by=by, at=at)
    apply_import(pk=applied.pk, by=by, at=at)


def _file_dorm(world: World, report: Report, unit: Unit, texts: Texts, *, at: datetime) -> None:
    students = sorted(Student.objects.present().filter(dorm=unit), key=lambda one: one.number)
    entries = [
        LineEntry(
            one.pk,
            Status.THUNDER if number == 0 else Status.RAIN,
            observation=texts("reporting_line.observation", 200),
            whereabouts=texts("crisis_alarm.evidence", 200) if number == 0 else "",
        )
        for number, one in enumerate(students)
    ]
    by = world.people[Role.DORM_HEAD, unit.pk]
    file_dorm_report(
        report=report, entries=entries, all_well=False, revision=report.revision, client_id=uuid4(), by=by, at=at
    )


def _file_class(world: World, cycle: Cycle, unit: Unit, texts: Texts, *, at: datetime) -> None:
    report = world.report(cycle, unit)
    told = set(Line.objects.current().filter(report__cycle=cycle).values_list("student", flat=True))
    lines = [
        LineEntry(one.pk, Status.RAIN, observation=texts("reporting_line.observation", 200))
        for one in Student.objects.present().filter(school_class=unit)
        if one.pk not in told
    ]
    entry = ClassEntry(
        mood_index=2,
        topics=1,
        activity=texts("reporting_report.activity", 200),
        requests=texts("reporting_report.requests", 500),
        missing_reason=texts("reporting_report.missing_reason", 500),
        lines=lines,
    )
    by = world.people[Role.CLASS_COMMITTEE_MEMBER, unit.pk]
    report = file_class_report(report=report, entry=entry, revision=report.revision, client_id=uuid4(), by=by, at=at)
    if unit == world.it2:
        fudaoyuan = world.people[Role.FUDAOYUAN, unit.pk]
        send_back(report=report, reason=texts("reporting_report.return_reason", 500), by=fudaoyuan, at=at)


def _file_college(world: World, cycle: Cycle, unit: Unit, texts: Texts, *, at: datetime) -> None:
    report = world.report(cycle, unit)
    said: dict[str, Any] = {
        "narrative": texts("reporting_report.narrative", 3000),
        "missing_reason": texts("reporting_report.missing_reason", 500),
    }
    coordinator = world.people[Role.COLLEGE_COORDINATOR, unit.pk]
    director = world.people[Role.CENTER_DIRECTOR, world.school.pk]
    report = file_college_report(
        report=report, **said, revision=report.revision, client_id=uuid4(), by=coordinator, at=at
    )
    report = accept(report=report, by=director, at=at)
    if unit == world.arts:
        correct(report=report, reason=texts("reporting_report.correction_reason", 500), by=director, at=at)
