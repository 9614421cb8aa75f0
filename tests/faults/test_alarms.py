import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from crisis.models import Alarm
from crisis.services.alarms.escalation_status import escalation_status_of
from kernel.models import Notice
from network.models import User
from network.rules import Role
from reporting.models import Cycle
from tests.conftest import World
from tests.faults.browser import Browser
from tests.faults.servers import call, frozen_redis, load_of, running_forking_worker, running_web, until
from tests.kernel.conftest import Mailbox
from tests.services import HOST, free_port, running_redis
from tests.sizes import size

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.one_database(vendor="postgresql")]

ALARMS = size(quick=12, full=200)
# Seconds without Redis.
OUTAGE = size(quick=1.0, full=60.0)
DELIVER = "kernel.deliver_notices"
# The aim is one second.
AT_ONCE = 5.0


@contextmanager
def mail_server(box: Mailbox, port: int) -> Iterator[None]:
    controller = Controller(box, hostname=HOST, port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def raise_alarms(browser: Browser, world: World, count: int) -> int:
    """Sends so many forms about seven students; returns the alarms to expect, one for each student of a day."""
    students = world.students["own"] + world.students["far"]
    for number in range(count):
        student = students[number % len(students)]
        fields = {"key": uuid4(), "number": student.number, "evidence": f"第 {number} 次"}
        assert browser.post("/alarms/raise/", fields)[0] == 302
    return min(count, len(students))


def sent() -> int:
    return Notice.objects.filter(kind="alarm", mail_state="sent").count()


def test_alarms_outlive_a_dead_redis_killed_workers_and_a_mail_server_that_refuses(
    world: World, cycle: Cycle, database_url: str, tmp_path: Path
) -> None:
    User.objects.update(email=Concat(F("number"), Value("@example.edu")))
    redis_port, mail_port, box = free_port(), free_port(), Mailbox()
    redis_url = f"redis://{HOST}:{redis_port}/0"
    env = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "EMAIL_URL": f"smtp://{HOST}:{mail_port}"}
    with ExitStack() as stack:
        address = stack.enter_context(running_web(tmp_path, **env))
        browser = Browser(address)
        assert browser.sign_in(world.holder(Role.COLLEGE_COORDINATOR).number) == 302
        begun = time.monotonic()
        raised = raise_alarms(browser, world, ALARMS)
        until(lambda: time.monotonic() - begun >= OUTAGE, "the end of the outage")
        assert Alarm.objects.unacknowledged().count() == raised
        words = "".join(alarm.evidence for alarm in Alarm.objects.all())
        assert all(f"第 {number} 次" in words for number in range(ALARMS))
        status, page = browser.get("/alarms/")
        assert (status, f"{raised}" in page) == (200, True)
        stack.enter_context(running_redis(port=redis_port))
        for _ in range(2):
            with running_forking_worker(tmp_path, **env) as worker:
                call(redis_url, DELIVER)
                until(lambda: Notice.objects.filter(mail_attempts__gt=0).exists(), "an attempt")
                os.killpg(worker.pid, signal.SIGKILL)
        # The mail server refuses: nothing may pass for delivered, neither in the rows nor on the page.
        assert sent() == 0
        assert {escalation_status_of(alarm, at=timezone.now()).mailed for alarm in Alarm.objects.all()} == {0}
        stack.enter_context(mail_server(box, mail_port))
        stack.enter_context(running_forking_worker(tmp_path, **env))
        # The minute passes after which what has failed is tried again.
        Notice.objects.filter(mail_state="pending").update(mail_next_at=timezone.now())
        call(redis_url, DELIVER, times=3)
        told = Notice.objects.filter(kind="alarm").count()
        until(lambda: sent() == told, "all mails")
    assert told >= raised * 2
    arrived = {str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in box.mails}
    rows = Notice.objects.filter(kind="alarm").values_list("pk", flat=True)
    assert {pk.hex for pk in rows} <= arrived
    assert Alarm.objects.unacknowledged().count() == raised


def test_an_alarm_is_answered_while_redis_hangs(world: World, cycle: Cycle, database_url: str, tmp_path: Path) -> None:
    User.objects.update(email=Concat(F("number"), Value("@example.edu")))
    with running_redis() as url:
        env = {"DATABASE_URL": database_url, "REDIS_URL": url, "EMAIL_URL": f"smtp://{HOST}:{free_port()}"}
        with running_web(tmp_path, **env) as address:
            browser = Browser(address)
            assert browser.sign_in(world.holder(Role.COLLEGE_COORDINATOR).number) == 302
            browser.get("/alarms/raise/")
            with frozen_redis(url):
                load, begun = load_of(address), time.monotonic()
                raise_alarms(browser, world, 1)
                waited = time.monotonic() - begun
    assert Alarm.objects.count() == 1
    assert waited < AT_ONCE + load
