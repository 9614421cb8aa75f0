"""A kind word to those who have not finished, and to nobody else."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import audit, notices
from kernel.errors import Refused
from network.models import User
from network.rules import Ability
from screening.models import Campaign, Participation
from screening.models.campaigns import ParticipationQuerySet

TITLE = gettext_noop("%(campaign)s is open until %(until)s. If you like, finish it when you have a quiet moment.")


@transaction.atomic
def remind_unfinished(*, campaign: Campaign, rows: ParticipationQuerySet, by: User, at: datetime) -> int:
    """Remind those among `rows` that are in the care of `by` and have not finished; nobody twice a day. Returns how
    many were told. Refused outside the window."""
    campaign = Campaign.objects.get(pk=campaign.pk)
    if not campaign.takes_answers(localdate(at)):
        raise Refused(_("This screening takes no answers at this time."), code="not-open")
    seen = rows.visible_to(by, Ability.FOLLOW_SCREENING).filter(campaign=campaign).unfinished()
    told = list(seen.not_reminded_on(localdate(at)).select_related("student__user"))
    today = localdate(at)
    notices.post(
        to=[row.student.user for row in told],
        kind="screening",
        title=TITLE,
        params={"campaign": campaign.name, "until": campaign.last_day},
        link="/screening/mine/",
        at=at,
        key=f"screening:{campaign.pk}:{today}",
    )
    Participation.objects.filter(pk__in=[row.pk for row in told]).update(reminded_at=at)
    audit.record(action="campaign.remind", by=by, at=at, obj=campaign, detail={"students": len(told)})
    return len(told)
