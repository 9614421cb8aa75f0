from datetime import datetime

import pytest

from network.models import Student
from network.rules import Role
from tests.conftest import World
from tests.counseling.centers import Center, agree, make_center


@pytest.fixture
def center(world: World) -> Center:
    """One counselor from nine to five on workdays, one room; the students of room `own` and `far` have agreed."""
    center = make_center(world.school, world.holder(Role.CENTER_DIRECTOR), at=world.at)
    agree([*world.students["own"], *world.students["far"], world.roomless], at=world.at)
    return center


@pytest.fixture
def student(world: World) -> Student:
    return world.roomless


@pytest.fixture
def others(world: World) -> list[Student]:
    return world.students["far"]


@pytest.fixture
def now(at: datetime) -> datetime:
    """Tuesday, six days before MONDAY."""
    return at
