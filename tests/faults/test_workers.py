import base64
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from redis import Redis

from kernel.models import AuditEvent, Job, JobState, Notice
from network.models import RosterImport, Student, Unit, User
from network.rules import Role
from network.services.rosters import compare_import
from network.services.rosters.imports import APPLY
from tests.conftest import World
from tests.faults.servers import call, children_of, running_forking_worker, until
from tests.network import roster_files
from tests.services import ROOT, running_redis, running_worker
from tests.sizes import size

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.one_database(vendor="postgresql"),
]

NEWCOMERS = size(quick=800, full=2000)


@pytest.fixture
def roster(world: World) -> RosterImport:
    """A compared roster of new students."""
    newcomers = [roster_files.student(n, 学号=f"2027{n:07d}") for n in range(1, NEWCOMERS + 1)]
    content = roster_files.workbook({"学生名册": newcomers})
    row = RosterImport.objects.create(
        school=world.school,
        file_name="roster.xlsx",
        content=base64.b64encode(content).decode(),
        is_partial=True,
        uploaded_by=world.holder(Role.CENTER_DIRECTOR),
        uploaded_at=timezone.now(),
    )
    compared = compare_import(pk=row.pk, at=timezone.now())
    assert compared.state == RosterImport.State.COMPARED
    return compared


def confirmed(roster: RosterImport) -> Job:
    """The job as `confirm_import` writes it, with nobody to take it up yet."""
    now = timezone.now()
    return Job.objects.create(
        name=APPLY, argument=str(roster.pk), by=roster.uploaded_by, created_at=now, heartbeat_at=now
    )


def is_in_the_middle(job: Job) -> bool:
    job.refresh_from_db()
    # On SQLite nobody sees inside a transaction.
    return job.state == JobState.RUNNING and (connection.vendor == "sqlite" or job.done >= 1)


def rows() -> tuple[int, int, int]:
    return User.objects.count(), Student.objects.count(), Unit.objects.count()


@pytest.mark.parametrize("victim", ["child", "worker"])
def test_an_import_whose_worker_is_killed_ends_once_and_whole(
    world: World, roster: RosterImport, database_url: str, tmp_path: Path, victim: str
) -> None:
    before, job = rows(), confirmed(roster)
    with running_redis() as url:
        env = {"DATABASE_URL": database_url, "REDIS_URL": url}
        with running_forking_worker(tmp_path, **env) as worker:
            call(url, "kernel.run_job", str(job.pk))
            until(lambda: is_in_the_middle(job), "the job at work")
            children = children_of(worker.pid)
            for pid in children if victim == "child" else [worker.pid, *children]:
                os.kill(pid, signal.SIGKILL)
        assert is_in_the_middle(job)
        assert rows() == before
        # As after five minutes of silence.
        Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=6))
        with running_worker(**env):
            call(url, "kernel.retry_jobs", times=3)
            until(lambda: Job.objects.get(pk=job.pk).finished_at, "the job's end")
    job.refresh_from_db()
    assert (job.state, job.attempts, job.message) == (JobState.DONE, 2, "")
    assert rows()[:2] == (before[0] + NEWCOMERS, before[1] + NEWCOMERS)
    assert AuditEvent.objects.filter(action="roster.import").count() == 1
    assert Notice.objects.filter(key=f"roster:{roster.pk}:applied").count() == 1


def test_the_worker_of_alarms_does_not_wait_behind_a_long_queue(world: World, database_url: str) -> None:
    person = world.holder(Role.FUDAOYUAN)
    User.objects.filter(pk=person.pk).update(email="f@example.edu")
    with running_redis() as url, Redis.from_url(url) as redis:
        env = {"DATABASE_URL": database_url, "REDIS_URL": url, "EMAIL_URL": "consolemail://"}
        call(url, "kernel.retry_jobs", times=50)
        with running_worker("--queues", "alarms", **env):
            post_as_the_portal_does(person, env)
            until(lambda: Notice.objects.get(key="queue").mail_state == "sent", "the mail")
        assert (redis.llen("celery"), redis.llen("alarms")) == (50, 0)


def post_as_the_portal_does(person: User, env: dict[str, str]) -> None:
    """In a process of its own, since this one knows no broker."""
    code = (
        "import django; django.setup()\n"
        "from django.utils import timezone; from kernel import notices; from network.models import User\n"
        f"to = User.objects.get(pk='{person.pk}')\n"
        "notices.post(to=to, kind='alarm', title='x', params={}, at=timezone.now(), key='queue', urgent=True)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | env, check=True)
