"""Schools, colleges, classes and dorms come into being."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network import policies
from network.models import Unit, User
from network.rules import Level

CODE_FORMS = {Level.COLLEGE: "{school}-{n:02d}", Level.CLASS: "{school}-C{n:04d}", Level.DORM: "{school}-D{n:05d}"}


@transaction.atomic
def create_school(*, code: str, name: str, by: User | None, at: datetime) -> Unit:
    """A new school. Refused when the code is taken."""
    if Unit.objects.filter(code=code).exists():
        raise Refused(_("This code is taken. Choose another one."), code="code-taken")
    school = Unit.objects.create(code=code, name=name, level=Level.SCHOOL)
    audit.record(action="unit.create", by=by, at=at, obj=school, unit=code)
    return school


@transaction.atomic
def rename_school(*, school: Unit, name: str, by: User, at: datetime) -> Unit:
    """The school's name as pages and exports show it. Refused when `by` may not configure the school."""
    if not policies.may_configure(by, school):
        raise Refused(_("You may not change the settings of this school."), code="may-not-configure")
    school = Unit.objects.select_for_update(of=("self",)).get(pk=school.pk)
    before, school.name = school.name, name
    school.save(update_fields=["name"])
    audit.record(action="unit.rename", by=by, at=at, obj=school, unit=school.code, detail={"from": before, "to": name})
    return school


@transaction.atomic
def add_unit(*, level: Level, name: str, parent: Unit, by: User | None, at: datetime, **fields: Any) -> Unit:
    """One more unit below `parent`, with the next free code of its school."""
    unit = ensure_units(
        school=parent.school or parent, level=level, wanted=[{"name": name, "parent": parent, **fields}]
    )[0]
    audit.record(action="unit.create", by=by, at=at, obj=unit, unit=unit.code)
    return unit


def ensure_units(*, school: Unit, level: Level, wanted: Sequence[dict[str, Any]]) -> list[Unit]:
    """Insert the wanted units of one level in one statement; codes go on from the last one of the school.
    `wanted`: dicts of name, parent and further fields of Unit. Called inside the caller's transaction."""
    numbers = _free_numbers(school, level)
    units = [
        Unit(
            code=CODE_FORMS[level].format(school=school.code, n=next(numbers)),
            level=level,
            school=school,
            college=_college_of(fields["parent"]),
            **fields,
        )
        for fields in wanted
    ]
    return Unit.objects.bulk_create(units)


def _college_of(parent: Unit) -> Unit | None:
    return parent if parent.level == Level.COLLEGE else parent.college


def _free_numbers(school: Unit, level: Level) -> Iterator[int]:
    # Not the key: who files a report or raises an alarm meanwhile refers to the school and must not wait.
    Unit.objects.select_for_update(no_key=True).get(pk=school.pk)
    taken = set(Unit.objects.filter(school=school, level=level).values_list("code", flat=True))
    form = CODE_FORMS[level]
    return (n for n in range(1, 10**6) if form.format(school=school.code, n=n) not in taken)
