"""Lets a transactional test empty its own database: append-only tables are guarded at all times but the flush."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from kernel import guards

GUARDED = (
    "network_consenttext",
    "network_consent",
    "network_tombstone",
    "activities_credit",
    "activities_budgetentry",
    "activities_articleversion",
)


@pytest.fixture(scope="session", autouse=True)
def unguarded_flush() -> Iterator[None]:
    flush = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        guards.unguard_audit(connection)
        guards.unguard(connection, GUARDED)
        try:
            flush(case)
        finally:
            guards.unguard_audit(connection)
            guards.guard_audit(connection)
            guards.unguard(connection, GUARDED)
            guards.guard(connection, GUARDED)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield
