"""A dorm that files late while the center accepts: its lines are in the frozen figures, or they do not count."""

from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction

from kernel.errors import Refused
from network.models import Unit
from network.rules import Role
from reporting.models import Cycle, Line, Report
from reporting.rules.filing import State
from reporting.services import accept, file_dorm_report
from tests.conftest import World
from tests.reporting.months import file_college

# How long the other side is given to go where it must not go; a side that waits for a lock uses all of it.
HEAD_START = 0.5


def in_thread(act: Callable[[], Any], outcomes: list[str], done: Event) -> Thread:
    def run() -> None:
        try:
            act()
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            done.set()
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    return thread


def file_well(world: World, cycle: Cycle, room: Unit, at: datetime) -> None:
    report = world.report(cycle, room)
    by = world.holder(Role.DORM_HEAD, room)
    file_dorm_report(report=report, entries=(), all_well=True, revision=0, client_id=uuid4(), by=by, at=at)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("college", "room"), [("it", "own"), ("arts", "shared"), ("arts", "away")])
def test_a_filing_on_its_way_is_in_the_frozen_figures(
    college: str, room: str, world: World, cycle: Cycle, at: datetime
) -> None:
    unit: Unit = getattr(world, college)
    filed = file_college(world, cycle, college, at=at)
    director = world.holder(Role.CENTER_DIRECTOR)
    outcomes, accepted = list[str](), Event()
    with transaction.atomic():
        file_well(world, cycle, getattr(world, room), at)
        acceptance = in_thread(lambda: accept(report=filed, by=director, at=at), outcomes, accepted)
        accepted.wait(HEAD_START)
    acceptance.join()
    assert outcomes == ["done"]
    report = Report.objects.get(pk=filed.pk)
    assert report.figures["reported"] == Line.objects.current().filter(cycle=cycle, college=unit).count() > 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("college", "room", "outcome"), [("it", "own", "locked"), ("arts", "shared", "done"), ("arts", "away", "locked")]
)
def test_a_filing_that_comes_during_acceptance_joins_nothing(
    college: str, room: str, outcome: str, world: World, cycle: Cycle, at: datetime
) -> None:
    unit: Unit = getattr(world, college)
    filed = file_college(world, cycle, college, at=at)
    outcomes, late = list[str](), Event()
    with transaction.atomic():
        accept(report=filed, by=world.holder(Role.CENTER_DIRECTOR), at=at)
        filing = in_thread(lambda: file_well(world, cycle, getattr(world, room), at), outcomes, late)
        late.wait(HEAD_START)
    filing.join()
    assert outcomes == [outcome]
    report = Report.objects.get(pk=filed.pk)
    assert report.state == State.ACCEPTED
    assert report.figures["reported"] == Line.objects.current().filter(cycle=cycle, college=unit).count() == 0
