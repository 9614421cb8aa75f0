"""A real backup of the test database and its restore: SQLite's backup, or pg_dump and pg_restore."""

import os
import sqlite3
import subprocess
from pathlib import Path

from django.db import connection

from tests.services import _postgres_binaries


def dump(file: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(file) as copy:
            connection.connection.backup(copy)
        return
    _run("pg_dump", "--format", "custom", "--file", str(file), *_server(), _name())


def restore(file: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(file) as copy:
            copy.backup(connection.connection)
        return
    _run("pg_restore", "--clean", "--if-exists", "--single-transaction", *_server(), "--dbname", _name(), str(file))


def _run(program: str, *arguments: str) -> None:
    given = connection.settings_dict
    env = os.environ | {"PGPASSWORD": str(given["PASSWORD"] or "")}
    subprocess.run([str(_postgres_binaries() / program), *arguments], check=True, env=env, capture_output=True)


def _server() -> list[str]:
    given = connection.settings_dict
    return ["--host", str(given["HOST"]), "--port", str(given["PORT"]), "--username", str(given["USER"])]


def _name() -> str:
    return str(connection.settings_dict["NAME"])
