"""Around the person: family, watch, referral, return, talk, scan; plans' steps, hospitals, incidents."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from crisis.models import (
    Alarm,
    Case,
    CaseFile,
    GuardianNotice,
    Hospital,
    Incident,
    PlanStep,
    Referral,
    ResponsePlan,
    Return,
    SafetyWatch,
    Talk,
)
from crisis.services import raise_alarm
from network.models import Post, User
from network.rules import Level, Role
from tests.architecture.rows.crisis import assigned, cases
from tests.architecture.rows.town import Row, Town, above, chain, keys, kind


def _of_cases(town: Town, name: str, make: Callable[[Town, Case], dict[str, Any]]) -> Iterator[Row]:
    for case in cases(town):
        kwargs = {"pk": case.pk} | make(town, case)
        yield Row(f"{name} {case.number}", kwargs, units=above(case), assigned=assigned(case))


@kind("notice to a family")
def notice_rows(town: Town, me: User | None) -> Iterator[Row]:
    return _of_cases(town, "notice", lambda town, case: {"notice": _notice(town, case).pk})


def _notice(town: Town, case: Case) -> GuardianNotice:
    ground = GuardianNotice.LegalGround.EMERGENCY
    return GuardianNotice.objects.create(case=case, legal_ground=ground, caller=case.owner, created_at=town.at)


@kind("scan")
def scan_rows(town: Town, me: User | None) -> Iterator[Row]:
    return _of_cases(town, "scan", lambda town, case: {"file": _scan(town, case).pk})


def _scan(town: Town, case: Case) -> CaseFile:
    kept = {"name": "a.pdf", "media_type": "application/pdf", "content": "JVBERg=="}
    return CaseFile.objects.create(case=case, added_by=case.owner, added_at=town.at, **kept)


def _watch(town: Town, case: Case) -> SafetyWatch:
    """One that has ended: of those that go on a case has one."""
    when = {"starts_at": town.at, "ended_at": town.at}
    return SafetyWatch.objects.create(case=case, started_by=case.owner, ended_by=case.owner, **when)


@kind("watch")
def watch_rows(town: Town, me: User | None) -> Iterator[Row]:
    return _of_cases(town, "watch", lambda town, case: {"watch": _watch(town, case).pk})


@kind("turn of a watch")
def turn_rows(town: Town, me: User | None) -> Iterator[Row]:
    def make(town: Town, case: Case) -> dict[str, Any]:
        watch = _watch(town, case)
        turn = watch.shifts.create(person=case.owner, starts_at=town.at, ends_at=town.at + timedelta(hours=1))
        return {"watch": watch.pk, "shift": turn.pk}

    return _of_cases(town, "turn", make)


@kind("referral")
def referral_rows(town: Town, me: User | None) -> Iterator[Row]:
    def make(town: Town, case: Case) -> dict[str, Any]:
        hospital = Hospital.objects.get_or_create(school=case.school, name="医院")[0]
        about = {"case": case, "student": case.student, **keys(case.student)}
        opened = {"opened_by": case.owner, "opened_at": town.at, "reason": "…"}
        referral = Referral.objects.create(**about, **opened, hospital=hospital)
        stamped = {"at": town.at, "recorded_at": town.at, "by": case.owner, "text": "…"}
        referral.steps.create(kind="assessed", **stamped)
        return {"referral": referral.pk}

    return _of_cases(town, "referral", make)


@kind("referral to counseling")
def referral_to_counseling_rows(town: Town, me: User | None) -> Iterator[Row]:
    """The first two were given to the part-time and the full-time counselor, the others to nobody yet."""
    holders = (town.world.holder(Role.PART_TIME_COUNSELOR), town.world.holder(Role.FULL_TIME_COUNSELOR))
    for number, student in enumerate((*town.students(), town.world.students["own"][2])):
        given = {"counselor": holders[number], "assigned_at": town.at} if number < len(holders) else {}
        director = Post.objects.get(unit=student.school, role=Role.CENTER_DIRECTOR).holder
        opened = {"opened_by": director, "opened_at": town.at, "reason": f"转介 {number}"}
        about = {"student": student, **keys(student), "target": Referral.Target.COUNSELING}
        referral = Referral.objects.create(**about, **opened, **given)
        mine = frozenset({referral.counselor_id or 0})
        yield Row(str(student), {"pk": referral.pk}, units=above(referral), assigned=mine, shows=opened["reason"])


def _return(town: Town, case: Case) -> Return:
    about = {"case": case, "student": case.student, **keys(case.student)}
    decided = {"decided_by": case.owner, "decided_at": town.at, "returned_on": town.at.date()}
    opened = {"opened_by": case.owner, "opened_at": town.at, "left_on": town.at.date()}
    return Return.objects.create(**about, **decided, **opened, state=Return.State.RETURNED)


@kind("return")
def return_rows(town: Town, me: User | None) -> Iterator[Row]:
    return _of_cases(town, "return", lambda town, case: {"student_return": _return(town, case).pk})


@kind("return without a case")
def return_without_case_rows(town: Town, me: User | None) -> Iterator[Row]:
    for student in town.students():
        director = Post.objects.get(unit=student.school, role=Role.CENTER_DIRECTOR).holder
        opened = {"opened_by": director, "opened_at": town.at, "left_on": town.at.date()}
        values = {**keys(student), **opened, "state": Return.State.ON_LEAVE}
        row, _is_new = Return.objects.get_or_create(student=student, case=None, defaults=values)
        yield Row(str(student), {"student_return": row.pk}, units=above(row))


@kind("act on a return without a case")
def return_act_rows(town: Town, me: User | None) -> Iterator[Row]:
    for row in return_without_case_rows(town, me):
        yield replace(row, kwargs=row.kwargs | {"key": "commit"})


@kind("look after a return")
def look_rows(town: Town, me: User | None) -> Iterator[Row]:
    def make(town: Town, case: Case) -> dict[str, Any]:
        student_return = _return(town, case)
        student_return.follow_ups.create(number=1, due_at=town.at)
        return {"student_return": student_return.pk, "number": 1}

    return _of_cases(town, "look", make)


@kind("talk")
def talk_rows(town: Town, me: User | None) -> Iterator[Row]:
    def make(town: Town, case: Case) -> dict[str, Any]:
        about = {"case": case, "student": case.student, **keys(case.student)}
        planned = {"holder": case.owner, "planned_by": case.owner, "planned_at": town.at}
        return {"talk": Talk.objects.create(**about, **planned).pk}

    return _of_cases(town, "talk", make)


@kind("step of an alarm")
def step_rows(town: Town, me: User | None) -> Iterator[Row]:
    for number, student in enumerate(town.students()):
        source = Alarm.Source.THUNDER_LINE
        alarm = raise_alarm(
            student=student, source=source, source_key=f"step:{number}", evidence="…", by=student.user, at=town.at
        )
        plan = ResponsePlan.objects.create(
            school=student.school, situation="any", version=number + 100, title="…", created_at=town.at
        )
        step = PlanStep.objects.create(plan=plan, order=1, text="…")
        yield Row(f"step {student.dorm}", {"pk": alarm.pk, "step": step.pk}, units=above(alarm))


@kind("hospital")
def hospital_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL):
        hospital = Hospital.objects.create(school=unit, name=f"医院 {unit.code}")
        yield Row(unit.code, {"pk": hospital.pk}, units=chain(unit))


@kind("incident")
def incident_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL, Level.COLLEGE):
        college = unit if unit.level == Level.COLLEGE else None
        told = {"kind": "other", "happened_at": town.at, "recorded_at": town.at, "account": "…"}
        by = cases(town)[0].owner
        incident = Incident.objects.create(school=unit.school or unit, college=college, recorded_by=by, **told)
        yield Row(f"incident {unit.code}", {"pk": incident.pk}, units=chain(unit))
