"""One row that cannot be worked on does not stop the others, and the watchdog sees it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from crisis.models import Alarm, Case, EscalationSettings, Heartbeat
from crisis.rules import AlertLevel
from crisis.services.alarms import escalation, watchdog
from crisis.services.alarms.handling import raise_alarm
from crisis.services.care import safety_watches
from crisis.services.care.safety_watches import Turn, start_watch
from crisis.services.cases import handover
from network.models import User
from network.rules import Role
from network.services import relieve
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Open = Callable[..., Case]


def rows_in_trouble(at: datetime) -> int:
    return sum(trouble.count for trouble in watchdog.troubles(at=at) if trouble.what == watchdog.What.ROWS)


def test_an_alarm_that_fails_does_not_stop_the_next(
    world: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarms = [
        raise_alarm(
            student=world.students["own"][index],
            source=Alarm.Source.THUNDER_LINE,
            source_key=f"k{index}",
            evidence="…",
            by=world.holder(Role.DORM_HEAD),
            at=at,
        )
        for index in (1, 2)
    ]
    # Minutes that no settings page lets through, as a database written by hand may have them.
    assert not EscalationSettings.objects.exists()
    real = escalation.times_of
    bad = alarms[0].raised_at = at - timedelta(seconds=1)
    Alarm.objects.filter(pk=alarms[0].pk).update(raised_at=bad)

    def times_of(raised: datetime, delay: object, **place: bool) -> object:
        if raised == bad:
            raise OverflowError("date value out of range")
        return real(raised, delay, **place)  # type: ignore[arg-type]

    monkeypatch.setattr(escalation, "times_of", times_of)
    assert escalation.escalate_alarms(at=at + timedelta(minutes=5)) == 1
    assert rows_in_trouble(at + timedelta(minutes=5)) == 1
    monkeypatch.undo()
    escalation.escalate_alarms(at=at + timedelta(minutes=5))
    assert rows_in_trouble(at + timedelta(minutes=5)) == 0


def test_a_case_that_fails_does_not_stop_the_next(
    opened: Open, world: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = world.holder(Role.FUDAOYUAN)
    bad, good = opened(index=1, owner=owner), opened(index=2, owner=owner)
    for post in owner.posts.all():
        relieve(post=post, by=None, at=at)
    real = handover._put_right

    def put_right(case: Case, *, at: datetime) -> bool:
        if case.pk == bad.pk:
            raise ValueError("year -1 is out of range")
        return real(case, at=at)

    monkeypatch.setattr(handover, "_put_right", put_right)
    assert handover.keep_cases(at=at + timedelta(days=1)) == 1
    good.refresh_from_db()
    assert good.owner != owner
    assert Heartbeat.objects.get(name="keep_cases").failures == 1


def test_a_watch_that_fails_does_not_stop_the_next(
    opened: Open, world: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    by: User = world.holder(Role.FULL_TIME_COUNSELOR)
    turn = Turn(at, at + timedelta(hours=1), people=[by], others=["王某 138"])
    cases = [opened(AlertLevel.RED, index=index) for index in (1, 2)]
    for case in cases:
        start_watch(case=case, place="宿舍", instructions="", turn=turn, by=by, at=at)
    real = safety_watches.lock

    def lock(case: Case) -> Case:
        if case.pk == cases[0].pk:
            raise ValueError("year -1 is out of range")
        return real(case)

    monkeypatch.setattr(safety_watches, "lock", lock)
    assert safety_watches.warn_of_gaps(at=at + timedelta(minutes=30)) == 1
    assert rows_in_trouble(at + timedelta(minutes=30)) == 1
