"""Any plan, then undone, gives every row back as it was; killed at any point, nothing is half done."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network.models import Rollover, Unit
from network.services.rollover import apply_rollover, compare_plan, undo_rollover
from tests.conftest import World
from tests.network.rollover_plans import Step, numbers, plan, roll, snapshot, undo
from tests.services import ROOT
from tests.sizes import size

LATER = timedelta(hours=1)
CHANGES = ("入伍", "休学", "退学", "转专业", None)
POINTS = size(quick=(1, 4, 8), full=tuple(range(9)))


@st.composite
def plans(draw: st.DrawFn, world: World) -> list[Step]:
    """Steps for each of three classes that go together."""
    of_it1 = world.students["own"] + world.students["shared"][:2]
    steps: list[Step] = []
    what = draw(st.sampled_from(["graduate", "split", "move", "merge", ""]))
    if what == "graduate":
        steps.append({"kind": "graduate", "grade": 2022, "years": 4})
        delayed = draw(st.sets(st.sampled_from(numbers(of_it1)), max_size=6))
        steps += [{"kind": "delay", "students": sorted(delayed)}] if delayed else []
    elif what == "split":
        lists: dict[str, list[str]] = {}
        for number in numbers(of_it1):
            lists.setdefault(draw(st.sampled_from(["甲班", "乙班", world.it1.name])), []).append(number)
        parts = [{"name": name, "students": members} for name, members in lists.items()]
        steps.append({"kind": "split", "class": world.it1.code, "into": parts})
    elif what == "move":
        steps.append({"kind": "move", "class": world.it1.code, "to_college": world.arts.code, "campus": "南校区"})
    elif what == "merge":
        steps.append({"kind": "merge", "classes": [world.it1.code], "into": "合并班"})
    if draw(st.booleans()):
        steps.append({"kind": "rename", "unit": world.arts.code, "name": "人文学院"})
    rows = []
    for student in [*world.students["away"], *world.students["far"]]:
        change = draw(st.sampled_from(CHANGES))
        target = {"class": world.it2.code} if change == "转专业" else {}
        rows += [{"number": student.number, "change": change, **target}] if change else []
    steps += [{"kind": "transfer", "students": rows}] if rows else []
    return steps or [{"kind": "rename", "unit": world.it2.code, "name": "新名班"}]


@settings(
    max_examples=size(quick=12, full=150),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_plan_and_its_undoing_give_every_row_back(world: World, at: datetime, data: st.DataObject) -> None:
    Unit.objects.filter(pk=world.it1.pk).update(grade=2022, years=4)
    steps = data.draw(plans(world))
    before = snapshot()
    rollover = roll(world.school, *steps, at=at)
    if rollover.state == Rollover.State.APPLIED:
        undo(rollover, at=at + LATER)
    after = snapshot()
    for table, rows in before.items():
        assert after[table] == rows, table


def kill_at(point: int, act: str, rollover: Rollover, at: datetime) -> int:
    """Do the act in a process of its own that is killed when it comes to the step; returns how it ended."""
    code = (
        "import os, signal, django; django.setup()\n"
        "from datetime import datetime\n"
        "from network.services import rollover\n"
        "def progress(done, total):\n"
        f"    if done == {point}: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"at = datetime.fromisoformat({at.isoformat()!r})\n"
        f"rollover.{act}(pk={str(rollover.pk)!r}, by=None, at=at, progress=progress)\n"
    )
    here = connection.settings_dict
    server = f"postgres://{here['USER']}@{here['HOST']}:{here['PORT']}/{here['NAME']}"
    url = f"sqlite:///{here['NAME']}" if connection.vendor == "sqlite" else server
    environment: dict[str, Any] = os.environ | {"DATABASE_URL": url}
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False).returncode


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_point_nothing_is_half_done_and_it_runs_again(world: World, at: datetime) -> None:
    Unit.objects.filter(pk=world.it1.pk).update(grade=2022, years=4)
    steps: list[Step] = [
        {"kind": "graduate", "grade": 2022},
        {"kind": "merge", "classes": [world.it2.code], "into": "合并班"},
    ]
    rollover = plan(world.school, *steps, at=at, in_open_month=True)
    rollover.difference = compare_plan(rollover, today=rollover.effective_on, by=None).digest()
    rollover.save()
    before = snapshot()
    for point in POINTS:
        assert kill_at(point, "apply_rollover", rollover, at) == -signal.SIGKILL
        assert snapshot() == before, point
    apply_rollover(pk=rollover.pk, by=None, at=at)
    applied = snapshot()
    for point in [point for point in POINTS if point < 8]:
        assert kill_at(point, "undo_rollover", rollover, at + LATER) == -signal.SIGKILL
        assert snapshot() == applied, point
    undo_rollover(pk=rollover.pk, by=None, at=at + LATER)
    assert snapshot() == before
