from collections import Counter
from datetime import datetime

import pytest

from network.rules import Role
from network.services import appoint_many
from reporting.models import Cycle, Filing, Line
from tests.conftest import World
from tests.reporting.test_filing import at_once, well
from tests.sizes import size

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.one_database(vendor="postgresql"),
]

RACES = size(quick=10, full=50)


def test_races_between_two_people_of_one_dorm_have_one_winner_each(world: World, cycle: Cycle, at: datetime) -> None:
    report = world.report(cycle, world.own)
    second = world.students["own"][2].user
    appoint_many(appointments=[(second, world.own, Role.DORM_HEAD)], by=None, at=world.at)
    people = [world.holder(Role.DORM_HEAD), second]
    outcomes: Counter[str] = Counter()
    for revision in range(RACES):
        outcomes.update(at_once([lambda by=by, seen=revision: well(report, by, at, revision=seen) for by in people]))
    report.refresh_from_db()
    assert outcomes == {"done": RACES, "filed-meanwhile": RACES}
    assert (report.revision, Filing.objects.count()) == (RACES, RACES)
    assert Line.objects.current().filter(report=report).count() == 4
