"""A line of a monthly report that raised an alarm was changed afterwards: the alarm and its case show it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from crisis.models import Alarm, AlarmEvent, Case, CaseEvent
from crisis.services.cases.locking import lock
from crisis.services.cases.timeline import write_event
from kernel import audit
from network.models import Student, User

CHANGED = gettext_noop("The line in the monthly report was changed from %(before)s to %(after)s by %(name)s")
# A line belongs to the alarms of its month; a report can be changed some weeks later.
REMEMBERED = timedelta(days=62)


@transaction.atomic
def note_line_changed(*, student: Student, before: str, after: str, by: User, at: datetime) -> Alarm | None:
    """Note in the newest alarm from a line of thunder that the line says something else now, and in its case. `before`
    and `after`: the words of the weather in the school's language. Returns the alarm, None when there is none."""
    alarms = Alarm.objects.filter(student=student, source=Alarm.Source.THUNDER_LINE, raised_at__gt=at - REMEMBERED)
    alarm: Alarm | None = alarms.order_by("-raised_at", "pk").first()
    if alarm is None:
        return None
    params = {"before": before, "after": after, "name": by.name}
    AlarmEvent.objects.create(alarm=alarm, title=CHANGED, params=params, by=by, at=at)
    if alarm.case_id is not None:
        case, link = lock(Case(pk=alarm.case_id)), f"/alarms/{alarm.pk}/"
        write_event(case=case, kind=CaseEvent.Kind.ALARM, title=CHANGED, params=params, link=link, by=by, at=at)
    audit.record(action="alarm.line_changed", by=by, at=at, obj=alarm)
    return alarm
