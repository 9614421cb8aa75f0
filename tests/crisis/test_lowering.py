from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from crisis.models import Case, CrisisReport, LevelChange, LoweringRequest
from crisis.rules import CLOSED, AlertLevel, Ground
from crisis.services.care.safety_watches import Turn, end_watch, start_watch
from crisis.services.cases.lifecycle import raise_level, reopen_case
from crisis.services.cases.lowering import Reassessment, decide_lowering, request_lowering
from crisis.services.cases.reports import file_report
from kernel.errors import Refused
from network.models import Duty
from network.rules import EnrollmentStatus, Role
from network.services import move_student, relieve
from tests import factories
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

CONTENT = dict.fromkeys(("facts", "changes", "risk", "measures", "next_step"), "…")
ORANGE = Reassessment(AlertLevel.ORANGE, "好转")
REST = Reassessment(CLOSED, "好了", Ground.RESOLVED)
Open = Callable[..., Case]


def code_of(act: Callable[..., object], **arguments: object) -> str:
    with pytest.raises(Refused) as refused:
        act(**arguments)
    return refused.value.code


def report(case: Case, world: World, at: datetime) -> CrisisReport:
    owed = CrisisReport.objects.owed().get(case=case)
    return file_report(report=owed, content=CONTENT, by=world.holder(Role.FULL_TIME_COUNSELOR), at=at)


@pytest.fixture
def red(opened: Open, world: World, at: datetime) -> Case:
    """Opened 15 days ago, with its first reports filed."""
    case = opened(AlertLevel.RED, moment=at - timedelta(days=15))
    report(case, world, at - timedelta(days=15))
    report(case, world, at - timedelta(days=14))
    return case


def test_red_is_lowered_by_a_counselor_and_the_director_together(world: World, red: Case, at: datetime) -> None:
    counselor, director = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.CENTER_DIRECTOR)
    request = request_lowering(case=red, reassessment=ORANGE, by=counselor, at=at)
    for person, code in (
        (counselor, "same-person"),
        (world.holder(Role.DEPUTY_SECRETARY), "may-not-decide"),
        (world.holder(Role.FUDAOYUAN), "may-not-decide"),
    ):
        assert code_of(decide_lowering, request=request, grant=True, note="", by=person, at=at) == code
    red.refresh_from_db()
    assert red.level == AlertLevel.RED
    decide_lowering(request=request, grant=True, note="同意", by=director, at=at)
    red.refresh_from_db()
    assert (red.level, red.level_since) == (AlertLevel.ORANGE, at)
    change = LevelChange.objects.get(case=red, to_level=AlertLevel.ORANGE)
    assert (change.by, change.approved_by) == (counselor, director)
    assert code_of(decide_lowering, request=request, grant=True, note="", by=director, at=at) == "decided"


def test_what_the_rules_forbid_is_refused_in_words(world: World, red: Case, opened: Open, at: datetime) -> None:
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    asked = {"case": red, "by": counselor, "at": at}
    assert code_of(request_lowering, reassessment=Reassessment(1, "…"), **asked) == "not-one-step"
    assert code_of(request_lowering, reassessment=REST, **asked) == "not-one-step"
    early = {**asked, "at": red.level_since + timedelta(days=13, hours=23)}
    assert code_of(request_lowering, reassessment=ORANGE, **early) == "minimum-stay"
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    assert code_of(request_lowering, case=red, reassessment=ORANGE, by=fudaoyuan, at=at) == "not-a-counselor"
    director = world.holder(Role.CENTER_DIRECTOR)
    assert code_of(request_lowering, case=red, reassessment=ORANGE, by=director, at=at) == "no-second-person"
    request_lowering(reassessment=ORANGE, **asked)
    assert code_of(request_lowering, reassessment=ORANGE, **asked) == "pending"
    unreported = opened(AlertLevel.RED, index=3, moment=at - timedelta(days=20))
    assert code_of(request_lowering, case=unreported, reassessment=ORANGE, by=counselor, at=at) == "first-reports"


def test_closing_yellow_takes_two_and_reopening_keeps_the_story(world: World, opened: Open, at: datetime) -> None:
    case = opened(AlertLevel.YELLOW)
    counselor, second = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.DEPUTY_SECRETARY)
    request = request_lowering(case=case, reassessment=REST, by=counselor, at=at)
    decide_lowering(request=request, grant=True, note="", by=second, at=at)
    case.refresh_from_db()
    assert (case.closed_at, case.ground, case.next_due_at) == (at, "resolved", None)
    assert not Duty.objects.filter(kind="case_report").unsettled().exists()
    assert code_of(request_lowering, case=case, reassessment=REST, by=counselor, at=at) == "closed"
    assert code_of(raise_level, case=case, level=AlertLevel.RED, reason="…", by=counselor, at=at) == "closed"
    before = case.events.count()
    reopen_case(case=case, level=AlertLevel.ORANGE, reason="又说起", owner=counselor, by=counselor, at=at)
    case.refresh_from_db()
    assert case.is_open
    assert case.reopened == 1
    assert case.events.count() == before + 1
    again = {"level": AlertLevel.RED, "reason": "…", "owner": counselor, "by": counselor}
    assert code_of(reopen_case, case=case, at=at, **again) == "open"


def test_nobody_closes_a_case_while_somebody_watches(world: World, opened: Open, at: datetime) -> None:
    case = opened(AlertLevel.YELLOW)
    counselor, second = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.DEPUTY_SECRETARY)
    turn = Turn(at, at + timedelta(hours=6), [counselor, second])
    asked = {"case": case, "reassessment": REST, "by": counselor, "at": at}
    request = request_lowering(**asked)
    watch = start_watch(case=case, place="宿舍", instructions="不离人", turn=turn, by=counselor, at=at)
    granted = {"request": request, "grant": True, "note": "", "by": second, "at": at}
    assert code_of(decide_lowering, **granted) == "watch-goes-on"
    end_watch(watch=watch, handed_to="母亲，当面", by=counselor, at=at)
    decide_lowering(**granted)
    case.refresh_from_db()
    assert not case.is_open


def test_a_refusal_leaves_the_level_and_its_reason_in_the_story(world: World, red: Case, at: datetime) -> None:
    request = request_lowering(case=red, reassessment=ORANGE, by=world.holder(Role.FULL_TIME_COUNSELOR), at=at)
    decide_lowering(request=request, grant=False, note="再看两周", by=world.holder(Role.CENTER_DIRECTOR), at=at)
    red.refresh_from_db()
    assert red.level == AlertLevel.RED
    assert red.events.first().text == "再看两周"


def test_raising_ends_what_asked_for_less(world: World, opened: Open, at: datetime) -> None:
    case = opened(AlertLevel.ORANGE, moment=at - timedelta(days=29))
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    request = request_lowering(case=case, reassessment=Reassessment(1, "…"), by=counselor, at=at)
    raise_level(case=case, level=AlertLevel.RED, reason="有计划", by=counselor, at=at)
    request.refresh_from_db()
    assert request.decision == LoweringRequest.Decision.WITHDRAWN
    assert CrisisReport.objects.owed().get(case=case).kind == "immediate"
    assert code_of(raise_level, case=case, level=AlertLevel.RED, reason="…", by=counselor, at=at) == "not-higher"


def test_a_student_who_left_takes_the_case_along_after_its_stay(world: World, red: Case, at: datetime) -> None:
    leaving = Reassessment(CLOSED, "已转学", Ground.TRANSFERRED)
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    request = request_lowering(case=red, reassessment=leaving, by=counselor, at=at)
    decide_lowering(request=request, grant=True, note="", by=world.holder(Role.CENTER_DIRECTOR), at=at)
    student = red.student
    status = EnrollmentStatus.WITHDRAWN
    move_student(student=student, school_class=world.it1, dorm=None, by=None, at=at, enrollment_status=status)
    red.refresh_from_db()
    again = {"level": AlertLevel.RED, "reason": "…", "owner": counselor, "by": counselor}
    assert code_of(reopen_case, case=red, at=at, **again) == "student-left"


def test_the_database_knows_of_no_lowering_by_one_person(world: World, red: Case, at: datetime) -> None:
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    change = {"case": red, "from_level": 3, "to_level": 2, "reason": "…", "by": counselor, "at": at}
    for approved_by in (None, counselor):
        with pytest.raises(IntegrityError), transaction.atomic():
            LevelChange.objects.create(approved_by=approved_by, **change)


def test_with_a_director_gone_the_next_one_decides(world: World, red: Case, at: datetime) -> None:
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    request = request_lowering(case=red, reassessment=ORANGE, by=counselor, at=at)
    old = world.holder(Role.CENTER_DIRECTOR)
    relieve(post=old.posts.get(), by=None, at=at)
    assert code_of(decide_lowering, request=request, grant=True, note="", by=old, at=at) == "may-not-decide"
    new = factories.give_post(world.school, Role.CENTER_DIRECTOR, at=at)
    decide_lowering(request=request, grant=True, note="", by=new, at=at)
