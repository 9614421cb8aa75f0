"""Restores a backup into a scratch database, proves it, and takes the database away again."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.utils.crypto import get_random_string

from kernel.models import Operation

NAME = "restore_drill"


class DrillFailed(Exception):
    """The backup does not restore; says what the restore said."""


def drill(*, archive: Path, at: datetime) -> float:
    """Restore `archive` beside the database in use; the seconds that it took. The date is kept for the health page."""
    started = monotonic()
    with _scratch() as url:
        command = [sys.executable, "manage.py", "restore", str(archive.resolve()), "--drill"]
        env = os.environ | {"DATABASE_URL": url}
        done = subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DrillFailed(done.stderr.strip())
    seconds = monotonic() - started
    Operation.objects.update_or_create(
        name=NAME, defaults={"finished_at": at, "detail": {"seconds": round(seconds), "file": archive.name}}
    )
    return seconds


def newest(folder: Path) -> Path | None:
    """The last backup in a folder that is not encrypted."""
    return max(folder.glob("shouwang-*.backup"), default=None)


@contextmanager
def _scratch() -> Iterator[str]:
    if connection.vendor != "postgresql":
        with tempfile.TemporaryDirectory(prefix="shouwang-drill-") as folder:
            yield f"sqlite:///{folder}/drill.sqlite3"
        return
    values = connection.settings_dict
    name = f"{values['NAME']}_drill_{get_random_string(8).lower()}"
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0")
    user, password = quote(str(values["USER"]), safe=""), quote(str(values["PASSWORD"]), safe="")
    place = f"{values['HOST'] or 'localhost'}:{values['PORT'] or 5432}"
    try:
        yield f"postgres://{user}:{password}@{place}/{name}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")
