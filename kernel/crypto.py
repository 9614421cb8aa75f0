"""AES-256-GCM under a ring of keys: the first writes, all read. A token is "key id:base64(nonce, text, tag)"."""

import base64
import binascii
import os
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12
KEY_BYTES = 32


class DecryptionError(Exception):
    """A stored ciphertext that cannot be read: unknown key, damaged, or moved here from another place."""


def seal(text: str, *, place: bytes) -> str:
    """Encrypt with the first key, bound to the place where the token will be stored."""
    key_id = first_key_id()
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + _ring()[key_id].encrypt(nonce, text.encode(), place)
    return f"{key_id}:{base64.b64encode(sealed).decode()}"


def unseal(token: str, *, place: bytes) -> str:
    """Decrypt a token found at `place`; DecryptionError if it was not written there under a known key."""
    key_id, _, body = token.partition(":")
    cipher = _ring().get(key_id)
    if cipher is None:
        raise DecryptionError(f"{_name(place)} was written with a key that is not in FIELD_KEYS")
    try:
        sealed = base64.b64decode(body, validate=True)
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place).decode()
    except (InvalidTag, binascii.Error, ValueError):
        # SECURITY: `from None`, so that no traceback carries a piece of the token.
        raise DecryptionError(f"{_name(place)} is damaged or was moved here from another row") from None


def first_key_id() -> str:
    """The id of the key that writes."""
    return next(iter(_ring()))


def _name(place: bytes) -> str:
    return place.decode().replace("\0", " ")


def _ring() -> dict[str, AESGCM]:
    return _read_ring(tuple(settings.FIELD_KEYS))


def raw_keys() -> dict[str, bytes]:
    """The keys themselves, for whoever judges them."""
    return _read_keys(tuple(settings.FIELD_KEYS))


@lru_cache(maxsize=4)
def _read_ring(entries: Sequence[str]) -> dict[str, AESGCM]:
    return {key_id: AESGCM(key) for key_id, key in _read_keys(entries).items()}


def _read_keys(entries: Sequence[str]) -> dict[str, bytes]:
    ring: dict[str, bytes] = {}
    for position, entry in enumerate(entries, start=1):
        key_id, _, encoded = entry.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        # SECURITY: the message names the position alone, never the entry.
        if not key_id or len(key) != KEY_BYTES or key_id in ring:
            raise ImproperlyConfigured(f"FIELD_KEYS entry {position} is not a new “id:base64 of {KEY_BYTES} bytes”")
        ring[key_id] = key
    if not ring:
        raise ImproperlyConfigured("FIELD_KEYS is empty: run `make setup` or set it")
    return ring
