"""The timeline of a case: entries are added, never changed."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_noop

from crisis.models import Alarm, Case, CaseEvent
from crisis.rules.dates import HAPPENED
from crisis.services.dates import check_date
from network.models import User


def write_event(
    *,
    case: Case,
    kind: CaseEvent.Kind,
    title: str,
    by: User | None,
    at: datetime,
    params: Mapping[str, str | int] | None = None,
    text: str = "",
    link: str = "",
    happened_at: datetime | None = None,
) -> CaseEvent:
    """Add an entry inside the caller's transaction, which holds the lock of the case. `title` is a message id
    (gettext_noop) filled from `params`; what somebody wrote goes into `text`, which is encrypted; `happened_at` if that
    was before it was written down."""
    check_date(happened_at, HAPPENED, at=at)
    last = CaseEvent.objects.filter(case=case).order_by("-serial").values_list("serial", flat=True).first()
    return CaseEvent.objects.create(
        case=case,
        kind=kind,
        title=title,
        params=dict(params or {}),
        text=text,
        link=link,
        by=by,
        at=min(happened_at or at, at),
        recorded_at=at,
        serial=(last or 0) + 1,
    )


def tell_alarm(*, case: Case, alarm: Alarm, at: datetime) -> CaseEvent:
    """Put an alarm into the timeline, at the time when it was raised. SECURITY: of one that counseling raised neither
    the words nor where it came from; those who read the case learn nothing of the sessions."""
    hidden = alarm.is_confidential
    return write_event(
        case=case,
        kind=CaseEvent.Kind.ALARM,
        title=gettext_noop("Alarm: %(source)s"),
        params={"source": Alarm.Source.COUNSELOR.value if hidden else alarm.source},
        text="" if hidden else alarm.evidence,
        link="" if hidden else f"/alarms/{alarm.pk}/",
        by=alarm.acknowledged_by if hidden else alarm.raised_by,
        at=at,
        happened_at=alarm.raised_at,
    )
