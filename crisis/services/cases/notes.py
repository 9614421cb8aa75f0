"""Entries in an open case: its situation, contacts and notes, and that somebody was told."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from crisis.models import Case, CaseEvent, CaseMember
from crisis.rules import Audience
from crisis.rules.first_hours import FirstDuty
from crisis.services.cases.first_hours import note_abuse, note_contact, settle_first
from crisis.services.cases.locking import check_version, lock_to_manage, save
from crisis.services.cases.timeline import write_event
from kernel import audit
from network.models import User


@transaction.atomic
def edit_case(
    *, case: Case, situation: str, criteria: int, abuse_feared: bool, version: int, by: User, at: datetime
) -> Case:
    """Change the situation and the ticked groups. Refused for a closed case, and when somebody was faster: both texts
    are shown, and nothing is overwritten."""
    case = lock_to_manage(case, by=by)
    check_version(case, version)
    was_feared = case.abuse_feared
    case.situation, case.criteria, case.abuse_feared = situation, criteria, abuse_feared
    save(case)
    note_abuse(case=case, was_feared=was_feared, at=at)
    title = gettext_noop("Situation written anew")
    write_event(case=case, kind=CaseEvent.Kind.NOTE, title=title, text=situation, by=by, at=at)
    audit.record(action="case.edit", by=by, at=at, obj=case)
    return case


@transaction.atomic
def add_note(
    *, case: Case, is_contact: bool, text: str, happened_at: datetime | None, by: User, at: datetime
) -> CaseEvent:
    """Add a contact or a note to the timeline. Refused for a closed case."""
    case = lock_to_manage(case, by=by)
    kind = CaseEvent.Kind.CONTACT if is_contact else CaseEvent.Kind.NOTE
    title = gettext_noop("Contact with the student") if is_contact else gettext_noop("Note on the case")
    event = write_event(case=case, kind=kind, title=title, text=text, by=by, at=at, happened_at=happened_at)
    if is_contact:
        note_contact(case=case, at=event.at)
    audit.record(action="case.note", by=by, at=at, obj=case)
    return event


@transaction.atomic
def mark_told(*, member: CaseMember, by: User, at: datetime) -> CaseMember:
    """Note that somebody was told, by phone or in person. Refused to those who may not change the case."""
    case = lock_to_manage(member.case, by=by, even_closed=True)
    member = CaseMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if member.told_at is None:
        member.told_at, member.told_by = at, by
        member.save(update_fields=["told_at", "told_by"])
        if member.audience == Audience.SCHOOL_LEADER:
            settle_first(case=case, duty=FirstDuty.LEADER, at=at)
        title, params = gettext_noop("%(name)s was told"), {"name": member.user.name}
        write_event(case=case, kind=CaseEvent.Kind.TOLD, title=title, params=params, by=by, at=at)
        audit.record(action="case.tell", by=by, at=at, obj=case, detail={"to": member.user.number})
    return member
