import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from crisis.models import Alarm
from crisis.services import acknowledge, raise_alarm
from kernel import notices, personal_data
from kernel.errors import Refused
from kernel.models import AuditEvent, Job, Notice
from kernel.periods import TZ, Month
from network.models import Duty, LegalHold, RetentionPeriod, RetentionRun, RosterImport, Student
from network.rules import EnrollmentStatus, Role
from network.rules.retention import in_force, months_before
from network.services import apply_retention, confirm_plan, lift_hold, move_student, place_hold, set_period
from network.services.privacy import retention as service
from network.services.privacy.retention import fingerprint, held_students, kind_states, plan
from network.tasks import keep_periods
from reporting.models import Cycle, Line, Report, SummaryExport
from reporting.rules.dorm_lines import Status
from reporting.services import LineEntry, file_dorm_report
from tests.conftest import World

DAY = timedelta(days=1)
LATER = datetime(2032, 1, 15, 9, 0, tzinfo=TZ)


def confirm(world: World, at: datetime) -> None:
    states = [one.state for one in plan(school=world.school, at=at)]
    confirm_plan(school=world.school, seen=fingerprint(states), by=world.holder(Role.CENTER_DIRECTOR), at=at)


def planned(world: World, at: datetime) -> dict[str, int]:
    return {one.state.category.name: one.count for one in plan(school=world.school, at=at) if one.count}


def ring(student: Student, at: datetime, *, by: Any) -> Alarm:
    source = Alarm.Source.THUNDER_LINE
    return raise_alarm(student=student, source=source, source_key=str(uuid4()), evidence="说要告别", by=by, at=at)


@pytest.fixture
def past(world: World, cycle: Cycle, at: datetime) -> Student:
    """A student of whom every kind of data is there, all of it years old by LATER."""
    one, *others = world.students["own"]
    director = world.holder(Role.CENTER_DIRECTOR)
    entries = [LineEntry(one.pk, Status.RAIN, observation="睡得很少"), *(LineEntry(o.pk, Status.CLEAR) for o in others)]
    file_dorm_report(
        report=world.report(cycle, world.own),
        entries=entries,
        all_well=False,
        revision=0,
        client_id=uuid4(),
        by=world.holder(Role.DORM_HEAD),
        at=at,
    )
    report = world.report(cycle, world.it1)
    report.narrative = "本班平稳"
    report.save()
    acknowledge(alarm=ring(one, at, by=director), action_taken="去了宿舍", by=director, at=at)
    Notice.objects.all().delete()
    notices.post(to=one.user, kind="test", title="A notice", params={}, at=at)
    Duty.objects.update(settled_at=at)
    Job.objects.create(name="x", by=director, created_at=at, heartbeat_at=at, finished_at=at, state="done")
    for state in ("applied", "compared"):
        RosterImport.objects.create(
            school=world.school, file_name="a.xlsx", state=state, content="名单", undo="退路", uploaded_at=at
        )
    SummaryExport.objects.create(
        unit=world.school, month=at.date(), made_by=director, made_at=at, size=1, sha256="", content="x"
    )
    gone = world.students["far"][0]
    move_student(
        student=gone, school_class=world.it2, dorm=None, enrollment_status=EnrollmentStatus.GRADUATED, by=None, at=at
    )
    return one


KINDS = {
    "crisis.alarms",
    "network.duties",
    "network.jobs",
    "network.notices",
    "network.particulars",
    "network.uploads",
    "reporting.exports",
    "reporting.lines",
    "reporting.texts",
}
# Seen to in the tests of screening.
SCREENING = {"screening.answers", "screening.imported", "screening.interviews", "screening.results"}
# Seen to in tests/crisis/test_counseling.py and tests/counseling.
COUNSELING = {
    "crisis.counseling",
    "counseling.bookings",
    "counseling.calls",
    "counseling.groups",
    "counseling.intakes",
    "counseling.notes",
    "counseling.waiting",
}
# Seen to in tests/network/test_rollover_lifecycle.py.
ROLLOVERS = {"network.rollovers"}
# Seen to in tests/activities/test_personal_data.py.
ACTIVITIES = {
    "activities.certificates",
    "activities.enrolments",
    "activities.lists",
    "activities.memberships",
    "activities.presences",
}


def test_nothing_is_deleted_before_somebody_confirmed_the_plan(world: World, past: Student) -> None:
    before = planned(world, LATER)
    assert set(before) == KINDS
    assert {
        category.name for category in personal_data.expiring()
    } == KINDS | SCREENING | COUNSELING | ACTIVITIES | ROLLOVERS
    run = apply_retention(school=world.school, by=None, at=LATER)
    assert run.counts == {}
    assert planned(world, LATER) == before


def test_what_is_over_its_time_goes_and_the_figures_stay(world: World, past: Student) -> None:
    counts = planned(world, LATER)
    confirm(world, LATER)
    run = apply_retention(school=world.school, by=None, at=LATER)
    assert run.counts == counts
    assert planned(world, LATER) == {}
    line = Line.objects.get(student=past)
    assert (line.observation, line.status) == ("", Status.RAIN)
    alarm = Alarm.objects.get()
    assert (alarm.evidence, alarm.action_taken) == ("", "")
    assert alarm.acknowledged_at is not None
    assert Report.objects.get(unit=world.it1).narrative == ""
    assert sorted((one.state, one.content, one.undo) for one in RosterImport.objects.all()) == [
        ("applied", "", ""),
        ("discarded", "", ""),
    ]
    assert RosterImport.objects.newest_applied(world.school) is None
    gone = Student.objects.get(pk=world.students["far"][0].pk)
    assert (gone.phone, gone.guardian_name, gone.name != "") == ("", "", True)
    assert Student.objects.get(pk=past.pk).phone == "10000000000"
    assert not SummaryExport.objects.exists()
    event = AuditEvent.objects.get(action="retention.apply")
    assert event.detail == {"rows": sum(counts.values()), **counts}


def test_what_is_still_within_its_time_stays(world: World, past: Student, at: datetime) -> None:
    soon = months_before(LATER, 0).replace(year=2026, month=11, day=25)
    assert planned(world, soon) == {}


def test_another_schools_data_is_another_schools_matter(world: World, past: Student) -> None:
    assert world.other is not None
    assert [one.count for one in plan(school=world.other, at=LATER)] == [0] * len(
        KINDS | SCREENING | COUNSELING | ACTIVITIES | ROLLOVERS
    )


def test_a_shorter_period_waits_for_its_confirmation_and_a_longer_one_does_not(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)

    def state() -> tuple[int, int | None, bool]:
        found = next(one for one in kind_states(world.school) if one.category.name == "network.notices")
        return found.months, found.in_force, found.waits

    assert state() == (12, None, True)
    set_period(school=world.school, kind="network.notices", months=18, by=director, at=at)
    assert state() == (18, None, True)
    confirm(world, at)
    assert state() == (18, 18, False)
    for months, expected in ((6, (6, 18, True)), (24, (24, 24, False)), (12, (12, 24, True))):
        set_period(school=world.school, kind="network.notices", months=months, by=director, at=at)
        assert state() == expected
    confirm(world, at)
    assert state() == (12, 12, False)
    assert AuditEvent.objects.filter(action="retention.set").count() == 4


def test_a_period_outside_the_limits_and_an_unknown_kind_are_refused(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    for kind, months, code in (
        ("network.notices", 2, "period-out-of-limits"),
        ("network.notices", 37, "period-out-of-limits"),
        ("network.audit", 12, "no-such-kind"),
        ("nothing", 12, "no-such-kind"),
    ):
        with pytest.raises(Refused) as refused:
            set_period(school=world.school, kind=kind, months=months, by=director, at=at)
        assert refused.value.code == code
    assert not RetentionPeriod.objects.exists()


def test_without_the_right_nobody_sets_confirms_or_holds(world: World, at: datetime) -> None:
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    acts: list[Callable[[], object]] = [
        lambda: set_period(school=world.school, kind="network.notices", months=12, by=fudaoyuan, at=at),
        lambda: confirm_plan(school=world.school, seen="", by=fudaoyuan, at=at),
        lambda: place_hold(student=world.roomless, reason="询问", ends_on=date(2027, 1, 1), by=fudaoyuan, at=at),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()


def test_a_plan_that_was_not_shown_is_not_confirmed(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    seen = fingerprint(kind_states(world.school))
    set_period(school=world.school, kind="network.notices", months=6, by=director, at=at)
    with pytest.raises(Refused) as refused:
        confirm_plan(school=world.school, seen=seen, by=director, at=at)
    assert refused.value.code == "plan-has-changed"


def test_a_legal_hold_keeps_everything_of_a_student_until_it_ends(world: World, past: Student) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    last = (LATER + 10 * DAY).date()
    hold = place_hold(student=past, reason="行政复议", ends_on=last, case_number="2031-7", by=director, at=LATER)
    held = {"crisis.alarms", "network.notices", "reporting.lines"}
    assert held.isdisjoint(planned(world, LATER))
    assert held <= set(planned(world, LATER + 11 * DAY))
    lift_hold(hold=hold, by=director, at=LATER)
    again = lift_hold(hold=hold, by=world.holder(Role.CENTER_DIRECTOR), at=LATER + DAY)
    assert again.lifted_at == LATER
    assert held <= set(planned(world, LATER))
    with pytest.raises(Refused):
        lift_hold(hold=hold, by=world.holder(Role.FUDAOYUAN), at=LATER)


def test_an_open_alarm_is_a_hold_by_itself(world: World, past: Student) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    alarm = ring(past, LATER - DAY, by=director)
    assert {row["pk"] for row in held_students(world.school, LATER)} == {past.pk}
    assert "reporting.lines" not in planned(world, LATER)
    acknowledge(alarm=alarm, action_taken="去了宿舍", by=director, at=LATER)
    assert "reporting.lines" in planned(world, LATER)


def test_a_hold_looks_ahead(world: World, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        place_hold(
            student=world.roomless, reason="询问", ends_on=at.date(), by=world.holder(Role.CENTER_DIRECTOR), at=at
        )
    assert refused.value.code == "day-not-ahead"
    assert not LegalHold.objects.exists()


def test_a_run_that_broke_off_is_gone_on_with(world: World, past: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = planned(world, LATER)
    confirm(world, LATER)
    monkeypatch.setattr(service, "BATCH", 1)
    whole = service._apply_batch
    done: list[object] = []

    def until_the_power_fails(*arguments: Any) -> list[Any]:
        if len(done) == 3:
            raise SystemExit
        done.append(None)
        return whole(*arguments)

    with monkeypatch.context() as cut:
        cut.setattr(service, "_apply_batch", until_the_power_fails)
        with pytest.raises(SystemExit):
            apply_retention(school=world.school, by=None, at=LATER)
    broken = RetentionRun.objects.get()
    assert broken.finished_at is None
    assert 0 < broken.total <= 3
    finished = apply_retention(school=world.school, by=None, at=LATER + DAY)
    assert (finished.pk, finished.counts) == (broken.pk, counts)
    assert AuditEvent.objects.filter(action="retention.apply").count() == 1


def test_one_run_at_a_time(world: World, at: datetime) -> None:
    RetentionRun.objects.create(school=world.school, started_at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRun.objects.create(school=world.school, started_at=at)


def test_a_run_that_another_worker_ended_deletes_nothing_more(world: World, past: Student) -> None:
    confirm(world, LATER)
    run = RetentionRun.objects.create(school=world.school, started_at=LATER, finished_at=LATER)
    category = personal_data.find("network.notices")
    assert category is not None
    assert service._apply_batch(run, world.school, category, LATER, LATER, None) == []
    assert service._finish(run, world.school, by=None, at=LATER + DAY).finished_at == LATER


def test_the_night_goes_through_every_school_even_when_one_fails(
    world: World,
    past: Student,
    at_once: None,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    confirm(world, LATER)

    def fails(*_arguments: object) -> list[Any]:
        raise RuntimeError("the disk is full")

    with time_machine.travel(LATER, tick=False):
        with monkeypatch.context() as broken, django_capture_on_commit_callbacks(execute=True):
            broken.setattr(service, "_apply_batch", fails)
            keep_periods()
        assert [run.school for run in RetentionRun.objects.exclude(finished_at=None)] == [world.other]
        with django_capture_on_commit_callbacks(execute=True):
            keep_periods()
    assert RetentionRun.objects.filter(finished_at=None).count() == 0
    assert Line.objects.get(student=past).observation == ""


def test_the_command_tells_a_plan_and_applies_it(world: World, past: Student) -> None:
    with time_machine.travel(LATER, tick=False):
        said = StringIO()
        call_command("apply_retention", "--dry-run", "--school", "MD", stdout=said)
        assert "waits for confirmation" in said.getvalue()
        confirm(world, LATER)
        said = StringIO()
        call_command("apply_retention", "--json", "--school", "MD", stdout=said)
        rows = {row["kind"]: row for row in json.loads(said.getvalue())["MD"]}
        assert rows["reporting.lines"] == {"kind": "reporting.lines", "months": 24, "rows": 1, "waits": False}
        with pytest.raises(CommandError, match="no such school"):
            call_command("apply_retention", "--school", "XX")


@given(day=st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)), months=st.integers(0, 240))
def test_months_back_keep_the_day_or_take_the_last_one(day: date, months: int) -> None:
    at = datetime.combine(day, time(9), TZ)
    then = months_before(at, months)
    assert (at.year - then.year) * 12 + at.month - then.month == months
    assert then.day == at.day or (then.day < at.day and (then + DAY).day == 1)
    assert Month.of(then.date()) <= Month.of(at.date())


@given(months=st.integers(1, 120), confirmed=st.none() | st.integers(1, 120))
def test_the_period_in_force_is_never_shorter_than_what_was_confirmed(months: int, confirmed: int | None) -> None:
    force = in_force(months, confirmed)
    assert (force is None) is (confirmed is None)
    assert force is None or force >= max(months, confirmed or 0)
