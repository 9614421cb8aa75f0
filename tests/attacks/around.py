"""What is written around somebody in danger: family, watch, hospital, leave, talks, plans, incidents; and what came in
from elsewhere or was scored again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4

from crisis.models import Alarm, Case, GuardianNotice, Hospital, Incident
from crisis.rules import AlertLevel
from crisis.rules.guardians import Whom
from crisis.rules.referrals import ORDER
from crisis.services import Opening, open_case, raise_alarm
from crisis.services.care.counseling import end_counseling, hand_to_counseling
from crisis.services.care.guardians import (
    Attempt,
    FamilyContact,
    note_reached,
    note_signature,
    start_notice,
    try_to_reach,
)
from crisis.services.care.referrals import Stamp, start_referral, take_step
from crisis.services.care.returns import (
    Decision,
    apply_to_return,
    decide_return,
    note_commitment,
    note_follow_up,
    note_interview,
    start_leave,
)
from crisis.services.care.safety_watches import Turn, end_watch, hand_over, start_watch
from crisis.services.care.talks import plan_talk, sum_up_talk
from crisis.services.center.incidents import record_incident
from crisis.services.center.response_plans import Line, publish_plan, tick_step
from kernel import xlsx
from kernel.uploads import Upload
from network.rules import Role
from screening.models import Result, Scale
from screening.services.imports import apply_results, map_columns, upload_results
from screening.services.papers.rescoring import rescore
from tests.conftest import World
from tests.screening.screenings import next_version

Texts = Callable[[str, int], str]
COLUMNS = {"number": "学号", "day": "日期", "total": "总分"}


def tell(world: World, texts: Texts, *, at: datetime) -> None:
    """Through the services that write it in life; `world` has a screening with results already."""
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    opening = Opening(AlertLevel.RED, 2, texts("crisis_case.situation", 2000), counselor)
    case = open_case(student=world.students["own"][1], opening=opening, by=counselor, at=at)
    _tell_family(world, case, texts, at=at)
    _watch(world, case, texts, at=at)
    _refer(world, case, texts, at=at)
    _come_back(world, case, texts, at=at)
    _talk(world, case, texts, at=at)
    _send_to_counseling(world, texts, at=at)
    _answer_alarm(world, texts, at=at)
    words = {name: texts(f"crisis_incident.{name}", 200) for name in ("place", "account", "measures", "lessons")}
    record_incident(unit=world.it, kind=Incident.Kind.PREVENTED, happened_at=at, by=counselor, at=at, **words)
    _bring_results(world, texts, at=at)
    _score_again(world, at=at)


def _scan(texts: Texts) -> Upload:
    content = texts("crisis_casefile.content", 500).encode()
    return Upload(content, "image/png", texts("crisis_casefile.name", 80))


def _tell_family(world: World, case: Case, texts: Texts, *, at: datetime) -> None:
    by = world.holder(Role.FULL_TIME_COUNSELOR)
    notice = start_notice(case=case, legal_ground=GuardianNotice.LegalGround.EMERGENCY, by=by, at=at)
    number, remark = texts("crisis_guardianattempt.number", 60), texts("crisis_guardianattempt.remark", 300)
    attempt = Attempt(Whom.GUARDIAN, "phone", number, was_reached=False, remark=remark)
    try_to_reach(notice=notice, attempt=attempt, by=by, at=at)
    told = FamilyContact(
        caller=by,
        reached_name=texts("crisis_guardiannotice.reached_name", 60),
        relation="母亲",
        channel="phone",
        facts=texts("crisis_guardiannotice.facts", 500),
        advice=texts("crisis_guardiannotice.advice", 500),
        reply=texts("crisis_guardiannotice.reply", 500),
        decision=GuardianNotice.Decision.FETCH,
    )
    note_reached(notice=notice, contact=told, by=by, at=at)
    note_signature(notice=notice, is_signed=True, page=_scan(texts), witness="", by=by, at=at)


def _watch(world: World, case: Case, texts: Texts, *, at: datetime) -> None:
    by = world.holder(Role.FULL_TIME_COUNSELOR)
    turn = Turn(at, at + timedelta(hours=6), [by, world.holder(Role.FUDAOYUAN)])
    place, instructions = texts("crisis_safetywatch.place", 100), texts("crisis_safetywatch.instructions", 500)
    watch = start_watch(case=case, place=place, instructions=instructions, turn=turn, by=by, at=at)
    shift = watch.shifts.first()
    assert shift is not None
    hand_over(shift=shift, handover=texts("crisis_watchshift.handover", 300), by=by, at=at)
    end_watch(watch=watch, handed_to=texts("crisis_safetywatch.handed_to", 100), by=by, at=at)


def _refer(world: World, case: Case, texts: Texts, *, at: datetime) -> None:
    by, director = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.CENTER_DIRECTOR)
    hospital = Hospital.objects.create(school=world.school, name="市医院")
    reason = texts("crisis_referral.reason", 500)
    referral = start_referral(case=case, hospital=hospital, reason=reason, by=by, at=at)
    for step in ORDER[1:]:
        stamp = Stamp(texts("crisis_referralstep.text", 500), letter=_scan(texts) if step == "replied" else None)
        take_step(referral=referral, step=step, stamp=stamp, by=director, at=at)


def _come_back(world: World, case: Case, texts: Texts, *, at: datetime) -> None:
    by, director, today = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.CENTER_DIRECTOR), at.date()
    student_return = start_leave(case=case, left_on=today, expected_on=None, by=by, at=at)
    opinion = texts("crisis_return.hospital_opinion", 500)
    apply_to_return(student_return=student_return, applied_on=today, opinion=opinion, letter=_scan(texts), by=by, at=at)
    note_interview(student_return=student_return, interview=texts("crisis_return.interview", 500), by=by, at=at)
    note_commitment(student_return=student_return, commitment=texts("crisis_return.commitment", 500), by=by, at=at)
    note, plan = texts("crisis_return.decision_note", 500), texts("crisis_return.support_plan", 500)
    decision = Decision(comes_back=True, note=note, support_plan=plan)
    student_return = decide_return(student_return=student_return, decision=decision, by=director, at=at)
    look = student_return.follow_ups.first()
    assert look is not None
    note_follow_up(follow_up=look, text=texts("crisis_returnfollowup.text", 500), by=by, at=at)


def _talk(world: World, case: Case, texts: Texts, *, at: datetime) -> None:
    by = world.holder(Role.FULL_TIME_COUNSELOR)
    talk = plan_talk(case=case, holder=by, planned_at=at, purpose=texts("crisis_talk.purpose", 200), by=by, at=at)
    summary, following = texts("crisis_talk.summary", 500), texts("crisis_talk.next_step", 200)
    sum_up_talk(talk=talk, was_held=True, held_at=at, summary=summary, next_step=following, by=by, at=at)


def _send_to_counseling(world: World, texts: Texts, *, at: datetime) -> None:
    by, student = world.holder(Role.FULL_TIME_COUNSELOR), world.students["far"][0]
    reason, ending = texts("crisis_referral.reason", 500), texts("crisis_referral.ending", 500)
    referral = hand_to_counseling(student=student, reason=reason, by=by, at=at)
    end_counseling(referral=referral, reason=ending, by=world.holder(Role.CENTER_DIRECTOR), at=at)


def _answer_alarm(world: World, texts: Texts, *, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    lines = [Line("到学生身边", "辅导员", 5)]
    plan = publish_plan(school=world.school, situation="any", title="预案", lines=lines, by=director, at=at)
    alarm = raise_alarm(
        student=world.students["far"][0],
        source=Alarm.Source.COUNSELOR,
        source_key=str(uuid4()),
        evidence=texts("crisis_alarm.evidence", 500),
        by=director,
        at=at,
    )
    tick_step(alarm=alarm, step=plan.steps.get(), remark=texts("crisis_plantick.remark", 300), by=director, at=at)


def _bring_results(world: World, texts: Texts, *, at: datetime) -> None:
    """One file that has come in, and one that waits with its rows."""
    director, student = world.holder(Role.CENTER_DIRECTOR), world.students["own"][0]
    rows = [
        ["学号", "日期", "总分", "备注"],
        [student.number, "2025-11-03", 5, texts("screening_resultimport.sheet", 300)],
    ]
    for is_applied in (True, False):
        content = BytesIO(xlsx.write_workbook({"results": rows}))
        given = {"scale": Scale.objects.get(school=world.school), "source": "旧系统", "file_name": "old.xlsx"}
        row = upload_results(school=world.school, content=content, by=director, at=at, **given)
        row = map_columns(result_import=row, columns=COLUMNS, save_as="", by=director, at=at)
        if is_applied:
            apply_results(result_import=row, by=director, at=at)


def _score_again(world: World, *, at: datetime) -> None:
    first = Result.objects.first()
    assert first is not None
    fresh = next_version(first.scale, at=at, published_at=at + timedelta(days=1), reverse=["2"])
    rescore(scale=fresh, by=world.holder(Role.CENTER_DIRECTOR), at=at, progress=lambda _done, _total: None)
