"""Somebody near the student asks that they need not take part; the center decides."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network.models import User
from screening import policies
from screening.models import Exemption, Participation


@transaction.atomic
def ask_exemption(*, participation: Participation, reason: str, by: User, at: datetime) -> Exemption:
    """Ask for it. Refused out of one's care, when it is done already, or when it was asked before."""
    participation = Participation.objects.select_for_update(of=("self",)).get(pk=participation.pk)
    if not policies.may_follow(by, participation):
        raise Refused(_("You may not ask this for the student."), code="may-not-ask")
    if participation.finished_at or participation.exempted_at:
        raise Refused(_("The student has finished or is exempted already."), code="not-open")
    if participation.exemptions.waiting().exists():
        raise Refused(_("It has been asked for already; the center decides."), code="asked-already")
    exemption: Exemption = participation.exemptions.create(reason=reason, asked_by=by, asked_at=at)
    audit.record(action="exemption.ask", by=by, at=at, obj=exemption)
    return exemption


@transaction.atomic
def decide_exemption(*, exemption: Exemption, approved: bool, by: User, at: datetime) -> Exemption:
    """Approve or turn down. Refused for whoever asked, so that two people stand behind it, and once decided."""
    rows = Exemption.objects.select_for_update(of=("self",)).select_related("participation__school")
    exemption = rows.get(pk=exemption.pk)
    if not policies.may_decide(by, exemption):
        raise Refused(_("Somebody else of the center has to decide this."), code="may-not-decide")
    if exemption.approved is not None:
        raise Refused(_("This has been decided already."), code="decided")
    participation = Participation.objects.select_for_update(of=("self",)).get(pk=exemption.participation_id)
    if approved and participation.finished_at is not None:
        raise Refused(_("The student has finished meanwhile."), code="finished")
    exemption.approved, exemption.decided_by, exemption.decided_at = approved, by, at
    exemption.save(update_fields=["approved", "decided_by", "decided_at"])
    if approved:
        participation.exempted_at = at
        participation.save(update_fields=["exempted_at"])
    audit.record(action="exemption.decide", by=by, at=at, obj=exemption, detail={"approved": approved})
    return exemption
