"""Lets a transactional test empty its own database: append-only tables are guarded at all times but the flush."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from counseling.models import SessionNote
from kernel import guards

GUARDED = (
    "network_consenttext",
    "network_consent",
    "network_tombstone",
    "activities_credit",
    "activities_budgetentry",
    "activities_articleversion",
)
NOTES = "counseling_sessionnote"
NOTE_COLUMNS = [field.column for field in SessionNote._meta.concrete_fields if field.name != "text"]


@pytest.fixture(scope="session", autouse=True)
def unguarded_flush() -> Iterator[None]:
    flush = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        guards.unguard_audit(connection)
        guards.unguard(connection, GUARDED)
        guards.release(connection, NOTES)
        try:
            flush(case)
        finally:
            guards.unguard_audit(connection)
            guards.guard_audit(connection)
            guards.unguard(connection, GUARDED)
            guards.guard(connection, GUARDED)
            guards.keep(connection, NOTES, tombs="counseling_notetombstone", sealed="text", columns=NOTE_COLUMNS)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield
