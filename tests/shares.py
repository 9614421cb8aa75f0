"""Hooks for conftest: a run on several databases does once what one database is enough for.

`TEST_SHARE=0/2` is the first of two runs. Tests without a database belong to the first run. Tests marked `one_database`
are dealt out to the runs in turn, or belong to the database that the mark names. Everything else belongs to every run.
Without TEST_SHARE, as when one test is run by hand, everything runs. `make soak` repeats marked tests on each database.
"""

import os

import pytest
from django.db import connection

from tests.sizes import IS_SOAK

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "live_server"})
MARKER = 'one_database(vendor=""): it proves the same on each database, so one of them is enough'


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    share, shares = map(int, os.environ.get("TEST_SHARE", "0/1").split("/"))
    if shares == 1:
        return
    dealt = sorted(item.nodeid for item in items if vendor_of(item) == "")
    mine = set(dealt[share::shares])
    kept = [item for item in items if belongs(item, share, mine)]
    config.hook.pytest_deselected(items=[item for item in items if not belongs(item, share, mine)])
    items[:] = kept


def belongs(item: pytest.Item, share: int, mine: set[str]) -> bool:
    vendor = vendor_of(item)
    if vendor is None:
        return share == 0 or uses_database(item)
    return item.nodeid in mine or vendor == connection.vendor


def vendor_of(item: pytest.Item) -> str | None:
    """The database that the mark names, "" if any will do, None without a mark."""
    mark = item.get_closest_marker("one_database")
    if mark is None or IS_SOAK:
        return None
    return str(mark.kwargs.get("vendor", ""))


def uses_database(item: pytest.Item) -> bool:
    fixtures = DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None
