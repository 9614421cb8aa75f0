"""Tasks for the class adviser or fudaoyuan: they see the task and the name, not the level and not the case."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis.models import Case, CaseEvent, CaseTask
from crisis.models.base import keys_of
from crisis.rules.cadence import LAST_SECOND
from crisis.rules.dates import PLANNED
from crisis.services.cases.locking import lock, lock_to_manage
from crisis.services.cases.recipients import holders_of
from crisis.services.cases.timeline import write_event
from crisis.services.dates import check_date
from kernel import audit, notices
from kernel.errors import Refused
from kernel.periods import TZ
from network.models import User
from network.rules import Role
from network.services import Owed, owe, settle

ASKED = (Role.CLASS_ADVISER, Role.FUDAOYUAN)
KIND = "case_task"
TITLE = gettext_noop("A request concerning a student of yours")


def may_be_asked(case: Case, at: datetime) -> list[User]:
    """Class adviser and fudaoyuan of the student's class; peers never."""
    return holders_of(roles=ASKED, units=[case.school_class_id], at=at)


@transaction.atomic
def give_task(*, case: Case, assignee: User, text: str, due_on: date, by: User, at: datetime) -> CaseTask:
    """Ask somebody of the class for something by a day. Refused for a closed case, a day gone by, and for people who
    hold no such post there."""
    case = lock_to_manage(case, by=by)
    check_date(due_on, PLANNED, at=at)
    if due_on < localdate(at):
        raise Refused(_("This day is over. Choose today or later."), code="day-over")
    if assignee not in may_be_asked(case, at):
        raise Refused(_("Ask the class adviser or the fudaoyuan of the class."), code="not-of-the-class")
    task = CaseTask.objects.create(
        case=case,
        student=case.student,
        **keys_of(case.student),
        assignee=assignee,
        text=text,
        due_at=datetime.combine(due_on, LAST_SECOND, TZ),
        given_by=by,
        given_at=at,
    )
    link = f"/tasks/{task.pk}/"
    duty: dict[str, Any] = {"kind": KIND, "key": _key(task), "title": TITLE, "params": {}, "link": link}
    owe(duties=[Owed(unit=case.school_class, owner=assignee, due_at=task.due_at, **duty)])
    notices.post(to=assignee, at=at, **duty)
    title, params = gettext_noop("%(name)s is asked for something"), {"name": assignee.name}
    write_event(case=case, kind=CaseEvent.Kind.PEOPLE, title=title, params=params, text=text, by=by, at=at)
    audit.record(action="case.ask", by=by, at=at, obj=case, detail={"of": assignee.number})
    return task


@transaction.atomic
def answer_task(*, task: CaseTask, answer: str, by: User, at: datetime) -> CaseTask:
    """Answer a task. Refused to everybody but the assignee, and a second time."""
    case = lock(task.case)
    task = CaseTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if task.assignee_id != by.pk:
        raise Refused(_("Somebody else was asked for this."), code="not-asked")
    if task.done_at is not None:
        raise Refused(_("You have answered this already, thank you."), code="answered")
    task.answer, task.done_at = answer, at
    task.save(update_fields=["answer", "done_at"])
    settle(keys=[_key(task)], at=at)
    title, params = gettext_noop("%(name)s answers what was asked"), {"name": by.name}
    write_event(case=case, kind=CaseEvent.Kind.CONTACT, title=title, params=params, text=answer, by=by, at=at)
    audit.record(action="case.answer", by=by, at=at, obj=case)
    notices.post(
        to=task.given_by,
        kind="case",
        title=gettext_noop("Your request in case %(number)s was answered."),
        params={"number": case.number},
        link=f"/cases/{case.pk}/",
        at=at,
        key=f"{_key(task)}:done",
    )
    return task


def _key(task: CaseTask) -> str:
    return f"case-task:{task.pk}"
