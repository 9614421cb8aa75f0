"""Lets a transactional test empty its own database: append-only tables are guarded at all times but the flush."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from portal.kernel import guards, triggers

GUARDED = ("network_consenttext", "network_consent", "network_tombstone")


@pytest.fixture(scope="session", autouse=True)
def unguarded_flush() -> Iterator[None]:
    flush = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        triggers.drop(connection)
        guards.unguard(connection, GUARDED)
        try:
            flush(case)
        finally:
            triggers.drop(connection)
            triggers.create(connection)
            guards.unguard(connection, GUARDED)
            guards.guard(connection, GUARDED)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield
