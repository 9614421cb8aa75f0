import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy, override

from kernel import jobs
from kernel.errors import Refused
from kernel.models import Job, JobState
from kernel.progress import Superseded
from network.models import User
from tests.factories import make_user
from tests.kernel.conftest import side_by_side
from tests.services import free_port

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SECRET = "这句话不该进日志"
Works = dict[str, Callable[..., Any]]


@pytest.fixture
def works() -> Iterator[Works]:
    """What the job of a test does, by name; "test.work" is registered for it."""
    doing: Works = {"work": lambda _job, _progress: None}

    @jobs.job("test.work")
    def work(job: Job, progress: Callable[[int, int], None]) -> str | None:
        link: str | None = doing["work"](job, progress)
        return link

    yield doing
    del jobs._works["test.work"]


def started(by: User | None = None, argument: Any = None) -> Job:
    return jobs.start(name="test.work", argument=argument, by=by, at=AT)


def ran(job: Job) -> Job:
    jobs.run(job.pk, clock=lambda: AT)
    job.refresh_from_db()
    return job


def test_a_job_runs_with_its_argument_and_links_to_its_result(user: User, works: Works) -> None:
    works["work"] = lambda job, _progress: f"/results/{job.argument['n']}/"
    job = ran(started(by=user, argument={"n": 7}))
    assert (job.state, job.result_link, job.attempts) == (JobState.DONE, "/results/7/", 1)
    assert (job.by, job.started_at, job.finished_at) == (user, AT, AT)
    assert job.sentence() == ""
    assert list(Job.objects.started_by(user)) == [job]
    assert not Job.objects.started_by(make_user()).exists()
    assert "test.work done" in str(job)


def test_progress_is_kept(user: User, works: Works) -> None:
    def work(_job: Job, progress: Any) -> None:
        for done in range(1, 1001):
            progress(done, 2000)

    works["work"] = work
    job = ran(started())
    assert (job.done, job.total, job.percent) == (1000, 2000, 50)
    assert Job(done=0, total=0).percent == 0


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_work_goes_on_and_saved_a_few_times_only(works: Works) -> None:
    seen: list[int] = []
    saves: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        saves.extend([sql] if sql.startswith("UPDATE") else [])
        return execute(sql, params, many, context)

    def work(job: Job, progress: Any) -> None:
        with connection.execute_wrapper(count):
            for done in range(10_000):
                progress(done + 1, 10_000)
        seen.append(Job.objects.get(pk=job.pk).done)

    works["work"] = work
    ran(_start_quietly())
    assert seen[0] >= 1
    assert 1 <= len(saves) <= 5


@pytest.mark.django_db(transaction=True)
def test_progress_within_the_works_transaction_is_seen_from_outside_on_postgresql(works: Works) -> None:
    seen: list[int] = []

    def look(pk: Any) -> None:
        seen.append(Job.objects.get(pk=pk).done)
        connection.close()

    def work(job: Job, progress: Any) -> None:
        with transaction.atomic():
            progress(40, 100)
            if connection.vendor == "postgresql":
                thread = threading.Thread(target=look, args=[job.pk])
                thread.start()
                thread.join()

    works["work"] = work
    job = ran(_start_quietly())
    assert seen == ([40] if connection.vendor == "postgresql" else [])
    assert (job.state, job.done, job.total) == (JobState.DONE, 40, 100)


def _start_quietly() -> Job:
    return Job.objects.create(name="test.work", created_at=AT, heartbeat_at=AT)


def test_a_refusal_is_told_in_the_readers_language(user: User, works: Works) -> None:
    def work(_job: Job, _progress: Any) -> None:
        raise Refused(gettext_lazy("Yes"))

    works["work"] = work
    job = ran(started())
    assert job.state == JobState.FAILED
    with override("zh-hans"):
        assert job.sentence() == "是"
    with override("en"):
        assert job.sentence() == "Yes"


def test_a_refusal_with_its_numbers_filled_in_is_told_as_it_was(user: User, works: Works) -> None:
    def work(_job: Job, _progress: Any) -> None:
        raise Refused("第 3 行没有学号")

    works["work"] = work
    assert ran(started()).sentence() == "第 3 行没有学号"


def test_a_fault_is_told_kindly_and_logged_without_what_people_wrote(user: User, works: Works, caplog: Any) -> None:
    def work(_job: Job, _progress: Any) -> None:
        raise LookupError(SECRET)

    works["work"] = work
    job = ran(started())
    assert (job.state, job.message) == (JobState.FAILED, jobs.BROKEN)
    assert "LookupError" in caplog.text
    assert SECRET not in caplog.text


def test_a_failed_job_can_be_run_again_by_its_starter(user: User, works: Works) -> None:
    works["work"] = lambda _job, _progress: 1 / 0
    job = ran(started(by=user))
    with pytest.raises(Refused):
        jobs.retry(job=job, by=make_user(), at=AT)
    jobs.retry(job=job, by=user, at=AT)
    works["work"] = lambda _job, _progress: "/ok/"
    job = ran(job)
    assert (job.state, job.attempts, job.message, job.result_link) == (JobState.DONE, 2, "", "/ok/")
    with pytest.raises(Refused):
        jobs.retry(job=job, by=user, at=AT)


def test_a_job_that_is_done_or_unknown_is_not_done_again(db: None, works: Works) -> None:
    runs: list[int] = []
    works["work"] = lambda _job, _progress: runs.append(1)
    job = ran(started())
    ran(job)
    jobs.run("00000000-0000-0000-0000-000000000000", clock=lambda: AT)
    assert runs == [1]


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_do_a_job_once(works: Works) -> None:
    runs: list[int] = []
    works["work"] = lambda _job, _progress: runs.append(1)
    job = _start_quietly()
    side_by_side(4, lambda: jobs.run(job.pk, clock=lambda: AT))
    assert runs == [1]


@pytest.mark.parametrize(
    ("state", "silent", "revived"),
    [
        (JobState.QUEUED, timedelta(seconds=59), 0),
        (JobState.QUEUED, timedelta(seconds=60), 1),
        (JobState.RUNNING, timedelta(minutes=4), 0),
        (JobState.RUNNING, timedelta(minutes=5), 1),
        (JobState.FAILED, timedelta(hours=5), 0),
        (JobState.DONE, timedelta(hours=5), 0),
    ],
)
def test_what_is_stuck_is_found(db: None, works: Works, state: str, silent: timedelta, revived: int) -> None:
    ended = AT if state in (JobState.FAILED, JobState.DONE) else None
    Job.objects.create(
        name="test.work", state=state, created_at=AT, heartbeat_at=AT - silent, finished_at=ended, attempts=1
    )
    assert jobs.revive(at=AT) == revived


def test_a_revived_job_waits_for_its_next_turn(db: None, works: Works) -> None:
    started()
    assert jobs.revive(at=AT + timedelta(minutes=2)) == 1
    assert jobs.revive(at=AT + timedelta(minutes=2)) == 0


def test_a_job_whose_workers_keep_dying_is_given_up(user: User, works: Works) -> None:
    job = started(by=user)
    for attempt in (1, 2, 3):
        at = AT + timedelta(hours=attempt)
        assert jobs._claim(job.pk, at=at) is not None
        jobs.revive(at=at + timedelta(minutes=6))
    job.refresh_from_db()
    assert (job.state, job.message, job.attempts) == (JobState.FAILED, jobs.DIED, 3)
    jobs.retry(job=job, by=user, at=AT)
    assert ran(job).state == JobState.DONE


def test_a_worker_that_wakes_late_writes_nothing(db: None, works: Works) -> None:
    def work(job: Job, progress: Any) -> None:
        Job.objects.filter(pk=job.pk).update(attempts=2, done=9, total=9)
        with transaction.atomic(), pytest.raises(Superseded):
            progress.save(done=1)
        raise Superseded

    works["work"] = work
    job = ran(started())
    assert (job.state, job.attempts, job.done) == (JobState.RUNNING, 2, 9)


def test_a_worker_that_ends_late_does_not_end_the_job(db: None, works: Works, caplog: Any) -> None:
    works["work"] = lambda job, _progress: Job.objects.filter(pk=job.pk).update(attempts=2) and None
    assert ran(started()).state == JobState.RUNNING
    assert "taken over" in caplog.text


def test_names_are_checked_when_they_are_used(db: None, works: Works) -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        jobs.start(name="no.such", by=None, at=AT)
    with pytest.raises(KeyError, match=r"no\.such"):
        jobs.enqueue("no.such", 1)
    with pytest.raises(KeyError, match="two jobs"):
        jobs.job("test.work")(lambda _job, _progress: None)


def test_nothing_runs_before_the_commit(
    db: None, works: Works, at_once: None, django_capture_on_commit_callbacks: Any
) -> None:
    runs: list[int] = []
    works["work"] = lambda _job, _progress: runs.append(1)
    with django_capture_on_commit_callbacks(execute=True):
        started()
        assert runs == []
    assert runs == [1]


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_undone_starts_nothing(works: Works) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        started()
        raise RuntimeError
    assert not Job.objects.exists()


def test_the_tasks_wake_the_services(db: None, works: Works) -> None:
    job = started()
    current_app.tasks["kernel.run_job"].apply(args=[str(job.pk)])
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert job.finished_at is not None
    assert job.finished_at <= timezone.now()
    assert current_app.tasks["kernel.retry_jobs"].apply().successful()


def test_while_the_broker_is_silent_a_job_waits_for_beat(
    db: None, works: Works, at_once: None, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    def state_after_start() -> str:
        with django_capture_on_commit_callbacks(execute=True):
            job = started()
        job.refresh_from_db()
        return job.state

    assert state_after_start() == JobState.DONE
    jobs._outage.begin()
    assert state_after_start() == JobState.QUEUED


PROBE = """
import django, time
django.setup()
from kernel import jobs
begun = time.monotonic()
jobs.enqueue("kernel.deliver_notices", "")
print("went on after", time.monotonic() - begun)
"""


def test_a_broker_that_is_down_breaks_no_request() -> None:
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": "sqlite://:memory:",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROBE], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    assert float(done.stdout.rsplit(maxsplit=1)[-1]) < 5
    assert "kernel.deliver_notices() could not be queued" in done.stderr


EAGER = """
import django, sys, threading, time
django.setup()
from django.core.management import call_command
from django.utils import timezone
call_command("migrate", verbosity=0)
from kernel import jobs
from kernel.models import Job

@jobs.job("test.slow")
def slow(job, progress):
    gate.wait(20)
    progress(1, 1)
    return "/done/"

gate = threading.Event()
row = jobs.start(name="test.slow", by=None, at=timezone.now())
print("the request goes on:", Job.objects.get().state in ("queued", "running"))
gate.set()
for thread in threading.enumerate():
    if thread.name.startswith("job-"):
        thread.join(20)
row.refresh_from_db()
print("the job:", row.state, row.result_link, row.done)
"""


def test_without_a_broker_a_job_does_not_hold_up_the_request(tmp_path: Any) -> None:
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "REDIS_URL": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", EAGER], env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.splitlines()[-2:] == ["the request goes on: True", "the job: done /done/ 1"], done.stderr
