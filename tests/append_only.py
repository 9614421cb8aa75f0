"""Lets a transactional test empty its own database: the audit table is guarded all the time but during the flush."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from portal.kernel import triggers


@pytest.fixture(scope="session", autouse=True)
def unguarded_flush() -> Iterator[None]:
    flush = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        triggers.drop(connection)
        try:
            flush(case)
        finally:
            triggers.drop(connection)
            triggers.create(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield
