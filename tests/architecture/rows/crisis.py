"""The watchlist: alarms, cases with who was told, what was filed, tasks, and what a school sets."""

from collections.abc import Iterator
from datetime import timedelta

from crisis.models import (
    Alarm,
    Case,
    CaseMember,
    CaseTask,
    CrisisReport,
    Disclosure,
    DutyShift,
    LoweringRequest,
    SpecialPeriod,
)
from crisis.rules import AlertLevel, Kind
from crisis.services import raise_alarm
from crisis.services.alarms.disclosures import write_disclosure
from network.models import Post, Student, User
from network.rules import Level, Role
from tests.architecture.rows.town import Row, Town, above, chain, keys, kind, people


@kind("alarm")
def alarm_rows(town: Town, me: User | None) -> Iterator[Row]:
    for number, student in enumerate(town.students()):
        told = f"说要告别 {number}"
        key, source = f"town:{number}", Alarm.Source.THUNDER_LINE
        by, at = student.user, town.at
        alarm = raise_alarm(student=student, source=source, source_key=key, evidence=told, by=by, at=at)
        yield Row(str(student.dorm), {"pk": alarm.pk}, units=above(alarm), shows=told)


def _of_counseling(town: Town) -> Iterator[Alarm]:
    for number, student in enumerate(town.students()):
        told = {"source_key": f"intake:{number}", "evidence": "town", "by": student.user, "at": town.at}
        yield raise_alarm(student=student, source=Alarm.Source.COUNSELING, **told)


@kind("alarm of counseling")
def alarm_of_counseling_rows(town: Town, me: User | None) -> Iterator[Row]:
    """It stays at the center, whose posts are at the school."""
    for alarm in _of_counseling(town):
        asks = {"phrase": Disclosure.Phrase.STAY_NEAR.value}
        yield Row(str(alarm.dorm), {"pk": alarm.pk}, asks, units=frozenset({alarm.school_id}))


@kind("disclosure")
def disclosure_rows(town: Town, me: User | None) -> Iterator[Row]:
    director = town.world.holder(Role.CENTER_DIRECTOR)
    for alarm in _of_counseling(town):
        assert alarm.student is not None
        row, _fresh = write_disclosure(alarm=alarm, phrase=Disclosure.Phrase.CALL_CENTER, by=director, at=town.at)
        yield Row(str(alarm.dorm), {"pk": row.pk}, units=above(row), shows=alarm.student.name)


def cases(town: Town) -> list[Case]:
    """One of each place, and one of which nobody was told; each owes a report and waits for its second person."""
    if "cases" not in town.built:
        town.built["cases"] = [_case(town, number, one) for number, one in enumerate(_students(town))]
    found: list[Case] = town.built["cases"]
    return found


def _students(town: Town) -> list[Student]:
    return [*town.students(), town.world.students["own"][2]]


def _case(town: Town, number: int, student: Student) -> Case:
    owner = Post.objects.get(unit=student.school, role=Role.CENTER_DIRECTOR).holder
    if student.school == town.world.school:
        owner = town.world.holder(Role.FULL_TIME_COUNSELOR)
    told = {**keys(student), "student": student}
    case = Case.objects.create(
        **told, number=f"T{number}", level=AlertLevel.ORANGE, level_since=town.at, owner=owner, opened_by=owner,
        opened_at=town.at, next_due_at=town.at + timedelta(days=7),
    )  # fmt: skip
    report = {"case": case, "kind": Kind.WEEKLY, "level": case.level, "anchor_at": town.at, "due_at": case.next_due_at}
    CrisisReport.objects.create(**report)
    CrisisReport.objects.create(**report, filed_at=town.at, filed_by=owner, content="{}")
    LoweringRequest.objects.create(
        case=case, from_level=AlertLevel.ORANGE, to_level=AlertLevel.YELLOW, reassessment="town", requested_by=owner,
        requested_at=town.at,
    )  # fmt: skip
    members = [owner, *_told(town, student)]
    CaseMember.objects.bulk_create(CaseMember(case=case, user=one, added_at=town.at) for one in members)
    return case


def _told(town: Town, student: Student) -> list[User]:
    """The fudaoyuan of the class, and in the first room the part-time counselor; nobody of the last case."""
    own = town.world.students["own"]
    if student == own[2]:
        return []
    part_time = [town.world.holder(Role.PART_TIME_COUNSELOR)] if student == own[-1] else []
    return [*fudaoyuan_of(student), *part_time]


def fudaoyuan_of(student: Student) -> list[User]:
    posts = Post.objects.filter(unit=student.school_class, role=Role.FUDAOYUAN).select_related("holder")
    return [post.holder for post in posts]


def assigned(case: Case) -> frozenset[int]:
    """Who answers for it or was told."""
    return frozenset(case.members.values_list("user_id", flat=True))


@kind("case")
def case_rows(town: Town, me: User | None) -> Iterator[Row]:
    for case in cases(town):
        yield Row(case.number, {"pk": case.pk}, units=above(case), assigned=assigned(case), shows=case.student.name)


@kind("student in care")
def student_in_care_rows(town: Town, me: User | None) -> Iterator[Row]:
    for case in cases(town):
        kwargs = {"pk": case.student_id}
        yield Row(case.number, kwargs, units=above(case), assigned=assigned(case), shows=case.student.name)


@kind("student of the watchlist")
def student_of_the_watchlist_rows(town: Town, me: User | None) -> Iterator[Row]:
    """A fudaoyuan opens this part of the file for all their students: it may hold alarms."""
    for case in cases(town):
        near = assigned(case) | {one.pk for one in fudaoyuan_of(case.student)}
        yield Row(case.number, {"pk": case.student_id}, units=above(case), assigned=near)


@kind("told")
def told_rows(town: Town, me: User | None) -> Iterator[Row]:
    for case in cases(town):
        kwargs = {"pk": case.pk, "member": case.members.order_by("pk")[0].pk}
        yield Row(case.number, kwargs, units=above(case), assigned=assigned(case))


@kind("filed report")
def filed_report_rows(town: Town, me: User | None) -> Iterator[Row]:
    for case in cases(town):
        kwargs = {"pk": case.pk, "report": case.reports.filed().get().pk}
        yield Row(case.number, kwargs, units=above(case), assigned=assigned(case))


@kind("task")
def task_rows(town: Town, me: User | None) -> Iterator[Row]:
    """Given to somebody, wherever the case is; what they are asked for is all they see of it."""
    case = cases(town)[0]
    for whose, user in people(town, me):
        task = CaseTask.objects.create(
            case=case, **keys(case.student), student=case.student, assignee=user, text="陪他吃饭", given_by=case.owner,
            due_at=town.at + timedelta(days=1), given_at=town.at,
        )  # fmt: skip
        yield Row(whose, {"pk": task.pk}, owner=user.pk, shows="陪他吃饭")


@kind("shift")
def shift_rows(town: Town, me: User | None) -> Iterator[Row]:
    ends_at = town.at + timedelta(hours=12)
    for school in town.units(Level.SCHOOL):
        officer = Post.objects.get(unit=school, role=Role.CENTER_DIRECTOR).holder
        shift = DutyShift.objects.create(school=school, officer=officer, starts_at=town.at, ends_at=ends_at)
        yield Row(school.code, {"pk": shift.pk}, units=chain(school))


@kind("period")
def period_rows(town: Town, me: User | None) -> Iterator[Row]:
    day = town.at.date()
    for school in town.units(Level.SCHOOL):
        period = SpecialPeriod.objects.create(
            school=school, kind=SpecialPeriod.Kind.EXAMS, starts_on=day, ends_on=day + timedelta(days=14)
        )
        yield Row(school.code, {"pk": period.pk}, units=chain(school))
