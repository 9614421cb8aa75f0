from datetime import datetime

import pytest

from kernel.errors import Refused
from kernel.models import AuditEvent
from network.models import Unit
from network.rules import Level, Role
from network.services import add_unit, create_school, rename_school
from tests import factories
from tests.conftest import World


def test_a_code_is_given_to_one_school_only(world: World, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        create_school(code="MD", name="又一所", by=None, at=at)
    assert refused.value.code == "code-taken"


def test_codes_go_on_from_the_last_one_of_the_school(world: World, at: datetime) -> None:
    college = add_unit(level=Level.COLLEGE, name="理学院", parent=world.school, by=None, at=at)
    school_class = add_unit(level=Level.CLASS, name="数学2601班", parent=college, by=None, at=at)
    dorm = factories.make_dorm(school_class, "201", at=at)
    assert (college.code, school_class.code, dorm.code) == ("MD-03", "MD-C0004", "MD-D00005")
    assert (college.college, school_class.college, dorm.college) == (None, college, college)
    assert (college.root_id, world.school.root_id) == (world.school.pk, world.school.pk)
    assert str(dorm) == "东6栋-201"


def test_a_class_may_stand_right_below_its_school(world: World) -> None:
    assert world.other is not None
    assert Unit.objects.classes().get(school=world.other).college is None


def test_whoever_configures_the_school_renames_it(world: World, at: datetime) -> None:
    rename_school(school=world.school, name="明德理工大学", by=world.holder(Role.CENTER_DIRECTOR), at=at)
    assert Unit.objects.get(code="MD").name == "明德理工大学"
    event = AuditEvent.objects.get(action="unit.rename")
    assert event.detail == {"from": "明德大学", "to": "明德理工大学"}


def test_nobody_else_renames_it(world: World, at: datetime) -> None:
    with pytest.raises(Refused):
        rename_school(school=world.school, name="x", by=world.holder(Role.SCHOOL_LEADER), at=at)
    assert Unit.objects.get(code="MD").name == "明德大学"
