"""The part of the month that few people read: cases, screening, and what is asked about a student's data."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

from crisis.models import Alarm, Case, CrisisReport, UnitReport
from crisis.rules import AlertLevel
from crisis.rules.reports import FIELDS
from crisis.services import Opening, acknowledge, open_case, raise_alarm, settle_alarm
from crisis.services.cases.care_plans import save_plan
from crisis.services.cases.case_tasks import answer_task, give_task
from crisis.services.cases.lowering import Reassessment, decide_lowering, request_lowering
from crisis.services.cases.reports import file_report, save_draft
from crisis.services.center.figures import file_unit_report
from network.models import DataRequest, Student
from network.rules import Role
from network.rules.access_log import Sealed
from network.services.privacy.access_log import delay_disclosure
from network.services.privacy.break_glass import break_glass, review_break_glass
from network.services.privacy.erasure import answer_correction, make_request
from network.services.privacy.retention import place_hold
from network.services.staff_phones import set_own_phone
from screening.models import Interview, Participation
from screening.rules.interviews import Action, Outcome
from screening.services.campaigns.exemptions import ask_exemption
from screening.services.interviews.lifecycle import Finding, record_finding
from tests.conftest import World
from tests.screening.screenings import HEAVY, begin, open_screening, submit

Texts = Callable[[str, int], str]
STAY = timedelta(days=15)


def tell(world: World, texts: Texts, *, at: datetime) -> None:
    """Through the services that write it in life."""
    _tell_alarm(world, texts, at=at)
    _tell_case(world, texts, at=at)
    _report_month(world, texts, at=at)
    _screen(world, texts, at=at)
    _ask_about_data(world, texts, at=at)


def _tell_alarm(world: World, texts: Texts, *, at: datetime) -> None:
    """Nobody knows yet who it is about."""
    director = world.holder(Role.CENTER_DIRECTOR)
    alarm = raise_alarm(
        student=None,
        school=world.school,
        source=Alarm.Source.PHONE,
        source_key=str(uuid4()),
        evidence=texts("crisis_alarm.evidence", 500),
        place=texts("crisis_alarm.place", 200),
        contact=texts("crisis_alarm.contact", 100),
        by=director,
        at=at,
    )
    alarm = acknowledge(alarm=alarm, action_taken=texts("crisis_alarm.action_taken", 500), by=director, at=at)
    note = texts("crisis_alarm.outcome_note", 500)
    settle_alarm(alarm=alarm, outcome=Alarm.Outcome.CARE, note=note, by=director, at=at)


def _tell_case(world: World, texts: Texts, *, at: datetime) -> None:
    counselor, director = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.CENTER_DIRECTOR)
    opening = Opening(AlertLevel.RED, 2, texts("crisis_case.situation", 2000), counselor)
    case = open_case(student=world.students["own"][2], opening=opening, by=counselor, at=at - STAY)
    for moment in (at - STAY, at - STAY + timedelta(days=1)):
        _report(case, texts, by=counselor, at=moment)
    owed = CrisisReport.objects.owed().get(case=case)
    save_draft(report=owed, content={"risk": texts("crisis_crisisreport.draft", 500)}, by=counselor, at=at)
    adviser = world.holder(Role.CLASS_ADVISER)
    task = give_task(
        case=case, assignee=adviser, text=texts("crisis_casetask.text", 500), due_on=at.date(), by=counselor, at=at
    )
    answer_task(task=task, answer=texts("crisis_casetask.answer", 1000), by=adviser, at=at)
    save_plan(
        case=case,
        supports=texts("crisis_careplan.supports", 2000),
        risks=texts("crisis_careplan.risks", 2000),
        goals=[texts("crisis_caregoal.text", 300)],
        review_on=None,
        version=0,
        by=counselor,
        at=at,
    )
    reassessment = Reassessment(AlertLevel.ORANGE, texts("crisis_loweringrequest.reassessment", 2000))
    request = request_lowering(case=case, reassessment=reassessment, by=counselor, at=at)
    note = texts("crisis_loweringrequest.decision_note", 1000)
    decide_lowering(request=request, grant=True, note=note, by=director, at=at)


def _report(case: Case, texts: Texts, *, by: object, at: datetime) -> None:
    owed = CrisisReport.objects.owed().get(case=case)
    content = {name: texts("crisis_crisisreport.content", 500) for name in FIELDS[owed.kind]}
    file_report(report=owed, content=content, by=by, at=at)


def _report_month(world: World, texts: Texts, *, at: datetime) -> None:
    narrative, day = texts("crisis_unitreport.narrative", 2000), date(2026, 10, 5)
    by = world.holder(Role.COLLEGE_COORDINATOR)
    file_unit_report(unit=world.it, kind=UnitReport.Kind.MONTHLY, day=day, narrative=narrative, by=by, at=at)


def _screen(world: World, texts: Texts, *, at: datetime) -> None:
    """Answers are numbers; what a talk came to and why somebody need not take part are words."""
    campaign = open_screening(world, at=at)
    submit(begin(campaign, world.students["own"][3], at=at)[0], *HEAVY, at=at)
    talk = Interview.objects.get()
    note = texts("screening_interview.note", 2000)
    finding = Finding(Outcome.B, note, Action.CARE, tells_college=True, tells_fudaoyuan=True, hands_over=False)
    record_finding(interview=talk, finding=finding, by=talk.counselor, at=at)
    row = Participation.objects.get(campaign=campaign, student=world.students["own"][0])
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    ask_exemption(participation=row, reason=texts("screening_exemption.reason", 300), by=fudaoyuan, at=at)


def _ask_about_data(world: World, texts: Texts, *, at: datetime) -> None:
    director, leader = world.holder(Role.CENTER_DIRECTOR), world.holder(Role.SCHOOL_LEADER)
    student: Student = world.students["own"][2]
    kind, words = DataRequest.Kind.CORRECTION, texts("network_datarequest.words", 1000)
    request = make_request(student=student, kind=kind, words=words, by=student.user, at=at)
    answer_correction(request=request, answer=texts("network_datarequest.answer", 1000), by=director, at=at)
    ahead = at.date() + timedelta(days=30)
    set_own_phone(phone=texts("network_staffphone.phone", 30), by=director, at=at)
    place_hold(student=student, reason=texts("network_legalhold.reason", 500), ends_on=ahead, by=director, at=at)
    delay_disclosure(student=student, ends_on=ahead, reason=texts("network_lookdelay.reason", 500), by=director, at=at)
    reason = texts("network_breakglass.reason", 500)
    glass = break_glass(student=student, kind=Sealed.DORM_LINES, reason=reason, is_emergency=True, by=director, at=at)
    note = texts("network_breakglass.review_note", 500)
    review_break_glass(glass=glass, was_justified=True, note=note, by=leader, at=at)
