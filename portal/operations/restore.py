"""Puts a backup into an empty database and proves that it is whole, before anybody signs in."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from kernel import anchors, chain, key_checks
from kernel.chain import Head
from kernel.fields import DecryptionError
from kernel.management.commands.rotate_keys import encrypted_fields
from portal.operations import archives, databases
from portal.operations.archives import BadArchive, Manifest
from reporting.models import Cycle
from reporting.services.verification import differences

# Of each sealed column so many values are read.
SAMPLE = 50
Tell = Callable[[str], None]


class RestoreRefused(Exception):
    """Nothing was written; says why and what to do."""


@dataclass
class Proof:
    """What was found after the copy: `faults` is empty when everything came back."""

    rows: int = 0
    sealed: int = 0
    months: int = 0
    faults: list[str] = field(default_factory=list)


def restore(*, archive: Path, at: datetime, is_drill: bool, tell: Tell) -> Proof:
    """Check everything first, then write, then compare what stands with what the manifest says."""
    with tempfile.TemporaryDirectory(prefix="shouwang-restore-") as folder:
        try:
            manifest, copy = archives.unpack(archive, Path(folder))
        except BadArchive as error:
            raise RestoreRefused(str(error)) from None
        obstacles = list(_obstacles(manifest))
        if obstacles:
            raise RestoreRefused("\n".join(obstacles))
        tell(f"The backup of {manifest.made_at} is whole: {sum(manifest.rows.values())} rows. Writing it …")
        try:
            databases.copy_in(copy)
        except (databases.CopyFailed, OSError) as error:
            raise RestoreRefused(f"{error}\nNothing was written.") from None
    tell("Written. Comparing …")
    proof = _prove(manifest)
    call_command("migrate", verbosity=0, interactive=False)
    Session.objects.all().delete()
    if not is_drill:
        anchors.write_restore(head=Head(manifest.audit_sequence, manifest.audit_hash), at=at)
    return proof


def _obstacles(manifest: Manifest) -> Iterator[str]:
    if manifest.vendor != connection.vendor:
        yield f"This backup is of {manifest.vendor}, and DATABASE_URL names {connection.vendor}."
    elif not databases.is_empty():
        yield "The database is not empty. Restore into a new one: nothing is ever written over."
    loader = MigrationLoader(None)
    known = set(loader.disk_migrations)
    unknown = [(app, name) for app, names in manifest.migrations.items() for name in names if (app, name) not in known]
    if unknown:
        app, name = unknown[0]
        newer = f"{manifest.version}, which is newer ({app} {name})"
        yield f"The backup was made by version {newer}. Update the portal first."
    missing = key_checks.missing_keys(manifest.keys)
    if missing:
        names = ", ".join(missing)
        yield f"FIELD_KEYS lacks the key {names} of this backup, or has another one under that name. Add the right key."


def _prove(manifest: Manifest) -> Proof:
    counted = databases.count_rows()
    proof = Proof(rows=sum(counted.values()))
    for table, rows in manifest.rows.items():
        if counted.get(table) != rows:
            proof.faults.append(f"{table}: {counted.get(table, 0)} rows instead of {rows}")
    proof.sealed, unreadable = _read_sealed()
    proof.faults += unreadable
    head = Head(manifest.audit_sequence, manifest.audit_hash)
    if chain.head() != head:
        proof.faults.append(f"The audit log ends at {chain.head().sequence} instead of {head.sequence}.")
    fault = chain.verify(known=[head, *_anchors_until(head)])
    if fault is not None:
        proof.faults.append(f"The audit log does not hold at entry {fault.sequence} ({fault.code}).")
    for cycle in Cycle.objects.exclude(rolled_up_at=None).order_by("pk"):
        proof.months += 1
        wrong = differences(cycle=cycle, at=cycle.rolled_up_at)
        proof.faults += [f"{cycle}: {row.where}: {row.figure}: {row.stored} ≠ {row.counted}" for row in wrong]
    return proof


def _read_sealed() -> tuple[int, Sequence[str]]:
    read, unreadable = 0, []
    for sealed in encrypted_fields():
        name = f"{sealed.model._meta.db_table}.{sealed.column}"
        rows = sealed.model._base_manager.exclude(**{f"{sealed.attname}__isnull": True}).only("pk", sealed.attname)
        try:
            for row in rows.order_by("pk")[:SAMPLE]:
                str(getattr(row, sealed.attname))
                read += 1
        except DecryptionError as error:
            unreadable.append(f"{name}: {error}")
    return read, unreadable


def _anchors_until(head: Head) -> Iterator[Head]:
    for path in anchors.kept():
        try:
            known = anchors.read(path)
        except anchors.NoAnchor:
            continue
        if known.sequence <= head.sequence:
            yield known
