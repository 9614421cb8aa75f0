"""The test database: migrated once in a run, and copied for each process that runs tests side by side."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test.utils import setup_databases
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Replaces the fixture of pytest-django, which migrates once in every process."""
    worker = getattr(request.config, "workerinput", None)
    own_folder = tmp_path_factory.getbasetemp()
    folder = own_folder.parent if worker else own_folder
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        if connection.vendor == "sqlite":
            # In a file, as in life: threads and workers of a test open it by its name.
            connection.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")
        if worker:
            copies = [f"gw{number}" for number in range(worker["workercount"])]
            with alone(folder):
                prepare(folder / "template", name, copies)
            _use(connection.creation.get_test_db_clone_settings(worker["workerid"])["NAME"])
        else:
            setup_databases(verbosity=0, interactive=False, aliases={"default"}, serialized_aliases=set())
    yield
    # A server of a test that still holds a connection keeps the database; the next run replaces it.
    with django_db_blocker.unblock(), suppress(OperationalError):
        connection.creation.destroy_test_db(name, verbosity=0)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process at a time; a process that dies lets go of the lock."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare(note: Path, name: str, copies: list[str]) -> None:
    """Migrate one database and make all copies; the first process does it, the others read its name in the note."""
    if note.exists():
        _use(note.read_text())
        return
    setup_databases(verbosity=0, interactive=False, aliases={"default"}, serialized_aliases=set())
    template = connection.settings_dict["NAME"]
    # SQLite moves its write-ahead log into the file when the last connection closes.
    connection.close()
    for copy in copies:
        connection.creation.clone_test_db(suffix=copy, verbosity=0, autoclobber=True)
    connection.creation.destroy_test_db(name, verbosity=0)
    _use(template)
    note.write_text(template)


def _use(name: str) -> None:
    """The same two places that Django's own `create_test_db` sets."""
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
