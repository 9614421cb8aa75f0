"""Signed heads of the audit chain, kept outside the database: they tell when its end was cut off or written anew."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from kernel import chain
from kernel.chain import Head

SEED_LENGTH = 32
MADE_FOR = "shouwang audit anchor 1"
MADE_FOR_RESTORE = "shouwang audit restore 1"


class NoAnchor(Exception):
    """A file that is no anchor, or that none of the known keys has signed."""


@dataclass(frozen=True)
class Anchor:
    """What an anchor file says: how far the log reached at a time, and the hash of its end."""

    sequence: int
    hash: str
    at: str
    public_key: str = ""
    signature: str = ""

    @property
    def signed(self) -> bytes:
        return f"{MADE_FOR}:{self.sequence}:{self.hash}:{self.at}".encode()


@dataclass(frozen=True)
class Restore(Anchor):
    """Says that the log was put back to this head at this time: what earlier anchors know beyond it was lost then."""

    @property
    def signed(self) -> bytes:
        return f"{MADE_FOR_RESTORE}:{self.sequence}:{self.hash}:{self.at}".encode()


SomeAnchor = TypeVar("SomeAnchor", bound=Anchor)


def write(*, at: datetime) -> Path:
    """Sign the head of the chain and keep it in AUDIT_ANCHOR_DIR, in a file that is never overwritten."""
    return _write(Anchor, "anchor", chain.head(), at)


def write_restore(*, head: Head, at: datetime) -> Path:
    """Sign that a backup was restored whose log ended at `head`."""
    return _write(Restore, "restore", head, at)


def _write(kind: type[Anchor], prefix: str, newest: Head, at: datetime) -> Path:
    key, moment = _private_key(), at.astimezone(UTC)
    plain = kind(newest.sequence, newest.hash, moment.isoformat(timespec="seconds"))
    signature = b64encode(key.sign(plain.signed)).decode()
    anchor = kind(plain.sequence, plain.hash, plain.at, public_key(), signature)
    folder = Path(settings.AUDIT_ANCHOR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{prefix}-{moment:%Y%m%dT%H%M%SZ}-{newest.sequence}.json"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440)
    except FileExistsError:
        # A second beat in the same second has said the same.
        return path
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(anchor), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return path


def read(path: Path) -> Head:
    """The head that an anchor file vouches for. NoAnchor when it cannot be read or its signature is wrong."""
    anchor = _read(Anchor, path)
    return Head(anchor.sequence, anchor.hash)


def read_standing(path: Path, restores: Sequence[Restore]) -> Head | None:
    """As `read`; None for an anchor of what a restore has taken away since."""
    anchor = _read(Anchor, path)
    lost = any(anchor.at < restore.at and anchor.sequence > restore.sequence for restore in restores)
    return None if lost else Head(anchor.sequence, anchor.hash)


def restores() -> list[Restore]:
    """The restores that we have signed; files with a wrong signature count for nothing."""
    signed = []
    for path in sorted(Path(settings.AUDIT_ANCHOR_DIR).glob("restore-*.json")):
        with suppress(NoAnchor):
            signed.append(_read(Restore, path))
    return signed


def _read(kind: type[SomeAnchor], path: Path) -> SomeAnchor:
    try:
        anchor = kind(**json.loads(path.read_text()))
        signature = b64decode(anchor.signature, validate=True)
    except (OSError, ValueError, TypeError, NotBase64) as error:
        raise NoAnchor(path.name) from error
    # SECURITY: the key in the file is for people to read; what is trusted comes from the settings.
    if not any(_signed_by(key, signature, anchor) for key in _trusted()):
        raise NoAnchor(path.name)
    return anchor


def kept() -> list[Path]:
    """The anchors at hand, oldest first."""
    return sorted(Path(settings.AUDIT_ANCHOR_DIR).glob("anchor-*.json"))


def public_key() -> str:
    """What whoever checks anchors elsewhere needs, in base64."""
    return b64encode(_private_key().public_key().public_bytes_raw()).decode()


def _trusted() -> Iterable[Ed25519PublicKey]:
    yield _private_key().public_key()
    for text in settings.AUDIT_PUBLIC_KEYS:
        yield Ed25519PublicKey.from_public_bytes(b64decode(text))


def _private_key() -> Ed25519PrivateKey:
    if not settings.AUDIT_KEY:
        # Still apart from the database. A key of its own outlives a change of SECRET_KEY.
        seed = hashlib.sha256(f"{MADE_FOR}:{settings.SECRET_KEY}".encode()).digest()
        return Ed25519PrivateKey.from_private_bytes(seed)
    try:
        seed = b64decode(settings.AUDIT_KEY, validate=True)
    except NotBase64 as error:
        raise ImproperlyConfigured("AUDIT_KEY is not base64") from error
    if len(seed) != SEED_LENGTH:
        raise ImproperlyConfigured("AUDIT_KEY must be 32 bytes in base64")
    return Ed25519PrivateKey.from_private_bytes(seed)


def _signed_by(key: Ed25519PublicKey, signature: bytes, anchor: Anchor) -> bool:
    try:
        key.verify(signature, anchor.signed)
    except InvalidSignature:
        return False
    return True
