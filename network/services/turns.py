"""One import or rollover of a school at a time: whoever comes second is told who is at it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.models import Job, JobState
from network.models import Rollover, RosterImport, Unit

# The jobs that write a school, and the rows that they are about.
WRITING: Mapping[str, Any] = {
    "network.apply_roster": RosterImport,
    "network.undo_roster": RosterImport,
    "network.apply_rollover": Rollover,
    "network.undo_rollover": Rollover,
}


def take_turn(school: Unit, *, own: Any = None) -> None:
    """Keep others from writing the school until the transaction ends. Refused, with the name of who is at it, while an
    import or rollover of the school waits or runs; `own`: the row whose job this is. Called inside a transaction."""
    try:
        with transaction.atomic():
            # Not the key: who files a report or raises an alarm meanwhile refers to the school and must not wait.
            Unit.objects.select_for_update(nowait=True, no_key=True).get(pk=school.pk)
    except OperationalError:
        raise Refused(
            _("An import or a rollover of this school is just being written. Try again in a minute."), code="at-work"
        ) from None
    running = Job.objects.filter(name__in=WRITING, state__in=(JobState.QUEUED, JobState.RUNNING))
    for job in running.select_related("by").order_by("created_at"):
        if own is not None and job.argument == str(own.pk):
            continue
        if WRITING[job.name].objects.filter(pk=job.argument, school=school).exists():
            name = job.by.name if job.by is not None else _("the system")
            raise Refused(
                _("%(name)s is at work on an import or a rollover of this school. Try again when it is done.")
                % {"name": name},
                code="at-work",
            )


def check_no_later_rollover(school: Unit, since: datetime | None) -> None:
    """Refused when a rollover that is in force was applied after that moment: it stands on what was there then."""
    later = Rollover.objects.filter(school=school, state=Rollover.State.APPLIED, applied_at__gt=since).without_texts()
    names = [str(rollover) for rollover in later]
    if names:
        raise Refused(
            _("Undo first what was done later: %(names)s.") % {"names": "、".join(names[:10])}, code="not-newest"
        )
