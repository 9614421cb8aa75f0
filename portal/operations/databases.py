"""Copies the whole database out and in, with the means of each kind of database."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction


class CopyFailed(Exception):
    """The database's own tool refused; the message is its last line."""


@contextmanager
def steady_view() -> Iterator[str]:
    """A transaction in which nothing changes any more; yields the name by which pg_dump joins it, or nothing."""
    if connection.vendor != "postgresql":
        with transaction.atomic():
            yield ""
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def copy_out(target: Path, *, snapshot: str) -> None:
    """Write the database to a file: a dump in custom format, or an SQLite database."""
    if connection.vendor == "postgresql":
        options = ["--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-privileges", f"--file={target}"]
        _run("pg_dump", *options)
        return
    # A connection of its own reads, while the steady view keeps everybody from writing.
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def copy_in(source: Path) -> None:
    """Fill an empty database, all or nothing."""
    if connection.vendor == "postgresql":
        name = connection.settings_dict["NAME"]
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={name}"]
        _run("pg_restore", *options, str(source))
        return
    path = Path(connection.settings_dict["NAME"])
    connection.close()
    beside = path.with_name(f"{path.name}.part")
    shutil.copyfile(source, beside)
    beside.replace(path)


def is_empty() -> bool:
    """Whether no table stands in the database."""
    return not connection.introspection.table_names()


def count_rows() -> dict[str, int]:
    """Rows of each table."""
    counts = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = int(cursor.fetchone()[0])
    return counts


def _run(tool: str, *options: str) -> None:
    settings: dict[str, Any] = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    values = {name: str(settings[key]) for name, key in names.items() if settings.get(key)}
    try:
        done = subprocess.run([tool, *options], env=os.environ | values, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise CopyFailed(f"{tool} is missing: install the client programs of PostgreSQL.") from None
    if done.returncode:
        raise CopyFailed(f"{tool}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
