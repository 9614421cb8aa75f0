import time
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from crisis.models import Alarm
from kernel import notices
from kernel.models import Notice
from network.models import User
from network.rules import Role
from reporting.models import Cycle, Line, Report
from reporting.rules.dorm_lines import Status
from reporting.rules.filing import State
from tests.conftest import World
from tests.faults.browser import Browser
from tests.faults.conftest import Post
from tests.faults.servers import call, frozen_redis, is_idle, load_of, running_web, until
from tests.services import HOST, free_port, running_redis, running_worker

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.one_database(vendor="postgresql"),
]

LONGEST = 5.0
DELIVER = "kernel.deliver_notices"


def signed_in(address: str, user: User) -> Browser:
    browser = Browser(address)
    load, begun = load_of(address), time.monotonic()
    assert browser.sign_in(user.number) == 302
    assert time.monotonic() - begun < LONGEST + load
    return browser


def file_thunder(browser: Browser, world: World, report: Report) -> Alarm:
    """Fill in the form of the dorm with one roommate in thunder."""
    roommates = world.students["own"]
    fields = {"revision": report.revision, "client_id": uuid4(), "student": [str(one.pk) for one in roommates]}
    fields |= {f"{one.pk}-status": int(Status.CLEAR) for one in roommates}
    fields |= {f"{roommates[2].pk}-status": int(Status.THUNDER), f"{roommates[2].pk}-observation": "说不想活了"}
    load, begun = load_of(browser.address), time.monotonic()
    status, page = browser.post(f"/reports/{report.pk}/dorm/", fields)
    assert (status, page) == (302, "")
    assert time.monotonic() - begun < LONGEST + load
    report.refresh_from_db()
    assert (report.state, report.revision) == (State.FILED, 1)
    assert Line.objects.current().filter(report=report).count() == 4
    return Alarm.objects.get(student=roommates[2])


def is_mailed() -> bool:
    return not Notice.objects.filter(mail_state="pending").exists()


def check_mails(alarm: Alarm, post: Post) -> None:
    """Everybody who was told has one mail, and the director is among them."""
    rows = Notice.objects.filter(link=f"/alarms/{alarm.pk}/")
    told = sorted(rows.values_list("recipient__email", flat=True))
    assert len(told) >= 3
    assert post.received() == told
    assert set(rows.values_list("mail_state", flat=True)) == {"sent"}


def test_without_redis_people_sign_in_and_thunder_is_heard_and_mailed_later(
    world: World, cycle: Cycle, post: Post, database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    env = {"DATABASE_URL": database_url, "REDIS_URL": f"redis://{HOST}:{port}/0", "EMAIL_URL": post.url}
    with running_web(tmp_path, **env) as address:
        alarm = file_thunder(signed_in(address, world.holder(Role.DORM_HEAD)), world, world.report(cycle, world.own))
        status, home = signed_in(address, world.holder(Role.CENTER_DIRECTOR)).get("/")
        assert status == 200
        assert f"/alarms/{alarm.pk}/" in home
    assert not post.box.mails
    with running_redis(port=port), running_worker(**env):
        call(env["REDIS_URL"], DELIVER, times=3)
        until(is_mailed, "the mails")
        until(lambda: is_idle(env["REDIS_URL"]), "an empty queue")
    check_mails(alarm, post)


def test_a_redis_that_hangs_holds_nobody_up(
    world: World, cycle: Cycle, post: Post, database_url: str, tmp_path: Path
) -> None:
    with running_redis() as url:
        env = {"DATABASE_URL": database_url, "REDIS_URL": url, "EMAIL_URL": post.url}
        with running_worker(**env), running_web(tmp_path, **env) as address:
            head = signed_in(address, world.holder(Role.DORM_HEAD))
            with frozen_redis(url):
                alarm = file_thunder(head, world, world.report(cycle, world.own))
                status, home = signed_in(address, world.holder(Role.CENTER_DIRECTOR)).get("/")
                assert status == 200
                assert f"/alarms/{alarm.pk}/" in home
            call(url, DELIVER, times=3)
            until(is_mailed, "the mails")
            until(lambda: is_idle(url), "an empty queue")
    check_mails(alarm, post)


def test_a_worker_finds_its_redis_again(world: World, cycle: Cycle, post: Post, database_url: str) -> None:
    port = free_port()
    env = {"DATABASE_URL": database_url, "REDIS_URL": f"redis://{HOST}:{port}/0", "EMAIL_URL": post.url}
    with ExitStack() as later:
        with running_redis(port=port):
            later.enter_context(running_worker(**env))
        tell_director(world)
        later.enter_context(running_redis(port=port))
        call(env["REDIS_URL"], DELIVER)
        until(is_mailed, "the mails")
    assert len(post.received()) == Notice.objects.count() > 0


def tell_director(world: World) -> None:
    notices.post(
        to=User.objects.get(pk=world.holder(Role.CENTER_DIRECTOR).pk),
        kind="alarm",
        title="Look",
        params={},
        at=timezone.now(),
        urgent=True,
    )
