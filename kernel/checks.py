"""What `check --deploy` says of the keys. No message ever quotes one."""

import base64
import hashlib
import hmac
import stat
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import pbkdf2, salted_hmac

from kernel import crypto

READABLE_BY_OTHERS = stat.S_IROTH | stat.S_IWOTH
ASCII = range(0x20, 0x7F)


def keys_stand_alone(**_: Any) -> list[CheckMessage]:
    """No key is SECRET_KEY or comes from it by a usual way: whoever knows one must not know the other."""
    # SECURITY: SECRET_KEY is known to more places, and is changed for other reasons.
    derived = _known(settings.SECRET_KEY)
    message = "The key “%s” of FIELD_KEYS comes from SECRET_KEY."
    return [
        Error(message % key_id, hint="Draw a key of its own, put it first, and run rotate_keys.", id="kernel.E003")
        for key_id, key in _keys().items()
        if key in derived or _text(key) in settings.SECRET_KEY
    ]


def keys_are_drawn(**_: Any) -> list[CheckMessage]:
    """No key was typed by hand, or copied from an example."""
    message = "The key “%s” of FIELD_KEYS is a word or a pattern, not a random number."
    return [
        Error(message % key_id, hint="See .env.example for how to draw one.", id="kernel.E004")
        for key_id, key in _keys().items()
        # Of random keys not one in a billion is so plain.
        if all(byte in ASCII for byte in key) or len(set(key)) < len(key) // 2
    ]


def secret_files_are_closed(**_: Any) -> list[CheckMessage]:
    """Files with keys are read by their owner and perhaps their group."""
    return [
        Error(
            f"{path} holds keys, and everybody on this machine can read it.", hint=f"chmod o= {path}", id="kernel.E005"
        )
        for path in map(Path, settings.SECRET_FILES)
        if path.exists() and path.stat().st_mode & READABLE_BY_OTHERS
    ]


def _keys() -> dict[str, bytes]:
    try:
        return crypto.raw_keys()
    except ImproperlyConfigured:
        # The field's own check speaks of it.
        return {}


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


@cache
def _known(secret: str) -> frozenset[bytes]:
    return frozenset(_derived(secret))


def _derived(secret: str) -> Iterator[bytes]:
    """What people and packages make of a secret when they need 32 bytes."""
    raw, size = secret.encode(), crypto.KEY_BYTES
    yield from (raw[:size], raw[-size:], raw.ljust(size, b"\0")[:size], raw.ljust(size, b"0")[:size])
    for name in ("md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "sha3_512", "blake2b", "blake2s"):
        digest = hashlib.new(name, raw, usedforsecurity=False)
        yield digest.digest()[:size]
        yield digest.hexdigest().encode()[:size]
        yield base64.urlsafe_b64encode(digest.digest())[:size]
        yield hmac.digest(b"", raw, name)[:size]
        yield hmac.digest(raw, b"", name)[:size]
    for salt in ("", "salt", "django-fernet-fields-hkdf-salt", "field_keys", "encryption"):
        yield salted_hmac(salt, "", secret=secret, algorithm="sha256").digest()
        # HKDF with one block.
        first = hmac.digest(salt.encode() or b"\0" * size, raw, "sha256")
        for info in (b"", b"django-fernet-fields"):
            yield hmac.digest(first, info + b"\1", "sha256")
        for rounds in (1, 1000, 10_000, 100_000):
            yield pbkdf2(raw, salt, rounds, digest=hashlib.sha256)[:size]
    try:
        yield base64.b64decode(secret, validate=True)[:size]
    except ValueError:
        return
