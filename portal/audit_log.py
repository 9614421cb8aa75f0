"""The audit log as an auditor of one school may read it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kernel import audit, xlsx
from kernel.models import AuditEvent
from kernel.querysets import AuditEventQuerySet
from network.models import Student, Unit, User

MOST_ROWS = 50_000


def events_open_to(schools: Sequence[Unit]) -> AuditEventQuerySet:
    """Events at the units of these schools or done by their people; all events where there is no other school."""
    events: AuditEventQuerySet = AuditEvent.objects.all()
    if Unit.objects.schools().count() == len(schools):
        return events
    people = User.objects.filter(school__in=schools).annotate(key=Cast("pk", CharField()))
    condition = Q(unit="", actor_id__in=people.values("key"))
    for school in schools:
        condition |= Q(unit=school.code) | Q(unit__startswith=f"{school.code}-")
    return events.filter(condition)


def subject_in(schools: Sequence[Unit]) -> Callable[[str], str]:
    """Finds by a student number whom the log calls the subject, among the students of these schools; "" for nobody."""

    def subject_of(number: str) -> str:
        found = Student.objects.filter(school__in=schools, number=number.strip()).values_list("pk", flat=True).first()
        return str(found or "")

    return subject_of


def export_events(*, events: AuditEventQuerySet, unit: Unit, by: User, at: datetime) -> bytes:
    """The newest events as a workbook; the export is an event itself."""
    said = [_("time"), _("who"), _("role"), _("action"), _("purpose"), _("object"), _("object id"), _("unit")]
    heads = [*said, _("student id"), _("details"), _("entry")]
    rows: list[list[Any]] = [heads]
    for event in events[:MOST_ROWS].iterator(chunk_size=2000):
        when = f"{localtime(event.at):%Y-%m-%d %H:%M:%S}"
        detail = "; ".join(f"{key}={value}" for key, value in event.detail.items())
        said = [when, event.actor, event.role, event.action, event.purpose, event.object_type, event.object_id]
        rows.append([*said, event.unit, event.subject, detail, event.pk])
    audit.record(action="audit.export", by=by, at=at, obj=unit, unit=unit.code, detail={"rows": len(rows) - 1})
    return xlsx.write_workbook({_("Audit log"): rows})
