"""What may be shown of a month's figures to readers without the right to exact counts: one set for the whole school."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from reporting.models import Cycle, Summary
from reporting.rules.disclosure import NOTHING, disclose, exactly
from reporting.services.rollups import count

# SECURITY: figures before and after one report would give away what it says, so several reports are published together.
PUBLISH_EVERY = timedelta(minutes=10)


def publish(*, cycle: Cycle, at: datetime) -> None:
    """Protect the figures of a month together and store what may be shown. It takes seconds for a large school, so it
    runs in a task and holds no lock meanwhile."""
    shown = disclose(cycle.school_id, count(cycle=cycle, at=at))
    with transaction.atomic():
        changed = []
        for row in Summary.objects.filter(cycle=cycle):
            # Without anybody to count there is nothing to hide.
            empty = NOTHING if row.totals.students else exactly(row.totals)
            published = shown.get(row.unit_id, empty).stored()
            if row.published != published:
                row.published = published
                changed.append(row)
        Summary.objects.bulk_update(changed, ["published"], batch_size=500)
        Cycle.objects.filter(pk=cycle.pk).update(published_at=at)


def unpublished(*, at: datetime) -> list[Cycle]:
    """Months whose figures are to be published: never so far, at their end, or when enough time has passed."""
    counted = Cycle.objects.exclude(rolled_up_at=None)
    behind = Q(published_at__lt=F("rolled_up_at"))
    due = Q(published_at__lte=at - PUBLISH_EVERY) | Q(closed_at__gte=F("published_at"))
    return list(counted.filter(Q(published_at=None) | behind & due))
