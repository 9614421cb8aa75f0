"""Runs each stage in a process of its own, on a database of its own, so that no stage carries the memory of another."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Outcome:
    """What a process printed last, how long it ran, and the most memory that it or a child of it held."""

    answer: dict[str, Any]
    seconds: float
    peak_mib: float


@contextmanager
def fresh_database(url: str, name: str, *, tables: bool = True) -> Iterator[str]:
    """An empty database on the server of `url`, with all tables; yields its URL and drops it afterwards."""
    own = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    _execute(url, "DROP DATABASE IF EXISTS {}", name)
    _execute(url, "CREATE DATABASE {}", name)
    try:
        if tables:
            run(own, "manage.py", "migrate", "--verbosity", "0", answers=False)
        yield own
    finally:
        _execute(url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def run(database: str, *command: str, answers: bool = True) -> Outcome:
    """Run a script or module of the project; with `answers` its last line is read as JSON."""
    env = os.environ | {"DATABASE_URL": database, "REDIS_URL": "", "LOG_LEVEL": "CRITICAL", "DEBUG": "0"}
    # Python keeps compiled modules, as it does for users; some machines are told not to.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}\n{output[-2000:]}")
    return Outcome(json.loads(output.splitlines()[-1]) if answers else {}, seconds, usage.ru_maxrss / 1024)


def stage(database: str, name: str, *arguments: str) -> Outcome:
    """Run a module of this package."""
    return run(database, "-m", f"tests.bench.{name}", *arguments)


def _execute(url: str, statement: str, name: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
    finally:
        connection.close()
