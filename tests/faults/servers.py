"""The portal's processes as they run in life, and the ways to hurt them."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from celery import Celery
from redis import Redis

from tests.services import HOST, free_port, running

PATIENCE = 60.0


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.02)


def answer_of(url: str) -> int:
    """The status of a page; 0 when nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def load_of(address: str) -> float:
    """Seconds that forty quick answers take: the machine's own part of a wait. A busy machine must not be taken for a
    portal that waits for a silent server."""
    return 40 * min(seconds_of(f"{address}/healthz") for _ in range(5))


def seconds_of(url: str) -> float:
    begun = time.monotonic()
    assert answer_of(url) == 200
    return time.monotonic() - begun


@contextmanager
def running_web(folder: Path, *, processes: int = 1, **env: str) -> Iterator[str]:
    """gunicorn, its processes with the threads of the Procfile; yields its address."""
    port = free_port()
    address = f"http://{HOST}:{port}"
    options = ["--bind", f"{HOST}:{port}", "--workers", str(processes), "--threads", "4", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi", *options]
    settings = os.environ | {"PORTAL_URL": address, "SECOND_FACTOR": "off"} | env
    with running(command, is_ready=lambda: answer_of(f"{address}/healthz"), log=folder / "web.log", env=settings):
        yield address


@contextmanager
def running_forking_worker(folder: Path, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker as in the Procfile: a parent that takes the tasks and children that do them."""
    command = [sys.executable, "-m", "celery", "--app", "portal", "worker", "--concurrency", "2", "--loglevel", "INFO"]
    log = folder / "worker.log"
    with running(command, is_ready=lambda: b" ready." in log.read_bytes(), log=log, env=os.environ | env) as worker:
        yield worker


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def call(redis_url: str, task: str, *args: str, times: int = 1) -> None:
    """Do what beat does: put a task into the queue."""
    beat = Celery("beat", broker=redis_url, set_as_current=False)
    for _ in range(times):
        beat.send_task(task, args=args, ignore_result=True)
    beat.close()


def is_idle(redis_url: str) -> bool:
    """Whether nothing waits in the queue, and no worker holds a task."""
    with Redis.from_url(redis_url) as redis:
        return not redis.llen("celery") and not redis.llen("alarms") and not redis.hlen("unacked")


@contextmanager
def frozen_redis(redis_url: str) -> Iterator[None]:
    """A Redis that takes connections and answers nothing."""
    with Redis.from_url(redis_url) as redis:
        pid = int(redis.info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
