"""The desk of the counselor on duty: who waits for a call today, and whom one has put on the list."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from counseling.models import WaitingEntry
from counseling.rules.kinds import Triage
from counseling.rules.limits import call_due
from counseling.services.shared import settings_of
from crisis.services.cases.recipients import center_on_duty
from network.models import Unit, User


def urgent_queue(*, school: Unit, user: User, at: datetime) -> list[WaitingEntry]:
    """Who asked for today and has not been talked to, the longest waiting first. SECURITY: for whoever is on duty now,
    and for nobody else."""
    if all(person.pk != user.pk for person in center_on_duty(school.pk, at)):
        return []
    waiting = WaitingEntry.objects.open().filter(school=school, triage=Triage.TODAY.value)
    return list(waiting.select_related("student__school_class", "student__school").order_by("since", "pk"))


def due_times(entries: Iterable[WaitingEntry], school: Unit) -> dict[Any, datetime]:
    """Until when each of them is to be called."""
    minutes = settings_of(school.pk).call_minutes
    return {entry.pk: call_due(entry.since, minutes) for entry in entries}


def registered_by(user: User) -> Any:
    """The open entries that this person has put on the list."""
    return WaitingEntry.objects.open().filter(added_by=user).exclude(student__user=user).select_related("student")
