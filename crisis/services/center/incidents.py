"""The school's register of incidents and its trend by month."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.models import Case, Incident
from crisis.rules.dates import INCIDENT
from crisis.services.dates import check_date
from kernel import audit
from kernel.charts import Chart, Kind, Series
from kernel.errors import Refused
from kernel.periods import Month
from network.models import Unit, User

MONTHS = 12


@transaction.atomic
def record_incident(
    *,
    unit: Unit,
    kind: str,
    happened_at: datetime,
    place: str,
    account: str,
    measures: str,
    lessons: str,
    by: User,
    at: datetime,
    case: Case | None = None,
) -> Incident:
    """Enter something that has happened, for a school or one of its colleges. Refused for a time to come."""
    if not policies.may_report_unit(by, unit):
        raise Refused(_("You may not write into the register of this unit."), code="may-not-record")
    check_date(happened_at, INCIDENT, at=at)
    if happened_at > at:
        raise Refused(_("This time is still to come. Look at the day once more."), code="to-come")
    incident = Incident.objects.create(
        school=unit.school or unit,
        college=unit if unit.school_id else None,
        case=case,
        kind=kind,
        happened_at=happened_at,
        place=place,
        account=account,
        measures=measures,
        lessons=lessons,
        recorded_by=by,
        recorded_at=at,
    )
    audit.record(action="incident.record", by=by, at=at, obj=incident, unit=unit.code, detail={"kind": kind})
    return incident


def trend(incidents: Any, *, at: datetime) -> Chart:
    """How many there were in each of the last twelve months, by kind."""
    months = [Month.of(at)]
    while len(months) < MONTHS:
        months.insert(0, months[0].previous())
    counted: Counter[tuple[str, str]] = Counter()
    for kind, happened_at in incidents.order_by().values_list("kind", "happened_at"):
        counted[kind, f"{localdate(happened_at):%Y-%m}"] += 1
    x = [str(month) for month in months]
    series = [
        Series(str(label), [counted[kind, month] for month in x])
        for kind, label in Incident.Kind.choices
        if any(counted[kind, month] for month in x)
    ]
    return Chart(Kind.STACK, [date_format(month.first, "YEAR_MONTH_FORMAT") for month in months], series)
