"""Whatever happens to a case and to those who answer for it, it never goes quiet."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from crisis.models import Case, CaseEvent, CrisisReport, LevelChange, LoweringRequest, SpecialPeriod
from crisis.rules import CLOSED, MINIMUM_STAY, AlertLevel, Ground
from crisis.services.cases.handover import keep_cases, transfer_case
from crisis.services.cases.lifecycle import Opening, open_case, raise_level, reopen_case
from crisis.services.cases.lowering import Reassessment, decide_lowering, request_lowering
from crisis.services.cases.report_schedule import DUTY
from crisis.services.cases.reports import file_report
from crisis.services.center.settings import end_special_period, set_special_period
from kernel.errors import Refused
from kernel.periods import TZ
from network.models import Duty, Post, User
from network.rules import Role
from network.services import appoint, relieve
from tests import factories
from tests.sizes import size

RUNS = size(quick=8, full=500)
STEPS = size(quick=25, full=50)
START = datetime(2026, 9, 1, 9, 0, tzinfo=TZ)
CONTENT = dict.fromkeys(("facts", "changes", "risk", "measures", "next_step"), "…")


class Rollback(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """A transaction of which nothing stays."""
    try:
        with transaction.atomic():
            yield
            raise Rollback
    except Rollback:
        pass


class Watch(RuleBasedStateMachine):
    """One student, the people around them, and a clock that jumps. The world is given from outside."""

    people: dict[str, User]
    units: dict[str, Any]
    student: Any

    @initialize()
    def begin(self) -> None:
        self.undoing = undone()
        self.undoing.__enter__()
        self.at = START + timedelta(days=1)
        self.case: Case | None = None
        self.history = (0, 0, 0)

    def teardown(self) -> None:
        if hasattr(self, "undoing"):
            self.undoing.__exit__(None, None, None)

    def person(self, name: str) -> User:
        return self.people[name]

    def act(self, act: Any, **arguments: Any) -> Any:
        try:
            with transaction.atomic():
                return act(at=self.at, **arguments)
        except Refused:
            return None
        finally:
            if self.case is not None:
                self.case = Case.objects.get(pk=self.case.pk)

    who = st.sampled_from(["director", "counselor", "colleague", "deputy", "coordinator", "fudaoyuan"])
    levels = st.sampled_from(list(AlertLevel))

    @precondition(lambda self: self.case is None)
    @rule(level=levels, owner=who, deputy=who, by=who)
    def open(self, level: AlertLevel, owner: str, deputy: str, by: str) -> None:
        opening = Opening(level, 2, "…", self.person(owner), self.person(deputy))
        self.case = self.act(open_case, student=self.student, opening=opening, by=self.person(by))

    @precondition(lambda self: self.case is not None)
    @rule(level=levels, by=who)
    def raise_it(self, level: AlertLevel, by: str) -> None:
        self.act(raise_level, case=self.case, level=level, reason="…", by=self.person(by))

    @precondition(lambda self: self.case is not None)
    @rule(to=st.sampled_from([CLOSED, 1, 2]), ground=st.sampled_from(list(Ground)), by=who)
    def ask_for_less(self, to: int, ground: Ground, by: str) -> None:
        wish = Reassessment(to, "…", ground if to == CLOSED else None)
        self.act(request_lowering, case=self.case, reassessment=wish, by=self.person(by))

    @precondition(lambda self: self.case is not None and self.case.closed_at is None)
    @rule(second=who)
    def go_the_proper_way_down(self, second: str) -> None:
        """What chance would rarely find: everything filed, the stay over, a counselor asks, somebody else agrees."""
        for _ in range(3):
            self.report("director")
            self.at += timedelta(days=10)
        ground = Ground.RESOLVED if self.case.level == AlertLevel.YELLOW else None
        wish = Reassessment(self.case.level - 1, "…", ground)
        self.act(request_lowering, case=self.case, reassessment=wish, by=self.person("counselor"))
        self.decide(True, second)

    @precondition(lambda self: self.case is not None)
    @rule(grant=st.booleans(), by=who)
    def decide(self, grant: bool, by: str) -> None:
        request = LoweringRequest.objects.filter(case=self.case, decision="pending").first()
        if request is not None:
            before = Case.objects.get(pk=self.case.pk)
            done = self.act(decide_lowering, request=request, grant=grant, note="…", by=self.person(by))
            if done and grant:
                self.check_lowering(before, request, self.person(by))

    def check_lowering(self, before: Case, request: LoweringRequest, by: User) -> None:
        assert by.pk != request.requested_by_id
        assert self.at - before.level_since >= MINIMUM_STAY[AlertLevel(before.level)]
        assert before.level != AlertLevel.RED or by == self.person("director")

    @precondition(lambda self: self.case is not None and self.case.closed_at)
    @rule(level=levels, owner=who, by=who)
    def reopen(self, level: AlertLevel, owner: str, by: str) -> None:
        people = {"owner": self.person(owner), "by": self.person(by)}
        self.act(reopen_case, case=self.case, level=level, reason="…", **people)

    @precondition(lambda self: self.case is not None)
    @rule(owner=who, deputy=st.none() | who, by=who)
    def transfer(self, owner: str, deputy: str | None, by: str) -> None:
        people = {"owner": self.person(owner), "deputy": deputy and self.person(deputy), "by": self.person(by)}
        self.act(transfer_case, case=self.case, version=self.case.version, **people)

    @rule(name=st.sampled_from(["counselor", "colleague", "deputy", "coordinator", "fudaoyuan"]))
    def leave_the_post(self, name: str) -> None:
        for post in Post.objects.active(localdate(self.at)).filter(holder=self.person(name)):
            relieve(post=post, by=None, at=self.at)

    @rule(
        name=st.sampled_from(["counselor", "colleague", "deputy", "coordinator", "fudaoyuan"]), days=st.integers(1, 20)
    )
    def hold_the_post_for_some_days(self, name: str, days: int) -> None:
        ends_on = localdate(self.at) + timedelta(days=days)
        Post.objects.active(localdate(self.at)).filter(holder=self.person(name)).update(ends_on=ends_on)

    @rule(name=st.sampled_from(["counselor", "colleague", "deputy", "coordinator", "fudaoyuan"]))
    def take_the_post(self, name: str) -> None:
        role, unit = self.units[name]
        appoint(holder=self.person(name), unit=unit, role=role, by=None, at=self.at)

    @rule()
    def nightly_round(self) -> None:
        keep_cases(at=self.at)

    @rule(first=st.integers(-3, 20), days=st.integers(0, 40))
    def raise_vigilance(self, first: int, days: int) -> None:
        starts_on = localdate(self.at) + timedelta(days=first)
        kind = SpecialPeriod.Kind.EXAMS
        school = self.units["director"][1]
        given = {"school": school, "kind": kind, "starts_on": starts_on, "ends_on": starts_on + timedelta(days=days)}
        self.act(set_special_period, by=self.person("director"), **given)

    @rule()
    def lower_vigilance(self) -> None:
        period = SpecialPeriod.objects.first()
        if period is not None and period.ends_on >= localdate(self.at):
            self.act(end_special_period, period=period, by=self.person("director"))

    @precondition(lambda self: self.case is not None and self.case.closed_at is None)
    @rule(by=who)
    def report(self, by: str) -> None:
        report = CrisisReport.objects.owed().get(case=self.case)
        done = self.act(file_report, report=report, content=CONTENT, by=self.person(by))
        if done:
            assert done.is_late == (self.at > report.due_at)

    @rule(hours=st.sampled_from([1, 5, 26, 24 * 8, 24 * 15, 24 * 31]))
    def let_time_pass(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @invariant()
    def an_open_case_owes_one_report_that_somebody_answers_for(self) -> None:
        case = getattr(self, "case", None)
        duties = Duty.objects.filter(kind=DUTY).unsettled()
        if case is None or case.closed_at is not None:
            assert not duties.exists()
            return
        report = CrisisReport.objects.owed().get(case=case)
        duty = duties.get()
        assert (duty.due_at, duty.key) == (report.due_at, f"case-report:{report.pk}")
        assert case.next_due_at == report.due_at
        owing = [name for name, one in self.people.items() if duties.owed_by(one, localdate(self.at)).exists()]
        assert len(owing) == 1, owing

    @invariant()
    def history_never_shrinks(self) -> None:
        if not hasattr(self, "history"):
            return
        now = (LevelChange.objects.count(), CaseEvent.objects.count(), CrisisReport.objects.count())
        assert all(after >= before for before, after in zip(self.history, now, strict=True))
        self.history = now

    @invariant()
    def the_level_is_what_its_history_says(self) -> None:
        case = getattr(self, "case", None)
        if case is not None:
            last = LevelChange.objects.order_by("at", "pk").filter(at__lte=self.at)
            assert {one.to_level for one in last.filter(at=max(x.at for x in last))} & {
                case.level if case.closed_at is None else CLOSED
            }


@pytest.fixture
def watch(db: None) -> type[Watch]:
    school = factories.make_school(at=START)
    college = factories.make_college(school, "信息学院", at=START)
    school_class = factories.make_class(college, "计科2601班", at=START)
    units = {
        "director": (Role.CENTER_DIRECTOR, school),
        "counselor": (Role.FULL_TIME_COUNSELOR, school),
        "colleague": (Role.FULL_TIME_COUNSELOR, school),
        "deputy": (Role.DEPUTY_SECRETARY, college),
        "coordinator": (Role.COLLEGE_COORDINATOR, college),
        "fudaoyuan": (Role.FUDAOYUAN, school_class),
    }
    people = {name: factories.give_post(unit, role, at=START) for name, (role, unit) in units.items()}
    student = factories.make_students(school_class, 1, on=date(2026, 9, 1))[0]
    return type("WatchHere", (Watch,), {"people": people, "units": units, "student": student})


def test_an_open_case_never_goes_quiet_is_never_lowered_by_one_and_forgets_nothing(watch: type[Watch]) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        watch,
        settings=settings(
            max_examples=RUNS, stateful_step_count=STEPS, deadline=None, suppress_health_check=checks, database=None
        ),
    )
