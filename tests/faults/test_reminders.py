from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from kernel.models import Notice
from network.models import Duty, Unit, User
from network.rules import Level, Role, Stage, chain_above, stage_at
from network.services import owe
from network.services.duties import Owed
from tests.conftest import World
from tests.faults.conftest import Post
from tests.faults.servers import call, is_idle, until
from tests.services import running_redis, running_worker

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.one_database(vendor="postgresql"),
]

STAGES = (Stage.BEFORE, Stage.DUE_DAY, Stage.OVERDUE, Stage.ESCALATED, Stage.ESCALATED_TWICE)
HOURS = 24 * 30


def due_at(stage: Stage, now: datetime) -> datetime:
    """A due time whose last reminder by now is this one."""
    moments = (now + timedelta(hours=away) for away in range(HOURS, -HOURS, -1))
    return next(moment for moment in moments if stage_at(moment, now, {}) == stage)


def hearers(world: World, stage: Stage, dorms: list[Unit]) -> set[User]:
    """Who is told: the dorm heads, or those above them."""
    if stage <= Stage.OVERDUE:
        return {world.holder(Role.DORM_HEAD, dorm) for dorm in dorms}
    level, roles = chain_above(Level.DORM, stage - Stage.OVERDUE)
    units = {Level.CLASS: (world.it1, world.it2), Level.COLLEGE: (world.it,), Level.SCHOOL: (world.school,)}[level]
    return {world.people[role, unit.pk] for role in roles for unit in units if (role, unit.pk) in world.people}


def test_two_workers_and_several_beats_send_each_reminder_and_mail_once(
    world: World, post: Post, database_url: str
) -> None:
    now, dorms = timezone.now(), [world.own, world.shared, world.far]
    # One kind a stage, so that each person has one reminder of each.
    owe(
        duties=[
            Owed(f"kind{stage}", f"{stage}:{dorm.pk}", dorm, "a report", {}, "/", due_at(stage, now), Role.DORM_HEAD)
            for stage in STAGES
            for dorm in dorms
        ]
    )
    with ExitStack() as stack:
        url = stack.enter_context(running_redis())
        env = {"DATABASE_URL": database_url, "REDIS_URL": url, "EMAIL_URL": post.url}
        call(url, "network.remind", times=8)
        for _ in range(2):
            stack.enter_context(running_worker(**env))
        call(url, "network.remind", times=8)
        until(lambda: not Duty.objects.filter(reminded_stage=Stage.SILENT).exists(), "the reminders")
        call(url, "kernel.deliver_notices", times=4)
        until(lambda: not Notice.objects.filter(mail_state="pending").exists(), "the mails")
        until(lambda: is_idle(url), "an empty queue")
    expected = Counter((user.pk, f"duty.kind{stage}") for stage in STAGES for user in hearers(world, stage, dorms))
    assert Counter(Notice.objects.values_list("recipient", "kind")) == expected
    assert post.received() == sorted(Notice.objects.values_list("recipient__email", flat=True))
