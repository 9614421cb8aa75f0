"""The audit log as a chain: each event is linked to all before it, in the transaction that writes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from kernel import digests
from kernel.models import AuditEvent, AuditLink

BATCH = 500
AT_A_TIME = 2000
SAID = ("at", "actor_id", "actor", "action", "object_type", "object_id", "subject", "role", "purpose", "unit", "detail")


@dataclass(frozen=True)
class Fault:
    """The first place at which the chain does not hold. Codes: edited, gone, unlinked, cut, rewritten."""

    code: str
    sequence: int


@dataclass(frozen=True)
class Head:
    """The last link; sequence 0 while nothing has been written."""

    sequence: int = 0
    hash: str = digests.FIRST


def append(events: Sequence[AuditEvent]) -> None:
    """Write events and link them, all or none."""
    with transaction.atomic(savepoint=False):
        AuditEvent.objects.bulk_create(events, batch_size=BATCH)
        # PostgreSQL links them at COMMIT, see triggers.
        if connection.vendor != "postgresql":
            _link(events)


def head() -> Head:
    """The newest link."""
    newest = AuditLink.objects.order_by("-sequence").values_list("sequence", "hash").first()
    return Head(*newest) if newest else Head()


def verify(*, known: Iterable[Head] = ()) -> Fault | None:
    """Walk the chain from its beginning; None when it holds. `known`: heads of earlier days, from the anchors."""
    end = head()
    anchored: dict[int, set[str]] = defaultdict(set)
    for anchor in known:
        anchored[anchor.sequence].add(anchor.hash)
    fault = _walk(end, anchored)
    if fault is not None:
        return fault
    stray = AuditEvent.objects.filter(link=None).order_by("pk").values_list("pk", flat=True).first()
    if stray is not None:
        return Fault("unlinked", end.sequence)
    beyond = [sequence for sequence in anchored if sequence > end.sequence]
    return Fault("cut", end.sequence + 1) if beyond else None


def _link(events: Iterable[AuditEvent]) -> None:
    last, links = head(), []
    for event in events:
        sequence = last.sequence + 1
        hash_value = digests.link(sequence=sequence, event_id=event.pk, previous=last.hash, digest=event.digest)
        last = Head(sequence, hash_value)
        links.append(AuditLink(sequence=sequence, event=event, hash=hash_value))
    AuditLink.objects.bulk_create(links, batch_size=BATCH)


def _walk(end: Head, anchored: Mapping[int, set[str]]) -> Fault | None:
    previous, expected = digests.FIRST, 1
    for sequence, hash_value, event_id, stored, values in _links(end):
        if sequence != expected:
            return Fault("gone", expected)
        if digests.digest(**values) != stored:
            return Fault("edited", sequence)
        if digests.link(sequence=sequence, event_id=event_id, previous=previous, digest=stored) != hash_value:
            return Fault("edited", sequence)
        if anchored.get(sequence, {hash_value}) != {hash_value}:
            return Fault("rewritten", sequence)
        previous, expected = hash_value, sequence + 1
    return Fault("gone", expected) if expected <= end.sequence else None


def _links(end: Head) -> Iterator[tuple[int, str, int, str, dict[str, Any]]]:
    """Links with their events up to the head; a link whose event is gone is left out, and so breaks the count."""
    columns = ("sequence", "hash", "event_id", "event__digest", *(f"event__{name}" for name in SAID))
    rows = AuditLink.objects.filter(sequence__lte=end.sequence).order_by("sequence").values_list(*columns)
    for sequence, hash_value, event_id, stored, *values in rows.iterator(chunk_size=AT_A_TIME):
        yield sequence, hash_value, event_id, stored, dict(zip(SAID, values, strict=True))
