"""Talks with somebody on the watchlist: planned, held or not, summed up."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis.models import Case, CaseEvent, Talk
from crisis.models.base import keys_of
from crisis.rules.dates import PLANNED
from crisis.services.cases.care_duties import TALK, owe_care_duty
from crisis.services.cases.first_hours import note_contact
from crisis.services.cases.locking import lock_to_manage
from crisis.services.cases.recipients import candidates
from crisis.services.cases.timeline import write_event
from crisis.services.dates import check_date
from kernel import audit, notices
from kernel.errors import Refused
from network.models import User
from network.services import settle, withdraw

DUTY = gettext_noop("A talk in case %(number)s")


@transaction.atomic
def plan_talk(*, case: Case, holder: User, planned_at: datetime, purpose: str, by: User, at: datetime) -> Talk:
    """Plan a talk; its holder owes it. Refused for a closed case and for a holder without a post here."""
    case = lock_to_manage(case, by=by)
    check_date(planned_at, PLANNED, at=at)
    if holder not in candidates(case, at):
        raise Refused(_("Choose somebody of the center, the college or the class for the talk."), code="no-post")
    talk = Talk.objects.create(
        case=case,
        student=case.student,
        **keys_of(case.student),
        holder=holder,
        planned_at=planned_at,
        purpose=purpose,
        planned_by=by,
    )
    link = _link(talk)
    owe_care_duty(case=case, kind=TALK, key=_key(talk), title=DUTY, link=link, due_at=planned_at, at=at, owner=holder)
    # The holder may open the case.
    case.members.get_or_create(user=holder, defaults={"added_at": at})
    if holder != by:
        notices.post(to=holder, kind=TALK, title=DUTY, params={"number": case.number}, link=link, at=at, key=_key(talk))
    title, params = gettext_noop("Talk planned with %(name)s"), {"name": holder.name}
    write_event(case=case, kind=CaseEvent.Kind.TALK, title=title, params=params, text=purpose, link=link, by=by, at=at)
    audit.record(action="talk.plan", by=by, at=at, obj=talk)
    return talk


@transaction.atomic
def sum_up_talk(
    *,
    talk: Talk,
    was_held: bool,
    held_at: datetime | None,
    summary: str,
    next_step: str,
    by: User,
    at: datetime,
) -> Talk:
    """Say what the talk brought, or that it did not come about. Refused a second time; a talk held before its case was
    closed can still be summed up."""
    if talk.case is None:
        raise Refused(_("This talk belongs to no case."), code="no-case")
    case = lock_to_manage(talk.case, by=by, even_closed=True)
    talk = Talk.objects.select_for_update(of=("self",)).get(pk=talk.pk)
    if talk.state != Talk.State.PLANNED:
        raise Refused(_("This talk is summed up already. Plan the next one."), code="summed-up")
    talk.summary, talk.next_step = summary, next_step
    happened_at = min(held_at or at, at)
    if was_held:
        talk.state, talk.held_at = Talk.State.HELD, happened_at
        title = gettext_noop("Talk held")
    else:
        talk.state, title = Talk.State.MISSED, gettext_noop("The talk did not come about")
    talk.save()
    if was_held:
        note_contact(case=case, at=happened_at)
        settle(keys=[_key(talk)], at=at)
    else:
        withdraw(keys=[_key(talk)])
    entry: dict[str, Any] = {"text": summary, "link": _link(talk), "by": by, "at": at}
    write_event(case=case, kind=CaseEvent.Kind.TALK, title=title, happened_at=happened_at, **entry)
    audit.record(action="talk.sum_up", by=by, at=at, obj=talk, detail={"held": was_held})
    return talk


def _key(talk: Talk) -> str:
    return f"talk:{talk.pk}"


def _link(talk: Talk) -> str:
    return f"/cases/{talk.case_id}/talks/{talk.pk}/"
