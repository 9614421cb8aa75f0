"""Posts that nobody holds: found, filled by the dozen, and asked after."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop

from network.models import Duty, Student, Unit, User
from network.models.units import UnitQuerySet
from network.rules import ROLE_LEVEL, Ability, Level, Role, bed_order
from network.services.duties import Owed, owe, settle, vacancy_key, withdraw
from network.services.posts import appoint_many

KIND = "vacancy"
DAYS_TO_FILL = 7
WANTED = (Role.COLLEGE_COORDINATOR, Role.CLASS_COMMITTEE_MEMBER, Role.DORM_HEAD)
STUDENT_KEY = {Level.COLLEGE: "college", Level.CLASS: "school_class", Level.DORM: "dorm"}
TITLES = {
    Role.COLLEGE_COORDINATOR: gettext_noop("%(unit)s has no coordinator yet"),
    Role.CLASS_COMMITTEE_MEMBER: gettext_noop("%(unit)s has no psychology committee member yet"),
    Role.DORM_HEAD: gettext_noop("%(unit)s has no dorm head yet"),
}

Proposal = tuple[Unit, Student]


def vacant_units(*, role: Role, on: date) -> UnitQuerySet:
    """Units with students present where nobody holds the role that day."""
    level = ROLE_LEVEL[role]
    living = Student.objects.present().filter(**{STUDENT_KEY[level]: OuterRef("pk")})
    units: UnitQuerySet = Unit.objects.active().filter(Exists(living), level=level).vacant(role, on)
    return units


def propose_heads(*, dorms: Iterable[Unit], by: User) -> list[Proposal]:
    """For each dorm the present resident with the lowest bed whom `by` may see; dorms without one are passed over."""
    rooms = {dorm.pk: dorm for dorm in dorms}
    visible = Student.objects.visible_to(by, Ability.VIEW_ROSTER).present()
    residents = visible.filter(dorm__in=rooms, user__is_active=True).select_related("user")
    first: dict[int, Student] = {}
    for student in sorted(residents, key=lambda student: (bed_order(student.bed), student.number)):
        first.setdefault(student.dorm_id, student)
    return [(dorm, first[pk]) for pk, dorm in rooms.items() if pk in first]


@transaction.atomic
def fill_vacancies(*, below: Unit | None, by: User, at: datetime) -> int:
    """Make the resident of the lowest bed head of each dorm without one, below that unit or wherever `by` may appoint;
    returns how many were appointed."""
    vacant = dorms_to_fill(below=below, by=by, on=localdate(at))
    # Locked before they are looked at again, so that two of these at once appoint one head.
    locked = Unit.objects.select_for_update(of=("self",)).filter(pk__in=[dorm.pk for dorm in vacant]).order_by("pk")
    rooms = {dorm.pk for dorm in locked}
    still = vacant_units(role=Role.DORM_HEAD, on=localdate(at)).filter(pk__in=rooms)
    wanted = [(student.user, dorm, Role.DORM_HEAD) for dorm, student in propose_heads(dorms=still, by=by)]
    return len(appoint_many(appointments=wanted, by=by, at=at))


def dorms_to_fill(*, below: Unit | None, by: User, on: date) -> UnitQuerySet:
    """Dorms without a head where `by` may appoint one."""
    vacant = vacant_units(role=Role.DORM_HEAD, on=on)
    open_to = vacant.visible_to(by, Ability.APPOINT_PEER, Ability.APPOINT_STAFF)
    return open_to if below is None else open_to.within(below)


@transaction.atomic
def chase_vacancies(*, at: datetime) -> int:
    """Have every vacancy owed for a week by whoever appoints there, and drop what is filled or empty by now; returns
    how many came up. A vacancy that comes back is owed anew."""
    vacancies = {key: vacancy for role in WANTED for key, vacancy in _vacancies(role, at).items()}
    standing: dict[str, Any] = dict(Duty.objects.filter(kind=KIND).values_list("key", "settled_at"))
    settle(keys=[key for key, settled_at in standing.items() if settled_at is None and key not in vacancies], at=at)
    withdraw(keys=[key for key in vacancies if standing.get(key) is not None])
    fresh = [vacancy for key, vacancy in vacancies.items() if standing.get(key) is not None or key not in standing]
    owe(duties=fresh)
    return len(fresh)


def _vacancies(role: Role, at: datetime) -> dict[str, Owed]:
    owner = Role.CENTER_DIRECTOR if role is Role.COLLEGE_COORDINATOR else Role.FUDAOYUAN
    link = f"{reverse('network:vacancy-list')}?role={role}"
    due_at = at + timedelta(days=DAYS_TO_FILL)
    return {
        vacancy_key(unit.pk, role): Owed(
            kind=KIND,
            key=vacancy_key(unit.pk, role),
            unit=unit if unit.level == Level.CLASS else unit.parent,
            title=TITLES[role],
            params={"unit": unit.name},
            link=link,
            due_at=due_at,
            role=owner,
        )
        for unit in vacant_units(role=role, on=localdate(at)).select_related("parent")
    }
