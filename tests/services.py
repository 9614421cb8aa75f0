"""Servers of our own for a test run: on free loopback ports, in temporary folders, gone afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_redis(*, port: int = 0) -> Iterator[str]:
    """A Redis without a memory; yields its URL. A given port lets a test bring the same server back."""
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="shouwang-redis-") as folder:
        command = ["redis-server", "--bind", HOST, "--port", str(port), "--save", "", "--dir", folder]
        with running(command, is_ready=lambda: _redis_answers(port), log=Path(folder, "log")):
            yield f"redis://{HOST}:{port}/0"


@contextmanager
def running_postgres() -> Iterator[str]:
    """A PostgreSQL with one empty database; yields its URL."""
    binaries, owner, port = _postgres_binaries(), _unprivileged(), free_port()
    with tempfile.TemporaryDirectory(prefix="shouwang-postgres-") as folder:
        if owner:
            shutil.chown(folder, owner)
        data = f"{folder}/data"
        initdb = [f"{binaries}/initdb", "-D", data, "-U", "shouwang", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **_as(owner))
        settings = ["max_connections=200", "fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        command = [f"{binaries}/postgres", "-D", data, "-h", HOST, "-p", str(port), "-k", ""]
        command += [f"--{setting}" for setting in settings]
        check = [f"{binaries}/pg_isready", "-q", "-h", HOST, "-p", str(port)]
        # SIGINT is PostgreSQL's quick but clean end: it does not wait for those still connected.
        with running(
            command,
            is_ready=lambda: subprocess.run(check, check=False).returncode == 0,
            log=Path(folder, "log"),
            stop_signal=signal.SIGINT,
            owner=owner,
        ):
            yield f"postgres://shouwang@{HOST}:{port}/postgres"


@contextmanager
def running_worker(*options: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker of one process; `env` overrides its environment (DATABASE_URL, REDIS_URL)."""
    command = [sys.executable, "-m", "celery", "--app", "portal", "worker", "--pool", "solo", "--loglevel", "INFO"]
    command += options
    with tempfile.TemporaryDirectory(prefix="shouwang-worker-") as folder:
        log = Path(folder, "log")
        with running(
            command,
            is_ready=lambda: b" ready." in log.read_bytes(),
            log=log,
            env=os.environ | env,
        ) as process:
            yield process


@contextmanager
def running(
    command: list[str],
    *,
    is_ready: Callable[[], bool],
    log: Path,
    stop_signal: int = signal.SIGTERM,
    owner: str = "",
    env: dict[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Any server: the command, ready when `is_ready` says so, stopped at the end."""
    # A session of its own: Ctrl-C reaches the tests first, and they still find their servers.
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, cwd=ROOT, env=env, start_new_session=True, **_as(owner)
        )
    try:
        _await(process, is_ready=is_ready, log=log)
        yield process
    finally:
        _stop(process, stop_signal)


def _await(process: subprocess.Popen[bytes], *, is_ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text()}")
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes], stop_signal: int) -> None:
    process.send_signal(stop_signal)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _redis_answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"
    except OSError:
        return False


def _postgres_binaries() -> Path:
    # The versioned folder first: what PATH holds may be a wrapper that knows other clusters.
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    initdb = str(found[-1]) if found else shutil.which("initdb")
    if not initdb:
        raise RuntimeError("PostgreSQL's initdb is missing: run `make test`, or name a server in TEST_DATABASE_URL.")
    return Path(initdb).parent


def _unprivileged() -> str:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return ""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as(owner: str) -> dict[str, Any]:
    if not owner:
        return {}
    return {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []}
