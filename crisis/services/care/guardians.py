"""Guardian notices: each attempt, the contact that came about, and the signature."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis.models import Case, CaseEvent, GuardianAttempt, GuardianNotice
from crisis.rules.first_hours import FirstDuty
from crisis.rules.guardians import Whom, lacks_number, lacks_witness, whom_next
from crisis.services.cases.first_hours import settle_first
from crisis.services.cases.locking import keep_file, lock_to_manage
from crisis.services.cases.timeline import write_event
from kernel import audit
from kernel.errors import Refused
from kernel.uploads import Upload
from network.models import User

FAMILY = CaseEvent.Kind.GUARDIAN


@dataclass(frozen=True)
class Attempt:
    """One attempt to reach somebody: when, how, by which number, and whether it came about."""

    whom: Whom
    channel: str
    number: str
    was_reached: bool
    remark: str = ""
    happened_at: datetime | None = None


@dataclass(frozen=True)
class FamilyContact:
    """A contact with the family: who called whom, the facts and the advice given, their reply and decision."""

    caller: User
    reached_name: str
    relation: str
    channel: str
    facts: str
    advice: str
    reply: str
    decision: str
    witness: str = ""
    happened_at: datetime | None = None


@transaction.atomic
def start_notice(*, case: Case, legal_ground: str, by: User, at: datetime) -> GuardianNotice:
    """Begin to tell the family, on a legal ground. Refused for a closed case and while abuse at home is feared."""
    case = lock_to_manage(case, by=by)
    # SECURITY: a call home may be what the student has to fear.
    if case.abuse_feared:
        raise Refused(
            _(
                "Abuse at home is feared, so the family is not called. Agree with the center's director; if the fear"
                " proved wrong, take the mark off the situation first."
            ),
            code="abuse-feared",
        )
    notice = GuardianNotice.objects.create(case=case, legal_ground=legal_ground, caller=by, created_at=at)
    audit.record(action="guardian.start", by=by, at=at, obj=notice, detail={"ground": legal_ground})
    return notice


@transaction.atomic
def try_to_reach(*, notice: GuardianNotice, attempt: Attempt, by: User, at: datetime) -> GuardianAttempt:
    """Write down an attempt, vain or not. A call without a number is refused with what to do instead."""
    case = lock_to_manage(notice.case, by=by)
    if lacks_number(attempt.channel, attempt.number):
        raise Refused(
            _(
                "There is no number for this call. Ask the class, the college or the roster for a second contact; if"
                " nobody can be reached, ask the police or the community of their home to go there, and write that"
                " down as the attempt."
            ),
            code="no-number",
        )
    happened_at = min(attempt.happened_at or at, at)
    row = GuardianAttempt.objects.create(
        notice=notice,
        whom=attempt.whom,
        channel=attempt.channel,
        number=attempt.number,
        was_reached=attempt.was_reached,
        remark=attempt.remark,
        at=happened_at,
        by=by,
    )
    title = gettext_noop("Family tried, somebody answered") if row.was_reached else gettext_noop("Family not reached")
    _tell(case, notice, title, text=row.remark, by=by, at=at, happened_at=happened_at)
    audit.record(action="guardian.attempt", by=by, at=at, obj=notice, detail={"reached": row.was_reached})
    return row


@transaction.atomic
def note_reached(*, notice: GuardianNotice, contact: FamilyContact, by: User, at: datetime) -> GuardianNotice:
    """Write down who was reached and what passed. Refused a second time: a further call is a notice of its own."""
    case = lock_to_manage(notice.case, by=by)
    notice = GuardianNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if notice.reached_at is not None:
        raise Refused(
            _("What passed is written down already and stays. For a further call begin another notice."),
            code="reached-already",
        )
    happened_at = min(contact.happened_at or at, at)
    for name in CONTACT_FIELDS:
        setattr(notice, name, getattr(contact, name))
    notice.reached_at = happened_at
    notice.save()
    title, params = gettext_noop("Family reached: %(who)s"), {"who": contact.relation}
    _tell(case, notice, title, params=params, text=contact.reply, by=by, at=at, happened_at=happened_at)
    settle_first(case=case, duty=FirstDuty.FAMILY, at=at)
    audit.record(action="guardian.reach", by=by, at=at, obj=notice)
    return notice


CONTACT_FIELDS = ("caller", "reached_name", "relation", "channel", "facts", "advice", "reply", "decision", "witness")


@transaction.atomic
def note_signature(
    *, notice: GuardianNotice, is_signed: bool, page: Upload | None, witness: str, by: User, at: datetime
) -> GuardianNotice:
    """Keep the signed page, or the refusal with who was there. Refused without either, and before anybody was told."""
    case = lock_to_manage(notice.case, by=by)
    notice = GuardianNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if notice.reached_at is None:
        raise Refused(_("Write down first who was reached and what was told."), code="not-reached")
    if notice.signature != GuardianNotice.Signature.NONE:
        raise Refused(_("The signature is written down already and stays."), code="signed-already")
    if lacks_witness(is_signed=is_signed, has_page=page is not None, witness=witness):
        wanted = (
            _("Add a photo or PDF of the signed page.") if is_signed else _("Say who was there when it was refused.")
        )
        raise Refused(wanted, code="unproven")
    if is_signed:
        notice.signature = GuardianNotice.Signature.SIGNED
        notice.signed_page = keep_file(case=case, upload=page, by=by, at=at)
    else:
        notice.signature, notice.signature_witness = GuardianNotice.Signature.REFUSED, witness
    notice.save()
    title = gettext_noop("The family has signed") if is_signed else gettext_noop("The family refused to sign")
    _tell(case, notice, title, by=by, at=at)
    audit.record(action="guardian.sign", by=by, at=at, obj=notice, detail={"signed": is_signed})
    return notice


def next_to_try(notice: GuardianNotice, *, has_number: bool) -> Whom:
    """Whom to try now, as the attempts so far tell."""
    return whom_next([Whom(attempt.whom) for attempt in notice.attempts.all()], has_number=has_number)


def _tell(case: Case, notice: GuardianNotice, title: str, **details: Any) -> None:
    write_event(case=case, kind=FAMILY, title=title, link=f"/cases/{case.pk}/family/{notice.pk}/", **details)
