"""What the tests of the watchlist share."""

from collections.abc import Callable
from datetime import datetime

import pytest

from crisis.models import Alarm, Case
from crisis.rules import AlertLevel
from crisis.services.alarms.handling import raise_alarm
from crisis.services.cases.lifecycle import Opening, open_case
from network.models import User
from network.rules import Role
from tests.conftest import World

Open = Callable[..., Case]


@pytest.fixture
def opened(world: World, at: datetime) -> Open:
    """Open a case for somebody of room `own`, answered for by the counselor."""

    def open_it(level: AlertLevel = AlertLevel.ORANGE, *, index: int = 2, moment: datetime = at, **given: User) -> Case:
        opening = Opening(
            level,
            2,
            "说过不想活了",
            given.get("owner", world.holder(Role.FULL_TIME_COUNSELOR)),
            given.get("deputy"),
        )
        by = world.holder(Role.FULL_TIME_COUNSELOR)
        return open_case(student=world.students["own"][index], opening=opening, by=by, at=moment)

    return open_it


@pytest.fixture
def case(opened: Open) -> Case:
    return opened()


@pytest.fixture
def alarm(world: World, at: datetime) -> Alarm:
    return raise_alarm(
        student=world.students["own"][2],
        source=Alarm.Source.THUNDER_LINE,
        source_key="k1",
        evidence="写了告别的话",
        by=world.holder(Role.DORM_HEAD),
        at=at,
    )
