"""Societies of students, their members and terms of office."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.models import Activity, Membership, Society, SocietyActivity
from activities.services.courses import check_happened
from kernel import audit
from kernel.errors import Refused
from network.models import Student, Unit, User
from network.models.base import keys_of
from network.rules import Level

MOST_MEMBERS = 300


@transaction.atomic
def save_society(
    *,
    unit: Unit,
    kind: str,
    name: str,
    purpose: str,
    adviser: User,
    founded_on: date,
    is_active: bool,
    by: User,
    at: datetime,
    society: Society | None = None,
) -> Society:
    """Found a society, or change one. Refused for a name that is taken at this unit."""
    if not policies.may_found_society(by, unit):
        raise Refused(_("The center or the college founds a society."), code="may-not-found")
    if unit.level not in (Level.SCHOOL, Level.COLLEGE):
        raise Refused(_("A society belongs to the school or to a college."), code="wrong-level")
    check_happened(founded_on, at=at)
    if Society.objects.filter(unit=unit, name=name).exclude(pk=society.pk if society else None).exists():
        raise Refused(_("Another society has this name."), code="name-taken")
    row = Society.objects.select_for_update().get(pk=society.pk) if society else Society()
    row.unit, row.kind, row.name, row.purpose = unit, kind, name, purpose
    row.adviser, row.founded_on, row.is_active = adviser, founded_on, is_active
    row.save()
    audit.record(action="society.save", by=by, at=at, obj=row, unit=unit.code)
    return row


@transaction.atomic
def add_member(
    *, society: Society, number: str, name: str, office: str, starts_on: date, by: User, at: datetime
) -> Membership:
    """Take a student in. Refused unless number and name belong together: whoever leads a society reads no roster."""
    row = _led(society, by)
    check_happened(starts_on, at=at)
    student = Student.objects.filter(school=row.unit.root_id, number=number, name=name).first()
    # SECURITY: one answer for an unknown number and another name, so that nobody learns names by trying numbers.
    if student is None:
        raise Refused(_("No student of this school has this number and this name."), code="unknown-student")
    if row.unit.level == Level.COLLEGE and student.college_id != row.unit_id:
        raise Refused(_("This student belongs to another college."), code="other-college")
    if Membership.objects.filter(society=row, ends_on=None).count() >= MOST_MEMBERS:
        raise Refused(_("A society has at most %(most)s members.") % {"most": MOST_MEMBERS}, code="too-many")
    values = {"office": office, "starts_on": starts_on, "added_by": by, **keys_of(student)}
    membership, is_new = Membership.objects.get_or_create(society=row, student=student, ends_on=None, defaults=values)
    if not is_new:
        raise Refused(_("This student is a member already."), code="member")
    audit.record(action="membership.begin", by=by, at=at, obj=membership, unit=row.unit.code, subject=str(student.pk))
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, by: User, at: datetime) -> Membership:
    """End a membership today."""
    row: Membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("society__unit").get(pk=membership.pk)
    )
    _led(row.society, by)
    if row.ends_on is not None:
        raise Refused(_("This membership has ended already."), code="ended")
    row.ends_on = max(localdate(at), row.starts_on)
    row.save(update_fields=["ends_on"])
    unit = row.society.unit.code
    audit.record(action="membership.end", by=by, at=at, obj=row, unit=unit, subject=str(row.student_id))
    return row


@transaction.atomic
def link_activity(*, society: Society, activity: Activity, by: User, at: datetime) -> SocietyActivity:
    """Note that the society holds an activity. Refused for one that another society holds."""
    row = _led(society, by)
    link, is_new = SocietyActivity.objects.get_or_create(activity=activity, defaults={"society": row})
    if not is_new:
        raise Refused(_("This activity belongs to a society already."), code="linked")
    audit.record(action="society.activity", by=by, at=at, obj=row, unit=row.unit.code)
    return link


def _led(society: Society, by: User) -> Society:
    row: Society = Society.objects.select_for_update(of=("self",)).select_related("unit__school").get(pk=society.pk)
    if not policies.may_lead_society(by, row):
        raise Refused(_("The society is led by its officers and its adviser."), code="may-not-lead")
    return row
