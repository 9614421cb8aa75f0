import os
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.servers import answer_of, call, is_idle, until
from tests.services import HOST, free_port, running, running_postgres, running_redis

# It has servers of its own, whatever database the run is on.
pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.one_database(vendor="postgresql")]


def test_web_worker_and_beat_start_from_the_procfile_and_healthz_tells_of_the_database(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "honcho.log"
    honcho = [
        sys.executable,
        "-m",
        "honcho",
        "--env",
        os.devnull,
        "start",
        "--port",
        str(port),
        "web",
        "worker",
        "beat",
    ]
    healthz = f"http://{HOST}:{port}/healthz"
    with ExitStack() as stack, ExitStack() as database:
        redis_url = stack.enter_context(running_redis())
        env = os.environ | {
            "DATABASE_URL": database.enter_context(running_postgres()),
            "REDIS_URL": redis_url,
            "LOG_LEVEL": "INFO",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        stack.enter_context(running(honcho, is_ready=lambda: answer_of(healthz) == 200, log=log, env=env))
        until(lambda: "beat: Starting" in log.read_text(), "beat")
        call(redis_url, "kernel.retry_jobs")
        until(lambda: is_idle(redis_url) and "kernel.retry_jobs" in log.read_text(), "the worker")
        database.close()
        until(lambda: answer_of(healthz) == 503, "the word that the database is gone")
    assert answer_of(healthz) == 0
