"""Remembers what each key of FIELD_KEYS was, so that another key under the same name is refused before it writes."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured

from kernel import crypto
from kernel.models import FieldKey

MADE_FOR = b"shouwang field key 1"


def remember_first_key(*, at: datetime) -> None:
    """Keep the fingerprint of the key that writes now, unless its name is known already."""
    key_id = crypto.first_key_id()
    FieldKey.objects.get_or_create(
        key_id=key_id, defaults={"fingerprint": _fingerprint(crypto.raw_keys()[key_id]), "first_used_at": at}
    )


def known_keys() -> Sequence[tuple[str, str]]:
    """Name and digest of each key that has written into this database."""
    return list(FieldKey.objects.order_by("key_id").values_list("key_id", "fingerprint"))


def missing_keys(known: Mapping[str, str]) -> Sequence[str]:
    """Names among `known` (name to digest) whose key is not in FIELD_KEYS."""
    ring = {key_id: _fingerprint(key) for key_id, key in crypto.raw_keys().items()}
    return [key_id for key_id, fingerprint in known.items() if ring.get(key_id) != fingerprint]


def wrong_keys() -> Sequence[str]:
    """Names of keys in FIELD_KEYS that are not the keys that wrote under these names."""
    known = dict(known_keys())
    return [
        key_id
        for key_id, key in crypto.raw_keys().items()
        if key_id in known and not hmac.compare_digest(known[key_id], _fingerprint(key))
    ]


def refuse_wrong_keys() -> None:
    """ImproperlyConfigured when a key is not the one that wrote under its name."""
    wrong = wrong_keys()
    if wrong:
        names = ", ".join(wrong)
        raise ImproperlyConfigured(
            f"FIELD_KEYS: {names} is not the key that this database was written with. "
            "Set the right key; a new key needs a name of its own and stands first."
        )


def _fingerprint(key: bytes) -> str:
    # SECURITY: a key is 32 random bytes, so nobody finds it from this digest.
    return hmac.new(key, MADE_FOR, hashlib.sha256).hexdigest()
