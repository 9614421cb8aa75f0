"""Aliases of people in the audit log: a keyed digest that nobody can compute or undo without the key.

The key is a random row, sealed under FIELD_KEYS. So a dump alone cannot compute an alias, and neither a change of
SECRET_KEY nor a rotation of FIELD_KEYS orphans the aliases that were written. See docs/adr.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from uuid import UUID

from kernel.models import AliasKey

MARK = "~"
DIGITS = 32
KEY_BYTES = 32
ONLY_KEY = UUID("6b1f6c0e-0000-4000-8000-000000000001")


def alias_of(person: str, *, salt: str = "") -> str:
    """The alias of a person's key: the mark and 32 hex digits. With the same `salt` it is always the same."""
    return _alias(_key(), person, salt)


def known_aliases(people: Iterable[str], *, salt: str = "") -> Mapping[str, str]:
    """Alias → person, for whoever reads the log; nothing is written. Empty while no alias was ever given."""
    row = AliasKey.objects.filter(pk=ONLY_KEY).first()
    if row is None:
        return {}
    key = base64.b64decode(row.key)
    return {_alias(key, person, salt): person for person in people}


def is_alias(text: str) -> bool:
    return text.startswith(MARK)


def _alias(key: bytes, person: str, salt: str) -> str:
    return MARK + hmac.new(key, f"{person}\0{salt}".encode(), hashlib.sha256).hexdigest()[:DIGITS]


def _key() -> bytes:
    row = AliasKey.objects.filter(pk=ONLY_KEY).first()
    if row is None:
        drawn = base64.b64encode(os.urandom(KEY_BYTES)).decode()
        # Whoever comes second at the same moment writes nothing and reads the first one's key.
        AliasKey.objects.bulk_create([AliasKey(pk=ONLY_KEY, key=drawn)], ignore_conflicts=True)
        row = AliasKey.objects.get(pk=ONLY_KEY)
    return base64.b64decode(row.key)
