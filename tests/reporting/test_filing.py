from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import Refused
from kernel.models import AuditEvent
from network.models import Duty, User
from network.rules import Level, Role
from reporting.models import Cycle, Filing, Line, Report
from reporting.rules.dorm_lines import Status
from reporting.rules.filing import ARRIVED, State
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
from reporting.services.cycles import duty_key
from reporting.services.filing import missing_below
from reporting.services.residents import residents_of
from tests.conftest import World
from tests.sizes import size

STEPS = ("file", "accept", "send_back", "correct")
PLACES = ("own", "it1", "it")
FOLLOWS = {
    State.DRAFT: {State.DRAFT, State.FILED},
    State.FILED: {State.FILED, State.ACCEPTED, State.RETURNED},
    State.RETURNED: {State.RETURNED, State.FILED},
    State.ACCEPTED: {State.ACCEPTED, State.RETURNED},
}


def well(report: Report, by: User, at: datetime, *, revision: int = 0, client_id: UUID | None = None) -> Report:
    return file_dorm_report(
        report=report,
        entries=(),
        all_well=True,
        revision=revision,
        client_id=client_id or uuid4(),
        by=by,
        at=at,
    )


def test_a_filing_settles_the_duty_writes_one_audit_row_and_a_line_for_each(
    world: World, cycle: Cycle, at: datetime
) -> None:
    report = well(world.report(cycle, world.own), world.holder(Role.DORM_HEAD), at)
    assert Duty.objects.get(key=duty_key(report)).settled_at == at
    assert Line.objects.current().filter(report=report).count() == 4
    assert AuditEvent.objects.filter(action="report.file", object_id=str(report.pk)).count() == 1


def test_the_due_second_still_counts_as_on_time(world: World, cycle: Cycle) -> None:
    due, head = cycle.dorm_due_at, world.holder(Role.DORM_HEAD)
    assert due is not None
    assert well(world.report(cycle, world.own), head, due + timedelta(microseconds=999_999)).on_time is True
    far = world.holder(Role.DORM_HEAD, world.far)
    assert well(world.report(cycle, world.far), far, due + timedelta(seconds=1)).on_time is False


def test_the_same_client_id_for_another_report_is_refused(world: World, cycle: Cycle, at: datetime) -> None:
    client_id = uuid4()
    well(world.report(cycle, world.own), world.holder(Role.DORM_HEAD), at, client_id=client_id)
    with pytest.raises(Refused) as no:
        well(world.report(cycle, world.far), world.holder(Role.DORM_HEAD, world.far), at, client_id=client_id)
    assert no.value.code == "stale"


@pytest.mark.parametrize(("place", "role"), [("it1", Role.CLASS_COMMITTEE_MEMBER), ("it", Role.COLLEGE_COORDINATOR)])
def test_a_class_or_college_form_sent_twice_is_filed_once(
    place: str, role: Role, world: World, cycle: Cycle, at: datetime
) -> None:
    report, client_id = world.report(cycle, getattr(world, place)), uuid4()
    for _ in range(2):
        sent = {"report": report, "revision": 0, "client_id": client_id, "by": world.holder(role), "at": at}
        if place == "it1":
            filed = file_class_report(entry=ClassEntry(missing_reason="实习"), **sent)
        else:
            filed = file_college_report(narrative="", missing_reason="实习", **sent)
        assert (filed.pk, filed.revision, filed.state) == (report.pk, 1, State.FILED)
    assert Filing.objects.count() == 1
    assert AuditEvent.objects.filter(action="report.file").count() == 1


def test_a_shared_room_files_each_line_under_the_students_own_class(world: World, cycle: Cycle, at: datetime) -> None:
    well(world.report(cycle, world.shared), world.holder(Role.DORM_HEAD, world.shared), at)
    guest = world.students["shared"][2]
    line = Line.objects.current().get(student=guest)
    assert (line.school_class, line.college, line.dorm) == (world.arts1, world.arts, world.shared)


def test_a_line_of_a_locked_college_is_kept_without_counting(world: World, cycle: Cycle, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    filed = file_college_report(
        report=world.report(cycle, world.arts),
        narrative="",
        missing_reason="实习",
        revision=0,
        client_id=uuid4(),
        by=world.holder(Role.COLLEGE_COORDINATOR, world.arts),
        at=at,
    )
    accept(report=filed, by=director, at=at)
    well(world.report(cycle, world.shared), world.holder(Role.DORM_HEAD, world.shared), at)
    guest = world.students["shared"][2]
    assert Line.objects.filter(student=guest, is_current=False).count() == 1
    assert not Line.objects.current().filter(student=guest).exists()


def test_who_is_asked_about_by_each_level(world: World, cycle: Cycle) -> None:
    asked = {
        unit.name: len(residents_of(world.report(cycle, unit))) for unit in (world.own, world.it1, world.it2, world.it)
    }
    assert asked == {"东6栋-101": 4, "计科2601班": 0, "计科2602班": 1, "信息学院": 0}
    missing = {unit.name: len(missing_below(world.report(cycle, unit))) for unit in (world.own, world.it1, world.it)}
    assert missing == {"东6栋-101": 0, "计科2601班": 2, "信息学院": 2}


@pytest.mark.django_db(transaction=True)
def test_of_two_filings_at_once_one_is_told_about_the_other(world: World, cycle: Cycle, at: datetime) -> None:
    report, head = world.report(cycle, world.own), world.holder(Role.DORM_HEAD)
    outcomes = at_once([lambda: well(report, head, at)] * 2)
    assert sorted(outcomes) == ["done", "filed-meanwhile"]
    report.refresh_from_db()
    assert (report.revision, Filing.objects.count()) == (1, 1)
    assert Line.objects.current().filter(report=report).count() == 4


@pytest.mark.django_db(transaction=True)
def test_the_same_sending_twice_at_once_has_one_effect(world: World, cycle: Cycle, at: datetime) -> None:
    report, head, client_id = world.report(cycle, world.own), world.holder(Role.DORM_HEAD), uuid4()
    outcomes = at_once([lambda: well(report, head, at, client_id=client_id)] * 4)
    assert outcomes == ["done"] * 4
    assert (Filing.objects.count(), Line.objects.count()) == (1, 4)


def at_once(acts: list[Callable[[], Any]]) -> list[str]:
    """Run the acts in threads that start together; returns how each ended."""
    gate, outcomes = Barrier(len(acts)), list[str]()

    def run(act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            act()
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def step(world: World, cycle: Cycle, act: str, place: str, status: Status, at: datetime) -> None:
    """One attempt at an act; a refusal is an answer too."""
    report = Report.objects.current().select_related("cycle", "unit").get(cycle=cycle, unit=getattr(world, place))
    checker = {"own": Role.FUDAOYUAN, "it1": Role.FUDAOYUAN, "it": Role.CENTER_DIRECTOR}[place]
    common = {"report": report, "at": at}
    try:
        if act == "file":
            _file(world, report, status, at)
        elif act == "accept":
            accept(by=world.holder(checker), **common)
        elif act == "send_back":
            send_back(by=world.holder(checker), reason="再看看", **common)
        else:
            correct(by=world.holder(Role.CENTER_DIRECTOR), reason="更正", **common)
    except Refused:
        pass


def _file(world: World, report: Report, status: Status, at: datetime) -> None:
    sent: dict[str, Any] = {"report": report, "revision": report.revision, "client_id": uuid4(), "at": at}
    if report.level == Level.DORM:
        entries = [LineEntry(student.pk, status) for student in residents_of(report)]
        file_dorm_report(entries=entries, all_well=False, by=world.holder(Role.DORM_HEAD), **sent)
    elif report.level == Level.CLASS:
        entry = ClassEntry(missing_reason="实习")
        file_class_report(entry=entry, by=world.holder(Role.CLASS_COMMITTEE_MEMBER), **sent)
    else:
        by = world.holder(Role.COLLEGE_COORDINATOR)
        file_college_report(narrative="", missing_reason="实习", by=by, **sent)


def counting_lines(world: World) -> set[tuple[Any, int]]:
    return set(Line.objects.current().filter(college=world.it).values_list("student", "status"))


steps = st.lists(
    st.tuples(st.sampled_from(STEPS), st.sampled_from(PLACES), st.sampled_from([Status.CLEAR, Status.RAIN])),
    min_size=1,
    max_size=9,
)


@settings(max_examples=size(quick=8, full=100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=steps)
def test_no_sequence_of_acts_breaks_the_order_of_filing(
    world: World, cycle: Cycle, at: datetime, sequence: list[tuple[str, str, Status]]
) -> None:
    _clean(cycle)
    first: dict[int, datetime] = {}
    for minute, (act, place, status) in enumerate(sequence):
        before = {report.unit_id: report for report in Report.objects.current().filter(cycle=cycle)}
        locked = before[world.it.pk].state == State.ACCEPTED
        lines = counting_lines(world)
        step(world, cycle, act, place, status, at + timedelta(minutes=minute))
        for report in Report.objects.current().filter(cycle=cycle):
            was = before[report.unit_id]
            assert report.state in FOLLOWS[State(was.state)]
            assert (report.first_filed_at is not None) or report.state not in ARRIVED
            if report.first_filed_at is not None:
                assert first.setdefault(report.unit_id, report.first_filed_at) == report.first_filed_at
        if locked:
            assert counting_lines(world) == lines
    for old in Report.objects.filter(cycle=cycle, is_current=False, level=Level.COLLEGE):
        assert old.state == State.ACCEPTED
        assert old.figures is not None


def _clean(cycle: Cycle) -> None:
    """Every example starts from an opened month; fixtures outlive the examples of a property."""
    Filing.objects.all().delete()
    Line.objects.all().delete()
    Report.objects.filter(cycle=cycle, is_current=False).delete()
    Report.objects.filter(cycle=cycle).update(
        state=State.DRAFT,
        revision=0,
        version=1,
        first_filed_at=None,
        filed_at=None,
        filed_by=None,
        on_time=None,
        figures=None,
        all_well=False,
    )
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=None)
