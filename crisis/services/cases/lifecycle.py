"""Opening, raising and reopening a case; lowering and closing are in lowering.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis import policies
from crisis.models import Alarm, Case, CaseEvent, CaseMember, Disclosure, LevelChange, LoweringRequest, Return
from crisis.models.base import keys_of
from crisis.rules import CLOSED, AlertLevel, Audience, first_report, to_tell
from crisis.rules.recipients import POSTS, Task
from crisis.services.alarms.disclosures import write_disclosure
from crisis.services.alarms.outcome_duties import settle_outcome
from crisis.services.cases import report_schedule
from crisis.services.cases.first_hours import owe_first_hours
from crisis.services.cases.locking import lock_to_manage, save
from crisis.services.cases.recipients import holders_of
from crisis.services.cases.timeline import tell_alarm, write_event
from kernel import audit, notices
from kernel.errors import Refused
from network.models import Student, Unit, User
from network.rules import PRESENT, EnrollmentStatus, Level

# A student on leave can be in danger too.
IN_CARE = PRESENT | {EnrollmentStatus.ON_LEAVE}
KEYS = {Level.CLASS: "school_class_id", Level.COLLEGE: "college_id", Level.SCHOOL: "school_id"}


@dataclass(frozen=True)
class Opening:
    """The fields of an opening: the level, the reportable groups as a mask, the situation, owner and deputy."""

    level: AlertLevel
    criteria: int
    situation: str
    owner: User
    deputy: User | None = None
    abuse_feared: bool = False


@transaction.atomic
def open_case(*, student: Student, opening: Opening, by: User, at: datetime, alarm: Alarm | None = None) -> Case:
    """Put a student into the watchlist. Refused for somebody who has left, an owner without a post here, and when a
    case is open already."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    _check_opening(student, by)
    case = Case(
        student=student,
        **keys_of(student),
        number=_next_number(student.school, at),
        level=opening.level,
        level_since=at,
        criteria=opening.criteria,
        situation=opening.situation,
        abuse_feared=opening.abuse_feared,
        opened_by=by,
        opened_at=at,
    )
    answer_for(case, owner=opening.owner, deputy=opening.deputy, at=at)
    case.next_due_at = at
    case.save(force_insert=True)
    _change(case, CLOSED, opening.level, reason=opening.situation, by=by, at=at)
    # A return that began without a case goes on with it.
    Return.objects.without_case().filter(student=student).update(case=case)
    if alarm is not None:
        _take_in(case, alarm, by=by, at=at)
    tell_people(case=case, by=by, at=at)
    owe_first_hours(case=case, at=at)
    start_reports(case=case, at=at)
    audit.record(
        action="case.open", by=by, at=at, obj=case, unit=student.school_class.code, detail={"level": case.level}
    )
    return case


@transaction.atomic
def raise_level(*, case: Case, level: AlertLevel, reason: str, by: User, at: datetime) -> Case:
    """Raise the level at once. Refused for a level that is not higher."""
    case = lock_to_manage(case, by=by, instead=_("This case is closed. Reopen it with the level it needs now."))
    if level <= case.level:
        raise Refused(
            _("This is not a higher level. To lower it, let a counselor write a reassessment."), code="not-higher"
        )
    withdraw_pending(case=case, by=by, at=at)
    before, case.level, case.level_since = case.level, level, at
    _change(case, before, level, reason=reason, by=by, at=at)
    tell_people(case=case, by=by, at=at)
    owe_first_hours(case=case, at=at)
    start_reports(case=case, at=at)
    audit.record(action="case.raise", by=by, at=at, obj=case, detail={"from": before, "to": int(level)})
    return case


def answer_for(case: Case, *, owner: User, deputy: User | None, at: datetime) -> None:
    """Set the owner and the deputy of a case. Refused for people without a post that reaches the student."""
    post = report_schedule.answering_post(user=owner, case=case, at=at)
    if post is None:
        raise Refused(
            _("%(name)s holds no post that can answer here. Choose somebody of the center, the college or the class.")
            % {"name": owner.name},
            code="owner-without-post",
        )
    case.owner, case.owner_post = owner, post
    case.deputy = case.deputy_post = None
    if deputy is None or deputy == owner:
        return
    case.deputy_post = report_schedule.answering_post(user=deputy, case=case, at=at)
    if case.deputy_post is None:
        raise Refused(
            _("%(name)s holds no post here that can stand in for the owner.") % {"name": deputy.name},
            code="deputy-without-post",
        )
    case.deputy = deputy


def start_reports(*, case: Case, at: datetime) -> None:
    """Let the reports of a level begin."""
    periods = report_schedule.periods_of(case.school_id, since=localdate(at))
    report_schedule.schedule_report(case=case, due=first_report(AlertLevel(case.level), at, periods), at=at)
    save(case)


def tell_people(*, case: Case, by: User, at: datetime) -> None:
    """Record who must be told of this level and by when, and send each a notice without name or level. Users who were
    told of a lower level must be told again; the acting user knows already."""
    CaseMember.objects.update_or_create(
        case=case, user=by, defaults={"told_at": at, "told_by": by}, create_defaults=_knows(by, at)
    )
    tasks = to_tell(AlertLevel(case.level), at, abuse_feared=case.abuse_feared)
    call_audiences(case, tasks, besides={by.pk}, at=at)


def call_audiences(case: Case, tasks: Iterable[Task], *, besides: Iterable[int], at: datetime) -> None:
    """Call the holders of the posts that each task names, each person once."""
    called = set(besides)
    for task in tasks:
        if task.audience != Audience.GUARDIAN:
            level, role = POSTS[task.audience]
            people = holders_of(roles=[role], units=[getattr(case, KEYS[level])], at=at)
            _call(case, task, [person for person in people if person.pk not in called], at=at)
            called.update(person.pk for person in people)


def _knows(by: User, at: datetime) -> dict[str, Any]:
    return {"added_at": at, "told_at": at, "told_by": by}


def _call(case: Case, task: Task, people: list[User], *, at: datetime) -> None:
    to_be_told = {"audience": task.audience, "must_by": task.by, "told_at": None, "told_by": None}
    for person in people:
        CaseMember.objects.update_or_create(
            case=case, user=person, defaults=to_be_told, create_defaults=to_be_told | {"added_at": at}
        )
    notices.post(
        to=people,
        kind="case",
        title=gettext_noop("A case in your care needs your attention. You are called as well; please open the portal."),
        params={},
        link="/cases/red/" if task.audience == Audience.SCHOOL_LEADER else f"/cases/{case.pk}/",
        at=at,
        key=f"case:{case.pk}:{case.version}",
        urgent=case.level == AlertLevel.RED,
    )


def withdraw_pending(*, case: Case, by: User, at: datetime) -> None:
    """Withdraw a pending request for a lower level, because the level is raised; the caller holds the case's lock."""
    for request in case.lowering_requests.filter(decision=LoweringRequest.Decision.PENDING):
        request.decision = LoweringRequest.Decision.WITHDRAWN
        request.decided_by, request.decided_at = by, at
        request.save(update_fields=["decision", "decided_by", "decided_at"])


def _check_opening(student: Student, by: User) -> None:
    if not policies.may_open_case(by, student):
        raise Refused(_("You may not open a case for this student."), code="may-not-open")
    if student.enrollment_status not in IN_CARE:
        raise Refused(
            _("%(name)s has left the school. Hand over to where they are.") % {"name": student.name},
            code="student-left",
        )
    standing = Case.objects.open().filter(student=student).first()
    if standing is not None:
        raise Refused(
            _("There is an open case already, number %(number)s. Go on there.") % {"number": standing.number},
            code="case-open",
        )


def _next_number(school: Unit, at: datetime) -> str:
    """2026-0001 and so on, counted per school and year; the school's row is locked meanwhile."""
    Unit.objects.select_for_update().get(pk=school.pk)
    year = localdate(at).year
    taken = Case.objects.filter(school=school, number__startswith=f"{year}-").order_by("-number")
    last = taken.values_list("number", flat=True).first()
    return f"{year}-{int(last.rsplit('-')[-1]) + 1 if last else 1:04d}"


def _change(case: Case, before: int, level: AlertLevel, *, reason: str, by: User, at: datetime) -> None:
    LevelChange.objects.create(case=case, from_level=before, to_level=level, reason=reason, by=by, at=at)
    title = gettext_noop("Case opened, level %(level)s")
    if before:
        title = gettext_noop("Raised to %(level)s")
    elif case.reopened:
        title = gettext_noop("Case reopened, level %(level)s")
    params = {"level": int(level)}
    write_event(case=case, kind=CaseEvent.Kind.LEVEL, title=title, params=params, text=reason, by=by, at=at)


def _take_in(case: Case, alarm: Alarm, *, by: User, at: datetime) -> None:
    """Join the alarm to the case: the user who opens the case acknowledges the alarm, and it is settled."""
    alarm = Alarm.objects.select_for_update(of=("self",)).get(pk=alarm.pk)
    alarm.case = case
    if alarm.acknowledged_at is None:
        alarm.acknowledged_by, alarm.acknowledged_at, alarm.escalates_at = by, at, None
    if alarm.settled_at is None:
        alarm.outcome, alarm.settled_by, alarm.settled_at = Alarm.Outcome.CASE, by, at
    alarm.save()
    settle_outcome(alarm=alarm, at=at)
    tell_alarm(case=case, alarm=alarm, at=at)
    if alarm.is_confidential:
        # From here on college and class hear what the level of the case prescribes.
        write_disclosure(alarm=alarm, phrase=Disclosure.Phrase.CASE, by=by, at=at)


@transaction.atomic
def reopen_case(*, case: Case, level: AlertLevel, reason: str, owner: User, by: User, at: datetime) -> Case:
    """Take a closed case up again with all its history. Refused for an open one and for a student who has left."""
    case = lock_to_manage(case, by=by, even_closed=True)
    if case.is_open:
        raise Refused(_("This case is open already. Raise its level if that is needed."), code="open")
    _check_opening(case.student, by)
    case.closed_at, case.ground = None, ""
    case.level, case.level_since = level, at
    case.reopened += 1
    for name, value in keys_of(case.student).items():
        setattr(case, name, value)
    answer_for(case, owner=owner, deputy=None, at=at)
    case.next_due_at = at
    case.save()
    _change(case, CLOSED, level, reason=reason, by=by, at=at)
    tell_people(case=case, by=by, at=at)
    owe_first_hours(case=case, at=at)
    start_reports(case=case, at=at)
    audit.record(action="case.reopen", by=by, at=at, obj=case, detail={"level": int(level)})
    return case
