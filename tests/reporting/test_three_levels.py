"""Schools that lack a level: classes without dorms, and classes without colleges."""

from datetime import datetime
from uuid import uuid4

import pytest

from kernel.periods import TZ, Month
from network.models import Unit, User
from network.rules import Level, Role
from reporting.models import Cycle, Report, Summary
from reporting.rules.dorm_lines import Status
from reporting.services import (
    ClassEntry,
    LineEntry,
    accept,
    file_class_report,
    file_college_report,
    file_dorm_report,
    open_cycle,
    roll_up,
)
from tests import factories

OPENED = datetime(2026, 11, 1, 8, 0, tzinfo=TZ)


@pytest.fixture
def school(db: None) -> Unit:
    return factories.make_school(at=OPENED)


def opened(school: Unit) -> Cycle:
    return open_cycle(school=school, month=Month(2026, 11), by=None, at=OPENED)


def report_of(cycle: Cycle, unit: Unit) -> Report:
    return Report.objects.current().get(cycle=cycle, unit=unit)


def file_class(cycle: Cycle, unit: Unit, by: User, at: datetime, *lines: LineEntry) -> Report:
    entry = ClassEntry(lines=lines)
    return file_class_report(report=report_of(cycle, unit), entry=entry, revision=0, client_id=uuid4(), by=by, at=at)


def test_without_dorms_the_class_reports_on_everybody(school: Unit, at: datetime) -> None:
    college = factories.make_college(school, "信息学院", at=OPENED)
    klass = factories.make_class(college, "一班", at=OPENED)
    low, *well = factories.make_students(klass, 5, on=OPENED.date())
    member = factories.give_post(klass, Role.CLASS_COMMITTEE_MEMBER, at=OPENED)
    coordinator = factories.give_post(college, Role.COLLEGE_COORDINATOR, at=OPENED)
    director = factories.give_post(school, Role.CENTER_DIRECTOR, at=OPENED)
    cycle = opened(school)
    assert set(cycle.reports.values_list("level", flat=True)) == {Level.CLASS, Level.COLLEGE}
    lines = [LineEntry(low.pk, Status.RAIN), *(LineEntry(one.pk, Status.CLEAR) for one in well)]
    file_class(cycle, klass, member, at, *lines)
    file_college_report(
        report=report_of(cycle, college),
        narrative="",
        missing_reason="",
        revision=0,
        client_id=uuid4(),
        by=coordinator,
        at=at,
    )
    accept(report=report_of(cycle, college), by=director, at=at)
    totals = Summary.objects.get(cycle=cycle, unit=school).totals
    assert (totals.students, totals.reported, totals.clear, totals.rain) == (5, 5, 4, 1)
    assert (totals.dorms_due, totals.classes_due, totals.colleges_due) == (0, 1, 1)
    cycle.refresh_from_db()
    assert cycle.closed_at == at


def test_without_colleges_the_month_closes_when_every_class_is_accepted(school: Unit, at: datetime) -> None:
    classes = [factories.make_class(school, name, at=OPENED) for name in ("一班", "二班")]
    members, advisors = [], []
    for number, klass in enumerate(classes):
        dorm = factories.make_dorm(klass, f"10{number}", at=OPENED)
        factories.make_students(klass, 3, on=OPENED.date(), dorm=dorm)
        members.append(factories.give_post(klass, Role.CLASS_COMMITTEE_MEMBER, at=OPENED))
        advisors.append(factories.give_post(klass, Role.FUDAOYUAN, at=OPENED))
    cycle = opened(school)
    assert set(cycle.reports.values_list("level", flat=True)) == {Level.DORM, Level.CLASS}
    for klass, member, advisor in zip(classes, members, advisors, strict=True):
        cycle.refresh_from_db()
        assert cycle.closed_at is None
        dorm = report_of(cycle, Unit.objects.dorms().get(parent=klass))
        file_dorm_report(report=dorm, entries=[], all_well=True, revision=0, client_id=uuid4(), by=member, at=at)
        accept(report=file_class(cycle, klass, member, at), by=advisor, at=at)
    cycle.refresh_from_db()
    assert cycle.closed_at == at
    roll_up(cycle=cycle, at=at)
    totals = Summary.objects.get(cycle=cycle, unit=school).totals
    assert (totals.students, totals.clear, totals.dorms_filed, totals.classes_on_time) == (6, 6, 2, 2)
