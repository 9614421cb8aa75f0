"""Rooms of the center, and the colleges' stations."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.models import Premises, Station, StationCheck
from activities.rules.program import Answer, StationItem
from activities.services.courses import check_happened
from kernel import audit
from kernel.errors import Refused
from network.models import Unit, User
from network.rules import Level


@transaction.atomic
def save_premises(
    *,
    school: Unit,
    kind: str,
    name: str,
    place: str,
    area: Decimal,
    seats: int,
    equipment: str,
    is_in_use: bool,
    by: User,
    at: datetime,
    premises: Premises | None = None,
) -> Premises:
    """Enter a room, or change one. Refused for a name that is taken."""
    if not policies.may_manage_program(by, school):
        raise Refused(_("Rooms are managed by the center."), code="may-not-manage")
    taken = Premises.objects.filter(school=school, name=name).exclude(pk=premises.pk if premises else None)
    if taken.exists():
        raise Refused(_("Another room has this name."), code="name-taken")
    if not area.is_finite() or not 0 < area <= 5000 or not 1 <= seats <= 1000:
        raise Refused(_("Give an area up to 5,000 m² and up to 1,000 seats."), code="out-of-range")
    row = Premises.objects.select_for_update().get(pk=premises.pk) if premises else Premises(school=school)
    row.kind, row.name, row.place, row.area = kind, name, place, area
    row.seats, row.equipment, row.is_in_use = seats, equipment, is_in_use
    row.save()
    audit.record(action="premises.save", by=by, at=at, obj=row, unit=school.code, detail={"kind": kind})
    return row


@transaction.atomic
def save_station(
    *, unit: Unit, place: str, head: User, opening_hours: str, opened_on: date, by: User, at: datetime
) -> Station:
    """Open the station of a college, or change what is known of it."""
    if unit.level != Level.COLLEGE:
        raise Refused(_("A station belongs to a college."), code="wrong-level")
    if not policies.may_run_station(by, unit):
        raise Refused(_("A station is run by its college."), code="may-not-run")
    check_happened(opened_on, at=at)
    values = {"place": place, "head": head, "opening_hours": opening_hours, "opened_on": opened_on}
    row, _is_new = Station.objects.update_or_create(unit=unit, defaults=values)
    audit.record(action="station.save", by=by, at=at, obj=row, unit=unit.code)
    return row


@transaction.atomic
def answer_checklist(
    *, station: Station, year: int, answers: Mapping[str, str], by: User, at: datetime
) -> StationCheck:
    """The college's own answers of a year. Refused once the center has decided, and for another year than this."""
    Station.objects.select_for_update().get(pk=station.pk)
    if not policies.may_run_station(by, station.unit):
        raise Refused(_("A station is run by its college."), code="may-not-run")
    if year != localdate(at).year:
        raise Refused(_("The checklist is answered for the year that runs."), code="other-year")
    checked = _whole(answers)
    row = StationCheck.objects.filter(station=station, year=year).first() or StationCheck(station=station, year=year)
    if row.checked_at is not None:
        raise Refused(_("The center has checked this year already."), code="checked")
    row.own_answers, row.answered_by, row.answered_at = checked, by, at
    row.save()
    detail = {"year": year}
    audit.record(action="station.answer", by=by, at=at, obj=row, unit=station.unit.code, detail=detail)
    return row


@transaction.atomic
def check_station(
    *, check: StationCheck, answers: Mapping[str, str], note: str, by: User, at: datetime
) -> StationCheck:
    """The center's yearly check. Refused for whoever answered the checklist."""
    row: StationCheck = (
        StationCheck.objects.select_for_update(of=("self",)).select_related("station__unit__school").get(pk=check.pk)
    )
    if not policies.may_check_station(by, row):
        raise Refused(_("Somebody of the center who did not answer the checklist checks it."), code="may-not-check")
    row.answers, row.note, row.checked_by, row.checked_at = _whole(answers), note, by, at
    row.save(update_fields=["answers", "note", "checked_by", "checked_at"])
    detail = {"year": row.year}
    audit.record(action="station.check", by=by, at=at, obj=row, unit=row.station.unit.code, detail=detail)
    return row


def _whole(answers: Mapping[str, str]) -> dict[str, str]:
    """The answers in the order of the list. Refused when one is missing or unknown."""
    known = {answer.value for answer in Answer}
    if set(answers) != {item.value for item in StationItem} or not known.issuperset(answers.values()):
        raise Refused(_("Answer every item of the checklist."), code="incomplete")
    return {item.value: answers[item.value] for item in StationItem}
