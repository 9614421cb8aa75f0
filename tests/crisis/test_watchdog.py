from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from crisis.models import Alarm
from crisis.services.alarms.escalation import escalate_alarms
from crisis.services.alarms.handling import raise_alarm
from kernel import bots
from kernel.models import Notice
from network.models import User
from network.rules import Role
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")


def told(client: Client) -> tuple[int, list[str]]:
    answer = client.get(reverse("healthz_alarms"))
    return answer.status_code, [one["what"] for one in answer.json()["troubles"]]


def test_before_the_clock_has_ticked_and_after_it_stopped_the_watchdog_barks(
    client: Client, db: None, at: datetime
) -> None:
    assert told(client) == (503, ["clock"])
    escalate_alarms(at=at)
    assert told(client) == (200, [])
    out = StringIO()
    call_command("watch_alarms", stdout=out)
    assert "get through" in out.getvalue()
    escalate_alarms(at=at - timedelta(minutes=3))
    assert told(client) == (503, ["clock"])
    with pytest.raises(CommandError, match="beat and a worker") as error:
        call_command("watch_alarms")
    assert error.value.returncode == 1


def test_a_clock_that_was_set_back_is_told(client: Client, db: None, at: datetime) -> None:
    escalate_alarms(at=at + timedelta(minutes=10))
    assert told(client) == (503, ["clock_back"])
    escalate_alarms(at=at)
    assert told(client) == (200, [])


def test_mails_and_group_messages_that_do_not_go_out_are_told(client: Client, world: World, at: datetime) -> None:
    User.objects.filter(pk=world.holder(Role.FUDAOYUAN).pk).update(email="f@example.org")
    escalate_alarms(at=at)
    before = at - timedelta(minutes=6)
    ring(world, before)
    Alarm.objects.update(escalates_at=None)
    bots.post(urls=["wecombot://" + "a" * 36], title="x", params={}, link="/", at=before, key="k")
    assert told(client) == (503, ["mail", "bots"])
    Notice.objects.update(mail_state="sent", mail_next_at=None)
    assert told(client) == (503, ["bots"])
    assert not set(b"f@example.org".split()) & set(client.get(reverse("healthz_alarms")).content.split())


def test_an_alarm_that_should_have_climbed_is_told(client: Client, world: World, at: datetime) -> None:
    escalate_alarms(at=at)
    ring(world, at - timedelta(minutes=8))
    assert told(client) == (503, ["climbing"])


def ring(world: World, at: datetime) -> Alarm:
    return raise_alarm(
        student=world.students["own"][2],
        source=Alarm.Source.THUNDER_LINE,
        source_key="k1",
        evidence="…",
        by=world.holder(Role.DORM_HEAD),
        at=at,
    )
