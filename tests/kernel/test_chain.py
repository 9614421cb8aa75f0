import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from kernel import audit, chain, digests, guards
from kernel.chain import Fault, Head
from kernel.models import AuditEvent, AuditLink
from network.models import User
from tests.kernel.conftest import side_by_side
from tests.sizes import size

AT = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)
ENTRIES = 40
ATTACKS = size(quick=100, full=1000)
TEXTS = ("actor_id", "actor", "action", "object_type", "object_id", "subject", "role", "purpose", "unit", "digest")


def write(user: User, n: int, *, first: int = 0) -> None:
    for number in range(first, first + n):
        told = {"subject": f"s{number % 7}", "role": "fudaoyuan", "purpose": "care"}
        audit.record(
            action="student.read",
            by=user,
            at=AT + timedelta(minutes=number),
            obj=user,
            unit="MD-01",
            detail={"n": number, "share": 0.1, "words": "看过", "none": None, "list": [1, "b"], "on": AT.date()},
            **told,
        )
    # At COMMIT in life; a test's transaction never gets there.
    connection.check_constraints()


@pytest.fixture
def log(user: User) -> Head:
    write(user, ENTRIES)
    return chain.head()


@pytest.fixture
def unguarded(log: Head) -> Head:
    """The attacker owns the database and has taken the guards away."""
    guards.unguard_audit(connection)
    return log


def execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_empty_log_holds(db: None) -> None:
    assert chain.verify() is None
    assert chain.head() == Head()


def test_what_was_written_one_by_one_and_at_once_is_one_chain(user: User, log: Head) -> None:
    audit.record_many(audit.event(action="x", by=user, at=AT, detail={"n": n}) for n in range(700))
    connection.check_constraints()
    assert chain.head().sequence == ENTRIES + 700
    assert list(AuditLink.objects.values_list("sequence", flat=True)) == list(range(1, ENTRIES + 701))
    assert chain.verify(known=[log]) is None


def test_the_database_and_python_link_alike(log: Head) -> None:
    previous = digests.FIRST
    for link in AuditLink.objects.select_related("event"):
        digest = link.event.digest
        previous = digests.link(sequence=link.sequence, event_id=link.event_id, previous=previous, digest=digest)
        assert link.hash == previous


def test_the_same_words_elsewhere_are_another_event() -> None:
    said: dict[str, Any] = dict.fromkeys(chain.SAID[1:-1], "") | {"at": AT, "detail": {}}
    digest = digests.digest(**said)
    variants = [said | {name: "a"} for name in chain.SAID[1:-1]]
    variants += [said | {"at": AT + timedelta(microseconds=1)}, said | {"detail": {"a": 1}}]
    assert len({digest, *(digests.digest(**one) for one in variants)}) == len(variants) + 1
    assert digests.digest(**said | {"at": AT.astimezone()}) == digest


EVENT = "(SELECT event_id FROM kernel_auditlink WHERE sequence = %s)"


def edit(draw: random.Random, entry: int) -> None:
    value = f"forged {draw.randrange(10**9)}"
    execute(f"UPDATE kernel_auditevent SET {draw.choice(TEXTS)} = %s WHERE id = {EVENT}", value, entry)


def edit_detail(draw: random.Random, entry: int) -> None:
    value = f'{{"n": {draw.randint(1000, 9999)}}}'
    execute(f"UPDATE kernel_auditevent SET detail = %s WHERE id = {EVENT}", value, entry)


def edit_time(draw: random.Random, entry: int) -> None:
    moved = connection.ops.adapt_datetimefield_value(AT - timedelta(days=draw.randint(1, 99)))
    execute(f"UPDATE kernel_auditevent SET at = %s WHERE id = {EVENT}", moved, entry)


def swap(draw: random.Random, entry: int) -> None:
    other = entry % ENTRIES + 1
    first, second = (AuditLink.objects.get(sequence=sequence).event_id for sequence in (entry, other))
    for event_id, sequence in ((-1, entry), (first, other), (second, entry)):
        execute("UPDATE kernel_auditlink SET event_id = %s WHERE sequence = %s", event_id, sequence)


# Each falsifies one entry of a log whose sequences are 1 … ENTRIES, or cuts the log there.
ATTACK_KINDS: tuple[Callable[[random.Random, int], None], ...] = (
    edit,
    edit_detail,
    edit_time,
    swap,
    lambda draw, entry: execute(f"DELETE FROM kernel_auditevent WHERE id = {EVENT}", entry),
    lambda draw, entry: execute("DELETE FROM kernel_auditlink WHERE sequence = %s", entry),
    lambda draw, entry: execute("DELETE FROM kernel_auditlink WHERE sequence >= %s", entry),
    lambda draw, entry: execute("UPDATE kernel_auditlink SET hash = %s WHERE sequence = %s", "f" * 64, entry),
    lambda draw, entry: cut("=", entry),
    lambda draw, entry: cut(">=", entry),
    lambda draw, entry: add_past_the_chain(),
)


def cut(ends: str, entry: int) -> None:
    doomed = f"SELECT event_id FROM kernel_auditlink WHERE sequence {ends} %s"
    execute(f"DELETE FROM kernel_auditevent WHERE id IN ({doomed})", entry)
    execute(f"DELETE FROM kernel_auditlink WHERE sequence {ends} %s", entry)


def add_past_the_chain() -> None:
    audit.event(action="post.appoint", by=None, at=AT).save(force_insert=True)


def test_edits_deletions_and_cut_tails_are_all_found(unguarded: Head) -> None:
    draw, began = random.Random(20261123), time.process_time()
    for number in range(ATTACKS):
        point = transaction.savepoint()
        draw.choice(ATTACK_KINDS)(draw, draw.randint(1, ENTRIES))
        assert chain.verify(known=[unguarded]) is not None, f"attack {number} was not found"
        transaction.savepoint_rollback(point)
    assert chain.verify(known=[unguarded]) is None
    assert time.process_time() - began < ATTACKS * 0.03, "seconds of this process, whatever else runs on the machine"


def test_the_first_broken_entry_is_named(unguarded: Head) -> None:
    execute("UPDATE kernel_auditevent SET actor = 'nobody' WHERE id IN (SELECT event_id FROM kernel_auditlink"
            " WHERE sequence IN (7, 9))")  # fmt: skip
    assert chain.verify() == Fault("edited", 7)


def test_a_missing_entry_is_named(unguarded: Head) -> None:
    cut("=", 12)
    assert chain.verify() == Fault("gone", 12)


def test_an_end_whose_events_are_gone_is_named(unguarded: Head) -> None:
    execute("DELETE FROM kernel_auditevent WHERE id IN (SELECT event_id FROM kernel_auditlink WHERE sequence > 30)")
    assert chain.verify() == Fault("gone", 31)


def test_a_cut_tail_is_seen_with_an_anchor_alone(unguarded: Head) -> None:
    cut(">=", 30)
    assert chain.verify() is None
    assert chain.verify(known=[unguarded]) == Fault("cut", 30)


def test_a_log_that_was_written_anew_is_seen_with_an_anchor_alone(unguarded: Head) -> None:
    events = list(AuditEvent.objects.order_by("pk"))
    cut("=", 20)
    execute("DELETE FROM kernel_auditlink")
    chain._link(event for event in events if AuditEvent.objects.filter(pk=event.pk).exists())
    assert chain.verify() is None
    earlier = Head(10, AuditLink.objects.get(sequence=10).hash)
    assert chain.verify(known=[earlier, replace(unguarded, sequence=39)]) == Fault("rewritten", 39)


def test_an_entry_past_the_chain_is_found(unguarded: Head) -> None:
    add_past_the_chain()
    assert chain.verify() == Fault("unlinked", ENTRIES)


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain() -> None:
    def some() -> None:
        for number in range(50):
            with transaction.atomic():
                audit.record(action="student.read", by=None, at=AT, detail={"n": number})
                audit.record(action="line.list", by=None, at=AT)

    side_by_side(8, some)
    assert AuditEvent.objects.count() == 800
    assert chain.head().sequence == 800
    assert chain.verify() is None


@pytest.mark.django_db(transaction=True)
def test_a_long_work_that_has_written_holds_up_nobody() -> None:
    written, read = threading.Event(), threading.Event()

    def long_work() -> None:
        with transaction.atomic():
            audit.record(action="roster.import", by=None, at=AT)
            written.set()
            # SQLite has one writer at a time, whatever is written.
            assert connection.vendor == "sqlite" or read.wait(10)
        connections.close_all()

    worker = threading.Thread(target=long_work)
    worker.start()
    assert written.wait(10)
    audit.record(action="student.read", by=None, at=AT)
    read.set()
    worker.join()
    expected = ["student.read", "roster.import"]
    chained = AuditLink.objects.values_list("event__action", flat=True)
    assert list(chained) == (expected if connection.vendor == "postgresql" else expected[::-1])
    assert chain.verify() is None
