"""Cases of students who leave: a red one waits for its hand-over, others are a warning."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils.timezone import localdate

from crisis.models import Case, SafetyWatch
from crisis.rules import AlertLevel
from kernel.errors import Refused
from network.models import Unit, User
from network.rules import Role
from network.services.rollover import apply_plan, compare_plan
from network.services.rollover.obstacles import Obstacle, obstacles_of
from tests.conftest import World
from tests.network.rollover_plans import plan

GRADUATION = {"kind": "graduate", "grade": 2022}


def met(world: World, at: datetime, reader: User | None) -> list[Obstacle]:
    Unit.objects.filter(pk=world.it1.pk).update(grade=2022, years=4)
    difference = compare_plan(plan(world.school, GRADUATION, at=at), today=localdate(at), by=reader)
    return obstacles_of(difference.meeting(), reader)


@pytest.mark.parametrize(
    ("level", "code", "blocks"),
    [(AlertLevel.RED, "case-not-handed-over", True), (AlertLevel.YELLOW, "case-open", False)],
)
def test_a_case_of_a_graduate_is_met(
    world: World, at: datetime, opened: Callable[..., Case], level: AlertLevel, code: str, blocks: bool
) -> None:
    case = opened(level)
    director, outsider = world.holder(Role.CENTER_DIRECTOR), world.outsider
    obstacle = met(world, at, director)[0]
    assert (obstacle.code, obstacle.count, obstacle.blocks) == (code, 1, blocks)
    assert obstacle.links[0][0].endswith(case.number)
    assert met(world, at, outsider)[0].links == met(world, at, None)[0].links == ()


def test_a_red_case_blocks_until_the_student_is_handed_over(
    world: World, at: datetime, opened: Callable[..., Case]
) -> None:
    case = opened(AlertLevel.RED)
    assert met(world, at, None)[0].blocks
    with pytest.raises(Refused) as caught:
        apply_plan(rollover=plan(world.school, GRADUATION, at=at), by=None, at=at)
    assert caught.value.code == "case-not-handed-over"
    by = world.holder(Role.CENTER_DIRECTOR)
    watch = SafetyWatch.objects.create(case=case, place="中心", starts_at=at, started_by=by)
    assert met(world, at, None)[0].blocks
    SafetyWatch.objects.filter(pk=watch.pk).update(ended_at=at, ended_by=by)
    assert [(obstacle.code, obstacle.blocks) for obstacle in met(world, at, None)] == [("case-open", False)]


def test_a_case_of_somebody_who_stays_is_in_nobodys_way(
    world: World, at: datetime, opened: Callable[..., Case]
) -> None:
    opened(AlertLevel.RED)
    rollover = plan(world.school, {"kind": "merge", "classes": [world.it1.code], "into": "新班"}, at=at)
    assert obstacles_of(compare_plan(rollover, today=localdate(at), by=None).meeting(), None) == []
