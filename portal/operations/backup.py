"""Writes a backup that proves itself: one consistent copy, and the counts and digests that must come back with it."""

import fcntl
import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from kernel import chain, key_checks
from kernel.models import Operation
from network.models import Tombstone
from portal.operations import archives, databases
from portal.operations.archives import Manifest

NAME = "backup"


class BackupFailed(Exception):
    """Nothing was written; says why and what to do."""


def back_up(*, folder: Path, recipient: Path | None, at: datetime) -> Path:
    """Write a backup into `folder` and return its path; encrypted if `recipient`, a public key file, is named."""
    with _alone(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".part-") as part:
        target = folder / f"shouwang-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"
        copy, archive = Path(part, "database"), Path(part, "archive")
        try:
            key_checks.remember_first_key(at=at)
            with databases.steady_view() as snapshot:
                manifest = _describe(at)
                databases.copy_out(copy, snapshot=snapshot)
            manifest = replace(manifest, sha256=archives.digest_of(copy))
            archives.write(archive, database=copy, manifest=manifest)
            copy.unlink()
            if recipient is not None:
                archive, target = _encrypt(archive, recipient), target.with_suffix(".backup.enc")
            archive.replace(target)
        except databases.CopyFailed as error:
            raise BackupFailed(str(error)) from None
        except OSError as error:
            raise BackupFailed(f"The backup could not be written: {error.strerror}. Nothing was left behind.") from None
    Operation.objects.update_or_create(
        name=NAME, defaults={"finished_at": at, "detail": {"bytes": target.stat().st_size}}
    )
    return target


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    if not folder.is_dir():
        raise BackupFailed(f"{folder} is no folder. Make it first, for the portal's user alone: mkdir -m 700 {folder}")
    if folder.stat().st_mode & 0o007:
        raise BackupFailed(f"Everybody on this machine can open {folder}. Close it first: chmod o= {folder}")
    try:
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # What a killed backup has left behind.
            for part in folder.glob(".part-*"):
                shutil.rmtree(part, ignore_errors=True)
            yield
    except BlockingIOError:
        raise BackupFailed("Another backup into this folder is at work. Wait for its end.") from None
    except PermissionError:
        raise BackupFailed(f"{folder} cannot be written by this user.") from None


def _describe(at: datetime) -> Manifest:
    head = chain.head()
    migrations: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        migrations.setdefault(app, []).append(name)
    return Manifest(
        format=archives.FORMAT,
        made_at=at.isoformat(timespec="seconds"),
        version=version(),
        vendor=connection.vendor,
        migrations=migrations,
        rows=databases.count_rows(),
        audit_sequence=head.sequence,
        audit_hash=head.hash,
        keys=dict(key_checks.known_keys()),
        erasures=Tombstone.objects.count(),
    )


def version() -> str:
    """The portal's version, from pyproject.toml."""
    return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])


def _encrypt(archive: Path, recipient: Path) -> Path:
    """Encrypt with age or GnuPG, whichever the public key belongs to."""
    target = archive.with_suffix(".enc")
    try:
        is_gpg = "BEGIN PGP PUBLIC KEY" in recipient.read_text()
    except (OSError, UnicodeDecodeError):
        raise BackupFailed(f"{recipient} cannot be read, or is no public key in text form.") from None
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o700)
        gpg = ["gpg", "--batch", "--quiet", "--homedir", home, "--recipient-file", str(recipient), "--encrypt"]
        command = gpg if is_gpg else ["age", "--recipients-file", str(recipient)]
        try:
            done = subprocess.run([*command, "--output", str(target), str(archive)], capture_output=True, check=False)
        except FileNotFoundError:
            raise BackupFailed(f"{command[0]} is missing on this machine; the backup was not written.") from None
    if done.returncode:
        raise BackupFailed(f"{command[0]} refused the public key {recipient.name}; the backup was not written.")
    target.chmod(0o600)
    return target
