"""Months and a rollover: what was filed stays with its units, drafts follow, past figures stay equal."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localdate

from kernel.errors import Refused
from kernel.periods import TZ
from network.models import Duty, Unit
from network.rules import Level
from network.services.rollover import apply_plan, compare_plan
from network.services.rollover.obstacles import obstacles_of
from reporting.models import Cycle, Report
from reporting.services import roll_up
from reporting.services.verification import differences
from tests.conftest import World
from tests.network.rollover_plans import plan, roll, undo

AT = datetime(2026, 11, 10, 9, 0, tzinfo=TZ)


def merged(world: World) -> dict[str, object]:
    return {"kind": "merge", "classes": [world.it1.code], "into": world.it2.code}


def test_an_open_month_keeps_a_plan_waiting(world: World, cycle: Cycle) -> None:
    rollover = plan(world.school, merged(world), at=AT)
    difference = compare_plan(rollover, today=localdate(AT), by=None)
    assert [(met.code, met.blocks, met.agreeable) for met in obstacles_of(difference.meeting(), None)] == [
        ("month-open", True, True)
    ]
    with pytest.raises(Refused, match="2026-11"):
        apply_plan(rollover=rollover, by=None, at=AT)


def test_drafts_follow_and_what_was_filed_stays(world: World, cycle: Cycle) -> None:
    filed = world.report(cycle, world.own)
    Report.objects.filter(pk=filed.pk).update(
        state="filed", revision=1, filed_at=AT, first_filed_at=AT, on_time=True, filed_by=world.outsider
    )
    rollover = roll(world.school, merged(world), at=AT)
    keys = dict(Report.objects.filter(cycle=cycle, level=Level.DORM).values_list("dorm", "school_class"))
    assert keys[world.own.pk] == world.it1.pk
    assert keys[world.far.pk] == world.it2.pk
    assert not Report.objects.filter(cycle=cycle, unit=world.it1).exists()
    assert not Duty.objects.filter(key=f"report:{cycle.pk}:{world.it1.pk}").exists()
    undo(rollover, at=AT + timedelta(hours=1))
    assert Report.objects.filter(cycle=cycle, unit=world.it1, state="draft").exists()
    assert Duty.objects.filter(key=f"report:{cycle.pk}:{world.it1.pk}").exists()


def test_past_months_stay_equal_and_print_the_old_names(world: World, cycle: Cycle) -> None:
    later = datetime(2026, 12, 5, 9, 0, tzinfo=TZ)
    Cycle.objects.update(closed_at=later)
    roll_up(cycle=cycle, at=later)
    figures = list(cycle.summaries.order_by("unit__code").values_list("unit__name", "figures"))
    roll(world.school, merged(world), {"kind": "move", "class": world.arts1.code, "to_college": "信息学院"}, at=later)
    assert differences(cycle=cycle, at=later) == []
    roll_up(cycle=cycle, at=later)
    assert list(cycle.summaries.order_by("unit__code").values_list("unit__name", "figures")) == figures
    assert Unit.objects.get(pk=world.it1.pk).name == "计科2601班"
